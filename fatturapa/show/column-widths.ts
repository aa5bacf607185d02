// fatturapa: shares a table's width among its columns: figures keep the room that they need, words take what is left.
import type { Column } from './sheet.ts';

/** What the widths depend on, all in the same unit. */
export interface WidthPlan {
  readonly columns: readonly Pick<Column, 'align' | 'share'>[];
  /** Per column the width of its longest text on one line. */
  readonly naturals: readonly number[];
  readonly total: number;
  /** The least width of a column. */
  readonly least: number;
}

/** How much of the width all figures together may take; longer ones are broken. */
const figuresShareMax = 0.62;

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** Gives columns their natural width as long as their share allows it; those that want more share the rest. */
function fill(indexes: readonly number[], { columns, naturals }: WidthPlan, room: number, widths: number[]): void {
  let open = indexes;
  let left = room;
  for (;;) {
    const shares = sum(open.map((at) => columns[at]!.share));
    const rest = left;
    const content = open.filter((at) => naturals[at]! <= (rest * columns[at]!.share) / shares);
    if (content.length === 0 || content.length === open.length) {
      // All are content, or all want more: what there is goes by share.
      const wanted = content.length === 0 ? 0 : sum(content.map((at) => naturals[at]!));
      const spare = left - wanted;
      for (const at of open) {
        widths[at] = (content.length === 0 ? 0 : naturals[at]!) + (spare * columns[at]!.share) / shares;
      }
      return;
    }
    for (const at of content) widths[at] = naturals[at]!;
    left -= sum(content.map((at) => naturals[at]!));
    open = open.filter((at) => !content.includes(at));
  }
}

/**
 * Shares the width.
 * @param plan columns, their natural widths, and what there is
 * @returns one width per column; together the whole width, unless the least widths alone are more
 */
export function columnWidths(plan: WidthPlan): number[] {
  const { columns, total, least } = plan;
  const naturals = plan.naturals.map((natural) => Math.max(natural, least));
  const widths = columns.map(() => 0);
  const figures = columns.flatMap(({ align }, at) => (align === 'end' ? [at] : []));
  const words = columns.flatMap(({ align }, at) => (align === 'end' ? [] : [at]));
  const figuresMax = words.length === 0 ? total : total * figuresShareMax;
  const wanted = sum(figures.map((at) => naturals[at]!));
  for (const at of figures) widths[at] = wanted > figuresMax ? (naturals[at]! * figuresMax) / wanted : naturals[at]!;
  const left = total - sum(figures.map((at) => widths[at]!));
  if (words.length > 0) fill(words, { ...plan, naturals }, left, widths);
  return trimmed(
    widths.map((width) => Math.max(width, least)),
    total,
    least,
  );
}

/** Takes what the least widths cost too much from the widest column. */
function trimmed(widths: readonly number[], total: number, least: number): number[] {
  const widest = widths.indexOf(Math.max(...widths));
  const excess = Math.max(0, sum(widths) - total);
  return widths.map((width, at) => (at === widest ? Math.max(least, width - excess) : width));
}
