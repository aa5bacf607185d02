// fatturapa: files that are the base64 text of another file: with or without line breaks, blanks, a byte order mark, PEM lines.

/** The decoded bytes, or where the text stops to be base64. */
export type Base64Reading =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly label?: string }
  | { readonly ok: false; /** From 0, in bytes. */ readonly at: number };

const pemHeader = /^-----BEGIN ([A-Z0-9 #]{1,60})-----(?=\s)/;
const pemFooter = /^-----END [A-Z0-9 #]{1,60}-----\s*$/;
const footerLengthMax = 100;

/** What a byte means: 1 a digit, 2 a blank, 3 padding, 0 none of these. */
const meanings = new Uint8Array(256);
for (const digit of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'))
  meanings[digit] = 1;
for (const blank of Buffer.from(' \t\r\n\f\v')) meanings[blank] = 2;
meanings[0x3d] = 3;

function startOfText(file: Buffer): number {
  let at = file[0] === 0xef && file[1] === 0xbb && file[2] === 0xbf ? 3 : 0;
  while (meanings[file[at] ?? 0] === 2) at += 1;
  return at;
}

interface Digits {
  readonly text: Buffer;
  /** The first byte that is neither digit nor blank; the file's length where all are. */
  readonly stop: number;
}

function takeDigits(file: Buffer, from: number): Digits {
  const text = Buffer.alloc(file.length - from);
  let used = 0;
  let at = from;
  for (; at < file.length; at++) {
    const byte = file[at] ?? 0;
    const meaning = meanings[byte];
    if (meaning === 1) text[used++] = byte;
    else if (meaning !== 2) break;
  }
  return { text: text.subarray(0, used), stop: at };
}

/** Behind padding and blanks: anything else there is too much. */
function behindPadding(file: Buffer, from: number): number {
  let at = from;
  for (let padding = 0; at < file.length; at++) {
    const meaning = meanings[file[at] ?? 0];
    if (meaning === 3) padding += 1;
    if (padding > 2 || (meaning !== 2 && meaning !== 3)) break;
  }
  return at;
}

function isFooter(rest: Buffer): boolean {
  return rest.length <= footerLengthMax && pemFooter.test(rest.toString('latin1'));
}

/**
 * Decodes a file that is base64 text (RFC 4648 §4, RFC 7468), in one pass. Unlike `Buffer.from` it passes over nothing but blanks.
 * @param file the whole file
 * @returns the bytes, with the words of the PEM header where there is one
 */
export function readBase64(file: Uint8Array): Base64Reading {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.length);
  const start = startOfText(buffer);
  const header = pemHeader.exec(buffer.toString('latin1', start, start + footerLengthMax));
  const { text, stop } = takeDigits(buffer, start + (header?.[0].length ?? 0));
  const end = behindPadding(buffer, stop);
  if (end < buffer.length && !(header && isFooter(buffer.subarray(end)))) return { ok: false, at: end };
  // A single digit left over holds no whole byte: something was cut off.
  if (text.length % 4 === 1) return { ok: false, at: stop };
  const bytes = Buffer.from(text.toString('latin1'), 'base64');
  return { ok: true, bytes, ...(header?.[1] ? { label: header[1] } : {}) };
}
