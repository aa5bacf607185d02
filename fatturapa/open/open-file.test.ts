// fatturapa: whatever envelopes a document comes in, its bytes come out unchanged, and what cannot be opened is said plainly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zipSync, type Zippable } from 'fflate';
import { fileKindOf } from '../file-kind.ts';
import { makeHolder } from '../signature/authority.fixture.ts';
import { objectIdentifier, octetString, sequence, tagged } from '../signature/der.ts';
import { makeEnvelope, wrapEnvelope } from '../signature/envelope.fixture.ts';
import { openFile, type OpenOptions } from './open-file.ts';

const xml = Buffer.from('<?xml version="1.0" encoding="UTF-8"?>\r\n<fattura>Perché <?xml version?> no</fattura>\n');
const signers = [{ holder: makeHolder({ name: 'MARIA ROSSI' }) }];
const p7m = makeEnvelope(xml, { signers });

function opened(bytes: Uint8Array, options: OpenOptions = {}) {
  const { kind, documents, findings } = openFile(bytes, options);
  assert.equal(kind, fileKindOf(bytes));
  const layers = documents.map((document) => document.layers.map((layer) => layer.kind).join(' '));
  return { kind, documents, layers, codes: findings.map(({ code }) => code), findings };
}

function opensTo(bytes: Uint8Array, layers: string, options: OpenOptions = {}) {
  const file = opened(bytes, options);
  assert.deepEqual([file.codes, file.layers], [[], [layers]]);
  assert.deepEqual(Buffer.from(file.documents[0]?.xml ?? []), xml);
  return file;
}

const lines = (text: string, width: number, end: string): string =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(end);

/** Element with indefinite length. */
const open = (tag: number, ...parts: Uint8Array[]): Buffer =>
  Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.from([0, 0])]);

function inPieces(content: Uint8Array, size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += size) pieces.push(octetString(content.subarray(at, at + size)));
  return open(0x24, ...pieces);
}

/** As wrapEnvelope, but in BER from the outside to the content. */
function berEnvelope(octets: Uint8Array): Buffer {
  const info = open(0x30, objectIdentifier('1.2.840.113549.1.7.1'), open(0xa0, octets));
  const data = open(0x30, Buffer.from('020101', 'hex'), Buffer.from('3100', 'hex'), info, Buffer.from('3100', 'hex'));
  return open(0x30, objectIdentifier('1.2.840.113549.1.7.2'), open(0xa0, data));
}

test('plain XML is itself, in any encoding', () => {
  const file = opensTo(xml, '');
  assert.equal(file.kind, 'xml');
  assert.equal(file.documents[0]?.xml, xml);
  for (const bytes of [
    Buffer.from('\ufeff<a/>'),
    Buffer.from('<a/>', 'utf16le'),
    Buffer.from('\n <a>\u00e0</a>', 'latin1'),
  ]) {
    assert.deepEqual(opened(bytes).documents[0]?.xml, bytes);
  }
});

test('a CMS envelope in DER opens to a view of its content', () => {
  const file = opensTo(p7m, 'p7m');
  assert.equal(file.documents[0]?.xml.buffer, p7m.buffer);
  assert.deepEqual(file.documents[0]?.layers, [{ kind: 'p7m', encoding: 'der', signers: 1 }]);
  assert.equal(file.documents[0]?.signatures.length, 1);
});

test('indefinite lengths, content in pieces and pieces in pieces open to the whole content', () => {
  for (const size of [1, 7, 1000]) opensTo(berEnvelope(inPieces(xml, size)), 'p7m');
  const half = Math.floor(xml.length / 2);
  opensTo(berEnvelope(open(0x24, inPieces(xml.subarray(0, half), 9), octetString(xml.subarray(half)))), 'p7m');
  opensTo(berEnvelope(octetString(xml)), 'p7m');
  assert.equal(opened(berEnvelope(octetString(xml))).documents[0]?.signatures[0]?.signers.length, 0);
});

test('base64 opens with any line breaks, with blanks, a byte order mark or PEM lines around it', () => {
  const text = p7m.toString('base64');
  const forms = [
    text,
    lines(text, 64, '\n'),
    lines(text, 76, '\r\n'),
    ` \n${lines(text, 9, ' ')}\r\n`,
    `\ufeff${text}`,
    text.replace(/=+$/, ''),
  ];
  for (const form of forms) assert.equal(opensTo(Buffer.from(form), 'base64 p7m').kind, 'p7m');
  const pem = `-----BEGIN PKCS7-----\r\n${lines(text, 64, '\r\n')}\r\n-----END PKCS7-----\r\n`;
  const file = opensTo(Buffer.from(pem), 'base64 p7m');
  assert.deepEqual(file.documents[0]?.layers[0], { kind: 'base64', label: 'PKCS7' });
});

