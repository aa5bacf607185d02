// hub: `send`: posts invoices through the gateway and follows each to its outcome.
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { CliError } from './cli-error.ts';
import { findFiles } from './find-files.ts';
import { lineOfFinding, type ShownFinding } from './finding-line.ts';
import { ask, explain } from './gateway-client.ts';
import { readCommand, sandboxPage, type Access } from './options.ts';
import { createProgress } from './progress.ts';
import { inParallel } from './in-parallel.ts';

/** What became of one file. */
export interface Sent {
  readonly file: string;
  readonly correlationId: string;
  status: string;
  invoiceNumber?: number;
  why?: string;
}

interface Plan {
  readonly access: Access;
  readonly customer: number;
  readonly external: boolean;
  readonly callback: string | undefined;
  readonly waitMs: number;
}

const onTheWay = new Set(['ACCEPTED', 'INTERNAL_INVOICE_NEW', 'INTERNAL_INVOICE_TOBE_SENT']);
const refused = new Set([
  'REFUSED',
  'INTERNAL_INVOICE_INVALID',
  'INTERNAL_INVOICE_NOT_SENT',
  'INTERNAL_INVOICE_DISCARDED',
  'INVOICE_ERROR',
]);

function contentTypeOf(file: string): string {
  if (/\.p7m$/i.test(file)) return 'application/pkcs7-mime';
  return /\.zip$/i.test(file) ? 'application/zip' : 'application/xml';
}

/** What is posted: a file as its bytes, with the rest in the query; a JSON document in the contract's body. */
interface Posting {
  readonly query: string;
  readonly contentType: string;
  readonly body: Buffer | string;
}

async function fileOf(file: string, plan: Plan): Promise<Posting> {
  const query = new URLSearchParams({ customerId: String(plan.customer), fileName: basename(file) });
  if (plan.callback) query.set('callback', plan.callback);
  return { query: `?${query.toString()}`, contentType: contentTypeOf(file), body: await readFile(file) };
}

async function documentOf(file: string, plan: Plan): Promise<Posting> {
  const text = await readFile(file, 'utf8');
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new CliError(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const body = { document, customer: { customerId: plan.customer }, ...(plan.callback && { callback: plan.callback }) };
  return { query: '', contentType: 'application/json', body: JSON.stringify(body) };
}

async function post(file: string, plan: Plan): Promise<Sent> {
  const correlationId = uuidv7();
  const { query, contentType, body } = await (/\.json$/i.test(file) ? documentOf : fileOf)(file, plan);
  const endpoint = plan.external ? 'salvaFatturaEsterna' : 'salvaFatturaInterna';
  const answer = await ask(plan.access, {
    method: 'POST',
    path: `/receiver/api/${endpoint}${query}`,
    headers: { 'content-type': contentType, 'x-correlation-id': correlationId, 'idempotency-key': correlationId },
    body,
  });
  if (answer.status === 202) return { file, correlationId, status: 'ACCEPTED' };
  if (answer.status === 401) throw new CliError(explain(answer));
  return { file, correlationId, status: 'REFUSED', why: explain(answer) };
}

interface Found {
  readonly content: readonly {
    invoiceNumber: number;
    invoiceStatus: string;
    detail?: string;
    findings?: readonly ShownFinding[];
  }[];
}

async function look(sent: Sent, plan: Plan): Promise<void> {
  const answer = await ask(plan.access, { path: `/dbmanager/api/invoices?correlationId=${sent.correlationId}` });
  const [invoice] = answer.status === 200 ? (answer.body as Found).content : [];
  if (!invoice) return;
  sent.invoiceNumber = invoice.invoiceNumber;
  sent.status = invoice.invoiceStatus;
  const errors = invoice.findings?.filter(({ severity }) => severity === 'error') ?? [];
  const why = errors.length > 0 ? errors.map(lineOfFinding).join('\n') : invoice.detail;
  if (why) sent.why = why;
}

async function follow(all: readonly Sent[], plan: Plan): Promise<void> {
  const until = Date.now() + plan.waitMs;
  const progress = createProgress('done', all.length);
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 1.5, 1000)) {
    const open = all.filter((sent) => onTheWay.has(sent.status));
    progress.show(all.length - open.length);
    if (open.length === 0 || Date.now() >= until) break;
    await sleep(waitMs);
    await inParallel(open, 8, (sent) => look(sent, plan));
  }
  progress.end();
}

function summaryOf(all: readonly Sent[]): string {
  const width = Math.min(60, Math.max(...all.map(({ file }) => file.length)));
  const lines = all.map(({ file, invoiceNumber, status, why }) => {
    const number = invoiceNumber === undefined ? '–' : String(invoiceNumber);
    const name = file.length > width ? `…${file.slice(1 - width)}` : file;
    const reason = why && refused.has(status) ? `\n${why.replaceAll(/^/gm, '  ')}` : '';
    return `${name.padEnd(width)}  ${number.padStart(7)}  ${status}${reason}`;
  });
  const counts = new Map<string, number>();
  for (const { status } of all) counts.set(status, (counts.get(status) ?? 0) + 1);
  const sums = [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
  const known = all.find(({ invoiceNumber }) => invoiceNumber !== undefined);
  const next = known ? [`npm run staffetta -- status ${known.invoiceNumber} shows the history of one.`] : [];
  return [...lines, '', `${all.length} files: ${sums}.`, ...next].join('\n');
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

function positiveInteger(text: string | undefined, option: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new CliError(`${option} takes a whole number from 1, for example ${option} 2.`);
}

/**
 * Runs `send`.
 * @param args the command's words
 * @returns the exit code: 0, or 1 if any file was refused or is still on its way when the time is over
 */
export async function send(args: string[]): Promise<number> {
  const { values, words, access, json } = readCommand(args, {
    customer: { type: 'string' },
    external: { type: 'boolean', default: false },
    callback: { type: 'string' },
    wait: { type: 'string', default: '60' },
  });
  const wishes = values as { customer?: string; external?: boolean; callback?: string; wait: string };
  const files = await findFiles(words.length > 0 ? words : ['examples']);
  const plan: Plan = {
    access,
    customer: positiveInteger(wishes.customer, '--customer'),
    external: wishes.external === true,
    callback: await callbackOf(wishes.callback),
    waitMs: Number(wishes.wait) * 1000,
  };
  if (!(plan.waitMs >= 0)) throw new CliError('--wait takes seconds, for example --wait 60.');
  const progress = createProgress('posted', files.length);
  let posted = 0;
  const all = await inParallel(files, 8, async (file) => {
    const sent = await post(file, plan);
    progress.show(++posted);
    return sent;
  });
  progress.end();
  if (plan.waitMs > 0) await follow(all, plan);
  process.stdout.write(json ? `${JSON.stringify(all, null, 2)}\n` : `${summaryOf(all)}\n`);
  const open = plan.waitMs > 0 && all.some(({ status }) => onTheWay.has(status));
  return open || all.some(({ status }) => refused.has(status)) ? 1 : 0;
}
