// fatturapa: how the taxable amount of a rate comes about, told where the summary has another one (00422).
import type { Sentence } from '../finding.ts';
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
      it: `All'aliquota ${percent.it} ${words.it} fanno ${sum.it}, ma nel riepilogo c'è ${stated.it}.`,
      en: `At rate ${percent.en} ${words.en} come to ${sum.en}, but the summary has ${stated.en}.`,
    },
    fix: {
      it: `Portare a ${right} l'imponibile dell'aliquota ${percent.it} e ricalcolare Imposta, oppure correggere le linee.`,
      en: `Bring the taxable amount of rate ${percent.en} to ${right} and reckon Imposta again, or correct the lines.`,
    },
  };
}

/** `le linee (100,00) e la cassa (4,00)`: only what there is, and no amount where it is the sum itself. */
function inWords({ lines, funds, roundings }: TaxableParts): Sentence {
  const others = [
    { amount: funds.units, it: 'la cassa', en: 'funds' },
    { amount: roundings.units, it: 'gli arrotondamenti', en: 'roundings' },
  ].filter(({ amount }) => amount !== 0n);
  if (others.length === 0) return { it: 'le linee', en: 'the lines' };
  const parts = [{ amount: lines.units, it: 'le linee', en: 'lines' }, ...others];
  const listed = (language: keyof Sentence, and: string): string => {
    const words = parts.map((part) => `${part[language]} (${figure(part.amount)[language]})`);
    return `${words.slice(0, -1).join(', ')} ${and} ${words.at(-1)}`;
  };
  return { it: listed('it', 'e'), en: listed('en', 'and') };
}
