// platform: one member's reading of one topic on the Postgres face: its share of the partitions, and reading on in them.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveInstance } from '../../store/live-instances.ts';
import type { Store } from '../../store/store.ts';
import type { ConsumedEvent } from '../bus.ts';
import { planLeases } from './lease-plan.ts';
import { commitMarks, createLeases, forgetDeadMembers, joinGroup, leaveGroup, readGroup } from './postgres-groups.ts';
import { releaseLeases, takeLeases, type GroupSeen, type LeaseTaken, type MemberName } from './postgres-groups.ts';
import { readEvents } from './postgres-log.ts';
import type { Place, Subscription, TransportListener } from '../transport.ts';
import { WakeSignal } from '../runtime/wake-signal.ts';

const pollMs = 1000;
const readBytesMax = 16 * 1024 * 1024;
const awayDelayMs = 250;

/** Under load a read waits this long for company; the first event after a silence never waits. */
const readGapMs = 4;

interface Held extends Place {
  readonly epoch: number;
  next: bigint;
  /** Its events wait for room in the runtime. */
  full: boolean;
  /** There may be more of it than was read. */
  missed: boolean;
  /** Being handed over: read no further. */
  leaving: boolean;
}

/** What a member needs of its bus. */
export interface MemberBus {
  readonly store: Store;
  readonly instance: LiveInstance;
  /** Tells the group's other members that partitions may be had, or are asked for. */
  groupChanged(group: string, topic: string): void;
  /** Told of troubles that pass by themselves. */
  onTrouble(error: unknown): void;
}

