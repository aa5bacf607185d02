// platform: the one clock of the hub, which tests can turn, and Rome's wall time for the edge.

/**
 * Where the time comes from. `now()` is for what the law, SdI or people count: dates of documents, deadlines, alarms, histories, mails.
 * `realTime(clock)` is for what only elapses: callers' signatures, leases, heartbeats, breakers, rate limits, retries, waiters, clean-up.
 * A clock that jumps by days must neither refuse a call that is under way nor take a living process for dead.
 */
export interface Clock {
  /** The instant now (UTC inside). */
  now(): Date;
  /** The clock under one that was turned; a clock without it measures real time itself (as tests' own clocks do). */
  readonly real?: Clock;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };

/**
 * Gives the clock that time-outs are measured by, whatever was turned.
 * @param clock the hub's
 */
export function realClock(clock: Clock): Clock {
  return clock.real ?? clock;
}

/**
 * Gives the instant that time-outs are measured by (see `Clock`).
 * @param clock the hub's
 */
export function realTime(clock: Clock): Date {
  return realClock(clock).now();
}

/**
 * Makes a clock that tests can turn; it goes on ticking from where it was set.
 * @param start where it starts
 * @returns the clock with `turn(ms)`, which moves it forwards (or back, with a negative number of milliseconds)
 */
export function turnableClock(start: Date = new Date()): Clock & { turn(ms: number): void } {
  let shiftMs = start.getTime() - Date.now();
  return {
    now: () => new Date(Date.now() + shiftMs),
    turn(ms) {
      shiftMs += ms;
    },
  };
}

const romeParts = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Rome',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

const wallTimes = new Map<number, string>();

/**
 * Writes an instant as Europe/Rome wall time, ISO 8601 without zone and with milliseconds (the contract's form).
 * @param instant a UTC instant
 * @returns for example `2026-11-22T10:15:30.123`
 */
export function toRomeWallTime(instant: Date): string {
  const second = Math.floor(instant.getTime() / 1000);
  let wall = wallTimes.get(second);
  if (wall === undefined) {
    // Intl costs about 2 µs a call and a batch shares its second, so the last few seconds are remembered.
    if (wallTimes.size > 256) wallTimes.clear();
    wall = romeParts.format(instant).replace(' ', 'T');
    wallTimes.set(second, wall);
  }
  return `${wall}.${String(instant.getUTCMilliseconds()).padStart(3, '0')}`;
}

/** Date reads the 30th of February as the 2nd of March. */
function isDay(day: string | undefined): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(`${day}`);
}

/**
 * Reads a date or a Rome wall time as an instant (for query parameters such as `startDate`).
 * @param text `2026-11-22`, `2026-11-22T10:15:30` or the same with milliseconds; a zone (`Z`, `+01:00`) is honoured
 * @returns the instant, or undefined where the text is none
 */
export function fromRomeWallTime(text: string): Date | undefined {
  const form = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  if (!form) return undefined;
  const [, day, time = '00:00:00', zone] = form;
  const asUtc = new Date(`${day}T${time}${zone ?? 'Z'}`);
  if (Number.isNaN(asUtc.getTime()) || !isDay(day)) return undefined;
  return zone ? asUtc : new Date(asUtc.getTime() - romeOffsetMs(asUtc));
}

function romeOffsetMs(wallAsUtc: Date): number {
  // The offset is asked at the guessed instant; in the doubled hour of autumn the later reading (winter time) is taken.
  const guess = new Date(wallAsUtc.getTime() - 3_600_000);
  return (
    new Date(`${romeParts.format(guess).replace(' ', 'T')}Z`).getTime() - Math.floor(guess.getTime() / 1000) * 1000
  );
}
