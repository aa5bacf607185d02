// fatturapa: texts and addresses put into HTML so that nothing of a document can become markup, script or style.
import { plainText } from './plain-text.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * Escapes a text for an element's content or a quoted attribute (HTML Living Standard §13.1.2.3, §13.3).
 * @param text any text
 */
export function escapeHtml(text: string): string {
  return plainText(text).replaceAll(/[&<>"'`]/g, (character) => entities[character] ?? '');
}

/** Types that a browser keeps or shows without running anything of them. */
export const safeDataTypes = [
  'application/pdf',
  'application/zip',
  'application/octet-stream',
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/tiff',
  'text/plain',
] as const;

const schemeForm = /^([a-z][a-z0-9+.-]*):/i;
const dataForm = /^data:([a-z]+\/[a-z0-9.+-]+);base64,[A-Za-z0-9+/]*={0,2}$/;

/**
 * Says whether an address may stand in a link: a path, http(s), or base64 data of a type that runs nothing.
 * @param address as the caller gives it
 */
export function isSafeAddress(address: string): boolean {
  if (address === '' || plainText(address) !== address || /[\s\\]/.test(address)) return false;
  const scheme = schemeForm.exec(address)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'http' || scheme === 'https') return true;
  const type = dataForm.exec(address)?.[1];
  return type !== undefined && (safeDataTypes as readonly string[]).includes(type);
}
