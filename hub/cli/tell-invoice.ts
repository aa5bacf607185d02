// hub: an invoice's story in words for a bookkeeper: what it is, where it stands, what to do, what happened. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { writeAmount, writeDate, writeMoment } from '@staffetta/fatturapa/show/figures.ts';
import { meaningOf } from '@staffetta/fatturapa/show/meanings.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { linesOfFinding } from './finding-line.ts';
import { nextStep } from './next-step.ts';
import { clockLines, receiptLines } from './status-clocks.ts';
import type {
  ListedInvoice,
  ToldAnswer,
  ToldDocument,
  ToldInvoice,
  ToldNotice,
  ToldParty,
  ToldStep,
  ToldTransmission,
} from './told-invoice.ts';

const labels = {
  it: {
    invoice: 'Fattura',
    of: 'del',
    unnumbered: 'senza numero leggibile',
    inFile: 'nel file',
    todo: 'Che cosa fare',
    findings: 'Che cosa è stato rilevato',
    answers: 'Che cosa è stato risposto',
    trail: 'Che cosa è successo',
    files: 'I file inviati a SdI',
    notices: 'Che cosa ha detto SdI',
    customer: 'Cliente di Staffetta',
    brought: 'Portata da SdI',
    sdiId: 'identificativo SdI',
    accepted: 'Accettata',
    refused: 'Rifiutata',
    place: 'fattura del lotto n.',
    by: 'da',
    mailSaid: 'Del messaggio si dice',
    counts: 'è quello che conta',
    support: 'Per chi assiste: correlation id',
  },
  en: {
    invoice: 'Invoice',
    of: 'of',
    unnumbered: 'without a number that can be read',
    inFile: 'in the file',
    todo: 'What to do',
    findings: 'What was found',
    answers: 'What was answered',
    trail: 'What happened',
    files: 'The files sent to SdI',
    notices: 'What SdI said',
    customer: "Staffetta's customer",
    brought: 'Brought by SdI',
    sdiId: 'SdI id',
    accepted: 'Accepted',
    refused: 'Refused',
    place: 'invoice of the lot no.',
    by: 'by',
    mailSaid: 'Said of the mail',
    counts: 'the one that counts',
    support: 'For support: correlation id',
  },
} as const;

/** How far a file came, by the state of its transmission. */
const fileStates: Readonly<Record<string, { readonly it: string; readonly en: string }>> = {
  TOBE_SENT: { it: 'in attesa di partire', en: 'waits to go out' },
  SENT: { it: 'inviato', en: 'sent' },
  NOT_SENT: { it: 'non inviato', en: 'not sent' },
  DELIVERED: { it: 'consegnato', en: 'delivered' },
  DISCARDED: { it: 'scartato da SdI', en: 'refused by SdI' },
  NOT_DELIVERED: { it: 'accettato da SdI, recapito non riuscito', en: 'taken by SdI, not delivered' },
  ERROR: { it: 'fermo per un errore interno', en: 'stopped by an internal error' },
};

/** Where what was said of the mail still matters; what SdI said afterwards stands with its notices. */
const stuck = new Set(['TOBE_SENT', 'NOT_SENT', 'ERROR']);

/** What the advice says of ways by REST is told here as commands, in what to do. */
const toldAsNextStep = new Set(['SEND_AGAIN', 'DECISION_NEEDED']);

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function partyName({ nome, id }: ToldParty = {}): string {
  const name = nome ?? id ?? '?';
  return plainText(nome !== undefined && id !== undefined ? `${name} (${id})` : name);
}

/**
 * Names a document: kind, number, day, total; lists leave out kind and currency.
 * @param document as the hub tells it
 * @param lang in which language
 */
export function documentLine({ numero, data, totale, divisa, tipo, file }: ToldDocument, lang: Lang): string {
  const { of, unnumbered, inFile } = labels[lang];
  const kind = tipo === undefined ? undefined : meaningOf('documentType', tipo, lang);
  const number = numero === undefined ? unnumbered : `n. ${numero}`;
  const named = [kind, number, data === undefined ? undefined : `${of} ${writeDate(data, lang)}`];
  const amount = totale === undefined ? undefined : writeAmount(totale, lang);
  const total = amount !== undefined && divisa !== undefined ? `${amount} ${divisa}` : amount;
  const whole = named.filter((part) => part !== undefined).join(' ');
  const parts = [whole, total, file === undefined ? undefined : `${inFile} ${file}`];
  return plainText(parts.filter((part) => part !== undefined).join(', '));
}

function documentLines(document: ToldDocument, isAlone: boolean, lang: Lang): string[] {
  const { fornitore, cliente } = document;
  // Of one document alone the invoice says the same.
  const words = isAlone ? undefined : document.words;
  const parties = fornitore || cliente ? [`  ${partyName(fornitore)} → ${partyName(cliente)}`] : [];
  return [documentLine(document, lang), ...parties, ...(words ? [`  ${plainText(words[lang])}`] : [])];
}

/**
 * Says in whole sentences where an invoice stands.
 * @param invoice as the hub tells it; an older hub knows the contract's status alone
 * @param lang in which language
 */
export function standingLine({ words, invoiceStatus }: Pick<ListedInvoice, 'words' | 'invoiceStatus'>, lang: Lang) {
  return plainText(words?.[lang] ?? invoiceStatus);
}

