// fatturapa: whatever bytes come, opening answers, and so does judging what was found; nothing made to exhaust us does.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zipSync } from 'fflate';
import { makeHolder } from '../signature/authority.fixture.ts';
import { element, objectIdentifier, octetString, sequence, tagged } from '../signature/der.ts';
import { makeEnvelope } from '../signature/envelope.fixture.ts';
import { verifyCms } from '../signature/verify-cms.ts';
import { openFile } from './open-file.ts';
import { openLimits } from './open-limits.ts';
import type { OpenedFile } from './opened-file.ts';

const xml = Buffer.from('<?xml version="1.0" encoding="UTF-8"?><fattura><numero>7</numero></fattura>');
const at = new Date('2026-03-02T08:00:00Z');
const p7m = makeEnvelope(xml, { signers: [{ holder: makeHolder({ name: 'MARIA ROSSI' }) }] });
const starts: readonly Buffer[] = [
  p7m,
  Buffer.from(p7m.toString('base64')),
  Buffer.from(`-----BEGIN PKCS7-----\n${p7m.toString('base64')}\n-----END PKCS7-----\n`),
  Buffer.from(zipSync({ 'a.xml': xml, 'b.xml.p7m': p7m })),
];

/** Opens and judges; everything that is promised of every file is asked here. */
function answers(bytes: Uint8Array): OpenedFile {
  const file = openFile(bytes, { name: 'IT01234567897_1.xml.p7m' });
  assert.ok(file.documents.length + file.findings.length > 0, 'neither a document nor a reason');
  for (const { xml: document, signatures } of file.documents) {
    assert.ok(document.length <= openLimits.documentBytesMax);
    for (const found of signatures) verifyCms(found, { at });
  }
  return file;
}

const anyStart = fc.constantFrom(...starts);
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('random bytes are answered, with the first bytes of an envelope or an archive too', () => {
  const beginnings = [Buffer.alloc(0), p7m.subarray(0, 40), Buffer.from('PK\u0003\u0004'), Buffer.from('MIIC')];
  fc.assert(
    fc.property(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 600 }), (beginning, bytes) => {
      answers(Buffer.concat([beginning, bytes]));
    }),
    { numRuns: 500 },
  );
});

test('a file cut anywhere is answered, and a cut envelope never opens', () => {
  fc.assert(
    fc.property(anyStart, place, (start, where) => void answers(start.subarray(0, Math.floor(where * start.length)))),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 40, max: p7m.length - 1 }), (end) => {
      assert.deepEqual(answers(p7m.subarray(0, end)).documents, []);
    }),
  );
});

test('a file with bytes changed, put in or taken out is answered', () => {
  const change = fc.record({ where: place, drop: fc.nat(4), put: fc.uint8Array({ maxLength: 4 }) });
  fc.assert(
    fc.property(anyStart, fc.array(change, { minLength: 1, maxLength: 4 }), (start, changes) => {
      const changed = changes.reduce((bytes, { where, drop, put }) => {
        const from = Math.floor(where * bytes.length);
        return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + drop)]);
      }, start);
      answers(changed);
    }),
    { numRuns: 1000 },
  );
});

test('an envelope with one byte changed is never valid with another document inside', () => {
  fc.assert(
    fc.property(fc.nat(p7m.length - 1), fc.integer({ min: 1, max: 255 }), (where, difference) => {
      const changed = Buffer.from(p7m);
      changed[where] = (changed[where] ?? 0) ^ difference;
      for (const { xml: document, signatures } of answers(changed).documents) {
        const isSame = Buffer.compare(document, xml) === 0;
        const valid = signatures.length > 0 && signatures.every((found) => verifyCms(found, { at }).valid);
        assert.ok(isSame || !valid, 'a changed document is said to be signed');
      }
    }),
    { numRuns: 1000 },
  );
});

const megabyte = 1 << 20;
const signedData = objectIdentifier('1.2.840.113549.1.7.2');
const repeated = (unit: string) => Buffer.alloc(megabyte, Buffer.from(unit, 'hex'));
const open = (tag: number, ...parts: Uint8Array[]): Buffer => Buffer.concat([Buffer.from([tag, 0x80]), ...parts]);

function around(octets: Uint8Array): Buffer {
  const info = sequence(objectIdentifier('1.2.840.113549.1.7.1'), tagged(0, octets));
  const empty = element(0x31);
  return sequence(signedData, tagged(0, sequence(Buffer.from('020101', 'hex'), empty, info, empty)));
}

test('nesting made to exhaust us is answered', () => {
  const bombs = {
    'indefinite lengths without end': open(0x30, signedData, repeated('3080')),
    'indefinite lengths that close': open(0x30, signedData, repeated('3080'), repeated('0000'), repeated('0000')),
    'pieces in pieces without end': around(open(0x24, repeated('2480'))),
    'pieces in pieces that close': around(open(0x24, repeated('2480'), repeated('0000'), repeated('0000'))),
    'a million empty pieces': around(element(0x24, repeated('0400'))),
    'end marks that end nothing': around(element(0x24, repeated('0000'))),
    'a million signers': sequence(signedData, tagged(0, sequence(element(0x31, repeated('3000'))))),
    'tags without end': open(0x30, signedData, repeated('bfff')),
    'lengths without end': open(0x30, signedData, repeated('30ff')),
    'base64 without end': Buffer.alloc(megabyte, 'TUlJ'),
    'blanks without end': Buffer.alloc(megabyte, ' '),
    'a PEM header without end': Buffer.from(`-----BEGIN ${'A'.repeat(megabyte)}`),
    'directory entries without end': Buffer.concat([Buffer.from('PK\u0003\u0004'), repeated('504b0102')]),
    'end records without end': Buffer.concat([Buffer.from('PK\u0003\u0004'), repeated('504b0506')]),
  };
  for (const [what, bytes] of Object.entries(bombs)) assert.ok(answers(bytes), what);
});

test('a million certificates or attributes do not hide the content, and are not read', () => {
  const info = sequence(objectIdentifier('1.2.840.113549.1.7.1'), tagged(0, octetString(xml)));
  const parts = [Buffer.from('020101', 'hex'), element(0x31), info, tagged(0, repeated('3000')), element(0x31)];
  const file = answers(sequence(signedData, tagged(0, sequence(...parts))));
  assert.deepEqual(Buffer.from(file.documents[0]?.xml ?? []), xml);
  assert.match(file.documents[0]?.signatures[0]?.damage ?? '', /more than 100 parts/);
});
