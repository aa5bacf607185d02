// receiver: the callbacks that this process holds in memory: in order per invoice, queued by host.
import type { Callback, CallbackKey, Room } from './pending-callbacks.ts';

/** A callback in memory, and the instance that the store names as its owner. */
export interface Held {
  readonly callback: Callback;
  readonly owner: string;
}

/** Room that is left, as it is taken. */
export interface Capacity {
  /** What fits in all, the reserve for hosts that hold nothing included. */
  readonly left: Room;
  /** What fits of a host that holds nothing. */
  readonly others: Room;
  /** What still fits of a host. */
  of(host: string): Room;
  /** Takes room for one; false where there is none. */
  take(host: string, bytes: number): boolean;
}

const megabyte = 1024 * 1024;
/** What all hosts share. */
const shared: Room = { count: 2000, bytes: 64 * megabyte };
/** What one host may hold of it. */
const hostMax: Room = { count: 500, bytes: 16 * megabyte };
/** Beside what is shared: a first callback of a host that holds nothing, however much the others hold. */
const reserve: Room = { count: 1000, bytes: 32 * megabyte };
const nothing: Room = { count: 0, bytes: 0 };

/** What is held. The first of an invoice is queued or under way; the others of the invoice wait behind it. */
export class HeldCallbacks {
  readonly #chains = new Map<string, Held[]>();
  readonly #queues = new Map<string, Held[]>();
  /** What each host holds, queued or under way; their sum is `#all`. */
  readonly #hosts = new Map<string, Room>();
  #all = nothing;

  /** Whether anything of an invoice is held. */
  has(invoiceId: string): boolean {
    return this.#chains.has(invoiceId);
  }

  /** Whether a very callback is held. */
  holds({ invoiceId, sequence }: CallbackKey): boolean {
    return this.#chains.get(invoiceId)?.some(({ callback }) => callback.sequence === sequence) ?? false;
  }

  /** The hosts for which something is queued. */
  hosts(): string[] {
    return [...this.#queues.keys()];
  }

  /** How many are queued for a host. */
  queued(host: string): number {
    return this.#queues.get(host)?.length ?? 0;
  }

  /** The room that is left at the moment, to be taken piece by piece. */
  capacity(): Capacity {
    const taken = new Map<string, Room>();
    let all = this.#all;
    const of = (host: string): Room => roomOf(taken.get(host) ?? this.#hosts.get(host) ?? nothing, all);
    return {
      left: roomLeft(all),
      others: roomOf(nothing, all),
      of,
      take: (host, size) => {
        const room = of(host);
        const own = taken.get(host) ?? this.#hosts.get(host) ?? nothing;
        // What is alone may be as large as it likes, or it would never be made.
        if (room.count === 0 || (room.bytes < size && own.count > 0)) return false;
        taken.set(host, plus(own, 1, size));
        all = plus(all, 1, size);
        return true;
      },
    };
  }

  /** Holds a callback: queued at once, or behind the earlier ones of its invoice. */
  add(held: Held): void {
    this.#weigh(held, 1);
    const chain = this.#chains.get(held.callback.invoiceId);
    if (chain) {
      chain.push(held);
      return;
    }
    this.#chains.set(held.callback.invoiceId, [held]);
    this.#enqueue(held);
  }

  /** Takes the next of a host from its queue; it stays held until `advance` or `leave`. */
  next(host: string): Held | undefined {
    const queue = this.#queues.get(host);
    const held = queue?.shift();
    if (queue?.length === 0) this.#queues.delete(host);
    return held;
  }

  /** Ends a callback for good; the next of its invoice is queued. */
  advance(held: Held): void {
    const chain = this.#chains.get(held.callback.invoiceId);
    if (chain?.[0] !== held) return;
    chain.shift();
    this.#forget(held);
    const [follower] = chain;
    if (follower) this.#enqueue(follower);
    else this.#chains.delete(held.callback.invoiceId);
  }

  /** Lets a callback go, and those that wait behind it. @returns all of them */
  leave(held: Held): Held[] {
    const chain = this.#chains.get(held.callback.invoiceId);
    if (chain?.[0] !== held) return [held];
    this.#chains.delete(held.callback.invoiceId);
    for (const one of chain) this.#forget(one);
    return chain;
  }

  /** Lets all go that is not under way. @param host only what is queued for this host @returns what went */
  takeQueued(host?: string): Held[] {
    const heads = host === undefined ? [...this.#queues.values()].flat() : (this.#queues.get(host) ?? []);
    if (host === undefined) this.#queues.clear();
    else this.#queues.delete(host);
    const taken = heads.flatMap((head) => this.leave(head));
    return host === undefined ? [...taken, ...this.#takeFollowers()] : taken;
  }

  /** Forgets all that is not under way. */
  dropQueued(): void {
    this.takeQueued();
  }

  #takeFollowers(): Held[] {
    const followers = [...this.#chains.values()].flatMap((chain) => chain.splice(1));
    for (const one of followers) this.#forget(one);
    return followers;
  }

  #enqueue(held: Held): void {
    const queue = this.#queues.get(held.callback.host);
    if (queue) queue.push(held);
    else this.#queues.set(held.callback.host, [held]);
  }

  #forget(held: Held): void {
    this.#weigh(held, -1);
  }

  #weigh({ callback: { host, body } }: Held, sign: 1 | -1): void {
    const own = plus(this.#hosts.get(host) ?? nothing, sign, sign * body.length);
    if (own.count === 0) this.#hosts.delete(host);
    else this.#hosts.set(host, own);
    this.#all = plus(this.#all, sign, sign * body.length);
  }
}

function plus(room: Room, count: number, bytes: number): Room {
  return { count: room.count + count, bytes: room.bytes + bytes };
}

function roomLeft(all: Room): Room {
  const count = shared.count + reserve.count - all.count;
  const bytes = shared.bytes + reserve.bytes - all.bytes;
  return count > 0 && bytes > 0 ? { count, bytes } : nothing;
}

/** A host never holds more than is left for the others; one that holds nothing gets one even where all is taken. */
function roomOf(own: Room, all: Room): Room {
  const left = roomLeft(all);
  const count = fairShare(own.count, all.count, hostMax.count, shared.count);
  const bytes = fairShare(own.bytes, all.bytes, hostMax.bytes, shared.bytes);
  if (own.count > 0) return count > 0 && bytes > 0 ? { count, bytes } : nothing;
  return left.count > 0 ? { count: Math.max(count, 1), bytes: Math.max(bytes, 1) } : nothing;
}

function fairShare(own: number, all: number, ownMax: number, allMax: number): number {
  return Math.max(0, Math.min(ownMax - own, Math.floor((allMax - all - own) / 2)));
}
