// fatturapa: the instants behind the times of notices.
import { isDateTime } from '../schema/calendar.ts';
import type { NoticeTime } from './notice.ts';

const rome = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Rome', timeZoneName: 'longOffset' });
const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/;
const minuteMs = 60_000;

/** Milliseconds by which Rome's clocks are ahead of UTC at an instant. */
function offsetAt(instantMs: number): number {
  const name = rome.formatToParts(instantMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  const ahead = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * minuteMs;
  return sign === '-' ? -ahead : ahead;
}

function fromRome(wallMs: number): number {
  const guess = wallMs - offsetAt(wallMs);
  return wallMs - offsetAt(guess);
}

/**
 * Gives the instant of a time on Rome's clocks.
 * @param wall `YYYY-MM-DDThh:mm:ss`
 * @returns milliseconds since 1970 in UTC, or NaN; of the hour that October has twice the later, of the one that March lacks an hour on
 */
export function romeInstant(wall: string): number {
  const wallMs = Date.parse(`${wall}Z`);
  return Number.isNaN(wallMs) ? wallMs : fromRome(wallMs);
}

/**
 * Reads a time (xs:dateTime).
 * @param text as it stands in a notice
 * @returns the text without blanks around it, and its instant where it is a time: with a zone as written, else of Rome's clocks
 */
export function noticeTime(text: string): NoticeTime {
  const written = text.trim();
  const [, wall, fraction = '', zone] = form.exec(written) ?? [];
  if (wall === undefined || !isDateTime(written)) return { text: written };
  const whole = zone === undefined ? romeInstant(wall) : Date.parse(`${wall}${zone}`);
  if (Number.isNaN(whole)) return { text: written };
  return { text: written, instant: new Date(whole + Number(`${fraction}000`.slice(0, 3))).toISOString() };
}
