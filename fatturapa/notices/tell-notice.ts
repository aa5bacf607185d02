// fatturapa: tells a notice in words: what happened, the facts, what it means in law, what to do next.
import { fillSentence } from '../fill-sentence.ts';
import type { Sentence } from '../finding.ts';
import { plainText } from '../show/plain-text.ts';
import { caseOf, caseWords } from './notice-words.ts';
import type { InvoiceReference, Notice, NoticeError, NoticeTime } from './notice.ts';

/** The languages of the hub. */
export type NoticeLang = keyof Sentence;

function fileNameOf(notice: Notice): string | undefined {
  return 'fileName' in notice ? notice.fileName : undefined;
}

function invoiceOf(notice: Notice): InvoiceReference | undefined {
  return 'invoice' in notice ? notice.invoice : undefined;
}

function whatOf(notice: Notice): Sentence {
  const file = fileNameOf(notice);
  const invoice = invoiceOf(notice);
  if (invoice) {
    const { number, year, position } = invoice;
    const place: Sentence =
      position === undefined
        ? { it: '', en: '' }
        : { it: `, posizione ${position} nel lotto`, en: `, number ${position} of the lot` };
    const of: Sentence = file === undefined ? { it: '', en: '' } : { it: ` (file ${file})`, en: ` (file ${file})` };
    return {
      it: `la fattura n. ${number} del ${year}${place.it}${of.it}`,
      en: `the invoice no. ${number} of ${year}${place.en}${of.en}`,
    };
  }
  if (file !== undefined) return { it: `il file ${file}`, en: `the file ${file}` };
  return {
    it: `tutte le fatture del file con identificativo SdI ${notice.sdiId}`,
    en: `all invoices of the file with SdI id ${notice.sdiId}`,
  };
}

/** A fact in a few words, `{value}` in its place; without a value it is left out. */
type Fact = readonly [words: Sentence, value: string | Date | undefined];

/** The instant where there is one, else the text as written. */
function timeOf(time: NoticeTime | undefined): string | Date | undefined {
  return time?.instant === undefined ? time?.text : new Date(time.instant);
}

function dayIn(lang: NoticeLang, day: string | undefined): string | undefined {
  return lang === 'it' ? day?.replace(/^(\d{4})-(\d\d)-(\d\d).*$/, '$3/$2/$1') : day;
}

function recipientOf(notice: Notice): string | undefined {
  const recipient = 'recipient' in notice ? notice.recipient : undefined;
  const parts = [recipient?.description, recipient?.code].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}

function factsOf(notice: Notice, lang: NoticeLang): Fact[] {
  const received = 'receivedAt' in notice ? timeOf(notice.receivedAt) : undefined;
  const delivered = 'deliveredAt' in notice ? timeOf(notice.deliveredAt) : undefined;
  const available = 'availableSince' in notice ? dayIn(lang, notice.availableSince) : undefined;
  const archive = 'archive' in notice ? notice.archive?.fileName : undefined;
  return [
    [{ it: 'identificativo SdI {value}', en: 'SdI id {value}' }, notice.sdiId],
    [{ it: 'ricevuto da SdI il {value}', en: 'received by SdI on {value}' }, received],
    [{ it: 'consegnato il {value}', en: 'delivered on {value}' }, delivered],
    [{ it: 'destinatario: {value}', en: 'recipient: {value}' }, recipientOf(notice)],
    [{ it: 'a disposizione del cliente dal {value}', en: 'available to the customer since {value}' }, available],
    [{ it: "nell'archivio {value}", en: 'in the archive {value}' }, archive],
    [{ it: 'formato {value}', en: 'format {value}' }, 'format' in notice ? notice.format : undefined],
  ];
}

function factLine(notice: Notice, lang: NoticeLang): string {
  const shown = factsOf(notice, lang).flatMap(([words, value]) =>
    value === undefined ? [] : [fillSentence(words, { value })[lang]],
  );
  const line = shown.join('; ');
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}.`;
}

const errorWords = {
  it: { error: 'Errore', unknown: 'Codice che non conosciamo.', fix: 'Rimedio', suggests: 'SdI suggerisce' },
  en: { error: 'Error', unknown: 'A code that we do not know.', fix: 'To do', suggests: 'SdI suggests' },
} as const;

function errorLines({ code, description, suggestion, says, fix }: NoticeError, lang: NoticeLang): string[] {
  const words = errorWords[lang];
  const meaning = says ? says[lang] : words.unknown;
  // What SdI says in the very words of ours is said once.
  const isSaid = meaning === description;
  const isSuggested = suggestion === undefined || suggestion === fix?.[lang];
  return [
    `${words.error} ${code || '?'}: ${description || '-'}`,
    ...(isSaid ? [] : [`  ${meaning}`]),
    ...(fix ? [`  ${words.fix}: ${fix[lang]}`] : []),
    ...(isSuggested ? [] : [`  ${words.suggests}: ${suggestion}`]),
  ];
}

function remarks(notice: Notice, lang: NoticeLang): string[] {
  const description = 'description' in notice ? notice.description : undefined;
  const isAnswer = notice.kind === 'NE' || notice.kind === 'EC';
  const labels = { it: isAnswer ? 'Motivo' : 'SdI scrive', en: isAnswer ? 'Reason' : 'SdI writes' };
  const noteLabel = { it: 'Note', en: 'Remarks' };
  const both: Sentence = {
    it: 'Un solo soggetto agisce per entrambe le parti: SdI non consegna il file una seconda volta.',
    en: 'One party acts for both sides: SdI does not hand the file over a second time.',
  };
  return [
    ...(description === undefined ? [] : [`${labels[lang]}: ${description}`]),
    ...(notice.note === undefined ? [] : [`${noteLabel[lang]}: ${notice.note}`]),
    ...(notice.bothSides ? [both[lang]] : []),
  ];
}

/**
 * Tells a notice.
 * @param notice what was read
 * @param lang in which language
 * @returns lines without line ends, harmless for any page or terminal: what happened, the facts, the reasons (NS) with our
 *   explanation and remedy, what it means in law, what to do next, what SdI wrote besides
 */
export function tellNotice(notice: Notice, lang: NoticeLang): string[] {
  const { happened, means, next } = caseWords[caseOf(notice)];
  const errors = notice.kind === 'NS' ? notice.errors.flatMap((error) => errorLines(error, lang)) : [];
  const lines = [
    fillSentence(happened, { what: whatOf(notice)[lang] })[lang],
    factLine(notice, lang),
    means[lang],
    ...errors,
    next[lang],
    ...remarks(notice, lang),
  ];
  return lines.map(plainText);
}
