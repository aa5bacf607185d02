// fatturapa: the names of files as SdI takes them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildFileName,
  extensionOf,
  isFileNamePrefix,
  namesWithPrefix,
  parseFileName,
  parseTransmitter,
} from './file-name.ts';

const transmitter = { idPaese: 'IT', idCodice: '01234567890' };

test('a number becomes base 36 in capitals on five places', () => {
  assert.equal(buildFileName(transmitter, 100, 'xml'), 'IT01234567890_0002S.xml');
  assert.equal(buildFileName(transmitter, 1, 'p7m', 'FP'), 'IT01234567890_FP001.xml.p7m');
  assert.equal(buildFileName(transmitter, 36 ** 5 - 1, 'zip'), 'IT01234567890_ZZZZZ.zip');
});

test('numbers that no longer fit are refused, not wrapped', () => {
  assert.throws(() => buildFileName(transmitter, 36 ** 5, 'xml'), RangeError);
  assert.throws(() => buildFileName(transmitter, 36, 'xml', 'ABCD'), RangeError);
  assert.throws(() => buildFileName(transmitter, 0, 'xml'), RangeError);
  assert.throws(() => buildFileName(transmitter, 1, 'xml', 'abcde'), RangeError);
  assert.throws(() => buildFileName({ idPaese: 'IT', idCodice: '123' }, 1, 'xml'), RangeError);
  assert.equal(namesWithPrefix('ABCD'), 35);
});

test('an Italian transmitter has 11 digits or 16 characters, a foreign one 2 to 28', () => {
  assert.deepEqual(parseTransmitter('it01234567890'), transmitter);
  assert.deepEqual(parseTransmitter('ITRSSMRA80A01H501U'), { idPaese: 'IT', idCodice: 'RSSMRA80A01H501U' });
  assert.equal(parseTransmitter('IT0123456789'), undefined);
  assert.deepEqual(parseTransmitter('DE12'), { idPaese: 'DE', idCodice: '12' });
  assert.equal(parseTransmitter('01234567890'), undefined);
});

test('names of real files are read, others are not', () => {
  assert.deepEqual(parseFileName('IT01234567890_FPR01.xml'), { transmitter, progressive: 'FPR01', kind: 'xml' });
  assert.equal(parseFileName('IT01234567890_a1.xml.p7m')?.kind, 'p7m');
  assert.equal(parseFileName('it01234567890_1.ZIP')?.kind, 'zip');
  for (const wrong of [
    'IT01234567890_FPR012.xml',
    'IT01234567890.xml',
    'IT01234567890_.xml',
    'x',
    'IT01234567890_1.pdf',
    '',
  ]) {
    assert.equal(parseFileName(wrong), undefined, wrong);
  }
});

test('each kind of file has its extension', () => {
  assert.deepEqual([extensionOf('xml'), extensionOf('p7m'), extensionOf('zip')], ['.xml', '.xml.p7m', '.zip']);
});

test('a prefix leaves at least one place', () => {
  assert.ok(isFileNamePrefix('') && isFileNamePrefix('A1B2'));
  assert.ok(!isFileNamePrefix('ABCDE') && !isFileNamePrefix('ab') && !isFileNamePrefix('À'));
});
