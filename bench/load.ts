// bench: the load driver: bursts in a closed loop, and a pace that waits for nobody.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { benchDocument } from './document.ts';

/** Where the load goes and what each request says. */
export interface Target {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly callback: string;
}

/** What was measured at the door. */
export interface Posted {
  readonly count: number;
  readonly seconds: number;
  readonly refused: number;
  /** Time to the 202, milliseconds, in order of arrival. */
  readonly ackMs: readonly number[];
  readonly startedAtMs: number;
}

let seed = Date.now() % 100_000_000;

function now(): number {
  return performance.timeOrigin + performance.now();
}

async function postOne(pool: Pool, target: Target, ackMs: number[]): Promise<boolean> {
  const number = ++seed;
  const body = JSON.stringify({
    invoice: benchDocument(number),
    customer: { customerId: 2, username: 'test_user_1' },
    callback: target.callback,
  });
  const startedAt = now();
  const answer = await pool.request({
    method: 'POST',
    path: target.path,
    headers: {
      'content-type': 'application/json',
      'x-correlation-id': `b-${Math.round(startedAt * 1000)}-${number}`,
      ...target.headers,
    },
    body,
  });
  await answer.body.dump();
  ackMs.push(now() - startedAt);
  return answer.statusCode === 202;
}

/**
 * Posts a number of invoices, each connection its next when the last was answered.
 * @param target where to
 * @param count how many
 * @param connections how many at once
 */
export async function burst(target: Target, count: number, connections: number): Promise<Posted> {
  const pool = new Pool(target.origin, { connections, pipelining: 1 });
  const ackMs: number[] = [];
  let started = 0;
  let refused = 0;
  const startedAtMs = now();
  const worker = async (): Promise<void> => {
    while (started < count) {
      started++;
      if (!(await postOne(pool, target, ackMs))) refused++;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (now() - startedAtMs) / 1000;
  await pool.close();
  return { count, seconds, refused, ackMs, startedAtMs };
}

/**
 * Posts at a fixed pace, on time whether or not earlier requests were answered.
 * @param target where to
 * @param perSecond requests a second
 * @param seconds how long
 */
export async function pace(target: Target, perSecond: number, seconds: number): Promise<Posted> {
  const pool = new Pool(target.origin, { connections: 256, pipelining: 1 });
  const ackMs: number[] = [];
  const all: Promise<boolean>[] = [];
  const startedAtMs = now();
  const count = perSecond * seconds;
  for (let sent = 0; sent < count;) {
    const due = Math.min(count, Math.ceil(((now() - startedAtMs) / 1000) * perSecond));
    for (; sent < due; sent++) all.push(postOne(pool, target, ackMs));
    await sleep(1);
  }
  const answers = await Promise.all(all);
  const refused = answers.filter((accepted) => !accepted).length;
  const took = (now() - startedAtMs) / 1000;
  await pool.close();
  return { count, seconds: took, refused, ackMs, startedAtMs };
}

/**
 * A percentile of some figures (nearest rank).
 * @param figures in any order
 * @param percent 0 to 100
 */
export function percentile(figures: readonly number[], percent: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
