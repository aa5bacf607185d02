// platform: how long to wait before the next try: full jitter within the policy, and the capped backoff of a pause.
import type { RetryPolicy } from '../bus.ts';

/** The first wait while a part is away. */
export const pauseDelayFirstMs = 250;

/** The longest wait while a part is away. */
export const pauseDelayMaxMs = 5000;

/**
 * The wait before the next try of an event.
 * @param policy the delays (the last one repeats) and the share of them left to chance
 * @param tries how many tries have failed, 1 or more
 * @param random a number from 0 to below 1
 * @returns milliseconds from `delay × (1 − jitter)` to `delay`
 */
export function retryDelayMs(policy: RetryPolicy, tries: number, random: number): number {
  const last = policy.delaysMs.length - 1;
  const delay = policy.delaysMs[Math.max(0, Math.min(tries - 1, last))] ?? 0;
  const jitter = Math.min(1, Math.max(0, policy.jitter));
  return Math.max(0, delay * (1 - jitter * random));
}

/**
 * The wait while a part is away: doubles from 250 ms to 5 s, a quarter of it left to chance.
 * @param attempt which attempt failed, 1 or more
 * @param random a number from 0 to below 1
 * @returns milliseconds
 */
export function pauseDelayMs(attempt: number, random: number): number {
  const doublings = Math.min(Math.max(0, attempt - 1), 16);
  return Math.min(pauseDelayMaxMs, pauseDelayFirstMs * 2 ** doublings) * (1 - random / 4);
}
