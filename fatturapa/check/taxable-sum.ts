// fatturapa: how the taxable amount of a rate comes about, told where the summary has another one (00422).
import { roundedQuotient, Total, unitsInHundredth } from './exact.ts';
import { figure, rate } from './figures.ts';
import { summaryAt, type OrdinaryBody } from './ordinary-body.ts';
import type { Found } from './rule.ts';

/** What stands at one rate. */
class TaxableParts {
  readonly lines = new Total();
  readonly funds = new Total();
  readonly roundings = new Total();
  readonly stated = new Total();
}

/** The parts of each rate, in one pass; only for bodies that are wrong. */
function partsByRate(body: OrdinaryBody): Map<number, TaxableParts> {
  const byRate = new Map([...body.rates.keys()].map((value) => [value, new TaxableParts()]));
  for (const [index, line] of body.lines.entries()) {
    byRate.get(body.lineRates[index] ?? 0)?.lines.add(line.PrezzoTotale);
  }
  for (const [index, fund] of body.funds.entries()) {
    byRate.get(body.fundRates[index] ?? 0)?.funds.add(fund.ImportoContributoCassa);
  }
  for (const [index, summary] of body.summaries.entries()) {
    const parts = byRate.get(body.summaryRates[index] ?? 0);
    parts?.roundings.add(summary.Arrotondamento);
    parts?.stated.add(summary.ImponibileImporto);
  }
  return byRate;
}

/** Finds the rates whose taxable amount is more than 1.00 away from their lines, funds and roundings. */
export function* wrongTaxables(body: OrdinaryBody): Iterable<Found> {
  let byRate: Map<number, TaxableParts> | undefined;
  for (const [value, { usedAt, summaryIndex, difference }] of body.rates) {
    // A rate that only one side has is told by 00419 or 00443.
    if (usedAt === undefined || summaryIndex === undefined || difference.isWithin(100)) continue;
    byRate ??= partsByRate(body);
    const parts = byRate.get(value);
    if (parts) yield wrongTaxable(body, value, summaryIndex, parts);
  }
}

function wrongTaxable(body: OrdinaryBody, value: number, index: number, parts: TaxableParts): Found {
  const expected = parts.lines.units + parts.funds.units + parts.roundings.units;
  const [sum, percent, stated] = [figure(expected), rate(value), figure(parts.stated.units)];
  const right = figure(roundedQuotient(expected, unitsInHundredth) * unitsInHundredth).en;
  const words = inWords(parts);
  return {
    path: `${summaryAt(index)}/ImponibileImporto`,
    value: body.summaries[index]?.ImponibileImporto ?? '',
    because: {
      it: `All'aliquota ${percent.it} ${words.it} fa ${sum.it}, ma nel riepilogo c'è ${stated.it}.`,
      en: `At rate ${percent.en} ${words.en} is ${sum.en}, but the summary has ${stated.en}.`,
    },
    fix: {
      it: `Portare a ${right} l'imponibile dell'aliquota ${percent.it} e ricalcolare Imposta, oppure correggere le linee.`,
      en: `Bring the taxable amount of rate ${percent.en} to ${right} and reckon Imposta again, or correct the lines.`,
    },
  };
}

/** `linee 100,00 + cassa 4,00`: only what there is. */
function inWords({ lines, funds, roundings }: TaxableParts): { it: string; en: string } {
  const parts = [
    { amount: lines.units, it: 'linee', en: 'lines' },
    { amount: funds.units, it: 'cassa', en: 'funds' },
    { amount: roundings.units, it: 'arrotondamenti', en: 'roundings' },
  ].filter(({ amount }, index) => index === 0 || amount !== 0n);
  return {
    it: parts.map((part) => `${part.it} ${figure(part.amount).it}`).join(' + '),
    en: parts.map((part) => `${part.en} ${figure(part.amount).en}`).join(' + '),
  };
}
