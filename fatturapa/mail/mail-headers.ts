// fatturapa: the headers of a mail or of one of its parts, tolerant of what mail programs do to them.
import { decodeText, decodeWords } from './mail-text.ts';

/** The headers of a mail or part. */
export interface MailHeaders {
  /** Values by names in small letters, in the order in which they stand, unfolded. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** What follows the blank line. */
  readonly body: Buffer;
}

const nameForm = /^([!-9;-~]{1,100})[ \t]*:/;

function cut(bytes: Buffer, bytesMax: number): { head: Buffer; body: Buffer } {
  const window = bytes.subarray(0, bytesMax);
  // A part may begin with its blank line: then it has no headers.
  const start = window[0] === 0x0d ? 1 : 0;
  if (window[start] === 0x0a) return { head: window.subarray(0, 0), body: bytes.subarray(start + 1) };
  const ends = [window.indexOf('\n\n'), window.indexOf('\n\r\n')].filter((at) => at >= 0);
  if (ends.length === 0) return { head: window, body: bytes.subarray(window.length) };
  const end = Math.min(...ends);
  return { head: window.subarray(0, end), body: bytes.subarray(end + (bytes[end + 1] === 0x0a ? 2 : 3)) };
}

/**
 * Reads headers (RFC 5322 §2.2, RFC 6532). Lines that are none are passed over.
 * @param bytes a whole mail or part
 * @param bytesMax how much of it may be headers
 */
export function readHeaders(bytes: Buffer, bytesMax: number): MailHeaders {
  const { head, body } = cut(bytes, bytesMax);
  const values = new Map<string, string[]>();
  for (const line of decodeText(head)
    .replaceAll(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)) {
    const name = nameForm.exec(line);
    if (!name) continue;
    const key = (name[1] ?? '').toLowerCase();
    const value = line.slice(name[0].length).trim();
    const known = values.get(key);
    if (known) known.push(value);
    else values.set(key, [value]);
  }
  return { values, body };
}

/** The first value of a header as it stands, or undefined where it is absent or blank. */
export function headerOf(headers: MailHeaders, name: string): string | undefined {
  return headers.values.get(name)?.[0] || undefined;
}

/** The first value of a header with its encoded words read, in one line. */
export function textHeaderOf(headers: MailHeaders, name: string): string | undefined {
  const value = headerOf(headers, name);
  return value === undefined ? undefined : decodeWords(value).replaceAll(/\s+/g, ' ').trim();
}

/** A header of the form `word; name=value; …`. */
export interface HeaderWithParameters {
  /** In small letters, without comments. */
  readonly word: string;
  /** By names in small letters; encoded values (RFC 2231, RFC 2047) are read. */
  readonly parameters: ReadonlyMap<string, string>;
}

// Quoted with escapes, or bare up to the next semicolon.
const parameterForm = /;\s*([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\[^])*)"|([^;"]*))/g;

interface Piece {
  readonly order: number;
  readonly encoded: boolean;
  readonly text: string;
}

function percentBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll('=', '=3D').replaceAll('%', '='), 'latin1');
}

/** Pieces of a long or encoded parameter (RFC 2231 §3, §4), put together. */
function joined(pieces: readonly Piece[], decode: (bytes: Buffer) => Buffer): string {
  const inOrder = pieces.toSorted((one, other) => one.order - other.order);
  if (!inOrder.some(({ encoded }) => encoded)) return decodeWords(inOrder.map(({ text }) => text).join(''));
  const [, charset = 'utf-8'] = /^([^']*)'[^']*'/.exec(inOrder[0]?.text ?? '') ?? [];
  const bytes = inOrder.map(({ encoded, text }, index) => {
    const bare = index === 0 ? text.replace(/^[^']*'[^']*'/, '') : text;
    return encoded ? decode(percentBytes(bare)) : Buffer.from(bare, 'utf8');
  });
  return decodeText(Buffer.concat(bytes), charset || 'utf-8');
}

/**
 * Reads a header with parameters, such as Content-Type.
 * @param value the header's value; undefined gives an empty word
 * @param decode reads `=XX`
 */
export function withParameters(value: string | undefined, decode: (bytes: Buffer) => Buffer): HeaderWithParameters {
  const text = value ?? '';
  const pieces = new Map<string, Piece[]>();
  for (const [, written = '', quoted, bare = ''] of text.matchAll(parameterForm)) {
    const [, name = '', order, star] = /^([^*]*)(?:\*(\d{1,3}))?(\*)?$/.exec(written.toLowerCase()) ?? [];
    const piece = {
      order: Number(order ?? 0),
      encoded: star !== undefined,
      text: quoted === undefined ? bare.trim() : quoted.replaceAll(/\\([^])/g, '$1'),
    };
    const known = pieces.get(name);
    if (known) known.push(piece);
    else pieces.set(name, [piece]);
  }
  const parameters = new Map([...pieces].map(([name, all]) => [name, joined(all.slice(0, 100), decode)]));
  return { word: (/^[^;\s(]*/.exec(text)?.[0] ?? '').toLowerCase(), parameters };
}
