// receiver: the workers of callbacks: from memory right after the insert, from the store for what is due again or left
// behind.
import { realTime } from '@staffetta/platform/clock.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { LiveInstance } from '@staffetta/platform/store/live-instances.ts';
import type { CallbackClient } from './callback-client.ts';
import { HeldCallbacks, type Held } from './held-callbacks.ts';
import type { HostSlots } from './host-slots.ts';
import type { Claim, InsertedCallback, NewCallback } from './new-callbacks.ts';
import {
  callbackId,
  claimDueCallbacks,
  listOwnedCallbacks,
  releaseCallbacks,
  type CallbackKey,
  type Callback,
  type ClaimRoom,
  type Room,
} from './pending-callbacks.ts';
import type { Settlement, SettlementWriter } from './settle-callbacks.ts';
import type { CallbackTry } from './try-callback.ts';

/** What the workers work with. */
export interface DeliveryParts {
  readonly world: World;
  /** Who holds callbacks, as the database sees it. */
  readonly instance: Pick<LiveInstance, 'id' | 'isLost'>;
  readonly slots: HostSlots;
  readonly client: CallbackClient;
  readonly tryCallback: CallbackTry;
  readonly writer: SettlementWriter;
  readonly times: DeliveryTimes;
}

/** How often and how much; read at each use. */
export interface DeliveryTimes {
  readonly pollMs: number;
  readonly hostMax: number;
  /** Milliseconds that callbacks under way get when the service stops. */
  readonly stopMs: number;
}

/** What one look at the store takes at most. */
const claimMax: Room = { count: 256, bytes: 16 * 1024 * 1024 };
const wakeMs = 10;
/** Rows that the store says are ours and that are not in memory may be on their way there for this long. */
const strayMs = 1000;
/** How long a callback rests whose result could not be written: its customer must not be called in a loop. */
const unwrittenMs = 60_000;

/** Makes callbacks; one per receiver. */
export class CallbackDelivery {
  readonly #parts: DeliveryParts;
  readonly #held = new HeldCallbacks();
  readonly #underWay = new Set<Promise<void>>();
  /** Hosts of which the store may hold more that is due. */
  readonly #hungry = new Set<string>();
  #letGo: Held[] = [];
  /** The host whose turn was the last, so that the next look begins behind it. */
  #lastServed = '';
  #doubt: { readonly since: number; readonly strays: ReadonlySet<string> } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  /** Somebody asked for a look, which comes after the one under way or with the timer that is set. */
  #woken = false;
  #stopping = false;

  /** @param parts what it works with */
  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Begins to look for what is due. */
  start(): void {
    this.#pollIn(0);
  }

