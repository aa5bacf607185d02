// fatturapa: how figures, dates and rates stand in the sentences of findings.
import type { Sentence } from '../finding.ts';
import { unitsInOne } from './exact.ts';

/**
 * A figure as people write it: a comma in Italian, a dot in English, at least two decimals and no zeros after them.
 * @param value a decimal as it stands in the document, or units of 0.00000001
 */
export function figure(value: string | bigint): Sentence {
  const text = typeof value === 'string' ? value : textOfUnits(value);
  const [whole = '0', decimals = ''] = text.split('.');
  const short = decimals.replace(/0+$/, '').padEnd(2, '0');
  const sign = whole.startsWith('-') ? '-' : '';
  const digits = whole.replace(/^-?0*(?=\d)/, '');
  return { it: `${sign}${digits},${short}`, en: `${sign}${digits}.${short}` };
}

/**
 * A rate in percent, as short as possible: `22%`, `5,5%`.
 * @param value in hundredths of a percent point, or a decimal as it stands in the document
 */
export function rate(value: number | string): Sentence {
  const text = String(typeof value === 'string' ? Number(value) : value / 100);
  return { it: `${text.replace('.', ',')}%`, en: `${text}%` };
}

/**
 * A date as people write it: `31/12/2025` in Italian; English keeps the document's own form.
 * @param text an `xs:date`
 */
export function date(text: string): Sentence {
  const [, year, month, day] = /^(\d{4,})-(\d\d)-(\d\d)/.exec(text) ?? [];
  return { it: day === undefined ? text : `${day}/${month}/${year}`, en: text };
}

/**
 * The day of an `xs:date` without its time zone, so that days of four-digit years compare as texts.
 * @param text an `xs:date`; a year of more digits comes after all others, one before Christ before
 */
export function dayOf(text: string): string {
  if (text.charCodeAt(4) === 45) return text.length === 10 ? text : text.slice(0, 10);
  return text.startsWith('-') ? ' ' : `~${text}`;
}

function textOfUnits(value: bigint): string {
  const size = value < 0n ? -value : value;
  const decimals = String(size % unitsInOne).padStart(8, '0');
  return `${value < 0n ? '-' : ''}${size / unitsInOne}.${decimals}`;
}
