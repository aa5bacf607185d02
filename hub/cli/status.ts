// hub: `status`: an invoice's history, step by step.
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { CliError } from './cli-error.ts';
import { lineOfFinding, type ShownFinding } from './finding-line.ts';
import { insist } from './gateway-client.ts';
import { langOf, readCommand } from './options.ts';

interface Invoice {
  readonly invoiceNumber: number;
  readonly invoiceStatus: string;
  readonly invoiceId: string;
  readonly correlationId?: string;
  readonly customer: { customerId: number; username?: string };
  readonly documents?: readonly { numero?: string; data?: string; totale?: string }[];
  readonly findings?: readonly ShownFinding[];
  readonly history?: readonly {
    sequence: number;
    status: string;
    detail?: string;
    happenedAt: string;
    by?: string;
    reason?: string;
  }[];
  readonly notices?: readonly {
    kind: string;
    receivedAt: string;
    words: { readonly it: readonly string[]; readonly en: readonly string[] };
  }[];
  readonly transmissions?: readonly {
    fileName: string;
    state: string;
    messageId?: string;
    sentAt?: string;
    reason?: string;
  }[];
}

function noticeLines({ notices = [] }: Invoice, lang: Lang): string[] {
  if (notices.length === 0) return [];
  const told = notices.flatMap(({ kind, receivedAt, words }) => {
    const [first = '', ...rest] = words[lang].map(plainText);
    return [`  ${receivedAt}  ${plainText(kind)}  ${first}`, ...rest.map((line) => `      ${line}`)];
  });
  return ['', { it: 'Che cosa ha detto SdI:', en: 'What SdI said:' }[lang], ...told];
}

function linesOf(invoice: Invoice, lang: Lang): string[] {
  const { customer } = invoice;
  const who = `customer ${customer.customerId}${customer.username ? ` (${customer.username})` : ''}`;
  const lines = [`Invoice ${invoice.invoiceNumber} of ${who}: ${invoice.invoiceStatus}`];
  for (const { numero = '?', data = '?', totale } of invoice.documents ?? []) {
    lines.push(`  document ${numero} of ${data}${totale ? `, total ${totale}` : ''}`);
  }
  for (const { fileName, state, messageId, sentAt, reason } of invoice.transmissions ?? []) {
    lines.push(`  file ${fileName} ${state}${sentAt ? ` ${sentAt}` : ''}${messageId ? ` ${messageId}` : ''}`);
    if (reason) lines.push(`    the mail server said: ${reason}`);
  }
  lines.push(...(invoice.findings ?? []).map((finding) => `  ${lineOfFinding(finding)}`));
  lines.push('', 'History:');
  for (const { sequence, happenedAt, status, detail, by, reason } of invoice.history ?? []) {
    const more = [detail, reason, by && `by ${by}`].filter(Boolean).join(', ');
    lines.push(`  ${String(sequence).padStart(2)}  ${happenedAt}  ${status}${more ? `  (${more})` : ''}`);
  }
  lines.push(...noticeLines(invoice, lang));
  if (invoice.correlationId) lines.push('', `Correlation id ${invoice.correlationId}`);
  return lines;
}

/**
 * Runs `status`.
 * @param args the command's words
 * @returns the exit code
 */
export async function status(args: string[]): Promise<number> {
  const { values, words, access, json } = readCommand(args, { lang: { type: 'string' } });
  const [number] = words;
  const lang = langOf((values as { lang?: string }).lang);
  if (!number || !/^\d+$/.test(number)) throw new CliError('Name the invoice by its number: status 41.');
  const invoice = await insist<Invoice>(access, { path: `/dbmanager/api/invoices/${number}` });
  process.stdout.write(json ? `${JSON.stringify(invoice, null, 2)}\n` : `${linesOf(invoice, lang).join('\n')}\n`);
  return 0;
}
