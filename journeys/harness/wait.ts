// journeys: waiting for a condition, never for a time; whoever gives up says what for, what was seen last, and what the log said.
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

/** How long to wait, in milliseconds; 30 s by default, since the machine may be busy. */
export interface Patience {
  readonly timeoutMs?: number;
}

const tails = new Set<() => Promise<string>>();
const firstWaitMs = 15;
const longestWaitMs = 200;

/**
 * Names a log whose end is shown when a wait gives up.
 * @param tail reads the end of the log
 * @returns a function that takes it off again
 */
export function explainWith(tail: () => Promise<string>): () => void {
  tails.add(tail);
  return () => void tails.delete(tail);
}

/** The ends of the logs of all that runs. */
export async function allTails(): Promise<string> {
  return (await Promise.all([...tails].map((tail) => tail()))).join('\n');
}

/**
 * Looks again and again until what is seen is enough.
 * @param what what is waited for, for the error message
 * @param look looks; an error that it throws counts as not enough yet
 * @param isEnough judges what was seen
 * @returns what was seen when it was enough
 * @throws Error with what was waited for, what was seen last, and the tail of the log
 */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  isEnough: (seen: T) => boolean,
  { timeoutMs = 30_000 }: Patience = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 1.5, longestWaitMs)) {
    let last: unknown;
    try {
      const seen = await look();
      if (isEnough(seen)) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(await giveUp(what, last, timeoutMs));
    await sleep(waitMs);
  }
}

async function giveUp(what: string, last: unknown, timeoutMs: number): Promise<string> {
  const shown =
    last instanceof Error ? String(last) : inspect(last, { depth: 6, breakLength: 140, maxArrayLength: 20 });
  return `waited ${timeoutMs} ms for ${what}; last seen: ${shown.slice(0, 3000)}\n${await allTails()}`;
}
