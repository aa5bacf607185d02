// scheduler: passwords are never shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showPayload } from './show-payload.ts';

function show(text: string): string {
  return showPayload({ payload: Buffer.from(text) });
}

test('a password is masked, whatever is in it and wherever it stands', () => {
  assert.equal(show('{"password":"hunter2","a":1}'), '{"password":"***","a":1}');
  assert.equal(show('{"c":{"Password" : "a\\"b"}}'), '{"c":{"Password" : "***"}}');
  assert.equal(show('{"password":"broken off'), '{"password":"***"');
});

test('everything else stays as it is', () => {
  assert.equal(show('{"username":"è","note":"password"}'), '{"username":"è","note":"password"}');
});
