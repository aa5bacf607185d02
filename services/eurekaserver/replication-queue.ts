// eurekaserver: what a peer has still to be told; of each instance only what still matters. Pure.
import { keyOf } from '@staffetta/platform/discovery/applications.ts';
import type { Instance } from '@staffetta/platform/discovery/instance.ts';

/** What happened, in Eureka's words. */
export type ReplicationAction = 'Register' | 'Heartbeat' | 'Cancel' | 'StatusUpdate' | 'DeleteStatusOverride';

/** One thing that a peer has to be told. */
export interface ReplicationTask {
  readonly action: ReplicationAction;
  readonly app: string;
  readonly id: string;
  /** As it was then; none for a Cancel. */
  readonly instance: Instance | undefined;
  /** When it happened, in Unix milliseconds. */
  readonly sinceMs: number;
}

/** What a later task makes needless of what waits before it: a registration holds status and time, a cancel ends all. */
const replaces: Record<ReplicationAction, readonly ReplicationAction[]> = {
  Register: ['Register', 'Heartbeat', 'Cancel'],
  Heartbeat: ['Heartbeat'],
  Cancel: ['Register', 'Heartbeat', 'Cancel', 'StatusUpdate', 'DeleteStatusOverride'],
  StatusUpdate: ['StatusUpdate', 'DeleteStatusOverride'],
  DeleteStatusOverride: ['StatusUpdate', 'DeleteStatusOverride'],
};

function joined(before: readonly ReplicationTask[], task: ReplicationTask): ReplicationTask[] {
  return [...before.filter(({ action }) => !replaces[task.action].includes(action)), task];
}

/** The tasks that wait for one peer; at most a few for each instance. */
export class ReplicationQueue {
  readonly #waiting = new Map<string, readonly ReplicationTask[]>();

  /** Adds a task behind those of its instance, without those that it replaces. */
  add(task: ReplicationTask): void {
    const key = keyOf(task.app, task.id);
    this.#waiting.set(key, joined(this.#waiting.get(key) ?? [], task));
  }

  /** Puts tasks back that did not arrive, before what came since. */
  putBack(tasks: readonly ReplicationTask[]): void {
    const since = new Map(this.#waiting);
    this.#waiting.clear();
    for (const task of tasks) this.add(task);
    for (const later of since.values()) for (const task of later) this.add(task);
  }

  /**
   * Takes tasks out, those of one instance in their order.
   * @param max how many at most
   * @param sinceMs older ones are dropped
   */
  take(max: number, sinceMs: number): ReplicationTask[] {
    const taken: ReplicationTask[] = [];
    for (const [key, tasks] of this.#waiting) {
      const fresh = tasks.filter((task) => task.sinceMs >= sinceMs);
      const fitting = fresh.slice(0, max - taken.length);
      taken.push(...fitting);
      if (fitting.length === fresh.length) this.#waiting.delete(key);
      else this.#waiting.set(key, fresh.slice(fitting.length));
      if (taken.length >= max) break;
    }
    return taken;
  }

  /** How many wait. */
  size(): number {
    let size = 0;
    for (const tasks of this.#waiting.values()) size += tasks.length;
    return size;
  }
}
