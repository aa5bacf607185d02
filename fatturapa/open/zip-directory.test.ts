// fatturapa: an archive whose numbers lie is refused; zip64 is read where it tells the truth.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zipSync } from 'fflate';
import { openFile } from './open-file.ts';

const xml = Buffer.from(`<fattura>${'testo '.repeat(50)}</fattura>`);
const marks = { local: 'PK\u0003\u0004', central: 'PK\u0001\u0002', end: 'PK\u0005\u0006' };

function archive(): Buffer {
  return Buffer.from(zipSync({ 'a.xml': xml, 'b.xml': xml }));
}

/** Changes a number behind a mark. */
function lie(mark: keyof typeof marks, offset: number, value: number, bytes: 2 | 4 = 4): Buffer {
  const file = archive();
  file.writeUIntLE(value, file.indexOf(marks[mark]) + offset, bytes);
  return file;
}

function codesOf(file: Uint8Array): string[] {
  return openFile(file).findings.map(({ code }) => code);
}

test('an archive that is cut off, or has something behind its end, is damaged', () => {
  const file = archive();
  for (const end of [5, 30, file.length - 23, file.length - 1])
    assert.deepEqual(codesOf(file.subarray(0, end)), ['00106']);
  assert.deepEqual(codesOf(Buffer.concat([file, Buffer.from('x')])), ['00106']);
});

test('an archive without files is empty', () => {
  assert.deepEqual(codesOf(Buffer.from(zipSync({}))), ['00106']);
  assert.deepEqual(codesOf(Buffer.from(zipSync({ 'a/': new Uint8Array() }))), ['00106']);
});

test('offsets, sizes and counts that lead elsewhere are noticed', () => {
  const lies = {
    'directory start': lie('end', 16, 3),
    'directory size': lie('end', 12, 10),
    'directory beyond the end': lie('end', 12, 100_000),
    'too few files': lie('end', 10, 1, 2),
    'several disks': lie('end', 4, 1, 2),
    'packed size': lie('central', 20, 1_000_000),
    'header of the other file': lie('central', 42, archive().lastIndexOf(marks.local)),
    'header elsewhere': lie('central', 42, 7),
    'name length': lie('central', 28, 60_000, 2),
    'another method in front of the data': lie('local', 8, 0, 2),
    'zip64 without its records': lie('end', 16, 0xffffffff),
    'zip64 without its field': lie('central', 24, 0xffffffff),
  };
  for (const [what, file] of Object.entries(lies)) assert.deepEqual([what, codesOf(file)], [what, ['00106']]);
});

test('a file whose contents are not what is said is refused alone', () => {
  const changed = archive();
  const place = changed.indexOf('a.xml') + 8;
  changed[place] = (changed[place] ?? 0) ^ 0x55;
  const lies = {
    'size said smaller': lie('central', 24, xml.length - 1),
    'size said larger': lie('central', 24, xml.length + 1),
    checksum: lie('central', 16, 1),
    bytes: changed,
  };
  for (const [what, file] of Object.entries(lies)) {
    assert.deepEqual([what, codesOf(file), openFile(file).documents.length], [what, ['00106'], 1]);
  }
});

test('files that share packed bytes are refused', () => {
  const file = archive();
  const [first, second] = [file.indexOf(marks.local), file.lastIndexOf(marks.local)];
  // The second entry is made to say the same as the first, name and all.
  const [one, two] = [file.indexOf(marks.central), file.lastIndexOf(marks.central)];
  file.copy(file, two, one, two);
  assert.equal(file.readUInt32LE(two + 42), first);
  assert.ok(first < second);
  assert.match(openFile(file).findings[0]?.message.en ?? '', /overlap/);
});

test('password and unknown packing are told apart', () => {
  const encrypted = lie('central', 8, 1, 2);
  encrypted.writeUInt16LE(1, encrypted.indexOf(marks.local) + 6);
  assert.match(openFile(encrypted).findings[0]?.message.it ?? '', /password/);
  const packed = lie('central', 10, 14, 2);
  packed.writeUInt16LE(14, packed.indexOf(marks.local) + 8);
  assert.match(openFile(packed).findings[0]?.message.it ?? '', /metodo \(14\)/);
});

/** The same archive with all large numbers in zip64 records. */
function zip64(start = (true_: number) => true_, size = (true_: number) => true_): Buffer {
  const file = archive();
  const end = file.indexOf(marks.end);
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  for (const at of [24, 32]) record.writeBigUInt64LE(2n, at);
  record.writeBigUInt64LE(BigInt(size(file.readUInt32LE(end + 12))), 40);
  record.writeBigUInt64LE(BigInt(start(file.readUInt32LE(end + 16))), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(end), 64);
  record.writeUInt32LE(1, 72);
  const tail = Buffer.from(file.subarray(end));
  tail.fill(0xff, 8, 20);
  return Buffer.concat([file.subarray(0, end), record, tail]);
}

test('zip64 records are believed where they fit the file', () => {
  assert.deepEqual([codesOf(zip64()), openFile(zip64()).documents.length], [[], 2]);
  assert.deepEqual(codesOf(zip64((start) => start + 1)), ['00106']);
  assert.deepEqual(codesOf(zip64(undefined, (size) => size + 1000)), ['00106']);
  assert.deepEqual(codesOf(zip64(() => Number.MAX_SAFE_INTEGER)), ['00106']);
});
