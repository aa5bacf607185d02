// hub: `status`: an invoice's story, from the door to SdI's last word.
import { CliError } from './cli-error.ts';
import { insist } from './gateway-client.ts';
import { langOf, readCommand } from './options.ts';
import { invoiceLines } from './tell-invoice.ts';
import type { ToldInvoice } from './told-invoice.ts';

const usage = {
  it: 'Indicare la fattura con il suo numero, per esempio: status 41.',
  en: 'Name the invoice by its number: status 41.',
} as const;

/**
 * Runs `status`.
 * @param args the command's words
 * @returns the exit code
 */
export async function status(args: string[]): Promise<number> {
  const { values, words, access, json } = readCommand(args, { lang: { type: 'string' } });
  const [number] = words;
  const lang = langOf((values as { lang?: string }).lang);
  if (!number || !/^\d+$/.test(number)) throw new CliError(usage, lang);
  const invoice = await insist<ToldInvoice>(access, { path: `/dbmanager/api/invoices/${number}` });
  const text = json ? JSON.stringify(invoice, null, 2) : invoiceLines(invoice, lang).join('\n');
  process.stdout.write(`${text}\n`);
  return 0;
}
