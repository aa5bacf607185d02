// receiver: a callback carries the trace of its outcome on, whoever makes it, however late; with traces off too.
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receiver } from './receiver.ts';
import { eventually, outcome, quickSettings, startEndpoint } from './receiver-test-kit.ts';

const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'vendor=1' };

test('the trace of an outcome goes along with each try of its callback, also by a receiver that starts later', async (t) => {
  const world = await testWorld();
  let well = false;
  const customer = await startEndpoint(() => (well ? 200 : 500));
  const running: Running[] = [];
  t.after(async () => {
    for (const one of running) await one.stop();
    await customer.close();
    await world.end();
  });
  await world.bus.ensureTopics(['savedInvoice']);
  const first = await receiver.start(world, quickSettings({ CALLBACK_SCHEDULE: '0,400ms,400ms,400ms' }));
  await world.bus.publish([outcome({ callback: customer.url, headers: trace }), outcome({ callback: customer.url })]);
  await eventually('both were tried', () => customer.seen.length >= 2);
  await first.stop();
  well = true;
  const second = await receiver.start(world, quickSettings());
  running.push(second);
  const pending = `SELECT FROM receiver.pending_callbacks WHERE state = 'pending'`;
  await eventually('both are delivered', async () => (await world.store.query({ text: pending })).rowCount === 0);
  const carried = customer.seen.map(({ id, headers: { traceparent, tracestate } }) => ({
    id,
    traceparent,
    tracestate,
  }));
  const traced = carried.filter(({ traceparent }) => traceparent !== undefined);
  assert.ok(traced.length >= 2, 'one try by each receiver');
  for (const { traceparent, tracestate } of traced) assert.deepEqual({ traceparent, tracestate }, trace);
  assert.equal(new Set(traced.map(({ id }) => id)).size, 1);
  assert.ok(carried.length - traced.length >= 2, 'an outcome without a trace is told without one');
});
