// eurekaserver: the registry in memory: leases that heartbeats renew, and the changes of the last minutes.
import type { Clock } from '@staffetta/platform/clock.ts';
import type { Instance } from './instance.ts';

/** What happened to an instance last. */
export type ActionType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** An application with its instances, as Eureka's JSON has it. */
export interface Application {
  readonly name: string;
  readonly instance: readonly (Instance & { readonly actionType: ActionType })[];
}

/** How long things are kept. */
export interface RegistryOptions {
  readonly leaseMs: number;
  readonly deltaMs: number;
  readonly instancesMax: number;
  readonly clock: Clock;
  onEvicted(app: string, id: string): void;
}

/** Who runs where. Application names are taken in any letter case. */
export interface Registry {
  /** Keeps an instance; false where the registry is full. */
  register(instance: Instance): boolean;
  /** Renews a lease; false where the instance is unknown or has changed since (its client then registers again). */
  renew(app: string, id: string, dirtyMs?: number): boolean;
  /** Drops an instance; false where it is unknown. */
  cancel(app: string, id: string): boolean;
  applications(): readonly Application[];
  find(app: string, id: string): Application['instance'][number] | undefined;
  findAnywhere(id: string): Application['instance'][number] | undefined;
  /** What changed lately, oldest first. */
  changes(): readonly Application[];
  /** A number that rises with every change. */
  version(): number;
  /** `DOWN_1_UP_4_`: the count of each status, by which clients notice that they missed a change. */
  hashcode(): string;
}

interface Lease {
  readonly instance: Instance;
  readonly action: ActionType;
  readonly renewedMs: number;
}

interface Change extends Lease {
  readonly atMs: number;
}

function keyOf(app: string, id: string): string {
  return `${app.toUpperCase()}/${id}`;
}

function shown({ instance, action, renewedMs }: Lease): Application['instance'][number] {
  const leaseInfo = { ...instance.leaseInfo, lastRenewalTimestamp: renewedMs };
  return { ...instance, leaseInfo, actionType: action };
}

function byApplication(leases: Iterable<Lease>): Application[] {
  const groups = new Map<string, Application['instance'][number][]>();
  for (const lease of leases) {
    const group = groups.get(lease.instance.app) ?? [];
    group.push(shown(lease));
    groups.set(lease.instance.app, group);
  }
  return [...groups].map(([name, instance]) => ({ name, instance }));
}

class MemoryRegistry implements Registry {
  readonly #options: RegistryOptions;
  readonly #leases = new Map<string, Lease>();
  readonly #changes = new Map<string, Change>();
  #version = 1;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  #nowMs(): number {
    return this.#options.clock.now().getTime();
  }

  #note(key: string, lease: Lease): void {
    this.#version += 1;
    // Taken out first, so that the newest change of an instance stands last.
    this.#changes.delete(key);
    this.#changes.set(key, { ...lease, atMs: this.#nowMs() });
  }

  #drop(key: string, lease: Lease): void {
    this.#leases.delete(key);
    this.#note(key, { ...lease, action: 'DELETED' });
  }

  /** Done before every look, so that nobody is shown an instance whose time is over. */
  #forgetTheSilent(): void {
    const nowMs = this.#nowMs();
    for (const [key, lease] of this.#leases) {
      const { app, instanceId, leaseInfo } = lease.instance;
      const keptMs = leaseInfo['durationInSecs'] ? leaseInfo['durationInSecs'] * 1000 : this.#options.leaseMs;
      if (nowMs - lease.renewedMs <= keptMs) continue;
      this.#drop(key, lease);
      this.#options.onEvicted(app, instanceId);
    }
    for (const [key, change] of this.#changes) {
      if (nowMs - change.atMs > this.#options.deltaMs) this.#changes.delete(key);
    }
  }

  register(instance: Instance): boolean {
    this.#forgetTheSilent();
    const key = keyOf(instance.app, instance.instanceId);
    const known = this.#leases.get(key);
    if (!known && this.#leases.size >= this.#options.instancesMax) return false;
    // An older registration that arrives late must not undo the newer one (Eureka's rule).
    const late = known && Number(instance.lastDirtyTimestamp) < Number(known.instance.lastDirtyTimestamp);
    const action: ActionType = known ? 'MODIFIED' : 'ADDED';
    const lease: Lease = { instance: late ? known.instance : instance, action, renewedMs: this.#nowMs() };
    this.#leases.set(key, lease);
    this.#note(key, lease);
    return true;
  }

  renew(app: string, id: string, dirtyMs?: number): boolean {
    this.#forgetTheSilent();
    const key = keyOf(app, id);
    const lease = this.#leases.get(key);
    if (!lease) return false;
    if (dirtyMs !== undefined && dirtyMs > Number(lease.instance.lastDirtyTimestamp)) return false;
    this.#leases.set(key, { ...lease, renewedMs: this.#nowMs() });
    return true;
  }

  cancel(app: string, id: string): boolean {
    this.#forgetTheSilent();
    const key = keyOf(app, id);
    const lease = this.#leases.get(key);
    if (lease) this.#drop(key, lease);
    return lease !== undefined;
  }

  applications(): readonly Application[] {
    this.#forgetTheSilent();
    return byApplication(this.#leases.values());
  }

  find(app: string, id: string): Application['instance'][number] | undefined {
    this.#forgetTheSilent();
    const lease = this.#leases.get(keyOf(app, id));
    return lease && shown(lease);
  }

  findAnywhere(id: string): Application['instance'][number] | undefined {
    this.#forgetTheSilent();
    for (const lease of this.#leases.values()) if (lease.instance.instanceId === id) return shown(lease);
    return undefined;
  }

  changes(): readonly Application[] {
    this.#forgetTheSilent();
    return byApplication(this.#changes.values());
  }

  version(): number {
    return this.#version;
  }

  hashcode(): string {
    this.#forgetTheSilent();
    const counts = new Map<string, number>();
    for (const { instance } of this.#leases.values())
      counts.set(instance.status, (counts.get(instance.status) ?? 0) + 1);
    return [...counts.keys()]
      .sort()
      .map((status) => `${status}_${counts.get(status)}_`)
      .join('');
  }
}

/**
 * Makes an empty registry.
 * @param options how long leases and changes are kept, in milliseconds of the given clock
 */
export function createRegistry(options: RegistryOptions): Registry {
  return new MemoryRegistry(options);
}
