// gateway: tests of sessions in memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memorySessionStore } from './memory-session-store.ts';
import type { Session } from './session.ts';
import { sessionConformance } from './session-conformance.ts';

sessionConformance('memory', async () => memorySessionStore(1000));

test('a flood of sessions drives out the one that rested longest', async () => {
  const store = memorySessionStore(2);
  const session = (key: string): Session => ({
    key,
    subject: key,
    name: key,
    roles: ['SDI'],
    how: 'link',
    openedAtMs: 0,
    usedAtMs: 0,
    endsAtMs: 1,
  });
  for (const key of ['one', 'two']) await store.add(session(key), 60_000);
  await store.touch('one', 1, 60_000);
  await store.add(session('three'), 60_000);
  const left = ['one', 'two', 'three'].filter((key) => store.find(key) !== undefined);
  assert.deepEqual(left, ['one', 'three']);
});
