// gateway: tests of the rate limit in memory.
import { turnableClock } from '@staffetta/platform/clock.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRateLimit } from './memory-rate-limit.ts';
import { rateLimitConformance } from './rate-limit-conformance.ts';

rateLimitConformance('memory', async (rule, clock) => memoryRateLimit(rule, clock));

test('full buckets are forgotten first when there are too many clients', () => {
  const clock = turnableClock();
  const limit = memoryRateLimit({ perSecond: 1, burst: 2 }, clock, 3);
  const take = async (client: string) => (await limit.take(client)).allowed;
  return (async () => {
    await take('rested');
    await take('also rested');
    clock.turn(10_000);
    await take('busy');
    await take('busy');
    await take('new');
    assert.equal(await take('busy'), false);
  })();
});

test('a flood of clients does not grow without end', async () => {
  const limit = memoryRateLimit({ perSecond: 0.001, burst: 1 }, turnableClock(), 3);
  for (let client = 0; client < 20; client += 1) assert.equal((await limit.take(`client ${client}`)).allowed, true);
  assert.equal((await limit.take('client 0')).allowed, true);
  assert.equal((await limit.take('client 19')).allowed, false);
});
