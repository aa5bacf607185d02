// platform: spans wait within bounds, go out in batches, and what is lost is counted and told of once.
import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SpanQueue } from './span-queue.ts';

function spanOf(name: string, traceFlags = 1): ReadableSpan {
  return { name, spanContext: () => ({ traceId: 't', spanId: 's', traceFlags }) } as unknown as ReadableSpan;
}

/** A collector that takes batches when it is let, or not at all. */
function setUp({ queueMax = 10, batchMax = 4 } = {}) {
  const batches: string[][] = [];
  const held: (() => void)[] = [];
  const state = { away: false, hangs: false };
  const exporter: SpanExporter = {
    export(spans, done) {
      const end = (): void => {
        if (!state.away) batches.push(spans.map(({ name }) => name));
        const { FAILED, SUCCESS } = ExportResultCode;
        done(state.away ? { code: FAILED, error: new Error('connect ECONNREFUSED') } : { code: SUCCESS });
      };
      if (state.hangs) held.push(end);
      else end();
    },
    shutdown: () => Promise.resolve(),
  };
  const told: (string | undefined)[] = [];
  const queue = new SpanQueue(exporter, { queueMax, batchMax, delayMs: 5 }, (why) => told.push(why));
  const lost = { full: 0, refused: 0 };
  queue.onLost = (why, count) => (lost[why] += count);
  const add = (count: number): void => {
    for (let index = 0; index < count; index++) queue.onEnd(spanOf(`s${index}`));
  };
  return { queue, batches, held, state, told, lost, add };
}

describe('the queue of spans', () => {
  test('ends at once where nothing waits', async () => {
    const { queue, batches } = setUp();
    await queue.forceFlush();
    await queue.shutdown();
    assert.deepEqual(batches, []);
  });

  test('sends batches, the last one when it is flushed, and nothing that is not recorded', async () => {
    const { queue, batches, add } = setUp();
    queue.onEnd(spanOf('unrecorded', 0));
    add(9);
    await queue.shutdown();
    assert.deepEqual(
      batches.map((batch) => batch.length),
      [4, 4, 1],
    );
    assert.ok(!batches.flat().includes('unrecorded'));
  });

  test('holds so many while one batch is under way, and counts the others', async () => {
    const { queue, held, state, lost, add } = setUp();
    state.hangs = true;
    add(40);
    assert.equal(held.length, 1, 'one at a time');
    assert.deepEqual(lost, { full: 40 - 4 - 10, refused: 0 });
    state.hangs = false;
    held[0]?.();
    await queue.forceFlush();
    add(1);
    await queue.shutdown();
    assert.deepEqual(lost, { full: 26, refused: 0 });
  });

  test('counts what is not taken and tells of it once, and of the end of it', async () => {
    const { queue, state, told, lost, add } = setUp();
    state.away = true;
    add(9);
    await queue.forceFlush();
    state.away = false;
    add(1);
    await queue.shutdown();
    assert.deepEqual(lost, { full: 0, refused: 9 });
    assert.deepEqual(told, ['connect ECONNREFUSED', undefined]);
  });

  test('takes nothing after its end', async () => {
    const { queue, batches, lost, add } = setUp();
    await queue.shutdown();
    add(2);
    await queue.forceFlush();
    assert.deepEqual([batches, lost.full], [[], 2]);
  });
});
