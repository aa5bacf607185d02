// receiver: what it counts and measures, and what it waits for and owes.
import { realTime } from '@staffetta/platform/clock.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { Counter, Histogram } from 'prom-client';
import { readOwed } from './owed-figures.ts';

/** The receiver's counters. */
export interface ReceiverMetrics {
  /** Requests answered 202, by flow. */
  readonly accepted: Counter<'flow'>;
  /** Seconds that tries of callbacks took, by how they ended. */
  readonly attempts: Histogram<'outcome'>;
  /** Callbacks given up after their last try. */
  readonly dead: Counter;
  /** Seconds from the outcome's arrival to the end of the first try. */
  readonly firstAttempt: Histogram;
  /** Accepted events that were not saved in time. */
  readonly overdue: Counter;
}

const overdueMs = 60_000;

/**
 * Registers the receiver's metrics; what lies in the store is read when somebody asks.
 * @param world store, clock and metrics
 * @param waiterTimeoutMs how long an accepted event may take to be saved
 */
export function receiverMetrics(world: World, waiterTimeoutMs: number): ReceiverMetrics {
  watchOwed(world, waiterTimeoutMs);
  const { metrics } = world;
  return {
    accepted: metrics.counter('staffetta_accepted_total'),
    attempts: metrics.histogram('staffetta_callback_seconds'),
    dead: metrics.counter('staffetta_callbacks_dead_total'),
    firstAttempt: metrics.histogram('staffetta_callback_first_attempt_seconds'),
    overdue: metrics.counter('staffetta_waiters_overdue_total'),
  };
}

/** Seconds from an instant to now; 0 where there is none, or it is still to come. */
function secondsSince(instant: Date | null, now: Date): number {
  return instant ? Math.max(0, (now.getTime() - instant.getTime()) / 1000) : 0;
}

function watchOwed(world: World, waiterTimeoutMs: number): void {
  const names = [
    'staffetta_waiters_open',
    'staffetta_invoice_oldest_seconds',
    'staffetta_callbacks',
    'staffetta_callback_oldest_seconds',
  ] as const;
  world.metrics.watch('owed', names, async () => {
    const now = realTime(world.clock);
    const owed = await readOwed(world.store, new Date(now.getTime() - overdueMs));
    // The deadline is all that is kept of when it was accepted.
    const accepted = owed.firstDeadline && new Date(owed.firstDeadline.getTime() - waiterTimeoutMs);
    const states = (['pending', 'overdue', 'dead'] as const).map((state) => ({
      labels: { state },
      value: owed[state],
    }));
    return {
      staffetta_waiters_open: [{ labels: {}, value: owed.waiters }],
      staffetta_invoice_oldest_seconds: [{ labels: { stage: 'accepted' }, value: secondsSince(accepted, now) }],
      staffetta_callbacks: states,
      staffetta_callback_oldest_seconds: [{ labels: {}, value: secondsSince(owed.firstDue, now) }],
    };
  });
}
