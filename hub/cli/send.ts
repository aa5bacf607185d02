// hub: `send`: posts invoices through the gateway and follows each to its outcome.
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { CliError } from './cli-error.ts';
import { findFiles } from './find-files.ts';
import { lineOfFinding, type ShownFinding } from './finding-line.ts';
import { ask, explain } from './gateway-client.ts';
import { readCommand, sandboxPage, type Access } from './options.ts';
import { createProgress } from './progress.ts';
import { inParallel } from './in-parallel.ts';
import { readPosting, type PostingWishes } from './posting.ts';

/** What became of one file. */
export interface Sent {
  readonly file: string;
  readonly correlationId: string;
  status: string;
  invoiceNumber?: number;
  why?: string;
}

interface Plan extends PostingWishes {
  readonly access: Access;
  readonly external: boolean;
  readonly waitMs: number;
}

const onTheWay = new Set(['ACCEPTED', 'INTERNAL_INVOICE_NEW', 'INTERNAL_INVOICE_TOBE_SENT']);
const refused = new Set([
  'REFUSED',
  'NOT_POSTED',
  'INTERNAL_INVOICE_INVALID',
  'INTERNAL_INVOICE_NOT_SENT',
  'INTERNAL_INVOICE_DISCARDED',
  'INVOICE_ERROR',
]);

async function post(file: string, plan: Plan): Promise<Sent> {
  const correlationId = uuidv7();
  const posting = await readPosting(file, plan);
  // Of a file that cannot be read the report tells; the others are on their way.
  if ('why' in posting) return { file, correlationId, status: 'REFUSED', why: posting.why };
  const { query, contentType, body } = posting;
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

/** Posts all; where the gateway goes away in the middle, the rest is told as not posted. */
async function postAll(files: readonly string[], plan: Plan): Promise<Sent[]> {
  const progress = createProgress('posted', files.length);
  let [posted, accepted] = [0, 0];
  let broken: CliError | undefined;
  const all = await inParallel(files, 8, async (file): Promise<Sent> => {
    const sent = broken
      ? notPosted(file, broken)
      : await post(file, plan).catch((error: unknown) => {
          if (!(error instanceof CliError)) throw error;
          broken ??= error;
          return notPosted(file, error);
        });
    if (sent.status === 'ACCEPTED') accepted++;
    progress.show(++posted);
    return sent;
  });
  progress.end();
  // Nothing is lost with the report where nothing was posted.
  if (broken && accepted === 0) throw broken;
  return all;
}

function notPosted(file: string, { message }: CliError): Sent {
  return { file, correlationId: '', status: 'NOT_POSTED', why: message };
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

/** Whether it could be done: where the gateway goes away what is known is told, and why it is no more. */
async function lookAtAll(open: readonly Sent[], plan: Plan): Promise<boolean> {
  try {
    await inParallel(open, 8, (sent) => look(sent, plan));
    return true;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return false;
  }
}

async function follow(all: readonly Sent[], plan: Plan): Promise<void> {
  const until = Date.now() + plan.waitMs;
  const progress = createProgress('done', all.length);
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 1.5, 1000)) {
    const open = all.filter((sent) => onTheWay.has(sent.status));
    progress.show(all.length - open.length);
    if (open.length === 0 || Date.now() >= until) break;
    await sleep(waitMs);
    if (!(await lookAtAll(open, plan))) break;
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
  const all = await postAll(files, plan);
  if (plan.waitMs > 0) await follow(all, plan);
  process.stdout.write(json ? `${JSON.stringify(all, null, 2)}\n` : `${summaryOf(all)}\n`);
  const open = plan.waitMs > 0 && all.some(({ status }) => onTheWay.has(status));
  return open || all.some(({ status }) => refused.has(status)) ? 1 : 0;
}
