// eurekaserver: the arithmetic of leases: which status holds, when time is over, how many may go at once. Pure.
import type { Instance, InstanceStatus } from '@staffetta/platform/discovery/instance.ts';

/**
 * Finds the status that holds (Eureka's order): what is neither UP nor OUT_OF_SERVICE the instance knows best; then what was set
 * over it; then, but for replicas, what the lease says, so that a late UP does not undo an OUT_OF_SERVICE; then its own word.
 * @param own what the instance says
 * @param override what was set over it, if anything
 * @param leased the status so far, if the instance is known
 * @param isReplication whether a peer tells it
 */
export function statusThatHolds(
  own: InstanceStatus,
  override: InstanceStatus | undefined,
  leased: InstanceStatus | undefined,
  isReplication: boolean,
): InstanceStatus {
  if (own !== 'UP' && own !== 'OUT_OF_SERVICE') return own;
  if (override !== undefined) return override;
  if (!isReplication && (leased === 'UP' || leased === 'OUT_OF_SERVICE')) return leased;
  return own;
}

/** The time of a lease; all in Unix milliseconds. */
export interface LeaseTime {
  readonly registeredMs: number;
  /** The last sign of life. In the original's arithmetic a renewal stands one lease in the future, on the wire too. */
  readonly renewedMs: number;
  readonly durationMs: number;
}

/**
 * The time after a heartbeat.
 * @param time the lease's before
 * @param nowMs the instant
 * @param asOriginal whether the lease is added twice: here, and when it is judged
 */
export function renewed<T extends LeaseTime>(time: T, nowMs: number, asOriginal: boolean): T {
  return { ...time, renewedMs: asOriginal ? nowMs + time.durationMs : nowMs };
}

/**
 * Whether a lease is over.
 * @param time the lease's
 * @param nowMs the instant
 * @param graceMs how late the look itself comes: a server that stood still must not blame the clients
 */
export function isOver(time: LeaseTime, nowMs: number, graceMs: number): boolean {
  return nowMs > time.renewedMs + time.durationMs + graceMs;
}

/** How much a minute's heartbeats must be. */
export interface PreservationRules {
  readonly originalLeases: boolean;
  readonly expectedRenewalSeconds: number;
  readonly renewalPercent: number;
}

/**
 * The heartbeats that a minute should bring at least.
 * @param instances all that are registered
 * @param rules whether each client's own interval counts, or one for all as in the original
 */
export function renewalThreshold(instances: Iterable<Instance>, rules: PreservationRules): number {
  let expected = 0;
  for (const { leaseInfo } of instances) {
    const ownSeconds = Math.max(1, leaseInfo['renewalIntervalInSecs'] ?? rules.expectedRenewalSeconds);
    expected += 60 / (rules.originalLeases ? rules.expectedRenewalSeconds : ownSeconds);
  }
  return Math.floor(expected * rules.renewalPercent);
}

/**
 * How many may be taken off within a minute.
 * @param size how many are registered
 * @param renewalPercent the share that must stay
 */
export function evictionLimit(size: number, renewalPercent: number): number {
  return size - Math.floor(size * renewalPercent);
}

/** Two seconds over a minute: clients that beat each 30 s beat a little later every time, and would else be missed now and then. */
const windowSeconds = 62;

/** Counts what happened in the last minute. */
export interface MinuteCount {
  add(nowMs: number, many?: number): void;
  /** What was added in the minute before the instant. */
  count(nowMs: number): number;
}

/** Makes a count that slides second by second. */
export function minuteCount(): MinuteCount {
  const counts = new Map<number, number>();
  const forget = (second: number): void => {
    for (const old of counts.keys()) if (old <= second - windowSeconds || old > second) counts.delete(old);
  };
  return {
    add(nowMs, many = 1) {
      const second = Math.floor(nowMs / 1000);
      if (!counts.has(second)) forget(second);
      counts.set(second, (counts.get(second) ?? 0) + many);
    },
    count(nowMs) {
      forget(Math.floor(nowMs / 1000));
      let sum = 0;
      for (const many of counts.values()) sum += many;
      return sum;
    },
  };
}
