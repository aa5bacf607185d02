// fatturapa: the VAT summary, what is added to or held back from a document, and its totals in exact decimals.
import { Big } from 'big.js';
import type { Loose, LooseBody, LooseSimplifiedBody } from './loose.ts';
import type { DatiGenerali } from '../schema/dati-generali.ts';
import type { Cell, Fact, FactsSection, TableSection } from './sheet.ts';
import { discountText } from './goods.ts';
import { cell, factsOf, joined, listOf, tableOf, type ColumnPlan, type Value, type Voice } from './voice.ts';
import type { Word } from './words.ts';

type Document = NonNullable<Loose<DatiGenerali>['DatiGeneraliDocumento']>;

const summaryPlan: readonly ColumnPlan[] = [
  ['vat', 8],
  ['nature', 38],
  ['due', 24],
  ['expenses', 13, 'end'],
  ['rounding', 13, 'end'],
  ['base', 15, 'end'],
  ['tax', 14, 'end'],
];

const fundPlan: readonly ColumnPlan[] = [
  ['fund', 44],
  ['rate', 10, 'end'],
  ['base', 15, 'end'],
  ['vat', 12, 'end'],
  ['contribution', 15, 'end'],
];

const withholdingPlan: readonly ColumnPlan[] = [
  ['kind', 30],
  ['reason', 40],
  ['rate', 10, 'end'],
  ['amount', 15, 'end'],
];

// Longer than any amount of a document that passes; what is longer is shown but not added.
const amountForm = /^[+-]?\d{1,20}(?:\.\d{1,20})?$/;

/** The exact sum, or undefined where a value is missing or no number. */
function sumOf(values: readonly Value[]): Big | undefined {
  let sum = new Big(0);
  for (const value of values) {
    if (typeof value !== 'string' || !amountForm.test(value)) return undefined;
    sum = sum.plus(value);
  }
  return sum;
}

/** An amount back into the form of the XML. */
function textOf(sum: Big | undefined): Value {
  return sum?.toFixed(Math.max(2, -(sum.e + 1 - sum.c.length)));
}

function summaryRow(voice: Voice, row: ReturnType<typeof summariesOf>[number]): Cell[] {
  const nature = voice.code('nature', row.Natura);
  const law = voice.text(row.RiferimentoNormativo);
  return [
    cell(voice.rate(row.AliquotaIVA)),
    nature === '' ? cell(law) : cell(nature, [law]),
    cell(voice.meaning('vatDue', row.EsigibilitaIVA)),
    cell(voice.amount(row.SpeseAccessorie)),
    cell(voice.amount(row.Arrotondamento)),
    cell(voice.amount(row.ImponibileImporto)),
    cell(voice.amount(row.Imposta)),
  ];
}

function summariesOf(body: LooseBody) {
  return listOf(body.DatiBeniServizi?.DatiRiepilogo);
}

/**
 * Shows the VAT summary, each Natura in words.
 * @param voice the language
 * @param body one body
 */
export function summaryOf(voice: Voice, body: LooseBody): TableSection[] {
  return tableOf(
    voice,
    'summary',
    summaryPlan,
    summariesOf(body).map((row) => summaryRow(voice, row)),
  );
}

/**
 * Shows contributions to pension funds.
 * @param voice the language
 * @param document DatiGeneraliDocumento
 */
export function fundsOf(voice: Voice, document: Document): TableSection[] {
  const rows = listOf(document.DatiCassaPrevidenziale).map((fund) => [
    cell(voice.code('fund', fund.TipoCassa), [
      fund.Ritenuta === 'SI' ? voice.say('withheld') : '',
      voice.text(fund.RiferimentoAmministrazione),
    ]),
    cell(voice.rate(fund.AlCassa)),
    cell(voice.amount(fund.ImponibileCassa)),
    cell(voice.rate(fund.AliquotaIVA), [voice.text(fund.Natura)]),
    cell(voice.amount(fund.ImportoContributoCassa)),
  ]);
  return tableOf(voice, 'funds', fundPlan, rows);
}

/**
 * Shows withholding taxes.
 * @param voice the language
 * @param document DatiGeneraliDocumento
 */
export function withholdingOf(voice: Voice, document: Document): TableSection[] {
  const rows = listOf(document.DatiRitenuta).map((tax) => [
    cell(voice.code('withholding', tax.TipoRitenuta)),
    cell(voice.code('paymentReason', tax.CausalePagamento)),
    cell(voice.rate(tax.AliquotaRitenuta)),
    cell(voice.amount(tax.ImportoRitenuta)),
  ]);
  return tableOf(voice, 'withholding', withholdingPlan, rows);
}

/**
 * Shows discounts and surcharges on the whole document.
 * @param voice the language
 * @param document DatiGeneraliDocumento
 */
export function documentDiscountsOf(voice: Voice, document: Document): FactsSection[] {
  const facts = listOf(document.ScontoMaggiorazione).map((discount): Fact => ({
    label: voice.meaning('discount', discount.Tipo) || voice.say('discounts'),
    value: discountText(voice, discount),
  }));
  const title = voice.say('documentDiscounts');
  return facts.length === 0 ? [] : [{ kind: 'facts', id: 'documentDiscounts', title, facts }];
}

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
}

function figuresOf(body: LooseBody, document: Document): Figures {
  const summaries = summariesOf(body);
  const base = summaries.length > 0 ? sumOf(summaries.map((row) => row.ImponibileImporto)) : undefined;
  const tax = summaries.length > 0 ? sumOf(summaries.map((row) => row.Imposta)) : undefined;
  const withheld = sumOf(listOf(document.DatiRitenuta).map((row) => row.ImportoRitenuta));
  const split = sumOf(summaries.filter((row) => row.EsigibilitaIVA === 'S').map((row) => row.Imposta));
  return { base, tax, owed: owedOf(document, base, tax), withheld, split };
}

/** What the customer pays, where it is less than the total: without what it pays to the state in the supplier's place. */
function netOf({ owed, withheld, split }: Figures): Big | undefined {
  const total = sumOf([owed.amount]);
  if (!total || !withheld || !split || (withheld.eq(0) && split.eq(0))) return undefined;
  return total.minus(withheld).minus(split);
}

function minus(sum: Big | undefined): Value {
  return sum && !sum.eq(0) ? textOf(sum.times(-1)) : undefined;
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
  const currency = document.Divisa;
  const rows: [Word, string][] = [
    ['totalBase', money(voice, textOf(figures.base), currency)],
    ['totalTax', money(voice, textOf(figures.tax), currency)],
    ['stampDuty', stampText(voice, document)],
    ['rounding', money(voice, document.Arrotondamento, currency)],
    [figures.owed.word, money(voice, figures.owed.amount, currency)],
    ['withheldTotal', money(voice, minus(figures.withheld), currency)],
    ['splitTax', money(voice, minus(figures.split), currency)],
    ['net', money(voice, textOf(netOf(figures)), currency)],
  ];
  const strong = new Set([voice.say(figures.owed.word), voice.say('net')]);
  const facts = factsOf(voice, rows).map((fact): Fact => (strong.has(fact.label) ? { ...fact, strong: true } : fact));
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
