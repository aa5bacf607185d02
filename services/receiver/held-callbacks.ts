// receiver: the callbacks that this process holds in memory: in order per invoice, queued by host.
import type { Callback, CallbackKey } from './pending-callbacks.ts';

/** A callback in memory, and the instance that the store names as its owner. */
export interface Held {
  readonly callback: Callback;
  readonly owner: string;
}

/** Room that is left, as it is taken. */
export interface Capacity {
  /** Callbacks that still fit. */
  readonly left: number;
  /** Takes room for one; false where there is none. */
  take(host: string, bytes: number): boolean;
}

const heldMax = 2000;
const hostQueueMax = 500;
const bytesMax = 64 * 1024 * 1024;

/** What is held. The first of an invoice is queued or under way; the others of the invoice wait behind it. */
export class HeldCallbacks {
  readonly #chains = new Map<string, Held[]>();
  readonly #queues = new Map<string, Held[]>();
  #count = 0;
  #bytes = 0;

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
    const hosts = new Map<string, number>();
    let count = heldMax - this.#count;
    let bytes = bytesMax - this.#bytes;
    return {
      left: bytes > 0 ? Math.max(0, count) : 0,
      take: (host, size) => {
        const queued = hosts.get(host) ?? this.queued(host);
        if (count <= 0 || bytes < size || queued >= hostQueueMax) return false;
        hosts.set(host, queued + 1);
        count--;
        bytes -= size;
        return true;
      },
    };
  }

  /** Holds a callback: queued at once, or behind the earlier ones of its invoice. */
  add(held: Held): void {
    this.#count++;
    this.#bytes += held.callback.body.length;
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
    this.#count--;
    this.#bytes -= held.callback.body.length;
  }
}
