// fatturapa: what kind of file it is, told by its first bytes and never by its name.

/** `xml` stands for everything that is neither a CMS envelope nor a zip: the XML reader then says what is wrong with it. */
export const fileKinds = ['xml', 'p7m', 'zip'] as const;

/** The kind of a file. */
export type FileKind = (typeof fileKinds)[number];

/**
 * What the bytes are on their outside: `base64` is the text of one of the others, `garbled-cms` an envelope that a program took for
 * text and wrote again in another encoding, `other` anything else, which is XML or wants to be.
 */
export type FileShape = 'base64' | 'cms' | 'garbled-cms' | 'zip' | 'other';

// The object identifiers of CMS envelopes all begin with 1.2.840.113549.1.7 (signedData is .2; RFC 5652 §5.1), but for
// time-stamped data (RFC 5544).
const cmsTypes = ['2a864886f70d0107', '2a864886f70d010910011f'].map((digits) => Buffer.from(digits, 'hex'));
// The first five octets of the same, read as windows-1252, as ISO-8859-1, or as broken UTF-8, and written as UTF-8.
const garbledTypes = ['2ae280a048e280a0c3b7', '2ac28648c286c3b7', '2aefbfbd48efbfbdefbfbd'].map((digits) =>
  Buffer.from(digits, 'hex'),
);
const zipMarks = new Set(['0304', '0506', '0708']);

/** Enough for a PEM header and the first bytes behind it, several times wrapped. */
const startLength = 1024;
const wrapsMax = 5;
const base64Start = /^(?:\u00ef\u00bb\u00bf)?\s*(?:-----BEGIN [A-Z0-9 #]{1,60}-----\s)?([A-Za-z0-9+/\s]{24,})/;

function isCms(start: Buffer): boolean {
  const lengthOctet = start[1] ?? 0;
  const typeAt = 2 + (lengthOctet > 0x80 ? lengthOctet & 0x7f : 0);
  if (start[typeAt] !== 0x06) return false;
  return cmsTypes.some((type) => start.indexOf(type) === typeAt + 2);
}

function shapeOfBinary(start: Buffer): FileShape | undefined {
  if (start[0] === 0x50 && start[1] === 0x4b && zipMarks.has(start.toString('hex', 2, 4))) return 'zip';
  if (start[0] !== 0x30) return undefined;
  if (isCms(start)) return 'cms';
  return garbledTypes.some((type) => start.subarray(0, 48).includes(type)) ? 'garbled-cms' : undefined;
}

function isXmlStart(start: Buffer): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?\s*</.test(start.toString('latin1', 0, 64));
}

/** The first bytes behind base64, or undefined where the text is none of something that we know. */
function behindBase64(start: Buffer): Buffer | undefined {
  const digits = base64Start.exec(start.toString('latin1'))?.[1]?.replace(/\s+/g, '');
  if (digits === undefined) return undefined;
  const inner = Buffer.from(digits.slice(0, digits.length & ~3), 'base64');
  return shapeOfBinary(inner) !== undefined || isXmlStart(inner) || behindBase64(inner) ? inner : undefined;
}

function startOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, startLength));
}

/**
 * Tells what bytes are on their outside, by their first thousand.
 * @param bytes the whole file, or what was inside of one
 */
export function fileShapeOf(bytes: Uint8Array): FileShape {
  const start = startOf(bytes);
  return shapeOfBinary(start) ?? (behindBase64(start) ? 'base64' : 'other');
}

/**
 * Tells the kind of a file by its magic bytes: a CMS envelope in DER, BER, base64 or PEM is `p7m`, `PK` is `zip`.
 * @param bytes the whole file; only the first thousand bytes are looked at
 */
export function fileKindOf(bytes: Uint8Array): FileKind {
  let start: Buffer | undefined = startOf(bytes);
  for (let wraps = 0; start && wraps <= wrapsMax; wraps++) {
    const shape = shapeOfBinary(start);
    if (shape !== undefined) return shape === 'zip' ? 'zip' : 'p7m';
    start = behindBase64(start);
  }
  return 'xml';
}
