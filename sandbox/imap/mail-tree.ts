// sandbox: the parts of a mail as byte ranges, so that IMAP can give out any of them exactly as it stands.
import { headerOf, readHeaders, withParameters } from '@staffetta/fatturapa/mail/mail-headers.ts';
import type { HeaderWithParameters, MailHeaders } from '@staffetta/fatturapa/mail/mail-headers.ts';
import { decodeTransfer } from '@staffetta/fatturapa/mail/mail-text.ts';

/** A mail or one of its parts. */
export interface Part {
  /** Headers with the blank line that ends them. */
  readonly head: Buffer;
  readonly body: Buffer;
  readonly headers: MailHeaders;
  readonly type: HeaderWithParameters;
  /** Of a multipart, its parts; of message/rfc822, the one message in it; else none. */
  readonly parts: readonly Part[];
}

const headerBytesMax = 256 * 1024;
const depthMax = 20;
const partsMax = 500;

/**
 * Reads a mail's parts. Nothing throws, whatever the bytes: what is too deep or too much stays one part.
 * @param raw the whole mail
 */
export function readTree(raw: Buffer): Part {
  return new TreeReader().read(raw, 0, 'text/plain');
}

class TreeReader {
  #count = 0;

  read(bytes: Buffer, depth: number, usualType: string): Part {
    this.#count += 1;
    const headers = readHeaders(bytes, headerBytesMax);
    const { body } = headers;
    const head = bytes.subarray(0, bytes.length - body.length);
    const type = withParameters(headerOf(headers, 'content-type') ?? usualType, quotedPrintable);
    const whole = { head, body, headers, type };
    if (depth >= depthMax) return { ...whole, parts: [] };
    return { ...whole, parts: this.#inside(whole, depth + 1) };
  }

  #inside({ body, headers, type }: Omit<Part, 'parts'>, depth: number): Part[] {
    if (type.word === 'message/rfc822') {
      const encoding = headerOf(headers, 'content-transfer-encoding')?.toLowerCase() ?? '7bit';
      // An encoded message is not opened (RFC 2046 §5.2.1 allows none).
      return /^(?:7bit|8bit|binary)$/.test(encoding) && this.#count < partsMax
        ? [this.read(body, depth, 'text/plain')]
        : [];
    }
    const boundary = type.parameters.get('boundary');
    if (!type.word.startsWith('multipart/') || boundary === undefined || boundary === '') return [];
    const usual = type.word === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    const parts: Part[] = [];
    for (const bytes of between(body, boundary)) {
      if (this.#count >= partsMax) break;
      parts.push(this.read(bytes, depth, usual));
    }
    return parts;
  }
}

function quotedPrintable(bytes: Buffer): Buffer {
  return decodeTransfer(bytes, 'quoted-printable');
}

/** What lies between boundaries (RFC 2046 §5.1.1); what has no end ends with the mail. */
function* between(body: Buffer, boundary: string): Generator<Buffer, void> {
  const mark = Buffer.from(`--${boundary}`, 'utf8');
  let from: number | undefined;
  for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at + mark.length)) {
    if (at > 0 && body[at - 1] !== 0x0a) continue;
    const after = body.toString('latin1', at + mark.length, at + mark.length + 80);
    if (!/^(?:--)?[ \t]*(?:\r?\n|$)/.test(after)) continue;
    if (from !== undefined) yield body.subarray(from, Math.max(from, endBefore(body, at)));
    if (after.startsWith('--')) return;
    const lineEnd = body.indexOf(0x0a, at);
    if (lineEnd === -1) return;
    from = lineEnd + 1;
  }
  if (from !== undefined) yield body.subarray(from);
}

/** The line break in front of a boundary belongs to it. */
function endBefore(body: Buffer, at: number): number {
  return body[at - 2] === 0x0d ? at - 2 : at - 1;
}

/**
 * Finds a part by its number (RFC 3501 §6.4.5): `1.2` is the second part of the first; a message's parts are numbered inside it.
 * @param root the mail
 * @param numbers for example [1, 2]; empty gives the root
 * @returns undefined where there is none
 */
export function partAt(root: Part, numbers: readonly number[]): Part | undefined {
  let part: Part | undefined = root;
  for (const number of numbers) part = part && childAt(part, number);
  return part;
}

function childAt(part: Part, number: number): Part | undefined {
  if (part.type.word.startsWith('multipart/') && part.parts.length > 0) return part.parts[number - 1];
  if (part.type.word === 'message/rfc822' && part.parts[0]) return childAt(part.parts[0], number);
  // Of what is not made of parts, the whole is part 1.
  return number === 1 ? part : undefined;
}
