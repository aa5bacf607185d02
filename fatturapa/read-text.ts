// fatturapa: bytes of an XML file become text, by its byte order mark or its declaration; nothing is ever replaced in silence.
import { isUtf8 } from 'node:buffer';
import { formatFinding, type DocumentFinding } from './finding.ts';

/** A file as text. */
export type FileText =
  | {
      readonly ok: true;
      readonly text: string;
      readonly encoding: 'utf-8' | 'windows-1252';
      readonly doubtful: boolean;
    }
  | { readonly ok: false; readonly finding: DocumentFinding };

const declaration = /^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/;
const utf8Names = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);
const latinNames = new Set([
  'windows-1252',
  'cp1252',
  'cp-1252',
  'iso-8859-1',
  'iso8859-1',
  'iso_8859-1',
  'latin1',
  'latin-1',
]);
const latinDecoder = new TextDecoder('windows-1252');

function declaredEncoding(bytes: Buffer): string | undefined {
  const start = bytes
    .subarray(0, 300)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '');
  return declaration.exec(start)?.[1]?.toLowerCase();
}

function isAscii(bytes: Buffer): boolean {
  // The declaration itself is ASCII, so that UTF-8 of the same length means: one byte a character.
  return bytes.toString('utf8').length === bytes.length;
}

function placeOfBadByte(bytes: Buffer): { line: number; column: number } {
  const text = bytes.toString('utf8');
  const before = text.slice(0, Math.max(text.indexOf('\ufffd'), 0));
  const line = before.split('\n').length;
  return { line, column: before.length - before.lastIndexOf('\n') };
}

function refuse(it: string, en: string, at?: { line: number; column: number }): FileText {
  const fix = {
    it: 'Salvare il file in UTF-8 e dichiarare encoding="UTF-8".',
    en: 'Save the file as UTF-8 and declare encoding="UTF-8".',
  };
  return { ok: false, finding: formatFinding({ it, en }, fix, at) };
}

/**
 * Reads a file's bytes as text: UTF-8 with or without byte order mark, windows-1252 or ISO-8859-1 where declared (the latter read
 * as the former, as every reader does).
 * @param bytes the whole file
 * @returns the text (a byte order mark kept as U+FEFF); `doubtful` where a single-byte encoding is declared but the bytes are
 *   plainly UTF-8 with letters beyond ASCII: SdI would read wrong letters. Else a finding 00200
 */
export function readText(bytes: Uint8Array): FileText {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if ((file[0] === 0xfe && file[1] === 0xff) || (file[0] === 0xff && file[1] === 0xfe)) {
    return refuse('Il file è in UTF-16, che SdI non accetta.', 'The file is UTF-16, which SdI does not take.');
  }
  const declared = declaredEncoding(file) ?? 'utf-8';
  if (latinNames.has(declared)) {
    const utf8 = isUtf8(file);
    const doubtful = utf8 && !isAscii(file);
    return {
      ok: true,
      text: utf8 ? file.toString('utf8') : latinDecoder.decode(file),
      encoding: 'windows-1252',
      doubtful,
    };
  }
  if (!utf8Names.has(declared)) {
    return refuse(`La codifica "${declared}" non è ammessa.`, `The encoding "${declared}" is not taken.`);
  }
  if (isUtf8(file)) return { ok: true, text: file.toString('utf8'), encoding: 'utf-8', doubtful: false };
  return refuse('Il file non è UTF-8 valido.', 'The file is not valid UTF-8.', placeOfBadByte(file));
}
