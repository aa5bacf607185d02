// fatturapa: the totals of a document: what it says, and what follows from it in exact decimals.
import type { Big } from 'big.js';
import { sumOf, textOf } from './exact-amounts.ts';
import type { Loose, LooseBody, LooseSimplifiedBody } from './loose.ts';
import { netToPay, type NetToPay } from './net-to-pay.ts';
import type { DatiGenerali } from '../schema/dati-generali.ts';
import type { Fact, FactsSection } from './sheet.ts';
import { summariesOf } from './sums.ts';
import { factsOf, joined, listOf, type Value, type Voice } from './voice.ts';
import type { Word } from './words.ts';

type Document = NonNullable<Loose<DatiGenerali>['DatiGeneraliDocumento']>;

function money(voice: Voice, value: Value, currency: Value): string {
  const amount = voice.amount(value);
  return amount === '' ? '' : joined([amount, voice.text(currency)]);
}

/** What is owed before anything is held back: as the document says, else taxable amount plus VAT. */
interface Owed {
  readonly word: Word;
  readonly amount: Value;
}

function owedOf(document: Document, base: Big | undefined, tax: Big | undefined): Owed {
  const said = document.ImportoTotaleDocumento;
  if (said !== undefined && said !== '') return { word: 'documentTotal', amount: said };
  return { word: 'computedTotal', amount: base && tax ? textOf(base.plus(tax)) : undefined };
}

interface Figures {
  readonly base: Big | undefined;
  readonly tax: Big | undefined;
  readonly owed: Owed;
  readonly withheld: Big | undefined;
  readonly split: Big | undefined;
  readonly toPay: NetToPay | undefined;
}

/** Surcharges in percent, one on the other, must not make numbers that take ever longer to reckon with. */
const digitsMax = 40;

/** The sum of a body after the discounts and surcharges on the whole of it, each on what the ones before left. */
function discountedOf(document: Document, sum: Big): Big | undefined {
  let discounted = sum;
  for (const { Tipo, Percentuale, Importo } of listOf(document.ScontoMaggiorazione)) {
    const step = Importo === undefined ? sumOf([Percentuale])?.times(discounted).div(100) : sumOf([Importo]);
    if (!step || discounted.e > digitsMax) return undefined;
    discounted = Tipo === 'MG' ? discounted.plus(step) : discounted.minus(step);
  }
  return discounted;
}

/** Stamp duty is 2 euros where the document does not say how much. */
function stampOf({ DatiBollo }: Document): Big | undefined {
  return DatiBollo ? sumOf([DatiBollo.ImportoBollo ?? '2.00']) : sumOf([]);
}

function toPayOf(document: Document, figures: Omit<Figures, 'toPay'>): NetToPay | undefined {
  const { base, tax, owed, withheld, split } = figures;
  const sum = base && tax && base.plus(tax);
  const [total, stamp] = [sumOf([owed.amount]), stampOf(document)];
  const rounding = sumOf(document.Arrotondamento === undefined ? [] : [document.Arrotondamento]);
  const discounted = sum && discountedOf(document, sum);
  if (!total || !sum || !discounted || !split || !withheld || !stamp || !rounding) return undefined;
  return netToPay({ total, sum, discounted, split, withheld, stamp, rounding });
}

function figuresOf(body: LooseBody, document: Document): Figures {
  const summaries = summariesOf(body);
  const base = summaries.length > 0 ? sumOf(summaries.map((row) => row.ImponibileImporto)) : undefined;
  const tax = summaries.length > 0 ? sumOf(summaries.map((row) => row.Imposta)) : undefined;
  const withheld = sumOf(listOf(document.DatiRitenuta).map((row) => row.ImportoRitenuta));
  const split = sumOf(summaries.filter((row) => row.EsigibilitaIVA === 'S').map((row) => row.Imposta));
  const figures = { base, tax, owed: owedOf(document, base, tax), withheld, split };
  return { ...figures, toPay: toPayOf(document, figures) };
}

/** What the customer pays, where that is not the total itself. */
function netOf({ owed, toPay }: Figures): Big | undefined {
  const total = sumOf([owed.amount]);
  return toPay?.net && total && !toPay.net.eq(total) ? toPay.net : undefined;
}

function unlessZero(sum: Big | undefined): Value {
  return sum && !sum.eq(0) ? textOf(sum) : undefined;
}

function minus(sum: Big | undefined): Value {
  return unlessZero(sum?.times(-1));
}

/** What the total holds stands before it, what is still to be added or taken off behind it, so that a reader can add it up. */
function totalRows(voice: Voice, document: Document, figures: Figures): [Word, string][] {
  const { base, tax, owed, withheld, split, toPay } = figures;
  const row = (word: Word, value: Value): [Word, string] => [word, money(voice, value, document.Divisa)];
  // Where the total does not tell whether it holds it, split VAT is only named.
  const splitTax = row('splitTax', toPay?.hasSplit === undefined ? unlessZero(split) : minus(split));
  const rounding = row('rounding', document.Arrotondamento);
  const [splitIsBehind, roundingIsBehind] = [toPay?.hasSplit === true, toPay?.hasRounding === false];
  return [
    row('totalBase', textOf(base)),
    row('totalTax', textOf(tax)),
    ['stampDuty', stampText(voice, document)],
    ...(splitIsBehind ? [] : [splitTax]),
    ...(roundingIsBehind ? [] : [rounding]),
    row(owed.word, owed.amount),
    ...(roundingIsBehind ? [rounding] : []),
    row('withheldTotal', minus(withheld)),
    ...(splitIsBehind ? [splitTax] : []),
    row('net', textOf(netOf(figures))),
  ];
}

/**
 * Shows the totals: what the document says, and what follows from it, which is marked as computed.
 * @param voice the language
 * @param body one body
 * @returns the section and the figure that heads the sheet
 */
export function totalsOf(voice: Voice, body: LooseBody): { section: FactsSection[]; total: Fact | undefined } {
  const document = body.DatiGenerali?.DatiGeneraliDocumento ?? {};
  const figures = figuresOf(body, document);
  const strong = new Set([voice.say(figures.owed.word), voice.say('net')]);
  const facts = factsOf(voice, totalRows(voice, document, figures)).map((fact): Fact =>
    strong.has(fact.label) ? { ...fact, strong: true } : fact,
  );
  const total = facts.find(({ label }) => label === voice.say(figures.owed.word));
  return { section: totals(voice, facts), total };
}

function stampText(voice: Voice, document: Document): string {
  const stamp = document.DatiBollo;
  if (!stamp) return '';
  return money(voice, stamp.ImportoBollo, document.Divisa) || voice.say('yes');
}

function totals(voice: Voice, facts: readonly Fact[]): FactsSection[] {
  return facts.length === 0 ? [] : [{ kind: 'totals', id: 'totals', title: voice.say('totals'), facts }];
}

/**
 * Shows the sum of a simplified document, which states none itself.
 * @param voice the language
 * @param body one body
 */
export function simplifiedTotalsOf(
  voice: Voice,
  body: LooseSimplifiedBody,
): { section: FactsSection[]; total: Fact | undefined } {
  const lines = listOf(body.DatiBeniServizi);
  const sum = lines.length > 0 ? sumOf(lines.map((line) => line.Importo)) : undefined;
  const currency = body.DatiGenerali?.DatiGeneraliDocumento?.Divisa;
  const facts = factsOf(voice, [['computedSum', money(voice, textOf(sum), currency)]]).map((fact): Fact => ({
    ...fact,
    strong: true,
  }));
  return { section: totals(voice, facts), total: facts[0] };
}
