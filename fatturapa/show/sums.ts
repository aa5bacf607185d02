// fatturapa: the VAT summary, and what is added to or held back from a document.
import type { Loose, LooseBody } from './loose.ts';
import type { DatiGenerali } from '../schema/dati-generali.ts';
import type { Cell, Fact, FactsSection, TableSection } from './sheet.ts';
import { discountText } from './goods.ts';
import { cell, listOf, tableOf, type ColumnPlan, type Voice } from './voice.ts';

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

/**
 * Lists the rows of the VAT summary.
 * @param body one body
 */
export function summariesOf(body: LooseBody) {
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
