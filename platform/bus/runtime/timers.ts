// platform: what the bus waits with: monotonic time, chance, and sleep that a signal ends early.

/** Time and chance as the bus uses them; tests hand in their own. */
export interface Timers {
  /** Milliseconds that only rise, from an arbitrary start. */
  nowMs(): number;
  /** A number from 0 to below 1. */
  random(): number;
  /** Sleeps; ends early, without an error, once the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The machine's own timers. */
export const systemTimers: Timers = {
  nowMs: () => performance.now(),
  random: Math.random,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end, { once: true });
    }),
};
