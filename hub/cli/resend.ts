// hub: `resend`: sends an invoice again through the gateway, as it was or corrected, and says what became of it.
import { writeDate } from '@staffetta/fatturapa/show/figures.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { CliError } from './cli-error.ts';
import type { ShownFinding } from './finding-line.ts';
import { ask, explain, type Answer, type Ask } from './gateway-client.ts';
import { readJson } from './json-file.ts';
import { langOf, readCommand } from './options.ts';
import { contentTypeOf, readToPost } from './posting.ts';

interface BilingualFinding extends ShownFinding {
  readonly message: { readonly it: string; readonly en: string };
  readonly fix?: { readonly it: string; readonly en: string };
}

/** What the hub answers: the invoice as it stands, or an error with its findings. */
interface Resent {
  readonly transmissionId?: string;
  readonly resendBy?: string;
  readonly findings?: readonly BilingualFinding[];
}

const words = {
  it: {
    again: 'parte di nuovo per SdI',
    not: 'non inviata',
    term: 'Termine per reinviare dopo lo scarto',
    next: 'Che cosa ne è stato',
  },
  en: {
    again: 'on its way to SdI again',
    not: 'not sent again',
    term: 'Term to send again after the discard',
    next: 'What became of it',
  },
} as const;

async function bodyOf(file: string | undefined, reason: string | undefined, lang: Lang): Promise<Omit<Ask, 'path'>> {
  const json = { 'content-type': 'application/json' };
  const told = reason === undefined ? {} : { reason };
  if (file === undefined) return { headers: json, body: JSON.stringify(told) };
  const bytes = await readToPost(file);
  if ('why' in bytes) throw new CliError(bytes.told[lang]);
  if (!/\.json$/i.test(file)) return { headers: { 'content-type': contentTypeOf(file) }, body: bytes };
  const document = readJson(bytes);
  if (!document.ok) throw new CliError(document.why[lang]);
  return { headers: json, body: JSON.stringify({ document: document.value, ...told }) };
}

function queryOf(file: string | undefined, reason: string | undefined): string {
  if (file === undefined || /\.json$/i.test(file)) return '';
  const query = new URLSearchParams({ fileName: basename(file), ...(reason !== undefined && { reason }) });
  return `?${query.toString()}`;
}

function linesOf(number: string, { status, body }: Answer, lang: Lang): string[] {
  const { resendBy, findings = [] } = (body ?? {}) as Resent;
  const isDone = status === 200;
  const head = isDone
    ? `${number}: ${words[lang].again}.`
    : `${number}: ${words[lang].not}${findings.length === 0 ? `: ${explain({ status, body })}` : ''}`;
  const told = findings.flatMap(({ code, message, fix }) => [
    `  ${code}: ${message[lang]}`,
    ...(fix ? [`    ${fix[lang]}`] : []),
  ]);
  const term = resendBy === undefined ? [] : [`  ${words[lang].term}: ${writeDate(resendBy, lang)}`];
  const next = isDone ? [`  ${words[lang].next}: npm run staffetta -- status ${number}`] : [];
  return [head, ...term, ...told, ...next].map((line) => plainText(line));
}

/**
 * Runs `resend`. A request that broke off is repeated under its own key: the invoice goes out once.
 * @param args the command's words
 * @returns the exit code: 1 where the hub refused
 */
export async function resend(args: string[]): Promise<number> {
  const {
    values,
    words: named,
    access,
    json,
  } = readCommand(args, {
    reason: { type: 'string' },
    lang: { type: 'string' },
  });
  const { reason, lang: wish } = values as { reason?: string; lang?: string };
  const lang = langOf(wish);
  const [number = '', file, ...more] = named;
  if (!/^\d+$/.test(number) || more.length > 0) {
    throw new CliError('Name the invoice by its number, and the corrected file if there is one: resend 41 fattura.xml');
  }
  const { headers, body } = await bodyOf(file, reason, lang);
  const answer = await ask(access, {
    method: 'POST',
    path: `/dbmanager/api/invoices/${number}/reinvia${queryOf(file, reason)}`,
    headers: { ...headers, 'idempotency-key': randomUUID() },
    ...(body !== undefined && { body }),
  });
  if (answer.status === 401 || answer.status === 403) throw new CliError(explain(answer));
  const text = json ? JSON.stringify(answer.body, null, 2) : linesOf(number, answer, lang).join('\n');
  process.stdout.write(`${text}\n`);
  return answer.status === 200 ? 0 : 1;
}