test('base64 of plain XML and base64 of base64 open as well', () => {
  assert.equal(opensTo(Buffer.from(xml.toString('base64')), 'base64').kind, 'xml');
  assert.equal(
    opensTo(Buffer.from(Buffer.from(p7m.toString('base64')).toString('base64')), 'base64 base64 p7m').kind,
    'p7m',
  );
});

test('a file signed twice gives both signatures, the outer one first', () => {
  const twice = makeEnvelope(p7m, { signers: [{ holder: makeHolder({ name: 'LUCA' }) }] });
  const file = opensTo(twice, 'p7m p7m');
  assert.deepEqual(
    file.documents[0]?.signatures.map(({ content }) => Buffer.from(content)),
    [p7m, xml],
  );
  opensTo(makeEnvelope(Buffer.from(p7m.toString('base64')), { signers }), 'p7m base64 p7m');
});

test('envelopes are nested up to a limit', () => {
  let nested: Uint8Array = xml;
  for (let depth = 0; depth < 5; depth++) nested = wrapEnvelope(nested, [], []);
  opensTo(nested, 'p7m p7m p7m p7m p7m');
  assert.deepEqual(opened(wrapEnvelope(nested, [], [])).codes, ['TOO_DEEP']);
  assert.deepEqual(opened(p7m, { limits: { depthMax: 0 } }).codes, ['TOO_DEEP']);
});

test('the name never decides, but one that promises something else is noted', () => {
  const noted = (bytes: Uint8Array, name: string) =>
    opened(bytes, { name }).documents[0]?.findings.map(({ code }) => code);
  assert.deepEqual(noted(xml, 'IT01234567897_1.xml.P7M'), ['FILE_KIND']);
  assert.deepEqual(noted(p7m, 'IT01234567897_1.xml'), ['FILE_KIND']);
  assert.deepEqual(noted(xml, 'IT01234567897_1.xml'), []);
  assert.deepEqual(noted(p7m, 'IT01234567897_1.xml.p7m'), []);
});

test('bytes behind an envelope are passed over and noted, padding is not', () => {
  const noted = (tail: string) =>
    opened(Buffer.concat([p7m, Buffer.from(tail)])).documents[0]?.findings.map(({ code }) => code);
  assert.deepEqual(noted('\r\n\u0000\u0000'), []);
  assert.deepEqual(noted('<fattura/>'), ['TRAILING_BYTES']);
});

test('00106: an empty file, an envelope around nothing, damaged base64', () => {
  assert.deepEqual(opened(Buffer.alloc(0)).codes, ['00106']);
  assert.deepEqual(opened(wrapEnvelope(Buffer.alloc(0), [], [])).codes, ['00106']);
  const damaged = opened(Buffer.from(p7m.toString('base64').replace(/^(.{200})./, '$1*')));
  assert.deepEqual(damaged.codes, ['00106']);
  assert.match(damaged.findings[0]?.message.it ?? '', /al byte 200/);
});

test('00102: an envelope that is cut off, detached, of another type, or was taken for text', () => {
  for (const end of [40, 200, p7m.length - 1]) assert.deepEqual(opened(p7m.subarray(0, end)).codes, ['00102']);
  const detached = opened(wrapEnvelope(undefined, [], []));
  assert.match(detached.findings[0]?.message.en ?? '', /detached/);
  const encrypted = opened(sequence(objectIdentifier('1.2.840.113549.1.7.3'), tagged(0, sequence())));
  assert.match(encrypted.findings[0]?.message.en ?? '', /1\.2\.840\.113549\.1\.7\.3/);
  const garbled = opened(Buffer.from(new TextDecoder('windows-1252').decode(p7m)));
  assert.match(garbled.findings[0]?.message.it ?? '', /trattato come testo/);
  for (const file of [detached, encrypted, garbled]) assert.deepEqual([file.kind, file.codes], ['p7m', ['00102']]);
});

test('00003: a document and an archive beyond the limit', () => {
  const limits = { documentBytesMax: 50, archiveBytesMax: 60 };
  assert.deepEqual(opened(xml, { limits }).codes, ['00003']);
  assert.deepEqual(opened(p7m, { limits }).codes, ['00003']);
  assert.deepEqual(opened(zipSync({ 'a.xml': xml }), { limits }).codes, ['00003']);
  assert.deepEqual(opened(Buffer.alloc(5_242_881, 0x20)).codes, ['00003']);
  assert.deepEqual(opened(Buffer.alloc(5_242_880, 0x20)).codes, []);
});

