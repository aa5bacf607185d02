// eurekaserver: the registry in memory: leases that heartbeats renew, statuses set over them, and the changes of the last minutes.
import type { Clock } from '@staffetta/platform/clock.ts';
import { hashcodeOf, keyOf, namesVip } from '@staffetta/platform/discovery/applications.ts';
import {
  metadataOf,
  type ActionType,
  type Instance,
  type InstanceStatus,
} from '@staffetta/platform/discovery/instance.ts';
import {
  evictionLimit,
  isOver,
  minuteCount,
  renewalThreshold,
  renewed,
  statusThatHolds,
  type LeaseTime,
  type PreservationRules,
} from './lease.ts';

/** How long things are kept; milliseconds of the given clock. */
export interface RegistryOptions extends PreservationRules {
  readonly deltaMs: number;
  readonly evictionMs: number;
  readonly instancesMax: number;
  readonly selfPreservation: boolean;
  /** With fewer instances nothing is preserved. */
  readonly preserveFrom: number;
  readonly clock: Clock;
}

/** A change as listeners hear it. */
export interface RegistryChange {
  readonly version: number;
  readonly action: ActionType;
  readonly instance: Instance;
}

/** A heartbeat's or an update's fate. */
export type Renewal =
  /** It was taken. */
  | 'taken'
  /** The instance is unknown, or has changed since: its client registers again. */
  | 'unknown'
  /** A peer knows less than we do. */
  | 'conflict';

/** What a heartbeat says besides. */
export interface Heartbeat {
  /** The client's `lastDirtyTimestamp`. */
  readonly dirtyMs?: number | undefined;
  readonly isReplication?: boolean;
  /** What the peer knows to be set over the instance. */
  readonly override?: InstanceStatus | undefined;
}

/** Figures of self-preservation. */
export interface Preservation {
  /** Whether it is switched on, and whether there are enough instances for it. */
  readonly state: 'on' | 'on, but there are too few instances' | 'off';
  /** True while silent instances are kept. */
  readonly active: boolean;
  readonly renewsLastMinute: number;
  readonly threshold: number;
}

interface Lease extends LeaseTime {
  readonly instance: Instance;
  readonly action: ActionType;
  readonly upSinceMs: number;
}

interface Change {
  readonly atMs: number;
  readonly version: number;
  readonly instance: Instance;
}

function shown(lease: Lease, evictedMs = 0): Instance {
  const { instance, action, registeredMs, renewedMs, upSinceMs } = lease;
  const leaseInfo = {
    ...instance.leaseInfo,
    registrationTimestamp: registeredMs,
    lastRenewalTimestamp: renewedMs,
    evictionTimestamp: evictedMs,
    serviceUpTimestamp: upSinceMs,
  };
  return { ...instance, leaseInfo, actionType: action };
}

/** A fair choice of some. */
function someOf<T>(all: readonly T[], many: number): T[] {
  const left = [...all];
  const chosen: T[] = [];
  while (chosen.length < many && left.length > 0) {
    chosen.push(...left.splice(Math.floor(Math.random() * left.length), 1));
  }
  return chosen;
}

