// hub: `alarms`: what should have happened to an invoice by now and did not, with what to do.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { writeDate } from '@staffetta/fatturapa/show/figures.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { insist } from './gateway-client.ts';
import { langOf, readCommand } from './options.ts';

/** An alarm as the hub lists it; times are Rome's. */
export interface ListedAlarm {
  readonly invoiceNumber: number;
  readonly customer?: { readonly customerId: number; readonly username?: string | null };
  readonly raisedAt: string;
  readonly dueAt: string;
  readonly clearedAt?: string;
  readonly words: Sentence;
  readonly fix?: Sentence;
}

interface Page {
  readonly content: readonly ListedAlarm[];
  readonly totalElements: number;
}

const pageSize = 100;

const labels = {
  it: {
    none: 'Nessun avviso: tutto è nei tempi attesi.',
    noneAtAll: 'Non c’è mai stato un avviso.',
    invoice: 'fattura',
    customer: 'cliente',
    due: 'termine',
    over: 'superato il',
    more: (count: number) => `… e altri ${count}.`,
  },
  en: {
    none: 'No alarm: all is within the expected times.',
    noneAtAll: 'There never was an alarm.',
    invoice: 'invoice',
    customer: 'customer',
    due: 'term',
    over: 'over since',
    more: (count: number) => `… and ${count} more.`,
  },
} as const;

function day(wallTime: string, lang: Lang): string {
  return writeDate(wallTime.slice(0, 10), lang);
}

function linesOf(
  { invoiceNumber, customer, raisedAt, dueAt, clearedAt, words, fix }: ListedAlarm,
  lang: Lang,
): string[] {
  const label = labels[lang];
  const whose = customer ? `, ${label.customer} ${customer.username ?? customer.customerId}` : '';
  const state = clearedAt === undefined ? `${label.due} ${day(dueAt, lang)}` : `${label.over} ${day(clearedAt, lang)}`;
  return [
    plainText(`${day(raisedAt, lang)}  ${label.invoice} ${invoiceNumber}${whose} (${state}): ${words[lang]}`),
    ...(fix && clearedAt === undefined ? [plainText(`    ${fix[lang]}`)] : []),
  ];
}

/**
 * Tells a list of alarms.
 * @param page the alarms, and how many there are in all
 * @param isAll whether those that are over are among them
 * @param lang in which language
 */
export function alarmLines(page: Page, isAll: boolean, lang: Lang): string[] {
  const { none, noneAtAll, more } = labels[lang];
  if (page.totalElements === 0) return [isAll ? noneAtAll : none];
  const rest = page.totalElements - page.content.length;
  return [...page.content.flatMap((alarm) => linesOf(alarm, lang)), ...(rest > 0 ? [more(rest)] : [])];
}

/**
 * Runs `alarms`.
 * @param args the command's words: `--all` for those that are over too
 * @returns the exit code
 */
export async function alarms(args: string[]): Promise<number> {
  const options = { all: { type: 'boolean', default: false }, lang: { type: 'string' } } as const;
  const { values, access, json } = readCommand(args, options);
  const { all, lang: wish } = values as { all?: boolean; lang?: string };
  const lang = langOf(wish);
  const query = `state=${all ? 'all' : 'open'}&size=${pageSize}`;
  const page = await insist<Page>(access, { path: `/dbmanager/api/alarms?${query}` });
  const text = json ? JSON.stringify(page.content, null, 2) : alarmLines(page, all === true, lang).join('\n');
  process.stdout.write(`${text}\n`);
  return 0;
}
