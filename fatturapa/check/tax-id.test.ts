// fatturapa: Italian tax ids, case by case.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFiscalCode, isVatNumber, whyNoFiscalCode, whyNoVatNumber } from './tax-id.ts';

test('real VAT numbers pass, the dummies of the examples do not', () => {
  for (const text of ['00743110157', '05979361218', '01234567897', '12345678903']) assert.ok(isVatNumber(text), text);
  for (const text of ['01234567890', '09876543210', '00000000000', '0123456789', 'IT01234567897', '0123456789A', '']) {
    assert.ok(!isVatNumber(text), text);
  }
});

test('tax codes of people pass, with the letters of omocodia too', () => {
  for (const text of ['RSSMRA80A01H501U', 'VRDGLI75C55F205Q', 'HVQWPH73P42H501Y', 'RSSMRA80A01H50MM', '80012345676']) {
    assert.equal(whyNoFiscalCode(text), undefined, text);
  }
  for (const text of [
    'RSSMRA80A01H501A',
    'RSSMRA80F01H501U',
    'rssmra80a01h501u',
    'RSSMRA80A01H501',
    '01234567890',
    '',
  ]) {
    assert.ok(!isFiscalCode(text), text);
  }
});

test('the reason names the right check digit', () => {
  assert.deepEqual(whyNoVatNumber('01234567890'), {
    it: 'La cifra di controllo di 01234567890 non torna: con le altre dieci cifre sarebbe 01234567897.',
    en: 'The check digit of 01234567890 does not fit: with its other ten digits it would be 01234567897.',
  });
  assert.match(whyNoFiscalCode('RSSMRA80A01H501A')?.it ?? '', /sarebbe RSSMRA80A01H501U/);
});

test('the reason names what else is wrong', () => {
  assert.match(whyNoVatNumber('it01234567897')?.it ?? '', /solo 01234567897/);
  assert.match(whyNoVatNumber('0123456789A')?.it ?? '', /11 caratteri, non tutti cifre/);
  assert.match(whyNoVatNumber('123')?.it ?? '', /ha 11 cifre; «123» ha 3 caratteri\.$/);
  assert.match(whyNoFiscalCode('RSSMRA80A01H50')?.it ?? '', /16 caratteri.*ha 14 caratteri/);
  assert.match(whyNoFiscalCode('RSSMRA80Z01H501U')?.it ?? '', /non ha la forma/);
});
