// platform: settings are read in order, and a wrong one stops the start with its name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '@staffetta/flow/errors.ts';
import { defineSettings, readSettings } from './settings.ts';

const table = defineSettings({
  waitMs: { env: 'WAIT', kind: 'durationMs', default: 1000, says: 'How long.' },
  waits: { env: 'WAITS', kind: 'durationsMs', default: [1], says: 'How long each.' },
  sizeMax: { env: 'SIZE_MAX', kind: 'bytes', default: 10, says: 'How large.' },
  count: { env: 'COUNT', kind: 'integer', default: 3, min: 1, max: 5, says: 'How many.' },
  on: { env: 'ON', kind: 'boolean', default: false, says: 'Whether.' },
  names: { env: 'NAMES', kind: 'list', default: [], says: 'Which.' },
  choice: { env: 'CHOICE', kind: 'text', default: 'a', choices: ['a', 'b'], says: 'One of two.' },
  key: { env: 'KEY', kind: 'secret', says: 'A secret.' },
});

test('nothing set means the defaults', () => {
  const { values, origins } = readSettings(table, {});
  assert.deepEqual(values, {
    waitMs: 1000,
    waits: [1],
    sizeMax: 10,
    count: 3,
    on: false,
    names: [],
    choice: 'a',
    key: undefined,
  });
  assert.equal(origins.waitMs, 'default');
});

test('units are read', () => {
  const { values } = readSettings(table, {
    WAIT: '5m',
    WAITS: '0, 500ms,2h',
    SIZE_MAX: '5MiB',
    NAMES: 'x, y',
    ON: 'yes',
  });
  assert.equal(values.waitMs, 300_000);
  assert.deepEqual(values.waits, [0, 500, 7_200_000]);
  assert.equal(values.sizeMax, 5_242_880);
  assert.deepEqual(values.names, ['x', 'y']);
  assert.equal(values.on, true);
});

test('the environment wins over the configuration server, which wins over the default', () => {
  const { values, origins } = readSettings(table, { COUNT: '5' }, { COUNT: '4', waitMs: '2s' });
  assert.equal(values.count, 5);
  assert.equal(values.waitMs, 2000);
  assert.deepEqual([origins.count, origins.waitMs, origins.on], ['environment', 'configserver', 'default']);
});

test('an empty text counts as not set', () => {
  assert.equal(readSettings(table, { COUNT: '' }).values.count, 3);
});

for (const [name, text] of [
  ['WAIT', 'soon'],
  ['COUNT', '9'],
  ['COUNT', '2.5'],
  ['ON', 'maybe'],
  ['CHOICE', 'c'],
  ['SIZE_MAX', '5 miles'],
]) {
  test(`${name}=${text} stops the start, with the name and the value`, () => {
    assert.throws(
      () => readSettings(table, { [name!]: text }),
      (error) =>
        error instanceof HubError && error.code === 'SETTING_WRONG' && error.message.startsWith(`${name}="${text}"`),
    );
  });
}
