// platform: SIGTERM, SIGINT and a vanished parent all mean the same: drain once, then leave.
import { setTimeout as sleep } from 'node:timers/promises';

const drainMsMax = 25_000;

/**
 * Calls the drain at the first stop signal and exits 0 when it is done; a signal repeated within a second is the same one
 * (a terminal sends Ctrl-C to the whole group), a later one exits at once with 1.
 * @param drain ends what is in hand and closes everything; after 25 s the process leaves without waiting further
 */
export function onStopSignal(drain: () => Promise<void>): void {
  let askedAt = 0;
  const stop = async (): Promise<void> => {
    if (askedAt > 0) {
      if (Date.now() - askedAt > 1000) process.exit(1);
      return;
    }
    askedAt = Date.now();
    try {
      await Promise.race([drain(), sleep(drainMsMax, undefined, { ref: false })]);
      process.exit(0);
    } catch (error) {
      process.stderr.write(`Stopping failed: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());
}
