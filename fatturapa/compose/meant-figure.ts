// fatturapa: the figure that a text surely means, where it is written as people write it and not as JSON wants it: `10,50`, `22%`.
import { fitsDecimals, readFigure } from './figures.ts';
import type { FigureShape } from './shape.ts';

const textMax = 40;

/** How people group and part digits → the same with a dot alone. A text that could be read in two ways (`1,234`) is not among them. */
const writings: readonly (readonly [form: RegExp, thousands: RegExp])[] = [
  [/^\d+(?:[.,]\d+)?$/, /\s/g],
  [/^\d{1,3}(?:\.\d{3})+,\d+$/, /\./g],
  [/^\d{1,3}(?:,\d{3})+\.\d+$/, /,/g],
  [/^\d{1,3}(?:\.\d{3}){2,}$/, /\./g],
  [/^\d{1,3}(?:,\d{3}){2,}$/, /,/g],
  [/^\d{1,3}(?:[\s'’]\d{3})+(?:[.,]\d+)?$/, /[\s'’]/g],
];

const twoWays = /^[1-9]\d{0,2},\d{3}$/;

/** The text without the sign of its unit: percent where a percentage belongs, else the euro's. */
function withoutUnit(text: string, { unit }: FigureShape): string {
  return unit === '%' ? text.replace(/\s?%$/, '') : text.replace(/^(?:€|EUR)\s?|\s?(?:€|EUR|euro)$/i, '');
}

function plainDigits(digits: string): string | undefined {
  if (twoWays.test(digits)) return undefined;
  const writing = writings.find(([form]) => form.test(digits));
  return writing && digits.replaceAll(writing[1], '').replace(',', '.');
}

/**
 * Finds the figure that a text means.
 * @param text as it was sent, no figure as it stands (`readFigure`)
 * @param shape what its place takes
 * @returns the figure as it is to be written, with a dot; undefined where the text could mean something else, or the place takes it no more so
 */
export function meantFigure(text: string, shape: FigureShape): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > textMax) return undefined;
  const [, sign = '', digits = ''] = /^([+\-−]?)(.*)$/s.exec(withoutUnit(trimmed, shape)) ?? [];
  const plain = plainDigits(digits);
  if (plain === undefined) return undefined;
  const meant = sign === '' || sign === '+' ? plain : `-${plain}`;
  return takes(shape, meant) ? meant : undefined;
}

function takes({ decimals, min, max }: FigureShape, text: string): boolean {
  const figure = readFigure(text);
  if (!figure || !fitsDecimals(figure, decimals)) return false;
  return (min === undefined || figure.gte(min)) && (max === undefined || figure.lte(max));
}
