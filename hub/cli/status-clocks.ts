// hub: what `status` says of receipts, clocks and alarms of an invoice. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';

/** An invoice, as far as it tells of these. */
export interface ClockedInvoice {
  readonly deadlines?: readonly { readonly due: string; readonly words: Sentence }[];
  readonly alarms?: readonly {
    readonly raisedAt: string;
    readonly dueAt: string;
    readonly clearedAt?: string;
    readonly words: Sentence;
    readonly fix?: Sentence;
  }[];
}

/** The PEC provider's receipts of a file's mail. */
export type ShownReceipts = readonly { readonly words: Sentence }[];

/**
 * Tells the receipts of a file's mail, a line each.
 * @param receipts as the hub shows them; an older hub shows none
 * @param lang in which language
 */
export function receiptLines(receipts: ShownReceipts | undefined, lang: Lang): string[] {
  return (receipts ?? []).map(({ words }) => `    PEC: ${plainText(words[lang])}`);
}

function day(wallTime: string): string {
  return plainText(wallTime).slice(0, 10).split('-').toReversed().join('/');
}

/**
 * Tells what is waited for and what did not happen in time, with what to do about it; an alarm that is over is named as such.
 * @param invoice as the hub shows it
 * @param lang in which language
 */
export function clockLines({ deadlines = [], alarms = [] }: ClockedInvoice, lang: Lang): string[] {
  const awaited = deadlines.map(({ due, words }) => {
    return `  ${plainText(words[lang])} ${{ it: 'entro il', en: 'by' }[lang]} ${day(due)}`;
  });
  const told = alarms.flatMap(({ raisedAt, clearedAt, words, fix }) => {
    const over = { it: ' (superato)', en: ' (over)' }[lang];
    const line = `  ${day(raisedAt)}  ${plainText(words[lang])}${clearedAt === undefined ? '' : over}`;
    return fix && clearedAt === undefined ? [line, `      ${plainText(fix[lang])}`] : [line];
  });
  return [
    ...(awaited.length > 0 ? ['', { it: 'Che cosa si attende:', en: 'What is awaited:' }[lang], ...awaited] : []),
    ...(told.length > 0 ? ['', { it: 'Avvisi:', en: 'Alarms:' }[lang], ...told] : []),
  ];
}
