// fatturapa: single values in BER and DER: object identifiers, algorithms, numbers, times, texts.
import { BerError, contentOf, encodedOf, expectTag, listParts, type BerNode } from './ber.ts';
import type { AlgorithmId } from './found-signature.ts';

const identifierBytesMax = 64;

/**
 * Reads an OBJECT IDENTIFIER.
 * @param node the element
 * @returns dotted, as `1.2.840.113549.1.7.2`
 * @throws BerError where it is none
 */
export function oidOf(node: BerNode | undefined): string {
  const bytes = contentOf(expectTag(node, 0x06));
  if (bytes.length === 0 || bytes.length > identifierBytesMax)
    throw new BerError('an object identifier has a wrong size');
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of bytes) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [first = 0n, ...rest] = arcs;
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...rest].join('.');
}

/**
 * Reads an INTEGER as hexadecimal digits in capitals, without leading zeros: the way serial numbers are shown.
 * @param node the element
 * @throws BerError where it is none
 */
export function serialOf(node: BerNode | undefined): string {
  const digits = Buffer.from(contentOf(expectTag(node, 0x02))).toString('hex');
  return digits.toUpperCase().replace(/^0+(?=.)/, '');
}

/**
 * Reads a small INTEGER.
 * @param node the element
 * @throws BerError where it is none, or larger than a path length, a salt or a version can be
 */
export function smallNumberOf(node: BerNode | undefined): number {
  const bytes = contentOf(expectTag(node, 0x02));
  if (bytes.length === 0 || bytes.length > 4) throw new BerError('a number has a wrong size');
  return Buffer.from(bytes).readIntBE(0, bytes.length);
}

const utcForm = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})$/;
const generalForm = /^(\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,]\d{1,9})?(Z|[+-]\d{4})$/;

function offsetMinutes(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  return zone.startsWith('-') ? -minutes : minutes;
}

function instantOf([, year, month, day, hour, minute = '00', second = '00', zone = 'Z']: RegExpExecArray):
  | Date
  | undefined {
  // RFC 5280 §4.1.2.5.1: two digits from 50 on are of the last century.
  const fullYear = year?.length === 2 ? `${Number(year) < 50 ? 20 : 19}${year}` : year;
  const date = new Date(`${fullYear}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const instant = new Date(date.getTime() - offsetMinutes(zone) * 60_000);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

/**
 * Reads a UTCTime or a GeneralizedTime.
 * @param node the element
 * @returns the instant, or undefined where there is no such element or no such day; a time without a zone is none
 */
export function timeOf(node: BerNode | undefined): Date | undefined {
  if (node === undefined) return undefined;
  const text = Buffer.from(contentOf(node).subarray(0, 40)).toString('latin1');
  const form = { 0x17: utcForm, 0x18: generalForm }[node.tag]?.exec(text);
  return form ? instantOf(form) : undefined;
}

function bigEndianText(bytes: Uint8Array, width: 2 | 4): string {
  const view = Buffer.from(bytes);
  const points: number[] = [];
  for (let at = 0; at + width <= view.length; at += width) points.push(view.readUIntBE(at, width));
  return points.map((point) => (point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd')).join('');
}

const textLengthMax = 1024;
const readers: Readonly<Record<number, (bytes: Uint8Array) => string>> = {
  0x0c: (bytes) => Buffer.from(bytes).toString('utf8'),
  // UniversalString and BMPString: four and two bytes a character.
  0x1c: (bytes) => bigEndianText(bytes, 4),
  0x1e: (bytes) => bigEndianText(bytes, 2),
};

/**
 * Reads a text of a name, in whichever string type it is written. Unknown types are read a character per byte, for showing.
 * @param node the element
 */
export function textOf(node: BerNode): string {
  const bytes = contentOf(node).subarray(0, textLengthMax);
  return (readers[node.tag] ?? ((raw) => Buffer.from(raw).toString('latin1')))(bytes);
}

/**
 * Reads an AlgorithmIdentifier (RFC 5280 §4.1.1.2).
 * @param node the element
 * @throws BerError where it is none
 */
export function algorithmOf(node: BerNode | undefined): AlgorithmId {
  const [oid, parameters] = listParts(expectTag(node, 0x30), 2);
  return { oid: oidOf(oid), ...(parameters ? { parameters: encodedOf(parameters) } : {}) };
}

/**
 * Reads a BIT STRING of whole bytes, as signatures are.
 * @param node the element
 * @throws BerError where it is none
 */
export function bitsOf(node: BerNode | undefined): Uint8Array {
  return contentOf(expectTag(node, 0x03)).subarray(1);
}
