// platform: SIGTERM, SIGINT and a vanished parent all mean the same: drain once, within a bounded time, then leave.
import { setTimeout as sleep } from 'node:timers/promises';
import { scrubLine } from './telemetry/hidden-values.ts';

/** How a process is told to stop, and what it does then. */
export interface StopPlan {
  /** Ends what is in hand and closes everything. */
  readonly drain: () => Promise<void>;
  /** How long that may take, in milliseconds (STAFFETTA_STOP_TIMEOUT). */
  readonly timeoutMs: number;
  /** Told what is cut, and why. */
  readonly onCut: (why: string) => void;
}

/** Signals within this time are one: a terminal sends Ctrl-C to the whole group, and who started us passes it on. */
const sameSignalMs = 1000;
/** The part of the time for a stop that a server gives to the requests in hand: others have work in hand too, and close after it. */
const requestsShare = 0.4;

let timeoutMs = 25_000;
let cuts = 0;
let isAsked = false;

/**
 * How long a server that closes waits for the requests in hand, in milliseconds.
 */
export function requestGraceMs(): number {
  return timeoutMs * requestsShare;
}

/** Whether the process was asked to stop: from then on it is not ready for more, though it still takes what comes. */
export function isStopping(): boolean {
  return isAsked;
}

/** Notes that so many things in hand did not end in time and were cut: the process then ends with 1, so that whoever looks at it knows. */
export function noteCut(count = 1): void {
  cuts += count;
}

async function drainInTime(plan: StopPlan): Promise<void> {
  const inTime = await Promise.race([plan.drain().then(() => true), sleep(plan.timeoutMs, false, { ref: false })]);
  if (inTime) return;
  noteCut();
  plan.onCut(`what was in hand did not end within ${plan.timeoutMs} ms (STAFFETTA_STOP_TIMEOUT)`);
}

/**
 * Drains at the first stop signal and exits: with 0 when all that was in hand ended, with 1 where something was cut, for want of time
 * or because a second signal hurried (one within a second of the first is the same one).
 * @param plan what is done; it is looked at when the signal comes, so that a process that is still starting may change it
 */
export function onStopSignal(plan: StopPlan): void {
  ({ timeoutMs } = plan);
  let askedAt = 0;
  const stop = async (): Promise<void> => {
    if (askedAt > 0) {
      if (Date.now() - askedAt <= sameSignalMs) return;
      plan.onCut('a second signal came');
      process.exit(1);
    }
    askedAt = Date.now();
    isAsked = true;
    try {
      await drainInTime(plan);
      process.exit(cuts > 0 ? 1 : 0);
    } catch (error) {
      process.stderr.write(scrubLine(`Stopping failed: ${error instanceof Error ? error.message : String(error)}\n`));
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());
}
