// fatturapa: names of notices are made and read, odd ones too, and stems find their file whatever the case and extension.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { noticeKinds } from './notice-kinds.ts';
import { fileStem, noticeFileName, parseNoticeName } from './notice-name.ts';

test('a notice is named after the file without its extension', () => {
  assert.equal(noticeFileName('IT01234567890_FPR01.xml.p7m', 'RC', 1), 'IT01234567890_FPR01_RC_001.xml');
  assert.equal(noticeFileName('IT01234567890_FPR01.xml', 'NS', 46_655), 'IT01234567890_FPR01_NS_ZZZ.xml');
  for (const counter of [0, -1, 1.5, 46_656]) assert.throws(() => noticeFileName('a.xml', 'RC', counter), RangeError);
});

test('odd names that are in use are read, others are not taken for notices', () => {
  assert.deepEqual(parseNoticeName('ITHVQWPH73P42H501Y_00022_NS__001.xml'), {
    stem: 'ITHVQWPH73P42H501Y_00022',
    kind: 'NS',
    counter: '001',
  });
  assert.deepEqual(parseNoticeName('it01234567890_1_at_001.zip')?.kind, 'AT');
  assert.deepEqual(parseNoticeName('IT01234567890_RC_RC_003.xml')?.stem, 'IT01234567890_RC');
  for (const name of [
    'IT01234567890_13011_001.xml',
    'IT01234567890_FPR01.xml',
    'a/b_RC_001.xml',
    'x_RC_0001.xml',
    '_RC_001.xml',
    '',
  ])
    assert.equal(parseNoticeName(name), undefined, name);
});

test('a stem is the same for a file, its signed form, any case and any folder', () => {
  for (const name of [
    'IT01234567890_fpr01.xml',
    'it01234567890_FPR01.XML.P7M',
    'C:\\posta\\IT01234567890_FPR01.xml.p7m.p7m',
    'x/IT01234567890_FPR01.zip',
  ])
    assert.equal(fileStem(name), 'IT01234567890_FPR01');
});

test('what is named is read back, for every kind and counter', () => {
  const file = fc.stringMatching(/^IT[0-9]{11}_[A-Za-z0-9]{1,5}\.xml(?:\.p7m)?$/);
  fc.assert(
    fc.property(file, fc.constantFrom(...noticeKinds), fc.integer({ min: 1, max: 46_655 }), (name, kind, counter) => {
      const read = parseNoticeName(noticeFileName(name, kind, counter));
      assert.equal(read?.kind, kind);
      assert.equal(fileStem(read.stem), fileStem(name));
      assert.equal(Number.parseInt(read.counter, 36), counter);
    }),
  );
});

test('names of any length are read in linear time', () => {
  assert.equal(parseNoticeName('_RC_'.repeat(500_000)), undefined);
  assert.ok(fileStem('.p7m'.repeat(500_000)) === '');
});
