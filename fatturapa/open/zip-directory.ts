// fatturapa: the directory of a zip archive (APPNOTE 4.3.12–4.3.16, 4.5.3), read with distrust: every number in it may lie.

/** One file of an archive, as the central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isEncrypted: boolean;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where the packed bytes begin. */
  readonly dataStart: number;
}

/** The files of an archive, or why it is none. */
export type ZipDirectory =
  | { readonly ok: true; readonly entries: readonly ZipEntry[] }
  | { readonly ok: false; readonly reason: 'corrupt' | 'entries'; readonly detail: string };

/** Says that an archive contradicts itself; it never leaves this file. */
class ZipError extends Error {
  readonly reason: 'corrupt' | 'entries';

  constructor(detail: string, reason: 'corrupt' | 'entries' = 'corrupt') {
    super(detail);
    this.reason = reason;
  }
}

const marks = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;
const lengths = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 } as const;
const commentMax = 0xffff;
const wide = 0xffffffff;

interface Place {
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

function expectMark(file: Buffer, at: number, kind: keyof typeof marks): void {
  const fits = at >= 0 && at + lengths[kind] <= file.length;
  if (!fits || file.readUInt32LE(at) !== marks[kind]) throw new ZipError(`no ${kind} header at ${at}`);
}

function wideNumber(file: Buffer, at: number): number {
  if (at + 8 > file.length) throw new ZipError(`a zip64 number at ${at} is cut off`);
  const value = file.readBigUInt64LE(at);
  if (value > BigInt(file.length) * 0x1_0000n) throw new ZipError(`the zip64 number at ${at} is beyond all measure`);
  return Number(value);
}

/** The end record is the last thing in the file but for its own comment, whose length must fit exactly. */
function endRecordAt(file: Buffer): number {
  const lowest = Math.max(0, file.length - lengths.end - commentMax);
  for (let at = file.length - lengths.end; at >= lowest; at--) {
    if (file.readUInt32LE(at) === marks.end && at + lengths.end + file.readUInt16LE(at + 20) === file.length) return at;
  }
  throw new ZipError('there is no end record: the archive is cut off');
}

function placeOf64(file: Buffer, endAt: number): Place {
  const locatorAt = endAt - lengths.locator64;
  expectMark(file, locatorAt, 'locator64');
  const recordAt = wideNumber(file, locatorAt + 8);
  expectMark(file, recordAt, 'end64');
  if (recordAt > locatorAt - lengths.end64) throw new ZipError('the zip64 end record lies behind its locator');
  const start = wideNumber(file, recordAt + 48);
  return { count: wideNumber(file, recordAt + 32), start, end: start + wideNumber(file, recordAt + 40) };
}

function placeOfDirectory(file: Buffer): Place {
  const endAt = endRecordAt(file);
  const [disk, firstDisk, here, count] = [4, 6, 8, 10].map((offset) => file.readUInt16LE(endAt + offset));
  const [size = 0, start = 0] = [12, 16].map((offset) => file.readUInt32LE(endAt + offset));
  if (count === 0xffff || size === wide || start === wide) return checkPlace(placeOf64(file, endAt), endAt);
  if (disk !== 0 || firstDisk !== 0 || here !== count) throw new ZipError('the archive is one part of several');
  return checkPlace({ count: count ?? 0, start, end: start + size }, endAt);
}

function checkPlace(place: Place, endAt: number): Place {
  if (place.end > endAt) throw new ZipError('the directory goes beyond its end record');
  return place;
}

interface Sizes {
  readonly bytes: number;
  readonly packedBytes: number;
  readonly headerAt: number;
}

/** Numbers that do not fit 32 bits stand, in this order, in the extra field 0x0001. */
function widened(file: Buffer, sizes: Sizes, extraStart: number, extraEnd: number): Sizes {
  const values = [sizes.bytes, sizes.packedBytes, sizes.headerAt];
  if (!values.includes(wide)) return sizes;
  for (let at = extraStart; at + 4 <= extraEnd; at += 4 + file.readUInt16LE(at + 2)) {
    if (file.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    const [bytes = 0, packedBytes = 0, headerAt = 0] = values.map((value) => {
      if (value !== wide) return value;
      next += 8;
      if (next > Math.min(extraEnd, at + 4 + file.readUInt16LE(at + 2)))
        throw new ZipError('a zip64 field is too short');
      return wideNumber(file, next - 8);
    });
    return { bytes, packedBytes, headerAt };
  }
  throw new ZipError('a zip64 field is missing');
}

const latin = new TextDecoder('windows-1252');
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Few writers set the flag for UTF-8 though most write it; the old code page matters for showing only. */
function nameOf(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return latin.decode(bytes);
    throw error;
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Listed {
  readonly entry: ZipEntry;
  readonly span: Span;
  /** Where the next one is listed. */
  readonly next: number;
}

/** The header in front of the data must say the same as the directory: readers that believe different ones see different files. */
function dataStartOf(file: Buffer, headerAt: number, centralAt: number, name: Uint8Array): number {
  expectMark(file, headerAt, 'local');
  const nameStart = headerAt + lengths.local;
  const nameEnd = nameStart + file.readUInt16LE(headerAt + 26);
  const sameName = nameEnd <= file.length && file.subarray(nameStart, nameEnd).equals(name);
  const sameMethod = file.readUInt16LE(headerAt + 8) === file.readUInt16LE(centralAt + 10);
  const sameLock = ((file.readUInt16LE(headerAt + 6) ^ file.readUInt16LE(centralAt + 8)) & 1) === 0;
  if (!sameName || !sameMethod || !sameLock) throw new ZipError(`the header at ${headerAt} contradicts the directory`);
  return nameEnd + file.readUInt16LE(headerAt + 28);
}

function listedAt(file: Buffer, at: number, place: Place): Listed {
  expectMark(file, at, 'central');
  const nameStart = at + lengths.central;
  const extraStart = nameStart + file.readUInt16LE(at + 28);
  const extraEnd = extraStart + file.readUInt16LE(at + 30);
  const next = extraEnd + file.readUInt16LE(at + 32);
  if (next > place.end) throw new ZipError(`the directory entry at ${at} goes beyond the directory`);
  const [crc = 0, narrowPacked = 0, narrowBytes = 0] = [16, 20, 24].map((offset) => file.readUInt32LE(at + offset));
  const narrow = { bytes: narrowBytes, packedBytes: narrowPacked, headerAt: file.readUInt32LE(at + 42) };
  const { bytes, packedBytes, headerAt } = widened(file, narrow, extraStart, extraEnd);
  const nameBytes = file.subarray(nameStart, extraStart);
  const dataStart = dataStartOf(file, headerAt, at, nameBytes);
  if (dataStart + packedBytes > place.start)
    throw new ZipError(`the data of the entry at ${at} goes into the directory`);
  const name = nameOf(nameBytes);
  const isEncrypted = (file.readUInt16LE(at + 8) & 1) !== 0;
  const method = file.readUInt16LE(at + 10);
  const entry = { name, isFolder: /[/\\]$/.test(name), isEncrypted, method, crc, packedBytes, bytes, dataStart };
  return { entry, span: { start: headerAt, end: dataStart + packedBytes }, next };
}

/** Files that share packed bytes multiply what an archive seems to hold. */
function refuseOverlaps(spans: Span[]): void {
  spans.sort((one, other) => one.start - other.start);
  for (const [index, span] of spans.entries()) {
    const before = spans[index - 1];
    if (before && before.end > span.start) throw new ZipError(`the files at ${before.start} and ${span.start} overlap`);
  }
}

function list(file: Buffer, entriesMax: number): ZipEntry[] {
  const place = placeOfDirectory(file);
  if (place.count > entriesMax) throw new ZipError(String(place.count), 'entries');
  const spans: Span[] = [];
  const entries: ZipEntry[] = [];
  let at = place.start;
  while (entries.length < place.count) {
    const { entry, span, next } = listedAt(file, at, place);
    entries.push(entry);
    spans.push(span);
    at = next;
  }
  if (at !== place.end) throw new ZipError('the directory holds more than it counts');
  refuseOverlaps(spans);
  return entries;
}

/**
 * Reads the directory of a zip archive. Nothing throws; the work is linear in the archive's size.
 * @param bytes the whole archive
 * @param entriesMax how many files and folders it may list
 */
export function readZipDirectory(bytes: Uint8Array, entriesMax: number): ZipDirectory {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (file.length < lengths.end) return { ok: false, reason: 'corrupt', detail: 'the archive is cut off' };
  try {
    return { ok: true, entries: list(file, entriesMax) };
  } catch (error) {
    if (error instanceof ZipError) return { ok: false, reason: error.reason, detail: error.message };
    throw error;
  }
}
