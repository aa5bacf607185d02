// receiver: what it counts.
import type { World } from '@staffetta/platform/service.ts';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { countCallbacks } from './pending-callbacks.ts';
import { countOpenWaiters } from './waiters.ts';

/** The receiver's counters. */
export interface ReceiverMetrics {
  /** Requests answered 202, by flow. */
  readonly accepted: Counter<'flow'>;
  /** Tries of callbacks, by how they ended. */
  readonly attempts: Counter<'outcome'>;
  /** Callbacks given up after their last try. */
  readonly dead: Counter;
  /** Seconds from the outcome's arrival to the end of the first try. */
  readonly firstAttempt: Histogram;
  /** Accepted events that were not saved in time. */
  readonly overdue: Counter;
}

/**
 * Registers the receiver's metrics; what lies in the store is counted when somebody asks.
 * @param registry the server's registry
 * @param world store and log
 */
export function receiverMetrics(registry: Registry, world: World): ReceiverMetrics {
  const registers = [registry];
  gaugeOfStore(
    registry,
    world,
    'receiver_callbacks_pending',
    'Callbacks still owed',
    async () => (await countCallbacks(world.store)).pending,
  );
  gaugeOfStore(
    registry,
    world,
    'receiver_callbacks_dead',
    'Callbacks given up and not replayed',
    async () => (await countCallbacks(world.store)).dead,
  );
  gaugeOfStore(registry, world, 'receiver_waiters_open', 'Accepted events not known to be saved', () =>
    countOpenWaiters(world.store),
  );
  return {
    accepted: new Counter({
      name: 'receiver_accepted_total',
      help: 'Requests answered 202',
      labelNames: ['flow'],
      registers,
    }),
    attempts: new Counter({
      name: 'receiver_callback_attempts_total',
      help: 'Tries of callbacks, by how they ended',
      labelNames: ['outcome'],
      registers,
    }),
    dead: new Counter({ name: 'receiver_callbacks_dead_total', help: 'Callbacks given up', registers }),
    firstAttempt: new Histogram({
      name: 'receiver_callback_first_attempt_seconds',
      help: "Time from an outcome's arrival to the end of its callback's first try",
      buckets: [0.01, 0.04, 0.1, 0.2, 1, 2, 10, 60],
      registers,
    }),
    overdue: new Counter({ name: 'receiver_waiters_overdue_total', help: 'Events not saved in time', registers }),
  };
}

function gaugeOfStore(
  registry: Registry,
  world: World,
  name: string,
  help: string,
  count: () => Promise<number>,
): void {
  const gauge = new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      try {
        gauge.set(await count());
      } catch (error) {
        // A database that is away must not hide the other metrics.
        world.log.debug({ err: error, name }, 'metrics.notCounted');
        gauge.remove();
      }
    },
  });
}
