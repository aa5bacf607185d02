// fatturapa: amounts, quantities, rates and dates as people read them, moved sign by sign from the XML's text: no number is ever computed.
import type { Lang } from './sheet.ts';

const decimalForm = /^([+-]?)0*(\d{1,30})(?:\.(\d{1,30}))?$/;
const dateForm = /^(\d{4})-(\d{2})-(\d{2})(Z|[+-]\d{2}:\d{2})?$/;
const dateTimeForm = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2})?(?:\.\d{1,12})?(Z|[+-]\d{2}:\d{2})?$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const marks = { it: { thousands: '.', decimal: ',' }, en: { thousands: ',', decimal: '.' } } as const;

function grouped(digits: string, mark: string): string {
  const first = digits.length % 3;
  const groups = digits.slice(first).match(/\d{3}/g) ?? [];
  return [...(first > 0 ? [digits.slice(0, first)] : []), ...groups].join(mark);
}

function written(text: string, lang: Lang, decimalsMin: number): string {
  const [whole, sign, digits, decimals = ''] = decimalForm.exec(text.trim()) ?? [];
  if (whole === undefined || digits === undefined) return text;
  const { thousands, decimal } = marks[lang];
  const significant = decimals.replace(/0+$/, '').padEnd(decimalsMin, '0');
  const minus = sign === '-' && /[1-9]/.test(digits + decimals) ? '-' : '';
  return `${minus}${grouped(digits, thousands)}${significant === '' ? '' : decimal + significant}`;
}

/**
 * Writes an amount: at least two decimals, more only where they say something; digits are never rounded.
 * @param text as in the XML (`-1234.50000000`)
 * @param lang the style: `-1.234,50` or `-1,234.50`
 * @returns the amount; a text that is no decimal number comes back as it is
 */
export function writeAmount(text: string, lang: Lang): string {
  return written(text, lang, 2);
}

/**
 * Writes a quantity or a weight without needless noughts.
 * @param text as in the XML (`5.00`)
 * @param lang the style
 */
export function writeQuantity(text: string, lang: Lang): string {
  return written(text, lang, 0);
}

/**
 * Writes a rate with its sign.
 * @param text as in the XML (`22.00`)
 * @param lang the style: `22%`, `10,5%`
 */
export function writeRate(text: string, lang: Lang): string {
  return decimalForm.test(text.trim()) ? `${written(text, lang, 0)}%` : text;
}

/**
 * Writes a day.
 * @param text an xs:date, with a time zone or without, which is kept
 * @param lang the style: `22/11/2026` or `22 Nov 2026`
 * @returns the day; a text that is no date comes back as it is
 */
export function writeDate(text: string, lang: Lang): string {
  const [whole, year, month = '', day = '', zone] = dateForm.exec(text.trim()) ?? [];
  const name = months[Number(month) - 1];
  if (whole === undefined || name === undefined) return text;
  const shown = lang === 'it' ? `${day}/${month}/${year}` : `${Number(day)} ${name} ${year}`;
  return zone ? `${shown} (${zone})` : shown;
}

/**
 * Writes a moment, to the second where the text has one.
 * @param text an xs:dateTime, or our wall time (`2026-11-22T10:15:30.123`, Europe/Rome)
 * @param lang the style: `22/11/2026 10:15:30`
 * @returns the moment; a text that is no date with time is tried as a date, else comes back as it is
 */
export function writeMoment(text: string, lang: Lang): string {
  const [whole, day = '', minutes, seconds = '', zone] = dateTimeForm.exec(text.trim()) ?? [];
  if (whole === undefined) return writeDate(text, lang);
  return `${writeDate(day, lang)} ${minutes}${seconds}${zone ? ` (${zone})` : ''}`;
}

/**
 * Writes how large a file is.
 * @param bytes a whole number
 * @param lang the style: `812 byte`, `12,3 kB`, `4,9 MB` (thousands, not 1024)
 */
export function writeSize(bytes: number, lang: Lang): string {
  if (bytes < 1000) return `${bytes} ${lang === 'it' || bytes === 1 ? 'byte' : 'bytes'}`;
  const [unit, tenths] = bytes < 999_950 ? ['kB', Math.round(bytes / 100)] : ['MB', Math.round(bytes / 100_000)];
  return `${written(`${Math.trunc(tenths / 10)}.${tenths % 10}`, lang, 1)} ${unit}`;
}

/**
 * Writes an account's number in groups of four (ISO 13616, printed form).
 * @param iban with blanks or without
 */
export function writeIban(iban: string): string {
  const letters = iban.replaceAll(/\s+/g, '');
  return letters.length > 34 ? iban : (letters.match(/.{1,4}/gu) ?? []).join(' ');
}
