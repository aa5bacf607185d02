// sandbox: how IMAP writes texts, lists, dates and flags (RFC 3501 §4, §9).
import type { Flags } from '../pec/mail-box.ts';

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const flagWords: readonly (readonly [letter: string, word: string])[] = [
  ['a', '\\Answered'],
  ['d', '\\Deleted'],
  ['f', '\\Flagged'],
  ['s', '\\Seen'],
  ['t', '\\Draft'],
];

/** All flags that are kept, as a list. */
export const allFlags = `(${flagWords.map(([, word]) => word).join(' ')})`;

/** Flags as a list such as `(\Seen)`. */
export function flagList(flags: Flags): string {
  return `(${flagWords.flatMap(([letter, word]) => (flags.includes(letter) ? [word] : [])).join(' ')})`;
}

/** The letters of flags by their words; words of other flags are passed over, as they are not kept. */
export function flagsOf(words: readonly string[]): Flags {
  const wanted = new Set(words.map((word) => word.toLowerCase()));
  return flagWords.flatMap(([letter, word]) => (wanted.has(word.toLowerCase()) ? [letter] : [])).join('');
}

/** A text as a quoted string, or as a literal where it holds what a quoted string may not; NIL where it is absent. */
export function nstring(text: string | undefined): string {
  if (text === undefined) return 'NIL';
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  if (/^[\x20-\x7e]*$/.test(bytes) && bytes.length < 1000) return `"${bytes.replaceAll(/["\\]/g, '\\$&')}"`;
  return `{${bytes.length}}\r\n${bytes}`;
}

/** An instant as INTERNALDATE, in UTC. */
export function internalDate(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = String(at.getUTCDate()).padStart(2, ' ');
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':');
  return `"${day}-${monthNames[at.getUTCMonth()]}-${at.getUTCFullYear()} ${time} +0000"`;
}

/** Reads what `internalDate` writes, any zone; undefined where the text is none. */
export function readInternalDate(text: string): Date | undefined {
  const [, day, month = '', year, time, sign, hours, minutes] =
    /^ ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-])(\d\d)(\d\d)$/.exec(text) ?? [];
  const number = monthOf(month);
  if (day === undefined || number === undefined) return undefined;
  const instant = Date.parse(`${year}-${number}-${day.padStart(2, '0')}T${time}${sign}${hours}:${minutes}`);
  return Number.isNaN(instant) ? undefined : new Date(instant);
}

/** Reads a day such as `1-Feb-2026` as `2026-02-01`; undefined where the text is none. */
export function readDay(text: string): string | undefined {
  const [, day, month = '', year] = /^"?(\d{1,2})-([A-Za-z]{3})-(\d{4})"?$/.exec(text) ?? [];
  const number = monthOf(month);
  return day === undefined || number === undefined ? undefined : `${year}-${number}-${day.padStart(2, '0')}`;
}

function monthOf(word: string): string | undefined {
  const at = monthNames.findIndex((name) => name.toLowerCase() === word.toLowerCase());
  return at === -1 ? undefined : String(at + 1).padStart(2, '0');
}
