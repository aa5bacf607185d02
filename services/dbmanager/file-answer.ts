// dbmanager: answers with a file: its name, its hashes, and headers that let no browser make anything else of it.
import type { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';

/** A file to answer with. */
export interface AnsweredFile {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly name: string;
  /** Whether a browser may show it; by default it is a download. */
  readonly inline?: boolean;
}

/** Everything but letters, digits and the marks that RFC 8187 §3.2.1 leaves as they are. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Writes Content-Disposition (RFC 6266 §4): a name in ASCII for old clients, the exact one beside it where they differ.
 * @param name the file's name, without folders
 * @param inline whether it may be shown rather than saved
 */
export function contentDisposition(name: string, inline = false): string {
  const ascii = name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = ascii === name ? '' : `; filename*=UTF-8''${encodeExtended(name)}`;
  return `${inline ? 'inline' : 'attachment'}; filename="${ascii}"${exact}`;
}

/**
 * Hashes bytes.
 * @param bytes any
 * @returns SHA-256 in hexadecimal
 */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Answers with a file.
 * @param reply the answer under way
 * @param file what to send
 * @returns what the handler returns
 */
export function answerFile(reply: FastifyReply, file: AnsweredFile): FastifyReply {
  const hash = createHash('sha256').update(file.bytes).digest();
  return reply
    .headers({
      'content-type': file.type,
      'content-disposition': contentDisposition(file.name, file.inline),
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
      'referrer-policy': 'no-referrer',
      'x-content-sha256': hash.toString('hex'),
      // RFC 9530, and RFC 3230 for those who know only the older.
      'content-digest': `sha-256=:${hash.toString('base64')}:`,
      digest: `SHA-256=${hash.toString('base64')}`,
    })
    .send(file.bytes);
}