/** A member of a group. */
export class PostgresMember implements Subscription {
  readonly #bus: MemberBus;
  readonly #name: MemberName;
  readonly #batchMax: number;
  readonly #listener: TransportListener;
  readonly #held = new Map<number, Held>();
  readonly #readBell = new WakeSignal();
  readonly #tickBell = new WakeSignal();
  #joinedAs = '';
  #closed = false;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(bus: MemberBus, group: string, topic: string, batchMax: number, listener: TransportListener) {
    this.#bus = bus;
    this.#name = { id: randomUUID(), group, topic };
    this.#batchMax = Math.max(1, batchMax);
    this.#listener = listener;
  }

  /** Joins the group, takes a share at once and begins to read. @throws HubError DATABASE_AWAY */
  async start(): Promise<void> {
    const { group, topic } = this.#name;
    await createLeases(this.#bus.store, group, topic);
    await this.#join();
    await forgetDeadMembers(this.#bus.store, group, topic);
    await this.#tick();
    this.#loops = Promise.all([this.#tickForEver(), this.#readForEver()]);
  }

  /** There are new events of this topic. */
  wakeReader(topic: string): void {
    if (topic === this.#name.topic) this.#readBell.wake();
  }

  /** Members of this group came or went, or let partitions go. */
  wakeMember(group: string, topic: string): void {
    if (group === this.#name.group && topic === this.#name.topic) this.#tickBell.wake();
  }

  /** The process counted as dead for a while: others may hold what was ours. */
  async instanceLost(): Promise<void> {
    await this.#lose([...this.#held.values()]);
  }

  /** The process lives again, under a new id. */
  instanceRegistered(): void {
    this.#tickBell.wake();
    this.#readBell.wake();
  }

  async commit(marks: readonly (Place & { readonly next: bigint })[]): Promise<void> {
    const fenced = marks.flatMap(({ partition, next }) => {
      const held = this.#held.get(partition);
      return held ? [{ partition, epoch: held.epoch, next }] : [];
    });
    if (fenced.length === 0) return;
    const done = await commitMarks(this.#bus.instance, this.#name, fenced);
    const stolen = fenced.filter(
      (mark) => !done.has(mark.partition) && this.#held.get(mark.partition)?.epoch === mark.epoch,
    );
    await this.#lose(stolen.flatMap((mark) => this.#held.get(mark.partition) ?? []));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#readBell.wake();
    this.#tickBell.wake();
    await this.#loops;
    const { id, group, topic } = this.#name;
    try {
      await releaseLeases(this.#bus.instance, this.#name, [...this.#held.keys()]);
      await leaveGroup(this.#bus.instance, id);
      this.#bus.groupChanged(group, topic);
    } catch (error) {
      // Whoever is left takes over as soon as this process is seen to be dead.
      this.#bus.onTrouble(error);
    }
    this.#held.clear();
  }

  async #join(): Promise<void> {
    const { instance, store } = this.#bus;
    const instanceId = instance.id;
    await joinGroup(store, this.#name, instanceId);
    this.#joinedAs = instanceId;
    this.#bus.groupChanged(this.#name.group, this.#name.topic);
  }

  async #tickForEver(): Promise<void> {
    while (!this.#closed) {
      await this.#tickBell.wait(pollMs);
      if (this.#closed || this.#bus.instance.isLost()) continue;
      try {
        await this.#tick();
      } catch (error) {
        this.#bus.onTrouble(error);
      }
    }
  }

  async #tick(): Promise<void> {
    if (this.#joinedAs !== this.#bus.instance.id) await this.#join();
    const seen = await readGroup(this.#bus.instance, this.#name);
    if (seen.rank === undefined) {
      this.#joinedAs = '';
      return;
    }
    await this.#loseStolen(seen);
    const held = [...this.#held.values()];
    const plan = planLeases({
      members: seen.members,
      rank: seen.rank,
      partitions: seen.leases.length,
      held: held.filter((one) => !one.leaving).map((one) => one.partition),
      free: seen.leases
        .filter((one) => (one.free || one.mine) && !this.#held.has(one.partition))
        .map((one) => one.partition),
    });
    if (plan.release.length > 0) void this.#handOver(plan.release);
    if (plan.take.length > 0) await this.#take(plan.take);
  }

  async #take(partitions: readonly number[]): Promise<void> {
    const taken = await takeLeases(this.#bus.instance, this.#name, partitions);
    if (this.#bus.instance.isLost()) return;
    for (const lease of taken) this.#hold(lease);
    this.#readBell.wake();
    // Somebody was quicker: look again at once for what is left.
    if (taken.length < partitions.length) this.#tickBell.wake();
  }

  #hold({ partition, epoch, committed }: LeaseTaken): void {
    const { topic } = this.#name;
    this.#held.set(partition, { topic, partition, epoch, next: committed, full: false, missed: false, leaving: false });
  }

  async #handOver(partitions: readonly number[]): Promise<void> {
    const leaving = partitions.flatMap((partition) => this.#held.get(partition) ?? []);
    for (const held of leaving) held.leaving = true;
    try {
      if (this.#listener.onHandover) await this.#listener.onHandover(leaving);
      else await this.#listener.onRevoked(leaving);
      const still = leaving.filter((held) => this.#held.get(held.partition) === held);
      for (const held of still) this.#held.delete(held.partition);
      await releaseLeases(
        this.#bus.instance,
        this.#name,
        still.map((held) => held.partition),
      );
      this.#bus.groupChanged(this.#name.group, this.#name.topic);
    } catch (error) {
      // The rows still name us; the next look at the group takes them again or lets them go.
      this.#bus.onTrouble(error);
    }
  }

  async #loseStolen(seen: GroupSeen): Promise<void> {
    const ours = new Map(seen.leases.filter((lease) => lease.mine).map((lease) => [lease.partition, lease.epoch]));
    await this.#lose([...this.#held.values()].filter((held) => ours.get(held.partition) !== held.epoch));
  }

  async #lose(lost: readonly Held[]): Promise<void> {
    const still = lost.filter((held) => this.#held.get(held.partition) === held);
    if (still.length === 0) return;
    for (const held of still) this.#held.delete(held.partition);
    await this.#listener.onRevoked(still);
    this.#tickBell.wake();
  }

  async #readForEver(): Promise<void> {
    while (!this.#closed) {
      const from = this.#readable();
      const count = from.length === 0 ? 0 : await this.#readOn(from);
      const readAtMs = performance.now();
      if (count >= this.#batchMax || this.#closed) continue;
      await this.#readBell.wait(pollMs);
      const gapMs = readGapMs - (performance.now() - readAtMs);
      if (gapMs > 0) await sleep(gapMs);
    }
  }

  #readable(): Held[] {
    const held = [...this.#held.values()].filter((one) => !one.leaving);
    for (const one of held) one.missed ||= one.full;
    return held.filter((one) => !one.full);
  }

  /** How many events came. */
  async #readOn(from: readonly Held[]): Promise<number> {
    const bytesMax = Math.floor(readBytesMax / from.length);
    let count = 0;
    try {
      const events = await readEvents(this.#bus.store, this.#name.topic, from, this.#batchMax, bytesMax);
      for (const held of from) {
        const of = events.get(held.partition);
        const last = of?.at(-1);
        if (!of || !last || this.#closed || held.leaving || this.#held.get(held.partition) !== held) continue;
        count += of.length;
        held.next = last.offset + 1n;
        Object.assign(held, { full: true, missed: of.length >= this.#batchMax || bytesOf(of) >= bytesMax });
        void this.#listener.onEvents(of).then(() => {
          held.full = false;
          if (held.missed) this.#readBell.wake();
        });
      }
    } catch (error) {
      this.#bus.onTrouble(error);
      await sleep(awayDelayMs);
    }
    return count;
  }
}

function bytesOf(events: readonly ConsumedEvent[]): number {
  return events.reduce((sum, event) => sum + event.value.length, 0);
}
