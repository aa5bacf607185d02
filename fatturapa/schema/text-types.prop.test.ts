// fatturapa: what holds for every type of text that the tables use.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edgeTexts } from './edge-texts.fixture.ts';
import { ordinary } from './ordinary.ts';
import type { BlockType, TextType } from './schema.ts';
import { simplified } from './simplified.ts';
import { amount2, amount8, contactAddress, latinText, rate, wholeNumber } from './text-types.ts';

function textTypes({ rows }: BlockType): TextType[] {
  return Object.values(rows).flatMap(({ type }) => (type.kind === 'text' ? [type] : textTypes(type)));
}

const types = [...new Set([...textTypes(ordinary.block), ...textTypes(simplified.block)])];
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(...edgeTexts));

test('what a type takes also fits the form, the lengths and the codes that it tells', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom(...types), (text, type) => {
      if (!type.accepts(text)) return;
      const length = [...text].length;
      if (type.pattern !== undefined) assert.match(text, new RegExp(type.pattern, 'u'));
      assert.ok(length >= (type.minLength ?? 0) && length <= (type.maxLength ?? Infinity));
      if (type.codes) assert.ok(Object.hasOwn(type.codes, text));
    }),
    { numRuns: 5_000 },
  );
});

test('asking twice gives the same answer', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom(...types), (text, type) => {
      assert.equal(type.accepts(text), type.accepts(text));
    }),
  );
});

test('cents below eleven digits are amounts, whatever their sign', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 13n) + 1n, max: 10n ** 13n - 1n }), (cents) => {
      const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
      const text = `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
      assert.ok(amount2.accepts(text), text);
      assert.ok(amount8.accepts(`${text}0`), text);
      assert.ok(!amount2.accepts(`${text}0`), text);
    }),
  );
});

test('a rate is one exactly where its hundredths are from 0 to 10000', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999 }), (hundredths) => {
      const text = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
      assert.equal(rate.accepts(text), hundredths <= 10_000, text);
    }),
  );
});

test('a whole number counts by its value, not by its zeros', () => {
  const number = fc.record({ value: fc.integer({ min: 0, max: 20_000 }), zeros: fc.nat(50), plus: fc.boolean() });
  fc.assert(
    fc.property(number, ({ value, zeros, plus }) => {
      const text = `${plus ? '+' : ''}${'0'.repeat(zeros)}${value}`;
      assert.equal(wholeNumber(1, 4).accepts(text), value >= 1 && value <= 9999, text);
      assert.equal(wholeNumber(0, 3).accepts(text), value <= 999, text);
    }),
  );
});

test('a text is Latin exactly where each of its letters is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }), (text) => {
      assert.equal(latinText(1, 10).accepts(text), /^[\0-\xff]+$/.test(text));
    }),
  );
});

test("a contact's address is judged as the schema's own expression does", () => {
  const asTheSchemaSays = /^[^\n\r]+@[^\n\r]+[.]+[^\n\r]+$/u;
  const near = fc.array(fc.constantFrom('a', '@', '.', '\u{1f600}', '\n', ' '), { minLength: 5, maxLength: 12 });
  fc.assert(
    fc.property(near, (letters) => {
      const text = letters.join('');
      assert.equal(contactAddress.accepts(text), letters.length >= 7 && asTheSchemaSays.test(text), text);
    }),
    { numRuns: 5_000 },
  );
});
