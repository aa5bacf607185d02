// fatturapa: which texts are base64.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { treatBlanks } from '../read/blanks.ts';
import { isBase64 } from './base64-text.ts';

test('groups of four, with one or two = at the end, are base64', () => {
  for (const text of ['', 'AAAA', 'TWFu', 'TWE=', 'TQ==', 'AA ==', 'AA = =', 'A A A A', 'TWFu TWFu']) {
    assert.ok(isBase64(text), text);
  }
});

test('what is cut, has = inside, foreign letters or unused bits is no base64', () => {
  const wrong = [
    'A',
    'AA',
    'AAA',
    'A===',
    '=',
    '====',
    'AA==AAAA',
    'AA==AA==',
    'AAAA=',
    'AAAA==',
    'AB==',
    'AAB=',
    'AA-_',
  ];
  for (const text of [...wrong, 'AAA\u00e8', 'AA\nAA', 'AA.A', 'data:;base64,AAAA']) assert.ok(!isBase64(text), text);
});

test('any bytes are base64, in lines too, and no longer when a letter is lost', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.integer({ min: 1, max: 76 }), (bytes, width) => {
      const text = Buffer.from(bytes).toString('base64');
      const lines = text.replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\r\n');
      assert.ok(isBase64(text));
      assert.ok(isBase64(treatBlanks(lines, 'collapse')));
      assert.ok(!isBase64(text.slice(1)));
    }),
  );
});

// The grammar of the recommendation as one expression: right, but it goes back and forth on long texts.
const letter = '[A-Za-z0-9+/] ?';
const asTheStandardSays = new RegExp(
  `^(?:(?:(?:${letter}){4})*(?:(?:${letter}){3}[A-Za-z0-9+/]|(?:${letter}){2}[AEIMQUYcgkosw048] ?=|${letter}[AQgw] ?= ?=))?$`,
);

test('the verdict is that of the standard', () => {
  const near = fc.array(fc.constantFrom(...'AAAAQgwEBz+/ =\u00e8'), { maxLength: 12 });
  fc.assert(
    fc.property(near, (letters) => {
      const text = treatBlanks(letters.join(''), 'collapse');
      assert.equal(isBase64(text), asTheStandardSays.test(text), JSON.stringify(text));
    }),
    { numRuns: 5_000 },
  );
});
