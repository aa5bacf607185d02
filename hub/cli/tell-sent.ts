// hub: what `send` says at the end: of each file what it is and where it stands, then how many of each. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { linesOfFinding, type ShownFinding } from './finding-line.ts';
import { nextStep } from './next-step.ts';
import { asksSomebody, needsSomebody, waitsForSdi, type Sent, type SentStatus } from './sent-file.ts';
import { documentLine } from './tell-invoice.ts';

const labels = {
  it: {
    invoice: 'Fattura',
    more: (count: number) => `e altre ${count}`,
    todo: 'Che cosa fare',
    files: (count: number) => (count === 1 ? '1 file, di cui:' : `${count} file, di cui:`),
    waits: 'SdI non ha ancora risposto a tutte: di solito lo fa in minuti o ore, al più in 5 giorni.',
    status: (number: number) => `npm run staffetta -- status ${number} racconta tutto di una fattura.`,
  },
  en: {
    invoice: 'Invoice',
    more: (count: number) => `and ${count} more`,
    todo: 'What to do',
    files: (count: number) => (count === 1 ? '1 file, of which:' : `${count} files, of which:`),
    waits: 'SdI has not answered to all yet: mostly it does within minutes or hours, at the latest within 5 days.',
    status: (number: number) => `npm run staffetta -- status ${number} tells all about an invoice.`,
  },
} as const;

/** How each is counted at the end. */
const sums: Readonly<Record<SentStatus, Sentence>> = {
  NOT_POSTED: { it: 'non partiti da qui', en: 'did not leave this machine' },
  REFUSED: { it: 'non presi in carico', en: 'not taken in' },
  ACCEPTED: { it: 'presi in carico, non ancora controllati', en: 'taken in, not checked yet' },
  INTERNAL_INVOICE_NEW: { it: 'presi in carico, non ancora controllati', en: 'taken in, not checked yet' },
  INTERNAL_INVOICE_INVALID: { it: 'con errori: non inviati a SdI', en: 'with errors: not sent to SdI' },
  INTERNAL_INVOICE_TOBE_SENT: { it: 'controllati, in attesa di partire', en: 'checked, waiting to go out' },
  INTERNAL_INVOICE_NOT_SENT: { it: 'non inviati: SdI non li ha visti', en: 'not sent: SdI has not seen them' },
  INTERNAL_INVOICE_SENT: { it: 'inviati a SdI', en: 'sent to SdI' },
  INTERNAL_INVOICE_DELIVERED: { it: 'consegnati al destinatario', en: 'delivered to the customer' },
  INTERNAL_INVOICE_NOT_DELIVERED: {
    it: 'accettati da SdI e emessi, non recapitati',
    en: 'taken by SdI and issued, not delivered',
  },
  INTERNAL_INVOICE_DISCARDED: { it: 'scartati da SdI: non emessi', en: 'refused by SdI: not issued' },
  INVOICE_ERROR: { it: 'fermi per un errore interno', en: 'stopped by an internal error' },
  EXTERNAL_INVOICE: { it: 'registrati come ricevuti dal fornitore', en: 'kept as received from the supplier' },
};

/** What is said of a file for which there is no invoice (yet). */
const without: Readonly<Partial<Record<SentStatus, Sentence>>> = {
  NOT_POSTED: { it: 'Non è partito da qui.', en: 'It did not leave this machine.' },
  REFUSED: { it: 'Non è stato preso in carico.', en: 'It was not taken in.' },
  ACCEPTED: { it: 'Preso in carico: viene controllato.', en: 'Taken in: it is being checked.' },
};

const documentsMax = 3;
const findingsMax = 10;

/** Before there is an invoice its place is none of the contract's. */
function isInvoiceStatus(status: SentStatus): status is Exclude<SentStatus, 'NOT_POSTED' | 'REFUSED' | 'ACCEPTED'> {
  return status.includes('INVOICE');
}

function invoiceLine({ invoiceNumber, documents = [] }: Sent, lang: Lang): string[] {
  if (invoiceNumber === undefined) return [];
  const words = labels[lang];
  const named = documents.slice(0, documentsMax).map((document) => documentLine(document, lang));
  const rest = documents.length - named.length;
  const what = [...named, ...(rest > 0 ? [words.more(rest)] : [])].join('; ');
  return [`${words.invoice} ${invoiceNumber}${what === '' ? '' : `: ${what}`}`];
}

function standing({ words, status }: Sent, lang: Lang): string {
  return (words ?? without[status] ?? { it: status, en: status })[lang];
}

function reasons(sent: Sent, lang: Lang): string[] {
  const { told, why, words, findings = [] } = sent;
  if (!needsSomebody(sent)) return [];
  // Where somebody has to decide, what SdI's own codes warn of is what it is about.
  const matters = ({ severity, code }: ShownFinding): boolean =>
    severity === 'error' || (asksSomebody(sent) && /^\d+$/.test(code));
  const errors = findings.filter(matters);
  if (errors.length > 0) {
    const shown = errors.slice(0, findingsMax).flatMap((finding) => linesOfFinding(finding, lang));
    return errors.length > findingsMax ? [...shown, `… ${labels[lang].more(errors.length - findingsMax)}`] : shown;
  }
  if (told) return [told[lang]];
  // Where the hub says in words how an invoice stands, the rest is for programs.
  return why === undefined || words ? [] : [why];
}

/** What somebody has to do; of what is done or on its way nothing is said. */
function todo(sent: Sent, lang: Lang): string[] {
  const { status, invoiceNumber, detail } = sent;
  const matters = needsSomebody(sent) || status === 'INTERNAL_INVOICE_NOT_DELIVERED';
  if (!matters || invoiceNumber === undefined || !isInvoiceStatus(status)) return [];
  const situation = { invoiceNumber, invoiceStatus: status, ...(detail !== undefined && { detail }) };
  return [`${labels[lang].todo}: ${nextStep(situation)[lang]}`];
}

function fileLines(sent: Sent, lang: Lang): string[] {
  const story = [...invoiceLine(sent, lang), standing(sent, lang), ...reasons(sent, lang), ...todo(sent, lang)];
  return [plainText(sent.file), ...story.map((line) => `  ${plainText(line)}`)];
}

const doubts: Sentence = { it: 'in dubbio: occorre una decisione', en: 'in doubt: a decision is needed' };

function sumLines(all: readonly Sent[], lang: Lang): string[] {
  const counts = new Map<string, number>();
  for (const sent of all) {
    const words = (asksSomebody(sent) ? doubts : sums[sent.status])[lang];
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const width = String(all.length).length + 2;
  return [...counts].map(([words, count]) => `${String(count).padStart(width)}  ${words}`);
}

/**
 * Tells what became of files.
 * @param all each file
 * @param lang in which language
 * @returns lines for a terminal, harmless whatever the documents say
 */
export function sentLines(all: readonly Sent[], lang: Lang): string[] {
  const words = labels[lang];
  const example = all.find(({ invoiceNumber }) => invoiceNumber !== undefined)?.invoiceNumber;
  return [
    ...all.flatMap((sent) => [...fileLines(sent, lang), '']),
    words.files(all.length),
    ...sumLines(all, lang),
    ...(all.some(waitsForSdi) ? [words.waits] : []),
    ...(example === undefined ? [] : [words.status(example)]),
  ];
}
