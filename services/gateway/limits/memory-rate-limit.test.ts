// gateway: tests of the rate limits in memory.
import { turnableClock } from '@staffetta/platform/clock.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRateLimit } from './memory-rate-limit.ts';
import { rateLimitConformance } from './rate-limit-conformance.ts';

rateLimitConformance('memory', async (clock) => memoryRateLimit(clock));

const bucket = (name: string) => ({ limit: 'key', name, rule: { perSecond: 0.001, burst: 1 } }) as const;

test('a flood of clients does not grow without end, and those seen of late are remembered', async () => {
  const limit = memoryRateLimit(turnableClock(), 8);
  const take = async (name: string) => (await limit.take([bucket(name)])).allowed;
  assert.equal(await take('busy'), true);
  for (let client = 0; client < 40; client += 1) {
    assert.equal(await take(`client ${client}`), true);
    assert.equal(await take('busy'), false, 'it comes again and again');
  }
  assert.equal(await take('client 39'), false);
  assert.equal(await take('client 0'), true, 'long forgotten');
});
