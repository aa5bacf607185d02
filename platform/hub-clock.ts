// platform: the clock that a hub's processes share: in profile dev it can be turned by a file in the data folder.
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, type Clock } from './clock.ts';

/** A clock that is closed at the end. */
export interface HubClock extends Clock {
  /** Looks at the file no more; the shift stays. */
  close(): void;
}

/** Where a clock comes from. */
export interface HubClockOptions {
  /** `dev` lets it be turned. */
  readonly profile: string;
  /** The folder of `clock.json`: `{"shiftMs": 432000000}` is a clock that is five days ahead. */
  readonly dataDir: string;
}

/** A turned clock is seen by every process after this long at the latest. */
const lookEveryMs = 200;

/** Dates of JavaScript end 8.64e15 ms from 1970; half of that leaves room on both sides. */
const shiftMsMax = 4e15;

function pathOf(dataDir: string): string {
  return join(dataDir, 'clock.json');
}

/** Undefined where the text says nothing: who turned the clock is in the middle of it, or somebody else wrote there. */
function shiftIn(text: string): number | undefined {
  try {
    const { shiftMs } = JSON.parse(text) as { readonly shiftMs?: unknown };
    return typeof shiftMs === 'number' && Math.abs(shiftMs) <= shiftMsMax ? shiftMs : undefined;
  } catch {
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function shiftAtOnce(path: string): number {
  try {
    return shiftIn(readFileSync(path, 'utf8')) ?? 0;
  } catch {
    return 0;
  }
}

async function shiftNow(path: string, before: number): Promise<number> {
  try {
    return shiftIn(await readFile(path, 'utf8')) ?? before;
  } catch (error) {
    return isMissing(error) ? 0 : before;
  }
}

/**
 * Opens the hub's clock. In production it is the machine's own and no file turns it. In profile dev it is shifted by the file
 * `clock.json`, right from the start; a file that cannot be read leaves it as it is.
 * @param options profile and data folder
 * @returns the clock; `close()` it at the end
 */
export function openHubClock({ profile, dataDir }: HubClockOptions): HubClock {
  if (profile !== 'dev') return { ...systemClock, close: () => undefined };
  const path = pathOf(dataDir);
  let shiftMs = shiftAtOnce(path);
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    shiftMs = await shiftNow(path, shiftMs);
    looking = false;
  };
  const timer = setInterval(() => void look(), lookEveryMs).unref();
  return {
    now: () => new Date(Date.now() + shiftMs),
    real: systemClock,
    close: () => clearInterval(timer),
  };
}

/**
 * Says how far the hub's clock is ahead of the machine's.
 * @param dataDir the hub's data folder
 * @returns milliseconds; 0 where nobody turned it
 */
export async function hubClockShift(dataDir: string): Promise<number> {
  return shiftNow(pathOf(dataDir), 0);
}

/**
 * Turns the clock of the hub that has this data folder. Its processes see it at once, or when they start; production looks away.
 * @param dataDir the hub's data folder
 * @param ms by how much, forwards; negative turns it back
 * @returns how far it is ahead of the machine's clock now, in milliseconds
 */
export async function turnHubClock(dataDir: string, ms: number): Promise<number> {
  const wanted = (await hubClockShift(dataDir)) + ms;
  const shiftMs = Math.max(-shiftMsMax, Math.min(shiftMsMax, Math.round(wanted)));
  await mkdir(dataDir, { recursive: true });
  // Whole or not at all: a process that looks in the middle of it must not see half a number.
  const temporary = `${pathOf(dataDir)}.${process.pid}.part`;
  await writeFile(temporary, `${JSON.stringify({ shiftMs })}\n`);
  await rename(temporary, pathOf(dataDir));
  return shiftMs;
}

/**
 * Sets the clock of the hub that has this data folder back to the machine's.
 * @param dataDir the hub's data folder
 */
export async function resetHubClock(dataDir: string): Promise<void> {
  await rm(pathOf(dataDir), { force: true });
}
