// dbmanager: the funnel counts what was committed, and tells the oldest unfinished invoice; figures with raw ids are none.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { addMetrics } from './metrics.ts';
import { tellMoves } from './told-moves.ts';
import { prepareStore } from './dbmanager.ts';

let world: TestWorld;
before(async () => {
  world = await testWorld();
  await prepareStore(world, false);
});
after(() => world.end());

async function storeInvoice(status: string, createdAt: Date, deletedAt: Date | null = null): Promise<void> {
  await world.store.query({
    text: `INSERT INTO dbmanager.invoice (invoice_id, claimed_customer_id, kind, status, sequence, content_id, file_kind, is_text,
        correlation_id, status_last_updated_at, created_at, created_by, updated_at, updated_by, deleted_at)
      VALUES (gen_random_uuid(), 2, 'internal', $1, 1, gen_random_uuid(), 'xml', true, 'c', $2, $2, 't', $2, 't', $3)`,
    values: [status, createdAt, deletedAt],
  });
}

test('the age of the oldest unfinished invoice is told by stage; deleted and finished ones do not count', async () => {
  const stop = addMetrics(world);
  const now = world.clock.now().getTime();
  const ago = (ms: number): Date => new Date(now - ms);
  await storeInvoice('INTERNAL_INVOICE_DELIVERED', ago(900_000));
  await storeInvoice('INTERNAL_INVOICE_SENT', ago(800_000), ago(0));
  await storeInvoice('INTERNAL_INVOICE_SENT', ago(500_000));
  await storeInvoice('INTERNAL_INVOICE_SENT', ago(300_000));
  const text = await world.metrics.text();
  const age = (stage: string): number =>
    Number(new RegExp(`^staffetta_invoice_oldest_seconds\\{stage="${stage}"[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1]);
  assert.ok(age('sent') >= 500 && age('sent') < 800, text);
  assert.equal(age('toBeSent'), 0);
  assert.match(text, /^staffetta_alarms_open\{kind="ANSWER_DUE"[^}]*\} 0$/m);
  stop();
});

test('a change counts when it is committed, and not when it is taken back', async () => {
  const stop = addMetrics(world);
  const move = { event: 'sent', status: 'INTERNAL_INVOICE_SENT', detail: null };
  await world.store.transaction(async (tx) => tellMoves(tx, [move, move]));
  await assert.rejects(
    world.store.transaction(async (tx) => {
      tellMoves(tx, [move]);
      throw new Error('taken back');
    }),
  );
  stop();
  await world.store.transaction(async (tx) => tellMoves(tx, [move]));
  const line = /^staffetta_invoice_moves_total\{event="sent",status="INTERNAL_INVOICE_SENT",detail="none"[^}]*\} 2$/m;
  assert.match(await world.metrics.text(), line);
});
