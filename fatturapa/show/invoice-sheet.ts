// fatturapa: lays an invoice out as sheets, one per body: everything that a bookkeeper looks for, in one order for every drawing.
import { attachmentsOf } from './attachments.ts';
import { cutTexts } from './cut-texts.ts';
import { linesOf, simplifiedLinesOf } from './goods.ts';
import type { LooseBody, LooseOrdinary, LooseSimplified, LooseSimplifiedBody, ShownDocument } from './loose.ts';
import { issuerFacts, nameOf, partiesOf, simplifiedPartiesOf } from './parties.ts';
import { paymentsOf } from './payments.ts';
import { referencesOf } from './references.ts';
import type { Fact, FactsSection, Lang, NotesSection, Section, Sheet } from './sheet.ts';
import { documentDiscountsOf, fundsOf, summaryOf, withholdingOf } from './sums.ts';
import { simplifiedTotalsOf, totalsOf } from './totals.ts';
import { signaturesOf, stepsOf, transmissionOf, type Trail } from './trail.ts';
import { transportsOf } from './transports.ts';
import { factsOf, joined, listOf, voiceOf, type Voice } from './voice.ts';

/** In which language, and what is known beyond the document. */
export interface SheetOptions {
  readonly lang: Lang;
  readonly trail?: Trail;
  /** The one body to show, from 1; all where it is absent. */
  readonly body?: number;
  /** How many bodies are laid out at most; the last sheet says that there are more. 500 by default. */
  readonly bodiesMax?: number;
  /** How much of one text is shown, in UTF-16 units; right documents have 1,000 at most in an element. 4,000 by default. */
  readonly textMax?: number;
  /** Attachments of the file's documents before this one; their numbers go on from there. */
  readonly attachmentsBefore?: number;
}

const bodiesMaxByDefault = 500;
const textMaxByDefault = 4000;

/** What the sheet's head needs of DatiGeneraliDocumento, alike in both formats. */
interface HeadData {
  readonly TipoDocumento?: string | undefined;
  readonly Divisa?: string | undefined;
  readonly Data?: string | undefined;
  readonly Numero?: string | undefined;
}

/** The parts of a sheet that the two formats lay out each in its own way. */
interface Parts {
  readonly head: HeadData;
  readonly supplier: string;
  readonly total: Fact | undefined;
  readonly sections: readonly Section[];
}

function documentFacts(voice: Voice, head: HeadData, more: readonly Fact[]): FactsSection[] {
  const facts = factsOf(voice, [
    ['type', voice.code('documentType', head.TipoDocumento)],
    ['documentNumber', voice.text(head.Numero)],
    ['documentDate', voice.date(head.Data)],
    ['currency', voice.text(head.Divisa)],
  ]);
  return [{ kind: 'facts', id: 'documentData', title: voice.say('documentData'), facts: [...facts, ...more] }];
}

function causeOf(voice: Voice, cause: readonly string[] | undefined): NotesSection[] {
  const notes = listOf(cause).map((text) => voice.text(text));
  return notes.length === 0 ? [] : [{ kind: 'notes', id: 'cause', title: voice.say('cause'), notes }];
}

function ordinaryParts(voice: Voice, document: LooseOrdinary, body: LooseBody): Parts {
  const header = document.FatturaElettronicaHeader;
  const head = body.DatiGenerali?.DatiGeneraliDocumento ?? {};
  const { section: totals, total } = totalsOf(voice, body);
  const more = [
    ...issuerFacts(voice, header?.SoggettoEmittente),
    ...factsOf(voice, [
      ['art73', head.Art73 === 'SI' ? voice.say('art73Yes') : voice.text(head.Art73)],
      ['virtualStamp', head.DatiBollo ? voice.say('yes') : ''],
    ]),
  ];
  const sections = [
    partiesOf(voice, header),
    ...documentFacts(voice, head, more),
    ...causeOf(voice, head.Causale),
    ...referencesOf(voice, body),
    ...linesOf(voice, body),
    ...fundsOf(voice, head),
    ...documentDiscountsOf(voice, head),
    ...summaryOf(voice, body),
    ...withholdingOf(voice, head),
    ...totals,
    ...paymentsOf(voice, body),
    ...transportsOf(voice, body),
  ];
  return { head, supplier: nameOf(voice, header?.CedentePrestatore?.DatiAnagrafici?.Anagrafica), total, sections };
}

