// receiver: forgets what is finished long ago: closed and told waiters, delivered callbacks and their tries.
import { realTime } from '@staffetta/platform/clock.ts';
import type { World } from '@staffetta/platform/service.ts';
import { forgetAttempts } from './callback-attempts.ts';
import { forgetCallbacks, listForgettable } from './pending-callbacks.ts';
import { forgetWaiters } from './waiters.ts';

/** How long a closed waiter is kept: longer than an event may be read twice after the death of an instance. */
export const waiterKeepMs = 900_000;

const atOnce = 5000;

/**
 * Forgets what is finished, in small transactions.
 * @param world store and clock
 * @param callbackKeepMs how long delivered callbacks are kept, and waiters that a dead letter told of: a save after an
 *   outage of days still closes that letter
 * @returns how many rows went
 */
export async function forgetFinished(world: World, callbackKeepMs: number): Promise<number> {
  const nowMs = realTime(world.clock).getTime();
  const closedBefore = new Date(nowMs - waiterKeepMs);
  const longAgo = new Date(nowMs - callbackKeepMs);
  const waiters = await inPieces(() => forgetWaiters(world.store, closedBefore, longAgo, atOnce));
  const callbacks = await inPieces(() => forgetSomeCallbacks(world, longAgo));
  return waiters + callbacks;
}

function forgetSomeCallbacks(world: World, before: Date): Promise<number> {
  return world.store.transaction(async (tx) => {
    const keys = await listForgettable(tx, before, atOnce);
    await forgetAttempts(tx, keys);
    await forgetCallbacks(tx, keys);
    return keys.length;
  });
}

async function inPieces(piece: () => Promise<number>): Promise<number> {
  for (let sum = 0; ;) {
    const count = await piece();
    sum += count;
    if (count < atOnce) return sum;
  }
}
