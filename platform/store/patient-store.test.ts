// platform: while a service starts its store waits for the database; once it runs, failures are told at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '@staffetta/flow/errors.ts';
import { patientStore } from './patient-store.ts';
import type { Store } from './store.ts';

test('what fails during the start is asked again, what fails later is told, and health is never kept waiting', async () => {
  let isStarting = true;
  const asked = { transaction: 0, ping: 0 };
  const away = new HubError('DATABASE_AWAY', 'sorry, too many clients already');
  const shy = {
    url: 'postgres://test',
    transaction: async (work: () => Promise<string>) => {
      asked.transaction += 1;
      if (asked.transaction !== 3) throw away;
      return work();
    },
    ping: async () => {
      asked.ping += 1;
      throw away;
    },
  } as unknown as Store;
  const store = patientStore(
    shy,
    () => isStarting,
    async (ask) => {
      for (;;) {
        try {
          return await ask();
        } catch (error) {
          assert.equal(error, away);
        }
      }
    },
  );
  assert.equal(await store.transaction(async () => 'done'), 'done');
  await assert.rejects(store.ping(), away);
  isStarting = false;
  await assert.rejects(
    store.transaction(async () => 'done'),
    away,
  );
  assert.deepEqual(asked, { transaction: 4, ping: 1 });
});
