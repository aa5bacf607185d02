// fatturapa: account numbers, right and wrong.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyNoIban } from './iban.ts';

const rights = [
  'IT60X0542811101000000123456',
  'DE89370400440532013000',
  'GB29NWBK60161331926819',
  'FR1420041010050500013M02606',
];

test('right ones pass, in small letters too', () => {
  for (const text of rights) {
    assert.equal(whyNoIban(text), undefined, text);
    assert.equal(whyNoIban(text.toLowerCase()), undefined, text);
  }
});

test('a wrong digit is caught', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...rights),
      fc.integer({ min: 2, max: 21 }),
      fc.integer({ min: 1, max: 9 }),
      (text, at, more) => {
        const digit = Number(text[at]);
        fc.pre(!Number.isNaN(digit));
        assert.ok(whyNoIban(`${text.slice(0, at)}${(digit + more) % 10}${text.slice(at + 1)}`));
      },
    ),
  );
});

test('one of Italy or San Marino with another length says so, and names no other country', () => {
  const ofItaly = /^Un IBAN che inizia per IT ha 27 caratteri, questo ne ha 26\.$/;
  assert.match(whyNoIban('IT60X054281110100000012345')?.it ?? '', ofItaly);
  const ofSanMarino = /^Un IBAN che inizia per SM ha 27 caratteri, questo ne ha 28\.$/;
  assert.match(whyNoIban('sm86U03225098000000002701000')?.it ?? '', ofSanMarino);
});
