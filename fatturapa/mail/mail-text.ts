// fatturapa: bytes of mails become text: character sets, transfer encodings, encoded words of headers.
import { isUtf8 } from 'node:buffer';

const windows1252 = new TextDecoder('windows-1252');

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch (error) {
    if (error instanceof RangeError) return windows1252;
    throw error;
  }
}

/**
 * Reads text. What declares itself wrongly is read as windows-1252, which gives every byte a letter.
 * @param bytes the text as it came, transfer encoding off
 * @param charset its declared character set; without one UTF-8 if it is such
 */
export function decodeText(bytes: Uint8Array, charset = 'utf-8'): string {
  const label = charset.trim().toLowerCase().slice(0, 40);
  const decoder = decoderOf(label);
  const isWrong = decoder.encoding === 'utf-8' && !isUtf8(bytes);
  return (isWrong ? windows1252 : decoder).decode(bytes);
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const small = code | 0x20;
  return small >= 0x61 && small <= 0x66 ? small - 0x57 : -1;
}

const equals = 0x3d;

/** Length of a line end at a place, blanks before it included (a soft line break); 0 where there is none. */
function softBreakAt(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end] === 0x20 || bytes[end] === 0x09) end++;
  if (bytes[end] === 0x0d && bytes[end + 1] === 0x0a) return end + 2 - at;
  return bytes[end] === 0x0a ? end + 1 - at : 0;
}

function decodeQuotedPrintable(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte !== equals) {
      out[length++] = byte;
      continue;
    }
    const [high, low] = [hexDigit(bytes[at + 1] ?? 0), hexDigit(bytes[at + 2] ?? 0)];
    const soft = high >= 0 && low >= 0 ? 0 : softBreakAt(bytes, at + 1);
    if (soft > 0) at += soft;
    else if (high >= 0 && low >= 0) {
      out[length++] = high * 16 + low;
      at += 2;
    } else out[length++] = byte;
  }
  return out.subarray(0, length);
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Takes a transfer encoding off (RFC 2045 §6).
 * @param bytes the part's body
 * @param encoding the word of Content-Transfer-Encoding; one that is unknown leaves the bytes as they are
 */
export function decodeTransfer(bytes: Uint8Array, encoding: string): Buffer {
  const word = encoding.trim().toLowerCase();
  if (word === 'base64') return Buffer.from(view(bytes).toString('latin1'), 'base64');
  return word === 'quoted-printable' ? decodeQuotedPrintable(bytes) : view(bytes);
}

interface Word {
  readonly charset: string;
  readonly bytes: Buffer;
}

function wordOf(charset: string, how: string, text: string): Word {
  const encoding = how.toLowerCase() === 'b' ? 'base64' : 'quoted-printable';
  const plain = encoding === 'base64' ? text : text.replaceAll('_', '=20');
  // The language behind an asterisk (RFC 2231 §5) says nothing about the letters.
  return { charset: charset.split('*')[0] ?? '', bytes: decodeTransfer(Buffer.from(plain, 'latin1'), encoding) };
}

/** A run of encoded words with nothing but blanks between them; a letter may begin in one and end in the next. */
function decodeRun(run: string): string {
  const words = [...run.matchAll(/=\?([^?\s]{1,60})\?([bq])\?([^?]*)\?=/gi)].map(
    ([, charset = '', how = '', text = '']) => wordOf(charset, how, text),
  );
  const isOne = words.every(({ charset }) => charset.toLowerCase() === words[0]?.charset.toLowerCase());
  if (isOne) return decodeText(Buffer.concat(words.map(({ bytes }) => bytes)), words[0]?.charset);
  return words.map(({ bytes, charset }) => decodeText(bytes, charset)).join('');
}

/**
 * Reads the encoded words of a header (RFC 2047).
 * @param text the header's value, unfolded
 */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text;
  return text.replaceAll(/=\?[^?\s]{1,60}\?[bq]\?[^?]*\?=(?:\s+(?==\?)=\?[^?\s]{1,60}\?[bq]\?[^?]*\?=)*/gi, decodeRun);
}