  /**
   * Says how new callbacks are to be inserted (see `Claim`).
   * @param callbacks in order per invoice
   */
  claims(callbacks: readonly Pick<NewCallback, 'invoiceId' | 'host' | 'body'>[]): Claim[] {
    const { instance, slots, world } = this.#parts;
    const nowMs = realTime(world.clock).getTime();
    const taken = new Set<string>();
    const put = new Set<string>();
    const free = this.#held.capacity();
    return callbacks.map(({ invoiceId, host, body }) => {
      const welcome = !this.#stopping && !instance.isLost() && host !== '' && !slots.isPaused(host, nowMs);
      // What is behind one that comes later must not overtake it.
      if (!welcome || put.has(invoiceId) || !free.take(host, body.length)) {
        this.#hungry.add(host);
        put.add(invoiceId);
        return 'later';
      }
      if (taken.has(invoiceId) || this.#held.has(invoiceId)) return 'chained';
      taken.add(invoiceId);
      return 'first';
    });
  }

  /**
   * Takes over what was inserted, right after the commit.
   * @param callbacks as they were inserted
   * @param inserted what the store answered
   * @param owner the instance that they were inserted for
   */
  accept(callbacks: readonly NewCallback[], inserted: readonly InsertedCallback[], owner: string): void {
    const owned = new Set(inserted.filter((one) => one.owned).map(callbackId));
    for (const { claim, customerId: _c, invoiceNumber: _n, invoiceStatus: _s, ...callback } of callbacks) {
      // Taken out at once: a batch may hold the same outcome twice.
      if (!owned.delete(callbackId(callback))) continue;
      const held = { callback, owner };
      // The one before it has left in the meantime, perhaps undelivered: the store knows the order.
      const orphan = claim === 'chained' && !this.#held.has(callback.invoiceId);
      if (this.#stopping || orphan) this.#release([held]);
      else this.#held.add(held);
    }
    this.#pump();
  }

  /**
   * Says that a transaction ended in doubt (its connection broke at the commit, for example): the store may name this
   * instance
   * as the owner of callbacks that never came into memory.
   */
  doubt(): void {
    this.#doubt ??= { since: performance.now(), strays: new Set() };
  }

  /** Looks for due callbacks soon. */
  wake(): void {
    if (this.#woken) return;
    this.#woken = true;
    this.#pollIn(wakeMs);
  }

  /** Forgets what only waits in memory: the instance counts as dead, so that whoever lives takes it from the store. */
  dropQueued(): void {
    this.#held.dropQueued();
    this.#letGo = [];
  }

  /** Lets what is under way end (bounded), gives back the rest, writes the results. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#polling;
    this.#release(this.#held.takeQueued());
    let bound: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      bound = setTimeout(resolve, this.#parts.times.stopMs);
    });
    await Promise.race([Promise.allSettled(this.#underWay), late]);
    clearTimeout(bound);
    await this.#parts.client.close();
    await Promise.allSettled(this.#underWay);
    await this.#parts.writer.stop();
    await this.#flushLetGo();
  }

  #pump(): void {
    const { slots, world } = this.#parts;
    const nowMs = realTime(world.clock).getTime();
    for (let begun = true; begun && !this.#stopping;) {
      begun = false;
      for (const host of this.#held.hosts()) {
        if (slots.room(host, nowMs) === 0) continue;
        const held = this.#held.next(host);
        if (held) {
          begun = true;
          this.#begin(held);
        }
      }
    }
    for (const host of this.#held.hosts()) {
      if (slots.isPaused(host, nowMs)) this.#release(this.#held.takeQueued(host));
    }
  }

  #begin(held: Held): void {
    this.#parts.slots.begin(held.callback.host);
    const work = this.#make(held).catch((error: unknown) => {
      const { correlationId } = held.callback;
      this.#parts.world.log.error(
        { err: error, correlationId, callbackId: callbackId(held.callback) },
        'callback.broke',
      );
      this.#leave(held, false);
    });
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  async #make(held: Held): Promise<void> {
    const { slots, tryCallback, writer, world } = this.#parts;
    const { host } = held.callback;
    const tried = await tryCallback(held).catch((error: unknown) => {
      slots.end(host, false, realTime(world.clock).getTime());
      throw error;
    });
    slots.end(host, tried.hostAway, realTime(world.clock).getTime(), tried.pauseMs);
    const written = writer.add(tried.settlement);
    this.#pump();
    this.#settled(held, tried.settlement, await written);
  }

  #settled(held: Held, { next }: Settlement, written: boolean): void {
    const { host } = held.callback;
    const over = written && !(next instanceof Date);
    if (over) this.#held.advance(held);
    else this.#leave(held, written);
    this.#pump();
    if (this.#hungry.has(host) && this.#held.queued(host) < this.#parts.times.hostMax) this.wake();
  }

  #leave(held: Held, written: boolean): void {
    const left = this.#held.leave(held);
    if (written) this.#release(left.filter((one) => one !== held));
    else setTimeout(() => this.#release(left), unwrittenMs).unref();
  }

  #release(helds: readonly Held[]): void {
    if (helds.length === 0) return;
    this.#letGo.push(...helds);
    for (const { callback } of helds) this.#hungry.add(callback.host);
    if (!this.#stopping) this.wake();
  }

  async #flushLetGo(): Promise<void> {
    const letGo = this.#letGo;
    if (letGo.length === 0) return;
    this.#letGo = [];
    const byOwner = Map.groupBy(letGo, ({ owner }) => owner);
    try {
      for (const [owner, helds] of byOwner) {
        await releaseCallbacks(
          this.#parts.world.store,
          helds.map(({ callback }) => callback),
          owner,
        );
      }
    } catch (error) {
      this.#letGo.push(...letGo);
      throw error;
    }
  }

  async #findStrays(): Promise<void> {
    const { instance, world } = this.#parts;
    if (!this.#doubt || performance.now() - this.#doubt.since < strayMs) return;
    const owned = await listOwnedCallbacks(world.store, instance.id);
    const strays = owned.filter((key) => !this.#held.holds(key));
    const known = this.#doubt.strays;
    const sure = strays.filter((key) => known.has(callbackId(key)));
    if (sure.length > 0) await releaseCallbacks(world.store, sure, instance.id);
    this.#doubt = strays.length === 0 ? undefined : { since: performance.now(), strays: idsOf(strays) };
  }

  #pollIn(ms: number): void {
    if (this.#stopping || this.#polling) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#woken = false;
      this.#polling = this.#poll().then((again) => {
        this.#polling = undefined;
        this.#pollIn(again || this.#woken ? wakeMs : this.#parts.times.pollMs);
      });
    }, ms);
  }

  async #poll(): Promise<boolean> {
    const { instance, world } = this.#parts;
    try {
      await this.#flushLetGo();
      await this.#findStrays();
      const room = this.#room();
      if (instance.isLost() || room.total.count === 0) return false;
      const owner = instance.id;
      const claimed = await claimDueCallbacks(world.store, owner, realTime(world.clock), room);
      this.#feel(claimed, room);
      const [known, fresh] = partition(claimed, ({ invoiceId }) => this.#held.has(invoiceId));
      this.#letGo.push(...known.map((callback) => ({ callback, owner })));
      for (const callback of fresh) this.#held.add({ callback, owner });
      this.#pump();
      return fresh.length > 0;
    } catch (error) {
      this.doubt();
      world.log.warn({ err: error }, 'callbacks.notClaimed');
      return false;
    }
  }

  #feel(claimed: readonly Callback[], room: ClaimRoom): void {
    const byHost = Map.groupBy(claimed, ({ host }) => host);
    const cut = !isBelow(claimed, room.total);
    for (const host of new Set([...this.#hungry, ...byHost.keys()])) {
      const sated = isBelow(byHost.get(host) ?? [], room.rooms.get(host) ?? room.others);
      if (sated && !cut) this.#hungry.delete(host);
      else this.#hungry.add(host);
    }
    this.#lastServed = lastInTurn([...byHost.keys()], room.after);
  }

  #room(): ClaimRoom {
    const { slots, world } = this.#parts;
    const { hostMax } = this.#parts.times;
    const nowMs = realTime(world.clock).getTime();
    const capacity = this.#held.capacity();
    const rooms = new Map<string, Room>();
    for (const host of new Set([...slots.known(nowMs), ...this.#held.hosts()])) {
      // A few more than can begin at once, so that places do not wait for the store.
      const wanted = slots.isPaused(host, nowMs) ? slots.room(host, nowMs) : hostMax * 8;
      rooms.set(host, atMost(capacity.of(host), { count: wanted - this.#held.queued(host), bytes: claimMax.bytes }));
    }
    const others = atMost(capacity.others, { count: hostMax, bytes: claimMax.bytes });
    return { rooms, others, total: atMost(capacity.left, claimMax), after: this.#lastServed };
  }
}

function atMost(one: Room, other: Room): Room {
  return { count: Math.max(0, Math.min(one.count, other.count)), bytes: Math.min(one.bytes, other.bytes) };
}

/** Of hosts in the order of the claim (those behind `after` first), the last. */
function lastInTurn(hosts: readonly string[], after: string): string {
  const before = hosts.filter((host) => host <= after);
  return (before.length > 0 ? before : hosts).toSorted().at(-1) ?? after;
}

/** Whether callbacks left some of the room they had, so that there are no more. */
function isBelow(callbacks: readonly Callback[], room: Room): boolean {
  const bytes = callbacks.reduce((sum, { body }) => sum + body.length, 0);
  return callbacks.length < room.count && bytes < room.bytes;
}

function idsOf(keys: readonly CallbackKey[]): ReadonlySet<string> {
  return new Set(keys.map(callbackId));
}

function partition<T>(list: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [list.filter(is), list.filter((one) => !is(one))];
}
