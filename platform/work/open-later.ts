// platform: a part that a process uses where it is there, and never waits for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../telemetry/log.ts';

const firstMs = 250;
const againMsMax = 10_000;

/** A part that may come later. */
export interface Later<T> {
  now(): T | undefined;
  close(): Promise<void>;
}

/**
 * Opens a part beside everything else, again and again until it can be opened.
 * @param part what it is called in the log, which is told once that it is away, and that it is there
 * @param open opens it, or says why not
 * @param log of the process
 */
export function openLater<T extends { close(): Promise<void> }>(
  part: string,
  open: () => Promise<T>,
  log: Log,
): Later<T> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let opened: T | undefined;
  async function untilOpen(): Promise<void> {
    for (let waitMs = firstMs; !signal.aborted; waitMs = Math.min(waitMs * 2, againMsMax)) {
      try {
        opened = await open();
        if (waitMs > firstMs) log.info({ part }, 'part.isThere');
        return;
      } catch (error) {
        if (waitMs === firstMs) log.warn({ err: error, part }, 'part.isAway');
      }
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
  const opening = untilOpen();
  return {
    now: () => opened,
    async close() {
      stopping.abort();
      await opening;
      await opened?.close();
    },
  };
}
