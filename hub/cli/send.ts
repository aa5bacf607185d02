// hub: `send`: posts invoices through the gateway, follows each as far as it can be followed, and tells what became of it.
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { request } from 'undici';
import { CliError } from './cli-error.ts';
import { findFiles } from './find-files.ts';
import { followable, followAll } from './follow-sent.ts';
import { langOf, readCommand, sandboxPage, type Access } from './options.ts';
import { postAll, type PostPlan } from './post-all.ts';
import { wentWell, type Sent, type Until } from './sent-file.ts';
import { sentLines } from './tell-sent.ts';

interface Wishes {
  readonly customer?: string;
  readonly external?: boolean;
  readonly callback?: string;
  readonly wait: string;
  readonly until?: string;
  readonly lang?: string;
}

interface Plan extends PostPlan {
  readonly lang: Lang;
  /** How far the caller wants files to be followed; as far as can be where it does not say. */
  readonly until: Until | undefined;
  readonly waitMs: number;
}

async function callbackOf(wish: string | undefined): Promise<string | undefined> {
  if (wish !== undefined) return wish === 'none' ? undefined : wish;
  try {
    const answer = await request(`${sandboxPage()}/api/callbacks?size=1`, { headersTimeout: 1000 });
    await answer.body.dump();
    return answer.statusCode === 200 ? `${sandboxPage()}/callbacks/send` : undefined;
  } catch {
    // No sandbox on this machine: outcomes are followed by asking only.
    return undefined;
  }
}

const usage = {
  customer: {
    it: '--customer vuole il numero del cliente, da 1 in su, per esempio --customer 2.',
    en: '--customer takes a whole number from 1, for example --customer 2.',
  },
  until: {
    it: '--until ammette sent (finché il server di posta ha la fattura) o sdi (finché SdI ha risposto), per esempio --until sdi.',
    en: '--until takes sent (until the mail server has the invoice) or sdi (until SdI has spoken), for example --until sdi.',
  },
  wait: { it: '--wait vuole secondi, per esempio --wait 60.', en: '--wait takes seconds, for example --wait 60.' },
} as const;

function customerOf(wish: string | undefined, lang: Lang): number {
  const value = Number(wish);
  if (Number.isInteger(value) && value > 0) return value;
  throw new CliError(usage.customer, lang);
}

function untilOf(wish: string | undefined, lang: Lang): Until | undefined {
  if (wish === undefined || wish === 'sent' || wish === 'sdi') return wish;
  throw new CliError(usage.until, lang);
}

function waitOf(wish: string, lang: Lang): number {
  const seconds = wish.trim() === '' ? Number.NaN : Number(wish);
  if (seconds >= 0 && Number.isFinite(seconds)) return seconds * 1000;
  throw new CliError(usage.wait, lang);
}

async function planOf(wishes: Wishes, access: Access): Promise<Plan> {
  const lang = langOf(wishes.lang);
  return {
    access,
    customer: customerOf(wishes.customer, lang),
    external: wishes.external === true,
    lang,
    until: untilOf(wishes.until, lang),
    waitMs: waitOf(wishes.wait, lang),
    callback: await callbackOf(wishes.callback),
  };
}

/** What programs read: people's words are left out. */
function forPrograms({ file, correlationId, status, invoiceNumber, detail, why }: Sent) {
  return { file, correlationId, status, invoiceNumber, detail, why };
}

/**
 * Runs `send`.
 * @param args the command's words
 * @returns the exit code: 0; 1 if somebody has to do something about a file, or if it did not get as far as asked for while there was time
 */
export async function send(args: string[]): Promise<number> {
  const { values, words, access, json } = readCommand(args, {
    customer: { type: 'string' },
    external: { type: 'boolean', default: false },
    callback: { type: 'string' },
    wait: { type: 'string', default: '60' },
    until: { type: 'string' },
    lang: { type: 'string' },
  });
  const plan = await planOf(values, access);
  const files = await findFiles(words.length > 0 ? words : ['examples'], { lang: plan.lang });
  const all = await postAll(files, plan);
  const { waitMs, lang, until } = plan;
  if (waitMs > 0) await followAll(all, { access, waitMs, until: until ?? (await followable(access)) });
  const text = json ? JSON.stringify(all.map(forPrograms), null, 2) : sentLines(all, lang).join('\n');
  process.stdout.write(`${text}\n`);
  return wentWell(all, { waitMs, ...(until && { until }) }) ? 0 : 1;
}
