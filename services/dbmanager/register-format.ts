// dbmanager: how a register (sezionale) writes its numbers: `{n}` the number, `{year}` or `{yy}` the year, `{register}` its name. Pure.

/** The register that everybody has. */
export const mainRegister = 'main';

const nameForm = /^[A-Za-z0-9_-]{1,8}$/;
const formatForm = /^[\x20-\x7e]{1,40}$/;
const numberPlace = /\{n(?::([1-9]))?\}/g;
const places = /\{(?:n(?::[1-9])?|year|yy|register)\}/g;

/** Numero has at most twenty characters. */
const numeroLengthMax = 20;

/** Any register must have room for so many documents a year. */
const roomNeeded = 999_999;

/** Whether a text may name a register: it becomes part of numbers, so it is short and plain. */
export function isRegisterName(text: string): boolean {
  return nameForm.test(text);
}

/** How a register writes its numbers where nobody said otherwise: `15/2026`, and `15/B/2026` in a register `B`. */
export function defaultFormat(name: string): string {
  return name === mainRegister ? '{n}/{year}' : '{n}/{register}/{year}';
}

/**
 * Writes a number, as it can be read back from an XML: without blanks at its ends.
 * @param format with its places
 * @param name the register's
 * @param year of the document
 * @param number from 1
 */
export function formatNumber(format: string, name: string, year: number, number: number): string {
  return format
    .replaceAll(numberPlace, (_place, digits: string | undefined) => String(number).padStart(Number(digits ?? 1), '0'))
    .replaceAll('{year}', String(year))
    .replaceAll('{yy}', String(year % 100).padStart(2, '0'))
    .replaceAll('{register}', name)
    .trim();
}

/** Whether a number fits its element. */
export function fitsNumero(numero: string): boolean {
  return numero.length <= numeroLengthMax;
}

/** Formats whose numbers could be the same: what differs between two registers of a customer must not be their names alone. */
function patternOf(format: string, name: string): string {
  return format
    .replaceAll('{register}', name)
    .replaceAll(numberPlace, '{n}')
    .replaceAll('{yy}', '{year}')
    .toUpperCase();
}

/**
 * Says what is wrong with a format.
 * @param format what somebody wants
 * @param name the register's
 * @param others the customer's other registers, name → format
 * @returns a sentence without the final stop, or undefined where nothing is wrong
 */
export function whyNoFormat(format: string, name: string, others: ReadonlyMap<string, string>): string | undefined {
  if (!formatForm.test(format)) return 'it must be 1 to 40 plain characters';
  if (/^ | $| {2}/.test(format)) return 'it must have no blanks at its ends and no two in a row';
  if ((format.match(numberPlace) ?? []).length !== 1) return 'it must hold {n} once, for example {n}/{year}';
  if (/[{}]/.test(format.replaceAll(places, ''))) return 'it may hold {n}, {n:4}, {year}, {yy} and {register} only';
  if (!fitsNumero(formatNumber(format, name, 9999, roomNeeded))) {
    return `its numbers would be longer than ${numeroLengthMax} characters before the millionth`;
  }
  const pattern = patternOf(format, name);
  const same = [...others].find(([other, its]) => other !== name && patternOf(its, other) === pattern);
  return same && `its numbers would be those of the register ${same[0]}; SdI takes a number once a year (00404)`;
}