function simplifiedParts(voice: Voice, document: LooseSimplified, body: LooseSimplifiedBody): Parts {
  const header = document.FatturaElettronicaHeader;
  const head = body.DatiGenerali?.DatiGeneraliDocumento ?? {};
  const corrected = body.DatiGenerali?.DatiFatturaRettificata;
  const { section: totals, total } = simplifiedTotalsOf(voice, body);
  const more = [
    ...issuerFacts(voice, header?.SoggettoEmittente),
    ...factsOf(voice, [
      ['virtualStamp', head.BolloVirtuale === undefined ? '' : voice.say('yes')],
      ['corrected', joined([voice.text(corrected?.NumeroFR), voice.date(corrected?.DataFR)], ', ')],
      ['correctedParts', voice.text(corrected?.ElementiRettificati)],
    ]),
  ];
  const sections = [
    simplifiedPartiesOf(voice, header),
    ...documentFacts(voice, head, more),
    ...simplifiedLinesOf(voice, body),
    ...totals,
  ];
  return { head, supplier: nameOf(voice, header?.CedentePrestatore), total, sections };
}

function partsOf(voice: Voice, shown: ShownDocument, at: number): Parts {
  if (shown.kind === 'simplified') {
    return simplifiedParts(voice, shown.document, listOf(shown.document.FatturaElettronicaBody)[at] ?? {});
  }
  return ordinaryParts(voice, shown.document, listOf(shown.document.FatturaElettronicaBody)[at] ?? {});
}

const dayForm = /^\d{4}-\d{2}-\d{2}/;

function isoDateOf(text: string | undefined): string | undefined {
  const day = dayForm.exec(text?.trim() ?? '')?.[0];
  return day !== undefined && !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) ? day : undefined;
}

function referenceOf(voice: Voice, head: HeadData): string {
  const number = voice.text(head.Numero);
  const date = voice.date(head.Data);
  return joined([number && `${voice.say('number')} ${number}`, date && `${voice.say('dated')} ${date}`]);
}

interface Place {
  readonly at: number;
  readonly count: number;
  /** Attachments of the bodies before. */
  readonly attachmentsBefore: number;
  /** That there are bodies that are not shown. */
  readonly more: boolean;
}

function sheetOf(voice: Voice, shown: ShownDocument, place: Place, trail: Trail): Sheet {
  const { head, supplier, total, sections } = partsOf(voice, shown, place.at);
  const { document } = shown;
  const body = listOf<LooseBody | LooseSimplifiedBody>(document.FatturaElettronicaBody)[place.at] ?? {};
  const type = voice.meaning('documentType', head.TipoDocumento) || voice.say('otherType');
  const reference = referenceOf(voice, head);
  const { count, at } = place;
  const courtesy = voice.say('courtesy');
  return {
    lang: voice.lang,
    type,
    reference,
    title: joined([joined([type, reference]), supplier], ' - '),
    supplier,
    isoDate: isoDateOf(head.Data),
    total,
    position: count > 1 ? `${voice.say('document')} ${at + 1} ${voice.say('of')} ${count}` : '',
    sections: [
      ...sections,
      ...attachmentsOf(voice, body, place.attachmentsBefore),
      ...transmissionOf(voice, document.FatturaElettronicaHeader, document.SistemaEmittente, trail),
      ...signaturesOf(voice, trail),
      ...stepsOf(voice, trail),
    ],
    courtesy: place.more ? `${voice.say('moreBodies')} ${courtesy}` : courtesy,
  };
}

function wantedPlaces(options: SheetOptions, count: number): number[] {
  const { body, bodiesMax = bodiesMaxByDefault } = options;
  if (body !== undefined) return body >= 1 && body <= count ? [body - 1] : [];
  // A file of which no body could be read still shows its header.
  return Array.from({ length: Math.max(1, Math.min(count, bodiesMax)) }, (_, at) => at);
}

/**
 * Lays a document out, one sheet per body. Amounts and dates are those of the document, sign by sign; what is computed says so.
 * @param shown the document, right or not: what is missing is left out
 * @param options language, trail, which bodies
 * @returns the sheets in the file's order; none where the body asked for does not exist
 */
export function sheetsOf(shown: ShownDocument, options: SheetOptions): Sheet[] {
  const voice = voiceOf(options.lang);
  const bodies = listOf<Pick<LooseBody, 'Allegati'>>(shown.document.FatturaElettronicaBody);
  const places = wantedPlaces(options, bodies.length);
  const attachmentsUpTo = [options.attachmentsBefore ?? 0];
  for (const [at, body] of bodies.entries()) attachmentsUpTo.push(attachmentsUpTo[at]! + listOf(body.Allegati).length);
  return places.map((at, index) => {
    const isLast = index === places.length - 1;
    const more = isLast && options.body === undefined && bodies.length > places.length;
    const place = { at, count: bodies.length, attachmentsBefore: attachmentsUpTo[at] ?? 0, more };
    return cutTexts(sheetOf(voice, shown, place, options.trail ?? {}), options.textMax ?? textMaxByDefault);
  });
}
