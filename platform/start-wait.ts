// platform: how a start waits for a part: with back-off, without end, saying once what for and once that it goes on.
import { HubError } from '@staffetta/flow/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './telemetry/log.ts';

/** Asks again and again while a part is away; any other failure is thrown. */
export type Wait = <T>(ask: () => Promise<T>) => Promise<T>;

/** Who waits, and whom it tells. */
export interface Waiter {
  readonly name: string;
  readonly log: Log;
  /** Told, once for each wait, for the terminal. */
  readonly onWait?: ((what: string) => void) | undefined;
}

const firstWaitMs = 100;
const longestWaitMs = 5000;

/**
 * Makes the waiting for a part.
 * @param part what it is called in the log: `database`, `brokers`
 * @param waiter who waits
 */
export function waitFor(part: string, { name, log, onWait }: Waiter): Wait {
  return async (ask) => {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      try {
        const answer = await ask();
        if (waitMs > firstWaitMs) log.info({ part, name }, 'start.goesOn');
        return answer;
      } catch (error) {
        if (!(error instanceof HubError) || error.kind !== 'unavailable') throw error;
        if (waitMs === firstWaitMs) {
          onWait?.(`Waiting for the ${part}. ${error.message} ${error.help}`);
          log.warn({ err: error, part, name }, 'start.waits');
        }
        await sleep(waitMs);
      }
    }
  };
}
