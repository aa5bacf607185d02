// fatturapa: walks BER and DER (X.690) lazily, without recursion and without copies; each walk is linear in the bytes it passes.

/** Says that bytes are no BER, or go beyond a bound. Who starts a walk catches it; it never reaches a caller of `openFile`. */
export class BerError extends Error {}

/** One element: where its tag, its contents and its end are. */
export interface BerNode {
  readonly bytes: Uint8Array;
  /** The first identifier octet, as `0x30` for SEQUENCE; numbers above 30 share the octet with low bits all set. */
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  /** Behind the contents; an indefinite length's end mark lies between here and `end`. */
  readonly contentEnd: number;
  readonly end: number;
}

interface Header {
  readonly tag: number;
  readonly contentStart: number;
  /** Absent where indefinite. */
  readonly length: number | undefined;
}

const constructedBit = 0x20;
/** Octet strings cut into pieces that are cut again: no writer goes beyond two. */
const pieceDepthMax = 16;
/** More parts than any structure has that we read as a list. */
const listMax = 10_000;

function byteAt(bytes: Uint8Array, at: number, limit: number): number {
  const byte = at < limit ? bytes[at] : undefined;
  if (byte === undefined) throw new BerError(`the bytes end at ${at}, in the middle of an element`);
  return byte;
}

function behindTag(bytes: Uint8Array, at: number, limit: number): number {
  if ((byteAt(bytes, at, limit) & 0x1f) !== 0x1f) return at + 1;
  for (let next = at + 1; next < at + 6; next++) {
    if (byteAt(bytes, next, limit) < 0x80) return next + 1;
  }
  throw new BerError(`the tag at ${at} is too long`);
}

function longLength(bytes: Uint8Array, from: number, count: number, limit: number): number {
  let length = 0;
  for (let at = from; at < from + count; at++) {
    length = length * 256 + byteAt(bytes, at, limit);
    if (length > limit) throw new BerError(`the length at ${from} goes beyond the end`);
  }
  return length;
}

function headerAt(bytes: Uint8Array, at: number, limit: number): Header {
  const tag = byteAt(bytes, at, limit);
  const lengthAt = behindTag(bytes, at, limit);
  const first = byteAt(bytes, lengthAt, limit);
  if (first === 0x80) {
    if ((tag & constructedBit) === 0) throw new BerError(`the element at ${at} has an indefinite length and no parts`);
    return { tag, contentStart: lengthAt + 1, length: undefined };
  }
  const count = first < 0x80 ? 0 : first & 0x7f;
  const length = count === 0 ? first : longLength(bytes, lengthAt + 1, count, limit);
  const contentStart = lengthAt + 1 + count;
  if (contentStart + length > limit) throw new BerError(`the element at ${at} goes beyond the end of what holds it`);
  return { tag, contentStart, length };
}

function isEndMark(header: Header): boolean {
  return header.tag === 0 && header.length === 0;
}

/** Where the end mark of an indefinite length stands: whatever is nested inside costs a counter, no stack. */
function endMarkOf(bytes: Uint8Array, contentStart: number, limit: number): number {
  let at = contentStart;
  for (let open = 1; ;) {
    const header = headerAt(bytes, at, limit);
    if (header.length === undefined) open += 1;
    else if (isEndMark(header)) open -= 1;
    if (open === 0) return at;
    at = header.contentStart + (header.length ?? 0);
  }
}

/**
 * Reads the element at a place.
 * @param bytes what holds it
 * @param at where its tag is
 * @param limit behind the last byte that it may use
 * @throws BerError where there is none, or where it goes beyond `limit`
 */
export function readNode(bytes: Uint8Array, at = 0, limit = bytes.length): BerNode {
  const { tag, contentStart, length } = headerAt(bytes, at, limit);
  if (length !== undefined) {
    const end = contentStart + length;
    return { bytes, tag, start: at, contentStart, contentEnd: end, end };
  }
  const contentEnd = endMarkOf(bytes, contentStart, limit);
  return { bytes, tag, start: at, contentStart, contentEnd, end: contentEnd + 2 };
}