test('a zip opens to its files, each with its own layers, in the order of its directory', () => {
  const files: Zippable = { 'a.xml': xml, 'b.xml.p7m': p7m, 'c/d.xml': [xml, { level: 0 }], 'c/': new Uint8Array() };
  const file = opened(zipSync(files), { name: 'IT01234567897_1.zip' });
  assert.deepEqual([file.kind, file.codes], ['zip', []]);
  assert.deepEqual(
    file.documents.map(({ name }) => name),
    ['a.xml', 'b.xml.p7m', 'c/d.xml'],
  );
  assert.deepEqual(file.layers, ['zip', 'zip p7m', 'zip']);
  for (const document of file.documents) assert.deepEqual(Buffer.from(document.xml), xml);
  assert.deepEqual(opened(Buffer.from(Buffer.from(zipSync(files)).toString('base64'))).layers, [
    'base64 zip',
    'base64 zip p7m',
    'base64 zip',
  ]);
});

test('one bad file of an archive does not keep the others from being opened', () => {
  const file = opened(
    zipSync({ 'a.xml': xml, 'b.xml.p7m': p7m.subarray(0, 99), 'c.xml': new Uint8Array(), 'd.xml': xml }),
  );
  assert.deepEqual(
    file.documents.map(({ name }) => name),
    ['a.xml', 'd.xml'],
  );
  assert.deepEqual(
    file.findings.map(({ code, file }) => [code, file]),
    [
      ['00102', 'b.xml.p7m'],
      ['00106', 'c.xml'],
    ],
  );
});

test('whatever cannot be opened of an archive is named as a file, never as an element', () => {
  const entries: Zippable = {
    '../a.xml': xml,
    'b.xml.p7m': p7m.subarray(0, 99),
    'c.xml': new Uint8Array(),
    'd.zip': zipSync({ 'a.xml': xml }),
    '.DS_Store': xml,
  };
  const { findings } = opened(zipSync(entries));
  assert.deepEqual(
    findings.map(({ file, path }) => [file, path]),
    Object.keys(entries).map((name) => [name, undefined]),
  );
});

test('Italian sentences hold no English details', () => {
  const zip = Buffer.from(zipSync({ 'a.xml': [xml, { level: 0 }] }));
  const changedByte = Buffer.from(zip);
  changedByte[40] = (changedByte[40] ?? 0) ^ 1;
  const files = { envelope: p7m.subarray(0, 99), archive: zip.subarray(0, -1), entry: changedByte };
  for (const [what, bytes] of Object.entries(files)) {
    const [finding] = opened(bytes).findings;
    assert.match(finding?.message.it ?? '', /danneggiat[oa][^()]*\.$/, what);
    assert.match(finding?.message.en ?? '', /damaged.*\(.+\)\.$/, what);
  }
});

test('archives in archives and archives in envelopes are refused', () => {
  const zip = zipSync({ 'a.xml': xml });
  assert.deepEqual(opened(zipSync({ 'a.zip': zip, 'b.xml': xml })).codes, ['00106']);
  assert.deepEqual(opened(makeEnvelope(zip, { signers })).codes, ['00106']);
  assert.deepEqual(opened(zipSync({ 'a.zip.p7m': makeEnvelope(zip, { signers }) })).codes, ['00106']);
});

test('00001, 00002: names that lead elsewhere, and names that stand twice', () => {
  for (const name of [
    '../a.xml',
    '/a.xml',
    'a/../../b.xml',
    'C:a.xml',
    'a\\b.xml',
    'a\u0000.xml',
    `${'a'.repeat(252)}.xml`,
  ]) {
    const file = opened(zipSync({ [name]: xml }));
    assert.deepEqual([name, file.codes, file.documents.length], [name, ['00001'], 0]);
  }
  assert.deepEqual(opened(zipSync({ 'a.xml': xml, 'A.XML': xml })).codes, ['00002']);
});

test('what an operating system adds to an archive is passed over', () => {
  const file = opened(
    zipSync({ 'a.xml': xml, '__MACOSX/._a.xml': Buffer.from('Mac'), 'c/.DS_Store': Buffer.from('x') }),
  );
  assert.deepEqual([file.codes, file.documents.length], [['ARCHIVE_LITTER', 'ARCHIVE_LITTER'], 1]);
  assert.ok(file.findings.every(({ severity }) => severity === 'warning'));
});

test('a zip bomb is not unpacked: by ratio, by size of a file, by size of all, by number', () => {
  const bomb = Buffer.alloc(5_000_000, 0x20);
  assert.deepEqual(opened(zipSync({ 'a.xml': bomb })).codes, ['ARCHIVE_LIMIT']);
  assert.deepEqual(opened(zipSync({ 'a.xml': Buffer.alloc(6_000_000) })).codes, ['00003']);
  const limits = { inflatedBytesMax: 2.5 * xml.length, entriesMax: 5, ratioMax: 200 };
  const many = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.xml`, xml]));
  const file = opened(zipSync(many), { limits });
  assert.deepEqual(
    [file.documents.length, file.findings.map(({ code, file }) => [code, file])],
    [2, [['ARCHIVE_LIMIT', 'c.xml']]],
  );
  assert.deepEqual(opened(zipSync({ ...many, 'e.xml': xml, 'f.xml': xml }), { limits }).codes, ['ARCHIVE_LIMIT']);
});
