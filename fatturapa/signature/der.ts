// fatturapa: the little of DER that making a signature takes; what comes from a certificate is carried over byte for byte.
// A library that parses and writes certificates anew may change odd ones by a byte, and then their signatures no longer hold.
import type { Der } from './signing-key.ts';

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/**
 * Writes one element.
 * @param tag its identifier octet (low tag numbers only)
 * @param parts its content, joined
 */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(length)]), ...parts]);
}

/** Writes a SEQUENCE of elements that are written already. */
export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, ...parts);
}

/** Puts elements into the order of a DER SET OF (X.690 §11.6): ascending, as bytes. */
export function sorted(parts: readonly Uint8Array[]): Buffer[] {
  return parts.map((part) => Buffer.from(part)).sort((one, other) => one.compare(other));
}

/** Writes a SET OF elements that are written already. */
export function setOf(...parts: readonly Uint8Array[]): Buffer {
  return element(0x31, ...sorted(parts));
}

/**
 * Writes an element under a context tag.
 * @param number the tag's number, 0 to 30
 * @param parts its content: one whole element for EXPLICIT, the bare content for IMPLICIT
 */
export function tagged(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return element(0xa0 | number, ...parts);
}

/** Writes an OCTET STRING. */
export function octetString(bytes: Uint8Array): Buffer {
  return element(0x04, bytes);
}

/** Writes a small INTEGER, 0 to 127. */
export function smallInteger(value: number): Buffer {
  return element(0x02, Buffer.from([value]));
}

/** NULL. */
export const nothing = element(0x05);

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128));
  return bytes;
}

/**
 * Writes an OBJECT IDENTIFIER.
 * @param dotted for example `1.2.840.113549.1.7.2`
 */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

/**
 * Writes an instant as CMS wants it (RFC 5652 §11.3): UTCTime from 1950 to 2049, else GeneralizedTime; in UTC, whole seconds.
 * @param at the instant
 */
export function time(at: Date): Buffer {
  const digits = `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  const year = at.getUTCFullYear();
  const short = year >= 1950 && year < 2050;
  return element(short ? 0x17 : 0x18, Buffer.from(short ? digits.slice(2) : digits, 'latin1'));
}

/** An element as it lies in a file. */
export interface DerElement {
  readonly tag: number;
  /** Tag, length and content. */
  readonly whole: Buffer;
  readonly content: Buffer;
}

/**
 * Reads the element that a file begins with.
 * @param bytes DER
 * @throws RangeError where the bytes are none (cut off, indefinite length, high tag number)
 */
export function readElement(bytes: Uint8Array): DerElement {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const [tag = 0, first = 0x80] = file;
  const places = first < 0x80 ? 0 : first & 0x7f;
  if ((tag & 0x1f) === 0x1f || first === 0x80 || places > 4 || file.length < 2 + places) {
    throw new RangeError('This is no DER element.');
  }
  const start = 2 + places;
  const length = places === 0 ? first : file.readUIntBE(2, places);
  if (start + length > file.length) throw new RangeError('The DER element is cut off.');
  return { tag, whole: file.subarray(0, start + length), content: file.subarray(start, start + length) };
}

/**
 * Reads the elements that lie one after another in a content.
 * @param content of a SEQUENCE or SET
 * @throws RangeError as `readElement`
 */
export function readElements(content: Uint8Array): DerElement[] {
  const found: DerElement[] = [];
  for (let rest = Buffer.from(content.buffer, content.byteOffset, content.length); rest.length > 0;) {
    const next = readElement(rest);
    found.push(next);
    rest = rest.subarray(next.whole.length);
  }
  return found;
}

/** The names that a certificate is known by in CMS. */
export interface IssuerAndSerial {
  /** A Name, whole. */
  readonly issuer: Der;
  /** An INTEGER, whole. */
  readonly serial: Der;
}

/**
 * Takes issuer and serial number out of a certificate, byte for byte (RFC 5280 §4.1).
 * @param certificate in DER
 * @throws RangeError where it is no certificate
 */
export function issuerAndSerial(certificate: Der): IssuerAndSerial {
  const [tbs] = readElements(readElement(certificate).content);
  const fields = readElements(tbs?.content ?? Buffer.alloc(0)).filter(({ tag }) => tag !== 0xa0);
  const [serial, , issuer] = fields;
  if (serial?.tag !== 0x02 || issuer?.tag !== 0x30) throw new RangeError('This is no certificate.');
  return { issuer: issuer.whole, serial: serial.whole };
}