function headLines(invoice: ToldInvoice, lang: Lang): string[] {
  const { invoiceNumber, invoiceStatus, detail, customer, received, documents = [] } = invoice;
  const words = labels[lang];
  const who = `${customer.customerId}${customer.username === undefined ? '' : ` (${customer.username})`}`;
  const brought = received && `${words.brought}: ${words.sdiId} ${received.sdiId}, file ${received.fileName}`;
  const codes = detail === undefined ? invoiceStatus : `${invoiceStatus}, ${detail}`;
  return [
    `${words.invoice} ${invoiceNumber}`,
    ...documents
      .flatMap((document) => documentLines(document, documents.length === 1, lang))
      .map((line) => `  ${line}`),
    plainText(`  ${words.customer}: ${who}`),
    ...(brought === undefined ? [] : [`  ${plainText(brought)}`]),
    '',
    `${standingLine(invoice, lang)} [${plainText(codes)}]`,
    `${words.todo}: ${nextStep(invoice)[lang]}`,
  ];
}

function findingLines({ findings = [], notices = [] }: ToldInvoice, lang: Lang): string[] {
  // The errors of a discard stand, with SdI's own words, in its notice.
  const isToldBySdi = notices.some(({ kind }) => kind === 'NS');
  const told = findings.filter(({ severity }) => severity !== 'error' || !isToldBySdi);
  return told.flatMap((finding) => {
    const lines = linesOfFinding(finding, lang);
    return toldAsNextStep.has(finding.code) ? lines.slice(0, 1) : lines;
  });
}

/** Details of so many characters stand in brackets behind the step; longer ones under it. */
const asideMax = 80;

/** That the mail server took the mail is what the step says; its own words matter where it did not. */
function isTaken(detail: Sentence): boolean {
  return /^250[ -]/.test(detail.en);
}

function stepLines({ at, event, details }: ToldStep, lang: Lang): string[] {
  const told = details.filter((detail) => !isTaken(detail)).map((detail) => detail[lang]);
  const line = plainText(`${writeMoment(at.slice(0, 19), lang)}  ${event[lang]}`);
  const together = told.join(', ');
  if (together.length > asideMax) return [line, ...told.map((detail) => `    ${plainText(detail)}`)];
  return [together === '' ? line : `${line} (${plainText(together)})`];
}

function answerLine({ esito, descrizione, posizione, createdAt, createdBy }: ToldAnswer, lang: Lang): string {
  const words = labels[lang];
  const said = esito === 'EC01' ? words.accepted : words.refused;
  const place = posizione === undefined ? '' : ` (${words.place} ${posizione})`;
  const why = descrizione === undefined ? '' : `: ${descrizione}`;
  return plainText(`${writeMoment(createdAt.slice(0, 19), lang)}  ${said} ${words.by} ${createdBy}${place}${why}`);
}

function transmissionLines(transmission: ToldTransmission, isAlone: boolean, lang: Lang): string[] {
  const { fileName, state, current, sentAt, sdiId, messageId, reason, receipts = [] } = transmission;
  const words = labels[lang];
  const told = fileStates[state]?.[lang] ?? state;
  const when = sentAt ? ` (${writeMoment(sentAt.slice(0, 19), lang)})` : '';
  const ids = [sdiId ? `${words.sdiId} ${sdiId}` : '', messageId ? `Message-ID ${messageId}` : ''].filter(Boolean);
  return [
    plainText(`${fileName}: ${told}${when}${isAlone || current !== true ? '' : `, ${words.counts}`}`),
    ...(ids.length > 0 ? [plainText(`  ${ids.join(', ')}`)] : []),
    ...(reason && stuck.has(state) && receipts.length === 0 ? [plainText(`  ${words.mailSaid}: ${reason}`)] : []),
    ...receiptLines(receipts, lang).map((line) => line.slice(2)),
  ];
}

function noticeLines({ kind, receivedAt, words }: ToldNotice, lang: Lang): string[] {
  const [first = '', ...rest] = words[lang].map(plainText);
  const when = writeMoment(receivedAt.slice(0, 19), lang);
  return [`${plainText(`${when}  ${kind}`)}  ${first}`, ...rest.map((line) => `    ${line}`)];
}

/**
 * Tells an invoice's whole story.
 * @param invoice as `GET /invoices/{n}` answers it; what an older hub leaves out is not told
 * @param lang in which language; times are Rome's
 * @returns lines for a terminal: the contract's status stands once, in brackets; all else is in words
 */
export function invoiceLines(invoice: ToldInvoice, lang: Lang): string[] {
  const { trail = [], transmissions = [], notices = [], answers = [], correlationId } = invoice;
  const words = labels[lang];
  return [
    ...headLines(invoice, lang),
    ...section(words.findings, findingLines(invoice, lang)),
    ...clockLines(invoice, lang),
    ...section(
      words.answers,
      answers.map((answer) => answerLine(answer, lang)),
    ),
    ...section(
      words.trail,
      trail.flatMap((step) => stepLines(step, lang)),
    ),
    ...section(
      words.files,
      transmissions.flatMap((one) => transmissionLines(one, transmissions.length === 1, lang)),
    ),
    ...section(
      words.notices,
      // The answer of a public body (EC) is ours: it stands among what was answered.
      notices.filter(({ kind }) => kind !== 'EC').flatMap((notice) => noticeLines(notice, lang)),
    ),
    ...(correlationId === undefined ? [] : ['', `${words.support} ${plainText(correlationId)}`]),
  ];
}
