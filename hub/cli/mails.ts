// hub: `mails`: the mails of the PEC mailbox, what came of each, and what to do with those that wait for a person.
import { CliError } from './cli-error.ts';
import { ask, explain, insist, type Ask } from './gateway-client.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { langOf, readCommand, type Access } from './options.ts';
import { mailLines, mailStates, oneMailLines, type ToldMail, type ToldMailbox } from './tell-mail.ts';

interface Call {
  readonly access: Access;
  readonly json: boolean;
  readonly lang: Lang;
}

/** What somebody wants beside ids. */
interface Wishes {
  readonly state?: string;
  readonly reason?: string;
  readonly lang?: string;
  readonly all?: boolean;
  readonly why?: string;
  readonly mailbox?: string;
}

interface Page {
  readonly content: readonly ToldMail[];
  readonly totalElements: number;
}

const usage = {
  verb: (verb: string) => ({
    it: `mails conosce show, retry e settle, non ${JSON.stringify(verb)}; da solo elenca le mail.`,
    en: `mails knows show, retry and settle, not ${JSON.stringify(verb)}; alone it lists the mails.`,
  }),
  ids: (verb: string) => ({
    it: `Indicare le mail: mails ${verb} ID… (mails le elenca).`,
    en: `Name the mails: mails ${verb} ID… (mails lists them).`,
  }),
  all: {
    it: 'Tutte le mail che attendono per un motivo: mails retry --all --why UNKNOWN_RECIPIENT [--mailbox INDIRIZZO].',
    en: 'All mails that wait for one reason: mails retry --all --why UNKNOWN_RECIPIENT [--mailbox ADDRESS].',
  },
  reason: {
    it: 'Dire che cosa è stato fatto: mails settle ID --reason "…". Il motivo viene conservato.',
    en: 'Say what was done: mails settle ID --reason "…". The reason is kept.',
  },
} as const;

const options = {
  state: { type: 'string' },
  reason: { type: 'string' },
  lang: { type: 'string' },
  all: { type: 'boolean', default: false },
  why: { type: 'string' },
  mailbox: { type: 'string' },
} as const;

const root = '/mailbox/api/mails';
const pageSize = 50;

function print(text: readonly string[], value: unknown, { json }: Call): void {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text.join('\n')}\n`);
}

async function list(call: Call, state: string | undefined): Promise<number> {
  if (state !== undefined && !mailStates.some((known) => known === state)) {
    const known = mailStates.join(', ');
    throw new CliError({ it: `--state ammette uno di ${known}.`, en: `--state takes one of ${known}.` }, call.lang);
  }
  const query = new URLSearchParams({ size: String(pageSize), ...(state !== undefined && { state }) });
  const page = await insist<Page>(call.access, { path: `${root}?${query.toString()}` });
  const mailboxes = await insist<readonly ToldMailbox[]>(call.access, { path: '/mailbox/api/mailboxes' });
  print(mailLines(page, mailboxes, call.lang), page.content, call);
  return 0;
}

function pathOf(id: string): string {
  return `${root}/${encodeURIComponent(id)}`;
}

async function show(call: Call, ids: readonly string[]): Promise<number> {
  for (const id of ids) {
    const mail = await insist<ToldMail>(call.access, { path: pathOf(id) });
    print(oneMailLines(mail, call.lang), mail, call);
  }
  return 0;
}

/** One that is done meanwhile keeps nobody from the rest. */
async function act(call: Call, ids: readonly string[], what: Omit<Ask, 'path'> & { verb: string }): Promise<number> {
  const { verb, ...request } = what;
  const done = { retry: { it: 'si riprova', en: 'it is tried again' }, settle: { it: 'chiusa', en: 'settled' } };
  let refused = 0;
  for (const id of ids) {
    const answer = await ask(call.access, { ...request, path: `${pathOf(id)}/${verb}` });
    const isDone = answer.status >= 200 && answer.status < 300;
    if (!isDone) refused++;
    const said = isDone ? done[verb === 'retry' ? 'retry' : 'settle'][call.lang] : explain(answer);
    print([`${id}: ${said}`], answer.body, call);
  }
  return refused === 0 ? 0 : 1;
}

function retriedLine(count: number, lang: Lang): string {
  if (count === 0) return lang === 'it' ? 'Nessuna mail attende per questo motivo.' : 'No mail waits for this reason.';
  return lang === 'it' ? `Mail riprovate: ${count}.` : `Mails tried again: ${count}.`;
}

/** The hub takes a bounded number per call and says where it stopped; each mail is tried once, whatever comes of it. */
async function retryAll(call: Call, { why, mailbox }: Wishes): Promise<number> {
  let retried = 0;
  let after: number | undefined = 0;
  while (after !== undefined) {
    const body: string = JSON.stringify({ why, mailbox, after });
    const headers = { 'content-type': 'application/json' };
    const what = { method: 'POST', path: `${root}/retry`, headers, body } as const;
    const done: { retried: number; next?: number } = await insist(call.access, what);
    retried += done.retried;
    after = done.next;
  }
  print([retriedLine(retried, call.lang)], { retried }, call);
  return 0;
}

/** `--all` goes with a reason and without ids, and with `retry` alone. */
function isForAll({ all, why, mailbox }: Wishes, [verb, ...ids]: readonly string[], lang: Lang): boolean {
  if (!all && why === undefined && mailbox === undefined) return false;
  if (all && why && verb === 'retry' && ids.length === 0) return true;
  throw new CliError(usage.all, lang);
}

/**
 * Runs `mails`.
 * @param args the command's words: nothing or `list`, or `show`, `retry`, `settle` with ids; `retry --all --why CODE` needs none
 * @returns the exit code: 1 where the hub refused
 * @throws CliError for words that make no sense, and with the hub's own sentence
 */
export async function mails(args: string[]): Promise<number> {
  const { values, words, access, json } = readCommand(args, options);
  const wishes = values as Wishes;
  const call: Call = { access, json, lang: langOf(wishes.lang) };
  if (isForAll(wishes, words, call.lang)) return retryAll(call, wishes);
  const [verb = 'list', ...ids] = words;
  if (verb === 'list' && ids.length === 0) return list(call, wishes.state);
  if (!['show', 'retry', 'settle'].includes(verb)) {
    throw new CliError(usage.verb(verb), call.lang);
  }
  if (ids.length === 0) throw new CliError(usage.ids(verb), call.lang);
  if (verb === 'show') return show(call, ids);
  if (verb === 'retry') return act(call, ids, { verb, method: 'POST' });
  if (!wishes.reason?.trim()) throw new CliError(usage.reason, call.lang);
  const headers = { 'content-type': 'application/json' };
  return act(call, ids, { verb, method: 'POST', headers, body: JSON.stringify({ reason: wishes.reason }) });
}
