// hub: `status`: an invoice's history, step by step.
import { CliError } from './cli-error.ts';
import { lineOfFinding, type ShownFinding } from './finding-line.ts';
import { insist } from './gateway-client.ts';
import { readCommand } from './options.ts';

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
  readonly transmissions?: readonly {
    fileName: string;
    state: string;
    messageId?: string;
    sentAt?: string;
    reason?: string;
  }[];
}

function linesOf(invoice: Invoice): string[] {
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
  if (invoice.correlationId) lines.push('', `Correlation id ${invoice.correlationId}`);
  return lines;
}

/**
 * Runs `status`.
 * @param args the command's words
 * @returns the exit code
 */
export async function status(args: string[]): Promise<number> {
  const { words, access, json } = readCommand(args, {});
  const [number] = words;
  if (!number || !/^\d+$/.test(number)) throw new CliError('Name the invoice by its number: status 41.');
  const invoice = await insist<Invoice>(access, { path: `/dbmanager/api/invoices/${number}` });
  process.stdout.write(json ? `${JSON.stringify(invoice, null, 2)}\n` : `${linesOf(invoice).join('\n')}\n`);
  return 0;
}
