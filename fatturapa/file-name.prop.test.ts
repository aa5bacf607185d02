// fatturapa: what holds for every file name.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileKinds } from './file-kind.ts';
import { buildFileName, namesWithPrefix, parseFileName } from './file-name.ts';

const capitals = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const alphanumeric = [...capitals, ...'0123456789'];
const text = (of: string[], minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...of), { minLength, maxLength }).map((letters) => letters.join(''));

const italian = fc.record({ idPaese: fc.constant('IT'), idCodice: text([...'0123456789'], 11, 11) });
const foreign = fc.record({
  idPaese: text(capitals, 2, 2).filter((country) => country !== 'IT'),
  idCodice: text(alphanumeric, 2, 28),
});
const numbered = text(alphanumeric, 0, 4).chain((prefix) =>
  fc.record({ prefix: fc.constant(prefix), sequence: fc.integer({ min: 1, max: namesWithPrefix(prefix) }) }),
);

test('what is built is read back, within the fifty characters of NomeFile', () => {
  fc.assert(
    fc.property(fc.oneof(italian, foreign), numbered, fc.constantFrom(...fileKinds), (transmitter, number, kind) => {
      const name = buildFileName(transmitter, number.sequence, kind, number.prefix);
      const read = parseFileName(name);
      assert.ok(read);
      assert.deepEqual(read.transmitter, { ...transmitter });
      assert.equal(read.kind, kind);
      assert.equal(Number.parseInt(read.progressive.slice(number.prefix.length), 36), number.sequence);
      assert.equal(read.progressive.length, 5);
      assert.ok(name.length <= 50);
    }),
  );
});

test('two numbers never share a name, whatever the case', () => {
  const transmitter = { idPaese: 'IT', idCodice: '01234567890' };
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 36 ** 5 - 1 }), { maxLength: 50 }), (numbers) => {
      const names = numbers.map((number) => buildFileName(transmitter, number, 'xml').toLowerCase());
      assert.equal(new Set(names).size, numbers.length);
    }),
  );
});

test('any text at all is answered', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      parseFileName(name);
    }),
  );
});
