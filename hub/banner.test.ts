// hub: tests of what a newcomer reads: nobody is sent to try what would really go out.
import { serviceNames } from '@staffetta/flow/services.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { banner } from './banner.ts';
import type { Hub } from './hub.ts';

const hub = {
  ports: Object.fromEntries(serviceNames.map((name) => [name, 1])),
  database: { own: true, adopted: false, url: 'postgres://127.0.0.1:5432/x' },
  bus: 'database',
  logFile: 'data/staffetta.log',
} as unknown as Hub;
const facts = { profile: 'dev', dataDir: 'data', startedInMs: 1000, portOffset: 100, trialKey: false };

test('a hub for trying names the command that sends the examples', () => {
  assert.match(banner(hub, facts), /\n {2}STAFFETTA_PORT_OFFSET=100 npm run staffetta -- send examples --customer 2\n/);
});

test('where mail really goes out no example is sent', () => {
  const smtpUrl = 'smtps://me:secret@mail.example';
  for (const real of [{ profile: 'production' }, { smtpUrl }, { profile: 'production', smtpUrl }]) {
    const text = banner(hub, { ...facts, ...real });
    assert.doesNotMatch(text, /send examples|secret/);
    assert.match(text, /really goes out.*\n {2}STAFFETTA_PORT_OFFSET=100 npm run staffetta -- check/);
  }
});
