// hub: `decide`: says what was found on SdI's portal of an invoice of which its notices leave open whether a copy was taken.
import { CliError } from './cli-error.ts';
import { insist } from './gateway-client.ts';
import { nextStep } from './next-step.ts';
import { langOf, readCommand } from './options.ts';
import type { ToldInvoice } from './told-invoice.ts';

const found: Readonly<Record<string, boolean>> = { taken: true, 'not-taken': false };

const said = {
  it: { taken: 'SdI ne ha una copia', notTaken: 'SdI non ne ha alcuna copia', todo: 'Che cosa fare' },
  en: { taken: 'SdI has a copy', notTaken: 'SdI has no copy', todo: 'What to do' },
} as const;

const usage = {
  it: 'Indicare quale fattura, e se SdI ne ha accettato una copia, come dice il suo portale: decide 41 taken, oppure decide 41 not-taken.',
  en: 'Say which invoice, and whether SdI took a copy of it: decide 41 taken, or decide 41 not-taken. Its portal shows it.',
} as const;

/**
 * Runs `decide`.
 * @param args the command's words: the number, `taken` or `not-taken`, `--file` for one file of an archive, `--reason`
 * @returns the exit code
 * @throws CliError for words that make no sense, and with the hub's own sentence where nothing is to be decided
 */
export async function decide(args: string[]): Promise<number> {
  const options = { file: { type: 'string' }, reason: { type: 'string' }, lang: { type: 'string' } } as const;
  const { values, words, access, json } = readCommand(args, options);
  const { file, reason, lang: wish } = values as { file?: string; reason?: string; lang?: string };
  const lang = langOf(wish);
  const [number = '', verdict = '', ...more] = words;
  if (!/^\d+$/.test(number) || !Object.hasOwn(found, verdict) || more.length > 0) {
    throw new CliError(usage, lang);
  }
  const firstCopyTaken = found[verdict] === true;
  const body = { firstCopyTaken, ...(file !== undefined && { file }), ...(reason !== undefined && { reason }) };
  const invoice = await insist<ToldInvoice>(access, {
    method: 'POST',
    path: `/dbmanager/api/invoices/${number}/decisione`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { taken, notTaken, todo } = said[lang];
  const text = `${number}: ${firstCopyTaken ? taken : notTaken}.\n${todo}: ${nextStep(invoice)[lang]}`;
  process.stdout.write(`${json ? JSON.stringify(invoice, null, 2) : text}\n`);
  return 0;
}
