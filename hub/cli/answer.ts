// hub: `answer`: a public body accepts or refuses an invoice that SdI brought.
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import { CliError } from './cli-error.ts';
import { insist } from './gateway-client.ts';
import { langOf, readCommand } from './options.ts';

/** What the hub says of an answer that it took. */
interface Taken {
  readonly fileName: string;
}

interface Wishes {
  readonly reason?: string;
  readonly document?: string;
  readonly lang?: string;
}

const words = { accept: 'EC01', refuse: 'EC02' } as const;

const said = {
  it: {
    accept: 'La fattura {n} è accettata: la risposta parte per SdI nel file {file}.',
    refuse: 'La fattura {n} è rifiutata: la risposta parte per SdI nel file {file}.',
    next: 'Che cosa ne è stato: status {n}',
  },
  en: {
    accept: 'Invoice {n} is accepted: the answer goes to SdI in the file {file}.',
    refuse: 'Invoice {n} is refused: the answer goes to SdI in the file {file}.',
    next: 'What became of it: status {n}',
  },
} as const;

function isAnswer(word: string | undefined): word is keyof typeof words {
  return word !== undefined && Object.hasOwn(words, word);
}

/** A number may hold slashes itself: the year, and the place after it, are what stands at the end. */
function readDocument(text: string) {
  const [, numero, anno, posizione] = /^(.{1,20})@(\d{4})(?:#(\d{1,6}))?$/.exec(text) ?? [];
  if (numero === undefined) {
    throw new CliError(
      'Name the invoice of the lot by number and year: --document 12/A@2026, or 12/A@2026#3 for the third.',
    );
  }
  return { numero, anno: Number(anno), ...(posizione !== undefined && { posizione: Number(posizione) }) };
}

function bodyOf(answer: keyof typeof words, { reason, document }: Wishes) {
  if (answer === 'refuse' && (reason ?? '').trim() === '') {
    throw new CliError('A refusal says why: answer 41 refuse --reason "…". The supplier reads it.');
  }
  const documento = document === undefined ? undefined : readDocument(document);
  return { esito: words[answer], ...(reason && { descrizione: reason }), ...(documento && { documento }) };
}

/**
 * Runs `answer`.
 * @param args the command's words
 * @returns the exit code
 * @throws CliError for words that are none, and with the hub's own sentence where it takes no answer
 */
export async function answer(args: string[]): Promise<number> {
  const options = { reason: { type: 'string' }, document: { type: 'string' }, lang: { type: 'string' } } as const;
  const { values, words: named, access, json } = readCommand(args, options);
  const wishes = values as Wishes;
  const lang = langOf(wishes.lang);
  const [number, verb, ...more] = named;
  if (!number || !/^\d+$/.test(number) || !isAnswer(verb) || more.length > 0) {
    throw new CliError('Say which invoice, and what: answer 41 accept, or answer 41 refuse --reason "…".');
  }
  const taken = await insist<Taken>(access, {
    method: 'POST',
    path: `/dbmanager/api/invoices/${number}/esito`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(verb, wishes)),
  });
  const fill = (text: string): string => text.replace('{n}', number).replace('{file}', plainText(taken.fileName));
  const text = [said[lang][verb], said[lang].next].map(fill).join('\n');
  process.stdout.write(json ? `${JSON.stringify(taken, null, 2)}\n` : `${text}\n`);
  return 0;
}
