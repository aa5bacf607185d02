// receiver: when a callback is tried again, and when it is given up; pure, the clock and chance are handed in.

/** What the last try said about the next. */
export interface FailedTry {
  /** Counted tries, this one included. */
  readonly tries: number;
  /** The endpoint said 410 or can never be reached: no further try makes sense. */
  readonly permanent: boolean;
  /** What `Retry-After` asked for, if anything. */
  readonly retryAfterMs: number | undefined;
}

/** A longer `Retry-After` is cut to this, or an endpoint could park its callbacks for years. */
export const retryAfterMsMax = 3_600_000;

/**
 * Says when the next try is due.
 * @param scheduleMs the wait before each try; the first entry is the wait before the first one
 * @param jitter the part of a wait that is left to chance, 0 to 1
 * @param failed what the last try said
 * @param random a number from 0 up to 1
 * @returns milliseconds from now, or undefined where the callback is given up
 */
export function nextTryInMs(
  scheduleMs: readonly number[],
  jitter: number,
  failed: FailedTry,
  random: number,
): number | undefined {
  const waitMs = scheduleMs[failed.tries];
  if (failed.permanent || waitMs === undefined) return undefined;
  const jitteredMs = Math.round(waitMs * (1 - jitter * random));
  return Math.max(jitteredMs, Math.min(failed.retryAfterMs ?? 0, retryAfterMsMax));
}

/** How long a callback may stay undelivered. */
export interface CallbackTime {
  /** From its first try, in milliseconds. */
  readonly lifetimeMs: number;
  /** At least so long after a try is due, in milliseconds: a hub that was off must not give up what it did not try. */
  readonly graceMs: number;
}

/**
 * Says how long a callback may stay undelivered after its first try. A host that is left alone (see the breaker) gets
 * fewer tries than the schedule names, so that time has to end what counting would not.
 * @param scheduleMs the wait before each try
 * @returns the schedule's sum and a quarter of an hour; that quarter is the grace too
 */
export function callbackTime(scheduleMs: readonly number[]): CallbackTime {
  const graceMs = 900_000;
  return { lifetimeMs: scheduleMs.reduce((sum, waitMs) => sum + waitMs, graceMs), graceMs };
}

/**
 * Reads a `Retry-After` header (RFC 9110 §10.2.3).
 * @param text seconds or an HTTP date
 * @param now the instant to count from
 * @returns milliseconds, or undefined where it says nothing readable
 */
export function readRetryAfterMs(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : Math.max(0, instant - now.getTime());
}
