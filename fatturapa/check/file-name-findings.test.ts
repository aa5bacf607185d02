// fatturapa: names of files that SdI takes, and those that it refuses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileNameFindings } from './file-name-findings.ts';

test('00001: a name with blanks, without a progressive, in a folder or of another kind is refused', () => {
  const names = ['fattura 12.xml', 'pippo.zip', 'IT01234567897.xml', 'c/IT01234567897_00001.xml', 'a.xml', ''];
  for (const name of names) {
    const [finding, ...others] = fileNameFindings(name);
    assert.deepEqual([finding?.code, finding?.severity, finding?.value], ['00001', 'error', name]);
    assert.match(finding?.message.it ?? '', /nome del file non è valido/);
    assert.match(finding?.fix?.it ?? '', /IT01234567897_00001\.xml/);
    assert.deepEqual(others, []);
  }
});

test('a right name has no finding, whatever its kind', () => {
  for (const name of ['IT01234567897_00001.xml', 'IT01234567897_a.xml.p7m', 'DE123_FPR01.ZIP']) {
    assert.deepEqual(fileNameFindings(name), []);
  }
});

test('findings share nothing: who changes one changes no other', () => {
  const [one, other] = [fileNameFindings('a.xml')[0], fileNameFindings('a.xml')[0]];
  assert.notEqual(one?.message, other?.message);
  assert.notEqual(one?.fix, other?.fix);
});
