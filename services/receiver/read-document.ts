// receiver: the document of a request: refused if empty, too large or with a DOCTYPE; its bytes stay as they came.
import { jsonTextOf } from '@staffetta/fatturapa/compose/json-text.ts';
import { hasDoctype } from '@staffetta/fatturapa/doctype.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { isUtf8 } from 'node:buffer';
import type { InvoiceRequest } from './requests.ts';

/** The document as it travels: XML text whose UTF-8 is the exact bytes, the exact bytes in base64, or a JSON object. */
export type TravellingDocument =
  | { readonly invoice: string }
  | { readonly file: string }
  | { readonly document: Readonly<Record<string, unknown>> };

/**
 * Takes the document out of a JSON request.
 * @param body the request
 * @param bytesMax the largest document, in bytes
 * @throws HubError BODY_NOT_VALID without a document, with two, with an empty one, with what is no base64, or with a JSON document that
 *   has none of its shapes (with all findings); DOCUMENT_TOO_LARGE; DOCTYPE_REFUSED
 */
export function documentOfJson(
  body: Pick<InvoiceRequest, 'invoice' | 'file' | 'document'>,
  bytesMax: number,
): TravellingDocument {
  const { invoice, file, document } = body;
  const given = [typeof invoice === 'string', typeof file === 'string' && file !== '', isGiven(document)];
  if (given.filter(Boolean).length > 1) throw moreThanOne();
  if (isGiven(document)) return { document: checkJson(document, bytesMax) };
  if (typeof file === 'string' && typeof invoice !== 'string') {
    const bytes = bytesOfBase64(file, 'file');
    checkBytes(bytes, bytesMax);
    return { file: bytes.toString('base64') };
  }
  return { invoice: checkText(invoice ?? '', bytesMax) };
}

function moreThanOne(): HubError {
  const rule = '`invoice`, `file` and `document`; one document is enough';
  return new HubError('BODY_NOT_VALID', `The body has more than one of ${rule}.`);
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

function checkJson(document: Readonly<Record<string, unknown>>, bytesMax: number): Readonly<Record<string, unknown>> {
  const written = jsonTextOf(document);
  if (!written.ok) throw new HubError('BODY_NOT_VALID', written.fault, undefined, written.findings);
  checkSize(Buffer.byteLength(written.text), bytesMax);
  return document;
}

/**
 * Takes the document out of a JSON request that only asks about it: it may be empty or have a DOCTYPE, since that is an answer too.
 * @param body the request
 * @param bytesMax the largest document, in bytes
 * @returns the exact bytes, or the JSON document, whose shape is not judged yet
 * @throws HubError BODY_NOT_VALID without a document, with two, or with what is no base64; DOCUMENT_TOO_LARGE
 */
export function askedDocument(
  body: Pick<InvoiceRequest, 'invoice' | 'file' | 'document'>,
  bytesMax: number,
): Buffer | Readonly<Record<string, unknown>> {
  const { invoice, file, document } = body;
  const given = [invoice, file, document].filter(isGiven);
  if (given.length === 0)
    throw new HubError('BODY_NOT_VALID', 'The body has no document: send `invoice`, `file` or `document`.');
  if (given.length > 1) throw moreThanOne();
  if (isGiven(document)) return document;
  const bytes = isGiven(file) ? bytesOfBase64(file, 'file') : Buffer.from(insistOnText(invoice ?? ''));
  checkBound(bytes.length, bytesMax);
  return bytes;
}

/**
 * Takes raw bytes as a document.
 * @param bytes the body
 * @param mediaType its media type without parameters
 * @param bytesMax the largest document, in bytes
 * @throws HubError as `documentOfJson`
 */
export function documentOfBytes(
  bytes: Buffer,
  mediaType: string,
  bytesMax: number,
): { readonly invoice: string } | { readonly file: string } {
  checkBytes(bytes, bytesMax);
  return isXmlText(bytes, mediaType) ? { invoice: bytes.toString('utf8') } : { file: bytes.toString('base64') };
}

function checkText(text: string, bytesMax: number): string {
  checkSize(Buffer.byteLength(text), bytesMax);
  // A zero character is no XML, but the bytes might be read as UTF-16: then they are what must be looked at.
  if (hasDoctype(text.slice(0, 4).includes('\0') ? Buffer.from(text) : text)) throw doctypeRefused();
  return insistOnText(text);
}

function insistOnText(text: string): string {
  if (text.isWellFormed()) return text;
  throw new HubError('BODY_NOT_VALID', 'body/invoice holds half a character (a lone surrogate).');
}

function checkBytes(bytes: Buffer, bytesMax: number): void {
  checkSize(bytes.length, bytesMax);
  if (hasDoctype(bytes)) throw doctypeRefused();
}

function checkSize(size: number, bytesMax: number): void {
  if (size === 0) throw new HubError('BODY_NOT_VALID', 'The document is empty.');
  checkBound(size, bytesMax);
}

/**
 * Insists on a document that is not too large.
 * @param size its bytes
 * @param bytesMax the most
 * @throws HubError DOCUMENT_TOO_LARGE
 */
export function checkBound(size: number, bytesMax: number): void {
  if (size > bytesMax) {
    throw new HubError('DOCUMENT_TOO_LARGE', `The document has ${size} bytes, the limit is ${bytesMax}.`);
  }
}

function doctypeRefused(): HubError {
  return new HubError('DOCTYPE_REFUSED', 'The document carries a DOCTYPE.');
}

/**
 * Reads base64; blanks and line ends in it are no trouble.
 * @param text the field's text
 * @param field its name
 * @throws HubError BODY_NOT_VALID
 */
export function bytesOfBase64(text: string, field: string): Buffer {
  const compact = /\s/.test(text) ? text.replaceAll(/\s+/g, '') : text;
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw new HubError('BODY_NOT_VALID', `body/${field} is no base64.`);
  }
  return Buffer.from(compact, 'base64');
}

function isXmlText(bytes: Buffer, mediaType: string): boolean {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (marked || mediaType === 'application/pkcs7-mime' || mediaType === 'application/zip' || !isUtf8(bytes))
    return false;
  return mediaType !== 'application/octet-stream' || /^\s*</.test(bytes.toString('latin1', 0, 256));
}
