// platform: whatever fails, in whatever way, no event is lost, no key is turned round, no commit runs ahead.
import { HubError } from '@staffetta/flow/errors.ts';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsumedEvent, FailedEvent, OutgoingEvent } from '../bus.ts';
import { eventually } from '../conformance-kit.ts';
import { startConsumption } from './consumer-runtime.ts';
import { eventOf, hastyTimers, MemoryTransport } from './runtime-test-kit.ts';

/** What happens to an event at each of its tries; after the last the event succeeds. */
type Fate = 'fail' | 'poison' | 'away' | 'throw' | 'throwPoison' | 'throwAway';

const fates: Fate[] = ['fail', 'fail', 'poison', 'away', 'throw', 'throwPoison', 'throwAway'];

function errorOf(fate: Fate): Error {
  if (/poison/i.test(fate)) return new HubError('MESSAGE_NOT_READABLE', fate);
  return /away/i.test(fate) ? new HubError('SERVICE_AWAY', fate) : new Error(fate);
}

/** A handler in which each event meets its fates, and which leaves out what follows a failed event of the same key. */
class World {
  readonly done: ConsumedEvent[] = [];
  readonly fates: Map<string, Fate[]>;

  constructor(fatesOf: Map<string, Fate[]>) {
    this.fates = fatesOf;
  }

  handle = async (batch: readonly ConsumedEvent[]): Promise<FailedEvent[]> => {
    const failed: FailedEvent[] = [];
    for (const event of batch) {
      const fate = this.fates.get(idOf(event))?.[0];
      if (fate?.startsWith('throw')) {
        this.fates.get(idOf(event))?.shift();
        throw errorOf(fate);
      }
    }
    const held = new Map<string, unknown>();
    for (const event of batch) this.#meet(event, held, failed);
    return failed;
  };

  #meet(event: ConsumedEvent, held: Map<string, unknown>, failed: FailedEvent[]): void {
    const lane = `${event.partition}/${event.key}`;
    if (held.has(lane)) {
      failed.push({ event, error: held.get(lane) });
      return;
    }
    const fate = this.fates.get(idOf(event))?.shift();
    if (!fate) {
      this.done.push(event);
      return;
    }
    const error = errorOf(fate);
    failed.push({ event, error });
    if (!/poison/i.test(fate)) held.set(lane, error);
  }
}

function idOf(event: ConsumedEvent): string {
  return `${event.partition}/${event.offset}`;
}

test('every event ends handled or set aside, in the order of its key, and commits never run ahead', async () => {
  const story = fc.array(
    fc.record({
      partition: fc.integer({ min: 0, max: 2 }),
      key: fc.constantFrom('a', 'b', 'c', ''),
      fates: fc.oneof(
        { weight: 3, arbitrary: fc.constant<Fate[]>([]) },
        { weight: 1, arbitrary: fc.array(fc.constantFrom(...fates), { maxLength: 3 }) },
      ),
    }),
    { minLength: 1, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(
      story,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 9 }),
      async (steps, max, portion) => {
        const nextOf = new Map<number, number>();
        const events = steps.map(({ partition, key }) => {
          const offset = nextOf.get(partition) ?? 0;
          nextOf.set(partition, offset + 1);
          return eventOf(partition, offset, key);
        });
        const world = new World(new Map(events.map((event, at) => [idOf(event), [...steps[at]!.fates]])));
        const transport = new MemoryTransport();
        const dead = new Set<string>();
        const publish = async (letters: OutgoingEvent[]): Promise<void> => {
          for (const { headers } of letters)
            dead.add([headers['x-original-partition'], headers['x-original-offset']].join('/'));
        };
        const options = { group: 'g', topic: 't', batchMax: max, retry: { tries: 3, delaysMs: [0, 1], jitter: 1 } };
        const consumption = await startConsumption(
          transport.subscribe,
          { ...options, handle: world.handle },
          publish,
          hastyTimers,
        );
        const settledNow = (): Set<string> => new Set([...world.done.map(idOf), ...dead]);
        await transport.feed(events, portion);
        await eventually('all is committed', () => {
          const settled = settledNow();
          for (const [partition, next] of transport.committed) {
            for (let offset = 0n; offset < next; offset++) assert.ok(settled.has(`${partition}/${offset}`));
          }
          return [...nextOf].every(([partition, next]) => transport.committed.get(partition) === BigInt(next));
        });
        await consumption.stop();
        assert.equal(settledNow().size, events.length);
        assertOrder(world.done);
      },
    ),
    { numRuns: 120 },
  );
});

function assertOrder(done: readonly ConsumedEvent[]): void {
  const last = new Map<string, bigint>();
  for (const event of done.filter((one) => one.key !== '')) {
    const lane = `${event.partition}/${event.key}`;
    assert.ok((last.get(lane) ?? -1n) < event.offset, `${lane} went back to ${event.offset}`);
    last.set(lane, event.offset);
  }
}
