// fatturapa: the summary by VAT rate and Natura, reckoned from lines and social funds (00419, 00421, 00422, 00443, 00444).
import type { DatiRiepilogo } from '../schema/dati-beni-servizi.ts';
import type { BodyDraft, Draft, Wishes } from './draft.ts';
import { amount2, amount8, cents, exact, zero, type Exact } from './figures.ts';
import { decimalOf, partOf, type LineDraft } from './reckon-lines.ts';

type Funds = NonNullable<
  NonNullable<NonNullable<BodyDraft['DatiGenerali']>['DatiGeneraliDocumento']>['DatiCassaPrevidenziale']
>;

interface Group {
  readonly rate: string;
  readonly nature: string | undefined;
  amount: Exact;
}

function groupsOf(lines: readonly LineDraft[], funds: Funds): Group[] {
  const groups = new Map<string, Group>();
  const add = (rate: string | undefined, nature: string | undefined, amount: Exact): void => {
    if (rate === undefined) return;
    const key = `${amount2(decimalOf(rate))} ${nature ?? ''}`;
    const group = groups.get(key) ?? { rate, nature, amount: zero };
    group.amount = group.amount.plus(amount);
    groups.set(key, group);
  };
  for (const line of lines) add(line.AliquotaIVA, line.Natura, decimalOf(line.PrezzoTotale));
  for (const fund of funds) add(fund.AliquotaIVA, fund.Natura, decimalOf(fund.ImportoContributoCassa));
  return [...groups.values()];
}

function summaryRow({ rate, nature, amount }: Group, wishes: Wishes): Draft<DatiRiepilogo> {
  const base = cents(amount);
  const rounding = base.minus(amount);
  const taxed = decimalOf(rate).gt(0);
  return {
    AliquotaIVA: rate,
    Natura: nature,
    Arrotondamento: rounding.eq(0) ? undefined : amount8(rounding),
    ImponibileImporto: amount2(base),
    Imposta: amount2(partOf(base, decimalOf(rate))),
    EsigibilitaIVA: taxed ? wishes.vatPayability : undefined,
    RiferimentoNormativo: nature === undefined ? undefined : wishes.legalReferences.get(nature),
  };
}

/**
 * Makes the summary.
 * @param lines with their totals
 * @param funds with their amounts
 * @param wishes when VAT is due, and the laws that go with Natura
 */
export function vatSummary(lines: readonly LineDraft[], funds: Funds, wishes: Wishes): Draft<DatiRiepilogo>[] {
  return groupsOf(lines, funds).map((group) => summaryRow(group, wishes));
}

/**
 * Adds a summary up: taxable amounts and tax.
 * @param summary its rows
 * @param withTax false leaves the tax out, as what the customer of a split payment pays
 */
export function summaryTotal(summary: readonly Draft<DatiRiepilogo>[], withTax = true): Exact {
  return summary.reduce((total, { ImponibileImporto, Imposta, EsigibilitaIVA }) => {
    const tax = withTax || EsigibilitaIVA !== 'S' ? decimalOf(Imposta) : zero;
    return total.plus(decimalOf(ImponibileImporto)).plus(tax);
  }, exact(0));
}
