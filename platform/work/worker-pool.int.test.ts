// platform: the pool's promises: bounded, nothing lost when a worker dies, a new one takes its place.
import { HubError } from '@staffetta/flow/errors.ts';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StrangeJob } from './strange-worker.fixture.ts';
import { createWorkerPool, type WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';

const open: WorkerPool<StrangeJob, number>[] = [];
after(() => Promise.all(open.map((pool) => pool.close())));

function poolOf(changes: Partial<WorkerPoolOptions> = {}): WorkerPool<StrangeJob, number> {
  const script = new URL('./strange-worker.fixture.ts', import.meta.url);
  const limits = { workersMax: 1, queueMax: 10, jobMsMax: 60_000, heapMibMax: 64, idleMs: 60_000 };
  const pool = createWorkerPool<StrangeJob, number>({ script, work: 'sum', ...limits, ...changes });
  open.push(pool);
  return pool;
}

function brokeOff(error: unknown): boolean {
  return error instanceof HubError && error.code === 'WORK_BROKE_OFF';
}

test('every job gets its own result, however many workers share them', async () => {
  const pool = poolOf({ workersMax: 3, queueMax: 100 });
  const results = await Promise.all(Array.from({ length: 40 }, (_, n) => pool.run({ does: 'double', n })));
  assert.deepEqual(
    results,
    Array.from({ length: 40 }, (_, n) => n * 2),
  );
});

test('a worker that throws, exits, hangs or eats memory fails its own job alone and is replaced', async () => {
  const pool = poolOf({ jobMsMax: 3000 });
  for (const does of ['throw', 'exit', 'hang', 'eat'] as const) {
    const bad = pool.run({ does, n: 0 });
    const next = pool.run({ does: 'double', n: 21 });
    await assert.rejects(bad, brokeOff, does);
    assert.equal(await next, 42, `after ${does}`);
  }
});

test('what finds the queue full is refused, and those in it are done', async () => {
  const pool = poolOf({ queueMax: 2 });
  const taken = [1, 2, 3].map((n) => pool.run({ does: 'double', n }));
  await assert.rejects(
    pool.run({ does: 'double', n: 4 }),
    (error) => error instanceof HubError && error.code === 'TOO_MANY_REQUESTS',
  );
  assert.deepEqual(await Promise.all(taken), [2, 4, 6]);
  assert.equal(await pool.run({ does: 'double', n: 5 }), 10);
});

test('what is not begun in time is refused, and takes nobody its turn', async () => {
  const pool = poolOf({ waitMsMax: 200, jobMsMax: 2000 });
  const inHand = assert.rejects(pool.run({ does: 'hang', n: 0 }), brokeOff);
  const waiting = Promise.all(
    [1, 2].map((n) =>
      assert.rejects(pool.run({ does: 'double', n }), (error) => error instanceof HubError && error.kind === 'tooMany'),
    ),
  );
  await Promise.all([inHand, waiting]);
  assert.equal(await pool.run({ does: 'double', n: 4 }), 8);
});

test('an idle worker ends, and the next job starts another', async () => {
  const pool = poolOf({ idleMs: 1 });
  const first = await pool.run({ does: 'tellThread', n: 0 });
  let last = first;
  while (last === first) {
    await sleep(20);
    last = await pool.run({ does: 'tellThread', n: 0 });
  }
  assert.notEqual(last, first);
});

test('a job that comes while an idle worker ends gets a worker of its own', async () => {
  const idleMs = 5;
  const pool = poolOf({ idleMs, queueMax: 0 });
  const results: number[] = [];
  // Each job comes in the very turn in which the idle time of the worker before it is over.
  for (let n = 0; n < 40; n++) {
    results.push(await pool.run({ does: 'double', n }));
    await sleep(idleMs);
  }
  assert.deepEqual(
    results,
    Array.from({ length: 40 }, (_, n) => n * 2),
  );
});

test('a closed pool ends what is in hand and takes nothing more', async () => {
  const pool = poolOf();
  const inHand = assert.rejects(pool.run({ does: 'hang', n: 0 }), brokeOff);
  const waiting = assert.rejects(pool.run({ does: 'double', n: 1 }), { code: 'SERVICE_AWAY' });
  await pool.close();
  await Promise.all([inHand, waiting]);
  await assert.rejects(pool.run({ does: 'double', n: 1 }), { code: 'SERVICE_AWAY' });
});
