// fatturapa: bytes of an XML file become text, by its byte order mark or its declaration; nothing is ever replaced in silence.
import { isUtf8 } from 'node:buffer';
import { formatFinding, type DocumentFinding, type Sentence } from './finding.ts';

/**
 * What is doubtful about a file's encoding, although it can be read: `utf8Inside` declares one byte a letter but is plainly UTF-8;
 * `controls` declares ISO-8859-1 but holds letters that only windows-1252 has at their place; `unusual` is an encoding that XML
 * knows and few expect.
 */
export type EncodingDoubt = 'utf8Inside' | 'controls' | 'unusual';

/** A file as text. */
export type FileText =
  | { readonly ok: true; readonly text: string; readonly doubt?: EncodingDoubt }
  | { readonly ok: false; readonly finding: DocumentFinding };

type Decode = (bytes: Buffer) => string;

const declaration = /^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/;
const windows1252 = new TextDecoder('windows-1252');
const latin9 = new TextDecoder('iso-8859-15');

/** Names of encodings in lower case → what they are. Bytes 80 to 9F are letters in windows-1252 and controls in ISO-8859-1. */
const singleByte: Readonly<Record<string, 'windows-1252' | 'latin1' | 'latin9'>> = {
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
  'cp-1252': 'windows-1252',
  'iso-8859-1': 'latin1',
  'iso8859-1': 'latin1',
  'iso_8859-1': 'latin1',
  latin1: 'latin1',
  'latin-1': 'latin1',
  'iso-8859-15': 'latin9',
  latin9: 'latin9',
};
const decoders: Readonly<Record<(typeof singleByte)[string], Decode>> = {
  'windows-1252': (bytes) => windows1252.decode(bytes),
  latin1: (bytes) => bytes.toString('latin1'),
  latin9: (bytes) => latin9.decode(bytes),
};
const utf8Names = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);

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

const saveAsUtf8: Sentence = {
  it: 'Salvare il file in UTF-8 e dichiarare encoding="UTF-8".',
  en: 'Save the file as UTF-8 and declare encoding="UTF-8".',
};

function refuse(it: string, en: string, at?: { line: number; column: number }): FileText {
  return { ok: false, finding: formatFinding({ it, en }, saveAsUtf8, at) };
}

function readUtf16(file: Buffer, bigEndian: boolean): FileText {
  const even = file.length % 2 === 0;
  const text = even ? (bigEndian ? Buffer.from(file).swap16() : file).toString('utf16le') : '';
  if (!even || !text.isWellFormed()) return refuse('Il file non è UTF-16 valido.', 'The file is not valid UTF-16.');
  return { ok: true, text, doubt: 'unusual' };
}

function readSingleByte(file: Buffer, encoding: (typeof singleByte)[string]): FileText {
  if (isUtf8(file) && !isAscii(file)) return { ok: true, text: file.toString('utf8'), doubt: 'utf8Inside' };
  const text = decoders[encoding](file);
  if (encoding === 'latin9') return { ok: true, text, doubt: 'unusual' };
  const controls = encoding === 'latin1' && /[\u0080-\u009f]/.test(text);
  return { ok: true, text, ...(controls && { doubt: 'controls' }) };
}

/**
 * Reads a file's bytes as text: UTF-8 with or without byte order mark, UTF-16 with its mark, and where declared windows-1252,
 * ISO-8859-1 or ISO-8859-15, each for what it is (XML 1.0 §4.3.3).
 * @param bytes the whole file
 * @returns the text (a byte order mark kept as U+FEFF) with what is doubtful about its encoding, or a finding 00200. A file that
 *   declares one byte a letter and is plainly UTF-8 is read as UTF-8: its letters are surely meant so, though SdI would read others
 */
export function readText(bytes: Uint8Array): FileText {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (file[0] === 0xfe && file[1] === 0xff) return readUtf16(file, true);
  if (file[0] === 0xff && file[1] === 0xfe) return readUtf16(file, false);
  const declared = declaredEncoding(file) ?? 'utf-8';
  const encoding = Object.hasOwn(singleByte, declared) ? singleByte[declared] : undefined;
  if (encoding) return readSingleByte(file, encoding);
  if (!utf8Names.has(declared)) {
    return refuse(`La codifica "${declared}" non è ammessa.`, `The encoding "${declared}" is not taken.`);
  }
  if (isUtf8(file)) return { ok: true, text: file.toString('utf8') };
  return refuse('Il file non è UTF-8 valido.', 'The file is not valid UTF-8.', placeOfBadByte(file));
}