/** Who runs where. Application names are taken in any letter case; what is given out is a picture that does not change. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #leases = new Map<string, Lease>();
  readonly #overrides = new Map<string, InstanceStatus>();
  readonly #changes = new Map<string, Change>();
  readonly #listeners = new Set<(change: RegistryChange) => void>();
  readonly #renews = minuteCount();
  readonly #evictions = minuteCount();
  #version = 1;
  #evictionAtMs: number | undefined;

  /** @param options how long leases and changes are kept */
  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  #nowMs(): number {
    return this.#options.clock.now().getTime();
  }

  #note(key: string, instance: Instance): void {
    this.#version += 1;
    const change = { atMs: this.#nowMs(), version: this.#version, instance };
    // Taken out first, so that the newest change of an instance stands last.
    this.#changes.delete(key);
    this.#changes.set(key, change);
    for (const listener of this.#listeners) {
      listener({ version: this.#version, action: instance.actionType ?? 'ADDED', instance });
    }
  }

  #keep(key: string, lease: Lease): void {
    this.#leases.set(key, lease);
    this.#note(key, shown(lease));
  }

  #drop(key: string, lease: Lease): Instance {
    this.#leases.delete(key);
    this.#overrides.delete(key);
    const gone = shown({ ...lease, action: 'DELETED' }, this.#nowMs());
    this.#note(key, gone);
    return gone;
  }

  #registered(key: string, given: Instance, isReplication: boolean): Instance {
    const known = this.#leases.get(key)?.instance;
    if (given.overriddenStatus !== 'UNKNOWN' && !this.#overrides.has(key)) {
      this.#overrides.set(key, given.overriddenStatus);
    }
    const override = this.#overrides.get(key);
    return {
      ...given,
      overriddenStatus: override ?? 'UNKNOWN',
      status: statusThatHolds(given.status, override, known?.status, isReplication),
      lastUpdatedTimestamp: String(this.#nowMs()),
    };
  }

  /**
   * Keeps an instance. An older registration that arrives late does not undo a newer one.
   * @param given the instance
   * @param isReplication whether a peer tells it
   * @returns false where the registry is full
   */
  register(given: Instance, isReplication = false): boolean {
    const key = keyOf(given.app, given.instanceId);
    const known = this.#leases.get(key);
    if (!known && this.#leases.size >= this.#options.instancesMax) return false;
    const late = known && Number(given.lastDirtyTimestamp) < Number(known.instance.lastDirtyTimestamp);
    const instance = this.#registered(key, late ? known.instance : given, isReplication);
    const nowMs = this.#nowMs();
    this.#keep(key, {
      instance,
      // The original calls every registration ADDED, the second too.
      action: 'ADDED',
      registeredMs: nowMs,
      renewedMs: nowMs,
      durationMs: instance.leaseInfo['durationInSecs']! * 1000,
      upSinceMs: known?.upSinceMs || (instance.status === 'UP' ? nowMs : 0),
    });
    return true;
  }

  /**
   * Takes a heartbeat.
   * @param app the application
   * @param id the instance
   * @param beat what it says besides
   */
  renew(app: string, id: string, beat: Heartbeat = {}): Renewal {
    const key = keyOf(app, id);
    const lease = this.#leases.get(key);
    if (!lease) return 'unknown';
    const { instance } = lease;
    const isReplication = beat.isReplication ?? false;
    const status = statusThatHolds(instance.status, this.#overrides.get(key), instance.status, isReplication);
    // Whose override was taken off says anew what it is.
    if (status === 'UNKNOWN') return 'unknown';
    const nowMs = this.#nowMs();
    this.#renews.add(nowMs);
    const next = renewed(lease, nowMs, this.#options.originalLeases);
    // The original tells nobody of such a change, so that hash codes differ until somebody reads everything.
    if (status !== instance.status) this.#keep(key, { ...next, action: 'MODIFIED', instance: { ...instance, status } });
    else this.#leases.set(key, next);
    const aheadMs = (beat.dirtyMs ?? Number(instance.lastDirtyTimestamp)) - Number(instance.lastDirtyTimestamp);
    if (aheadMs > 0) {
      if (isReplication && beat.override && beat.override !== 'UNKNOWN') this.#overrides.set(key, beat.override);
      return 'unknown';
    }
    return aheadMs < 0 && isReplication ? 'conflict' : 'taken';
  }

  /**
   * Drops an instance with everything that was set over it.
   * @returns false where it is unknown
   */
  cancel(app: string, id: string): boolean {
    const key = keyOf(app, id);
    const lease = this.#leases.get(key);
    if (lease) this.#drop(key, lease);
    return lease !== undefined;
  }

  #overridden(key: string, lease: Lease, changes: Partial<Instance>, dirtyMs: number | undefined): void {
    const nowMs = this.#nowMs();
    const dirty = Math.max(Number(lease.instance.lastDirtyTimestamp), dirtyMs ?? 0);
    const instance = {
      ...lease.instance,
      ...changes,
      lastUpdatedTimestamp: String(nowMs),
      lastDirtyTimestamp: String(dirty),
    };
    const isUp = instance.status === 'UP';
    this.#keep(key, {
      ...renewed(lease, nowMs, this.#options.originalLeases),
      instance,
      action: 'MODIFIED',
      upSinceMs: lease.upSinceMs || (isUp ? nowMs : 0),
    });
  }

  /**
   * Sets a status over the instance's own word; it holds until it is taken off or the instance leaves.
   * @param dirtyMs the peer's `lastDirtyTimestamp`, where a peer tells it
   * @returns false where the instance is unknown
   */
  setStatus(app: string, id: string, status: InstanceStatus, dirtyMs?: number): boolean {
    const key = keyOf(app, id);
    const lease = this.#leases.get(key);
    if (!lease) return false;
    this.#overrides.set(key, status);
    this.#overridden(key, lease, { status, overriddenStatus: status }, dirtyMs);
    return true;
  }

  /**
   * Takes off what was set.
   * @param status what holds until the instance speaks; UNKNOWN makes it register again at its next heartbeat
   * @returns false where the instance is unknown
   */
  clearStatus(app: string, id: string, status: InstanceStatus = 'UNKNOWN', dirtyMs?: number): boolean {
    const key = keyOf(app, id);
    const lease = this.#leases.get(key);
    if (!lease) return false;
    if (this.#overrides.delete(key)) this.#overridden(key, lease, { status, overriddenStatus: 'UNKNOWN' }, dirtyMs);
    return true;
  }

  /**
   * Adds to an instance's metadata, until it registers anew.
   * @returns the instance, or undefined where it is unknown
   */
  addMetadata(app: string, id: string, entries: Readonly<Record<string, string>>): Instance | undefined {
    const lease = this.#leases.get(keyOf(app, id));
    if (!lease) return undefined;
    const metadata = metadataOf({ ...lease.instance.metadata, ...entries });
    this.register({ ...lease.instance, metadata });
    return this.find(app, id);
  }

  /** Self-preservation as it stands. */
  preservation(): Preservation {
    const { selfPreservation, preserveFrom } = this.#options;
    const renewsLastMinute = this.#renews.count(this.#nowMs());
    const threshold = renewalThreshold(this.#instances(), this.#options);
    const few = this.#leases.size < preserveFrom;
    const state = !selfPreservation ? 'off' : few ? 'on, but there are too few instances' : 'on';
    return { state, active: state === 'on' && renewsLastMinute <= threshold, renewsLastMinute, threshold };
  }

  /**
   * Takes off the silent ones, unless too many fell silent at once. To be called each `evictionMs`; how late it comes is added to
   * every lease.
   * @returns who was taken off
   */
  evict(): readonly Instance[] {
    const nowMs = this.#nowMs();
    const { evictionMs, preserveFrom, renewalPercent, deltaMs } = this.#options;
    const lateMs = Math.max(0, nowMs - (this.#evictionAtMs ?? nowMs) - evictionMs);
    this.#evictionAtMs = nowMs;
    for (const [key, { atMs }] of this.#changes) {
      if (nowMs - atMs > deltaMs) this.#changes.delete(key);
    }
    if (this.preservation().active) return [];
    const silent = [...this.#leases].filter(([, lease]) => isOver(lease, nowMs, lateMs));
    const size = this.#leases.size;
    const limit = evictionLimit(size, renewalPercent) - this.#evictions.count(nowMs);
    const going = size < preserveFrom ? silent : someOf(silent, Math.max(0, limit));
    if (going.length > 0) this.#evictions.add(nowMs, going.length);
    return going.map(([key, lease]) => this.#drop(key, lease));
  }

  *#instances(): Iterable<Instance> {
    for (const { instance } of this.#leases.values()) yield instance;
  }

  /** Everybody, in the order of their coming. */
  all(): readonly Instance[] {
    return [...this.#leases.values()].map((lease) => shown(lease));
  }

  /** The instances of an application; none where it is unknown. */
  ofApp(app: string): readonly Instance[] {
    const name = app.toUpperCase();
    return [...this.#leases.values()].filter(({ instance }) => instance.app === name).map((lease) => shown(lease));
  }

  /** The instances under a (secure) vip address, in its exact letters. */
  ofVip(vip: string, field: 'vipAddress' | 'secureVipAddress'): readonly Instance[] {
    return [...this.#leases.values()]
      .filter(({ instance }) => namesVip(instance[field], vip))
      .map((lease) => shown(lease));
  }

  /** One instance, if it is known. */
  find(app: string, id: string): Instance | undefined {
    const lease = this.#leases.get(keyOf(app, id));
    return lease && shown(lease);
  }

  /** One instance of whatever application. */
  findAnywhere(id: string): Instance | undefined {
    for (const lease of this.#leases.values()) if (lease.instance.instanceId === id) return shown(lease);
    return undefined;
  }

  /** What changed lately, oldest first; each instance's last change. */
  changes(): readonly Instance[] {
    const oldestMs = this.#nowMs() - this.#options.deltaMs;
    return [...this.#changes.values()].filter(({ atMs }) => atMs >= oldestMs).map(({ instance }) => instance);
  }

  /**
   * The changes after a version, for a listener that was away.
   * @returns them, or undefined where some may be forgotten already
   */
  changesSince(version: number): readonly RegistryChange[] | undefined {
    if (version > this.#version) return undefined;
    if (version === this.#version) return [];
    const oldest = this.#changes.values().next().value;
    if (oldest === undefined || oldest.version > version + 1) return undefined;
    return [...this.#changes.values()]
      .filter((change) => change.version > version)
      .map(({ version, instance }) => ({ version, instance, action: instance.actionType ?? 'ADDED' }));
  }

  /** Statuses that were set over instances, by `APP/id`. */
  overrides(): ReadonlyMap<string, InstanceStatus> {
    return this.#overrides;
  }

  /** A number that rises with every change; a heartbeat is none. */
  version(): number {
    return this.#version;
  }

  /** The hash code of the whole registry. */
  hashcode(): string {
    return hashcodeOf(this.#instances());
  }

  /**
   * Hears of every change, at once.
   * @param listener must not throw
   * @returns ends it
   */
  listen(listener: (change: RegistryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
