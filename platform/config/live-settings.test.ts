// platform: live settings change as one, only where their rows say so, and never to something that is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedSettings, liveSettings, viewOf } from './live-settings.ts';
import { defineSettings, readSettings } from './settings.ts';

const table = defineSettings({
  limit: { env: 'LIMIT', kind: 'integer', default: 1, live: true, says: 'A limit.' },
  delays: { env: 'DELAYS', kind: 'durationsMs', default: [1, 2], live: true, says: 'Waits.' },
  size: { env: 'SIZE', kind: 'integer', default: 5, says: 'A size that is fixed at the start.' },
});

const read = (served: Record<string, string>) => readSettings(table, {}, served);

test('what is live counts at the next reading; the rest waits for a start', () => {
  const live = liveSettings(table, read({}));
  const seen: number[] = [];
  const end = live.onChange(['limit'], ({ limit }) => seen.push(limit));
  assert.deepEqual(live.offer(read({ LIMIT: '2', SIZE: '6' })), ['limit']);
  assert.deepEqual({ ...live.values }, { limit: 2, delays: [1, 2], size: 5 });
  assert.deepEqual([...live.waiting()], [['size', 6]]);
  assert.deepEqual(live.inForce().origins, { limit: 'configserver', delays: 'default', size: 'default' });
  // The same again, and another that nobody asked about, tell nobody.
  assert.deepEqual(live.offer(read({ LIMIT: '2', DELAYS: '1ms,2ms' })), []);
  assert.deepEqual(live.offer(read({ LIMIT: '2', DELAYS: '3ms' })), ['delays']);
  assert.deepEqual([...live.waiting()], []);
  end();
  live.offer(read({}));
  assert.deepEqual([seen, live.values.limit], [[2], 1]);
});

test('what is made of them follows, and refuses a change as a whole', () => {
  const live = liveSettings(table, read({}));
  const doubled = live.derived(({ limit }) => {
    if (limit === 13) throw new Error('not thirteen');
    return limit * 2;
  });
  const view = viewOf(live.derived(({ limit, size }) => ({ sum: limit + size, parts: { limit } })));
  live.offer(read({ LIMIT: '4' }));
  assert.equal(doubled(), 8);
  assert.deepEqual({ ...view }, { sum: 9, parts: { limit: 4 } });
  const told: unknown[] = [];
  live.onChange(['limit', 'delays'], () => told.push(1));
  assert.throws(() => live.offer(read({ LIMIT: '13', DELAYS: '9ms', SIZE: '6' })), /not thirteen/);
  assert.deepEqual(
    [doubled(), live.values.limit, live.values.delays, live.waiting().size, told],
    [8, 4, [1, 2], 0, []],
  );
  assert.throws(() => live.derived(() => assert.fail('wrong at the start')), /wrong at the start/);
});

test('values alone never change', () => {
  const fixed = fixedSettings<typeof table>(read({ LIMIT: '3' }).values);
  assert.equal(fixed.derived(({ limit }) => limit)(), 3);
});
