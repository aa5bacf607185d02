// receiver: writes down how tries of callbacks ended, many at once.
import { realTime } from '@staffetta/platform/clock.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { World } from '@staffetta/platform/service.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { insertAttempts, type Attempt } from './callback-attempts.ts';
import type { CallbackTime } from './callback-schedule.ts';
import { callbackDeadLetter, readOutcome } from './dead-callbacks.ts';
import { noteDeliveries } from './delivered-callbacks.ts';
import { callbackId, markFailed, type Callback, type FailedCallback } from './pending-callbacks.ts';

/** How a try ended and what follows. */
export interface Settlement {
  readonly callback: Callback;
  /** The instance that held the callback. */
  readonly owner: string;
  readonly attempt: Attempt;
  /** Delivered; due again at an instant; or given up. */
  readonly next: 'delivered' | 'dead' | Date;
}

interface Waiting {
  readonly settlement: Settlement;
  readonly done: (written: boolean) => void;
}

const gatherMs = 15;
const atOnceMax = 200;
const triesWhileStopping = 5;

/**
 * Writes results: tries, deliveries, failures, and the dead letters of what is given up. Deliveries alone are one
 * statement, with failures all are one transaction.
 * @param world store, bus and clock
 * @param settlements the results, each callback once
 * @param time how long a callback may stay undelivered
 */
export async function writeSettlements(
  world: World,
  settlements: readonly Settlement[],
  time: CallbackTime,
): Promise<void> {
  const now = realTime(world.clock);
  const delivered = settlements.filter((one) => one.next === 'delivered').map((one) => one.attempt);
  const failed = settlements.filter((one) => one.next !== 'delivered');
  if (failed.length === 0) return noteDeliveries(world.store, delivered, now);
  const letters = await Promise.all(failed.filter((one) => one.next === 'dead').map((one) => letterOf(world, one)));
  await world.store.transaction(async (tx) => {
    if (delivered.length > 0) await noteDeliveries(tx, delivered, now);
    await insertAttempts(
      tx,
      failed.map((one) => one.attempt),
    );
    const noted = new Set((await markFailed(tx, failed.map(asFailed), now, time)).map(callbackId));
    const ours = letters.filter(({ id }) => noted.has(id)).map(({ letter }) => letter);
    if (ours.length > 0) world.bus.publishIn(tx, ours);
  });
}

async function letterOf(world: World, { callback, attempt }: Settlement) {
  const outcome = await readOutcome(world, callback);
  const letter = callbackDeadLetter(outcome, callback, callback.tries + 1, attempt.error ?? 'no reason was given');
  return { id: callbackId(callback), letter };
}

function asFailed({ callback: { invoiceId, sequence }, attempt, next, owner }: Settlement): FailedCallback {
  const dueAt = next instanceof Date ? next : undefined;
  return { invoiceId, sequence, status: attempt.status, error: attempt.error ?? '', dueAt, tries: 1, owner };
}

/** Gathers results for a few milliseconds and writes them together. */
export class SettlementWriter {
  readonly #world: World;
  readonly #time: CallbackTime;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #stopping = false;

  /**
   * @param world store, bus, clock and log
   * @param time how long a callback may stay undelivered
   */
  constructor(world: World, time: CallbackTime) {
    this.#world = world;
    this.#time = time;
  }

  /**
   * Writes a result with the next ones.
   * @returns true once it is durable; false where it could not be written (the callback is then made again)
   */
  add(settlement: Settlement): Promise<boolean> {
    return new Promise((done) => {
      this.#waiting.push({ settlement, done });
      if (this.#writing) return;
      this.#timer ??= setTimeout(() => this.#start(), this.#stopping ? 0 : gatherMs);
    });
  }

  /** Writes what waits, with a few tries only. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.#writing && this.#waiting.length > 0) this.#start();
    while (this.#writing) await this.#writing;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
      if (this.#waiting.length > 0) this.#start();
    });
  }

  async #write(): Promise<void> {
    const batch = this.#waiting.splice(0, atOnceMax);
    if (await this.#try(batch)) return;
    // One of them cannot be written: the others must not suffer from it.
    for (const one of batch) if (!(await this.#try([one]))) one.done(false);
  }

  async #try(batch: readonly Waiting[]): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await writeSettlements(
          this.#world,
          batch.map((one) => one.settlement),
          this.#time,
        );
        for (const one of batch) one.done(true);
        return true;
      } catch (error) {
        const away = error instanceof HubError && error.kind === 'unavailable';
        this.#world.log.warn({ err: error, count: batch.length }, 'callbacks.notSettled');
        if (!away || (this.#stopping && attempt >= triesWhileStopping)) return false;
        await sleep(Math.min(2000, 50 * 2 ** attempt));
      }
    }
  }
}
