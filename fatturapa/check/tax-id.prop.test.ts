// fatturapa: check digits of tax ids catch what hands do wrong, and every text gets an answer.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fiscalCodeCheckLetter,
  isFiscalCode,
  isVatNumber,
  vatCheckDigit,
  whyNoFiscalCode,
  whyNoVatNumber,
} from './tax-id.ts';

const vatNumber = fc
  .stringMatching(/^\d{10}$/)
  .filter((text) => !text.startsWith('0000000'))
  .map((text) => `${text}${vatCheckDigit(text)}`);

const fiscalCode = fc
  .stringMatching(/^[A-Z]{6}[\dL-NP-V]{2}[A-EHLMPR-T][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}$/)
  .map((text) => `${text}${fiscalCodeCheckLetter(text)}`);

test('a number with its check digit is right, with any other it is wrong', () => {
  fc.assert(
    fc.property(vatNumber, fc.integer({ min: 1, max: 9 }), (text, more) => {
      assert.ok(isVatNumber(text) && isFiscalCode(text));
      assert.ok(!isVatNumber(`${text.slice(0, 10)}${(Number(text[10]) + more) % 10}`));
    }),
  );
});

test('one wrong digit is always caught', () => {
  fc.assert(
    fc.property(vatNumber, fc.nat(10), fc.integer({ min: 1, max: 9 }), (text, at, more) => {
      const digit = (Number(text[at]) + more) % 10;
      assert.ok(!isVatNumber(`${text.slice(0, at)}${digit}${text.slice(at + 1)}`));
    }),
  );
});

test('a tax code with its check letter is right, with any other it is wrong', () => {
  fc.assert(
    fc.property(fiscalCode, fc.integer({ min: 1, max: 25 }), (text, more) => {
      assert.ok(isFiscalCode(text));
      const other = String.fromCharCode(65 + ((text.charCodeAt(15) - 65 + more) % 26));
      assert.ok(!isFiscalCode(`${text.slice(0, 15)}${other}`));
    }),
  );
});

test('where something is wrong there is a reason, and only there', () => {
  const anything = fc.oneof(fc.string(), fc.stringMatching(/^[A-Z0-9]{11,16}$/), vatNumber, fiscalCode);
  fc.assert(
    fc.property(anything, (text) => {
      assert.equal(whyNoVatNumber(text) === undefined, isVatNumber(text));
      assert.equal(whyNoFiscalCode(text) === undefined, isFiscalCode(text));
    }),
  );
});
