// fatturapa: the dates and times of XML Schema, as the documents' tables need them.

const zone = '(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?';
const year = '-?(?:[1-9][0-9]{3,8}|0[0-9]{3})';
const day = `(${year})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])`;
const time = '(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?|24:00:00(?:\\.0+)?)';

/** The form of a date alone, without the lengths of the months. */
export const datePattern = `^${day}${zone}$`;
/** The form of a date with its time, without the lengths of the months. */
export const dateTimePattern = `^${day}T${time}${zone}$`;

// Nearly every date that people write: no zone, no year but of four digits, no day that only some months have.
const plainDate = /^[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])$/;
const plainInvoiceDate = /^(?:19[7-9][0-9]|[2-9][0-9]{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])$/;
const anyDate = new RegExp(datePattern);
const anyDateTime = new RegExp(dateTimePattern);

/**
 * Whether a text is an `xs:date` (XML Schema part 2 §3.2.9): proleptic Gregorian, with or without a time zone, years of
 * four to nine digits, also negative; there is no year 0000.
 * @param text without blanks around it
 */
export function isDate(text: string): boolean {
  return plainDate.test(text) || isDayOf(anyDate.exec(text));
}

/**
 * Whether a text is an `xs:dateTime` (XML Schema part 2 §3.2.7): a date, `T`, hours to seconds with any fraction, with
 * or without a time zone; `24:00:00` is the end of the day.
 * @param text without blanks around it
 */
export function isDateTime(text: string): boolean {
  return isDayOf(anyDateTime.exec(text));
}

// A date with a zone is later than one without only where it is so in every zone, from +14:00 to -14:00 (§3.2.7.4).
const perhapsNotYet1970 = /^1970-01-(?:01[Z+-]|02\+1[0-4])/;

/**
 * Whether a text is a date from 1970-01-01 on, as the schema asks of invoices (DataFatturaType).
 * @param text without blanks around it
 */
export function isInvoiceDate(text: string): boolean {
  if (plainInvoiceDate.test(text)) return true;
  const found = anyDate.exec(text);
  return isDayOf(found) && Number(found?.[1]) >= 1970 && !perhapsNotYet1970.test(text);
}

const daysOfMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDayOf(found: RegExpExecArray | null): boolean {
  if (!found) return false;
  const [year, month, dayOfMonth] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (year === 0 || dayOfMonth > (daysOfMonths[month - 1] ?? 0)) return false;
  return month !== 2 || dayOfMonth < 29 || isLeap(year);
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
