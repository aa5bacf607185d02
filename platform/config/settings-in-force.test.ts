// platform: settings are shown with where they come from, and no secret with them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentView, shownSettings } from './settings-in-force.ts';
import { defineSettings, readSettings } from './settings.ts';

const table = defineSettings({
  key: { env: 'KEY', kind: 'secret', says: 'A key.' },
  unset: { env: 'UNSET', kind: 'secret', says: 'None.' },
  wait: { env: 'WAIT', kind: 'durationMs', default: 1000, says: 'A wait.' },
  size: { env: 'SIZE', kind: 'bytes', default: 1, says: 'A size.' },
  servers: { env: 'SERVERS', kind: 'list', default: [], says: 'Servers.' },
});

test('each with its place, the one that wins first; secrets and logins are stars', () => {
  const environment = { KEY: 'hidden1', SERVERS: 'http://me:hidden2@hidden3@a:1,http://b' };
  const shown = shownSettings(table, readSettings(table, environment, { WAIT: '5s', SERVERS: 'never' }));
  const view = environmentView({ settings: () => shown });
  assert.equal(JSON.stringify(view).includes('hidden'), false);
  assert.deepEqual(
    view.propertySources.map(({ name, properties }) => [
      name,
      Object.entries(properties).map(([env, { value }]) => [env, value]),
    ]),
    [
      [
        'environment',
        [
          ['KEY', '******'],
          ['SERVERS', 'http://******@a:1, http://b'],
        ],
      ],
      ['configserver', [['WAIT', '5000 ms']]],
      [
        'default',
        [
          ['UNSET', null],
          ['SIZE', '1 B'],
        ],
      ],
    ],
  );
});

test('what waits for a restart is told with its value, secrets as stars; and how the refresh stands', () => {
  const waiting = new Map<keyof typeof table, unknown>([
    ['size', 2],
    ['key', 'hidden'],
    ['unset', undefined],
  ]);
  const settings = shownSettings(table, readSettings(table, { KEY: 'hidden1' }), waiting);
  const state = { servers: ['http://a'], answeredAt: null, changedAt: null, keptAt: null, problem: 'It is away.' };
  const view = environmentView({ settings: () => settings, refresh: { now: async () => [], state: () => state } });
  const waits = view.propertySources.flatMap(({ properties }) =>
    Object.entries(properties).flatMap(([env, { waitsForRestart: to }]) => (to === undefined ? [] : [[env, to]])),
  );
  assert.deepEqual(waits, [
    ['KEY', '******'],
    ['UNSET', null],
    ['SIZE', '2 B'],
  ]);
  assert.equal(JSON.stringify(view).includes('hidden'), false);
  assert.deepEqual(view.refresh, state);
});
