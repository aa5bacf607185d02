// fatturapa: the lines of a document: what was sold, with codes, period, discounts and whatever else a line says.
import type { Loose, LooseBody, LooseSimplifiedBody } from './loose.ts';
import type { DettaglioLinee } from '../schema/dati-beni-servizi.ts';
import type { Cell, TableSection } from './sheet.ts';
import { cell, joined, labelled, listOf, tableOf, type ColumnPlan, type Voice } from './voice.ts';

type Line = Loose<DettaglioLinee>;
type Discount = NonNullable<Line['ScontoMaggiorazione']>[number];
type OtherData = NonNullable<Line['AltriDatiGestionali']>[number];

const plan: readonly ColumnPlan[] = [
  ['lineNumber', 6],
  ['description', 46],
  ['quantity', 13, 'end'],
  ['unitPrice', 15, 'end'],
  ['discounts', 15, 'end'],
  ['vat', 9, 'end'],
  ['lineTotal', 15, 'end'],
];

const simplifiedPlan: readonly ColumnPlan[] = [
  ['description', 46],
  ['vat', 10, 'end'],
  ['tax', 14, 'end'],
  ['nature', 26],
  ['grossAmount', 16, 'end'],
];

/**
 * Writes a discount or a surcharge with its sign, as `-10%` or `+2,50`.
 * @param voice the language
 * @param discount as the XML has it; where amount and percentage stand, the amount is the one that counts (00423), both are shown
 */
export function discountText(voice: Voice, discount: Discount): string {
  const sign = discount.Tipo === 'MG' ? '+' : '-';
  const parts = [voice.rate(discount.Percentuale), voice.amount(discount.Importo)].filter((part) => part !== '');
  if (parts.length === 0) return voice.code('discount', discount.Tipo);
  return parts.map((part) => `${sign}${part}`).join(' = ');
}

function periodText(voice: Voice, line: Line): string {
  const from = voice.date(line.DataInizioPeriodo);
  const to = voice.date(line.DataFinePeriodo);
  const words = [from && `${voice.say('periodFrom')} ${from}`, to && `${voice.say('periodTo')} ${to}`];
  return labelled(voice.say('period'), joined(words));
}

function otherDataText(voice: Voice, data: OtherData): string {
  const values = [
    voice.text(data.RiferimentoTesto),
    voice.quantity(data.RiferimentoNumero),
    voice.date(data.RiferimentoData),
  ];
  return joined([voice.text(data.TipoDato), joined(values, ' · ')], ': ');
}

function moreOf(voice: Voice, line: Line): string[] {
  const codes = listOf(line.CodiceArticolo).map(({ CodiceTipo, CodiceValore }) =>
    joined([voice.text(CodiceTipo), voice.text(CodiceValore)], ' '),
  );
  return [
    joined(codes, ' · '),
    voice.code('lineKind', line.TipoCessionePrestazione),
    periodText(voice, line),
    line.Ritenuta === 'SI' ? voice.say('withheld') : '',
    labelled(voice.say('administration'), voice.text(line.RiferimentoAmministrazione)),
    ...listOf(line.AltriDatiGestionali).map((data) => otherDataText(voice, data)),
  ];
}

function lineRow(voice: Voice, line: Line): Cell[] {
  const [first = '', ...others] = listOf(line.ScontoMaggiorazione).map((one) => discountText(voice, one));
  return [
    cell(voice.text(line.NumeroLinea)),
    cell(voice.text(line.Descrizione), moreOf(voice, line)),
    cell(joined([voice.quantity(line.Quantita), voice.text(line.UnitaMisura)])),
    cell(voice.amount(line.PrezzoUnitario)),
    cell(first, others),
    cell(voice.rate(line.AliquotaIVA), [voice.text(line.Natura)]),
    cell(voice.amount(line.PrezzoTotale)),
  ];
}

/**
 * Shows the lines of an ordinary document.
 * @param voice the language
 * @param body one body
 */
export function linesOf(voice: Voice, body: LooseBody): TableSection[] {
  const lines = listOf(body.DatiBeniServizi?.DettaglioLinee);
  return tableOf(
    voice,
    'lines',
    plan,
    lines.map((line) => lineRow(voice, line)),
  );
}

/**
 * Shows the lines of a simplified document, whose amounts hold the VAT.
 * @param voice the language
 * @param body one body
 */
export function simplifiedLinesOf(voice: Voice, body: LooseSimplifiedBody): TableSection[] {
  const rows = listOf(body.DatiBeniServizi).map((line) => [
    cell(voice.text(line.Descrizione)),
    cell(voice.rate(line.DatiIVA?.Aliquota)),
    cell(voice.amount(line.DatiIVA?.Imposta)),
    cell(voice.code('nature', line.Natura), [voice.text(line.RiferimentoNormativo)]),
    cell(voice.amount(line.Importo)),
  ]);
  return tableOf(voice, 'lines', simplifiedPlan, rows);
}