/**
 * Walks the parts of an element one by one.
 * @param node a constructed element
 * @throws BerError on the way, where a part is none
 */
export function* partsOf(node: BerNode): Generator<BerNode, void> {
  if ((node.tag & constructedBit) === 0) throw new BerError(`the element at ${node.start} has no parts`);
  for (let at = node.contentStart; at < node.contentEnd;) {
    const part = readNode(node.bytes, at, node.contentEnd);
    yield part;
    at = part.end;
  }
}

/**
 * Lists the parts of an element, where there can be only a few.
 * @param node a constructed element
 * @param max how many it may have
 * @throws BerError where a part is none, or where there are more
 */
export function listParts(node: BerNode, max = listMax): BerNode[] {
  const parts: BerNode[] = [];
  for (const part of partsOf(node)) {
    if (parts.length >= max) throw new BerError(`the element at ${node.start} has more than ${max} parts`);
    parts.push(part);
  }
  return parts;
}

/**
 * Gives an element that must be there, with a given tag.
 * @param node what was found, if anything
 * @param tag the identifier octet that it must have
 * @throws BerError where it is absent or another
 */
export function expectTag(node: BerNode | undefined, tag: number): BerNode {
  if (node?.tag === tag) return node;
  const found = node === undefined ? 'nothing' : `tag ${node.tag} at ${node.start}`;
  throw new BerError(`tag ${tag} was expected, ${found} was found`);
}

/** The element as it was written, tag and length included. */
export function encodedOf(node: BerNode): Uint8Array {
  return node.bytes.subarray(node.start, node.end);
}

/** The contents as they were written, without tag and length. */
export function contentOf(node: BerNode): Uint8Array {
  return node.bytes.subarray(node.contentStart, node.contentEnd);
}

interface OpenPiece {
  readonly limit: number;
  readonly indefinite: boolean;
}

function pieceEnds(header: Header, open: OpenPiece, at: number): boolean {
  if (!isEndMark(header)) return false;
  if (!open.indefinite) throw new BerError(`the end mark at ${at} ends nothing`);
  return true;
}

function joinPieces(node: BerNode): Uint8Array {
  // One buffer for all: pieces may be of one byte, and an object for each would cost a hundred times the file.
  const joined = new Uint8Array(node.contentEnd - node.contentStart);
  let used = 0;
  const stack: OpenPiece[] = [{ limit: node.contentEnd, indefinite: false }];
  let at = node.contentStart;
  for (let open = stack.at(-1); open !== undefined; open = stack.at(-1)) {
    if (at >= open.limit && !open.indefinite) {
      stack.pop();
      continue;
    }
    const header = headerAt(node.bytes, at, open.limit);
    const behind = header.contentStart + (header.length ?? 0);
    if (pieceEnds(header, open, at)) {
      stack.pop();
      at = behind;
    } else if (header.tag === 0x04) {
      joined.set(node.bytes.subarray(header.contentStart, behind), used);
      used += behind - header.contentStart;
      at = behind;
    } else if (header.tag === 0x24 && stack.length < pieceDepthMax) {
      const indefinite = header.length === undefined;
      stack.push({ limit: indefinite ? open.limit : behind, indefinite });
      at = header.contentStart;
    } else {
      throw new BerError(`the piece at ${at} is no octet string, or is nested too deeply`);
    }
  }
  return joined.subarray(0, used);
}

/**
 * The bytes of an OCTET STRING: a view where it is in one piece, joined where it is in many (BER, X.690 §8.7).
 * @param node an octet string, or one with a context tag in its place
 * @throws BerError where its pieces are no octet strings
 */
export function octetsOf(node: BerNode): Uint8Array {
  return (node.tag & constructedBit) === 0 ? contentOf(node) : joinPieces(node);
}
