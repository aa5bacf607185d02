// fatturapa: what is to be paid, shared out among the instalments that do not say their amount.
import type { BodyDraft, InstalmentWish, Wishes } from './draft.ts';
import { amount2, cents, sum, type Exact } from './figures.ts';
import { decimalOf, partOf } from './reckon-lines.ts';
import { summaryTotal } from './vat-summary.ts';

/** What the customer pays: the total without what it withholds and, in a split payment, without the VAT. */
function payable(body: BodyDraft): Exact {
  const general = body.DatiGenerali?.DatiGeneraliDocumento;
  const summary = body.DatiBeniServizi?.DatiRiepilogo ?? [];
  const withheld = sum((general?.DatiRitenuta ?? []).map(({ ImportoRitenuta }) => decimalOf(ImportoRitenuta)));
  const splitTax = summaryTotal(summary).minus(summaryTotal(summary, false));
  return decimalOf(general?.ImportoTotaleDocumento)
    .plus(decimalOf(general?.Arrotondamento))
    .minus(withheld)
    .minus(splitTax);
}

function wishedAmount({ percent, amount }: InstalmentWish, total: Exact): Exact | undefined {
  return amount ?? (percent && cents(partOf(total, percent)));
}

/** Equal shares in cents; the last one takes what is left over. */
function sharesOf(total: Exact, count: number): Exact[] {
  if (count === 0) return [];
  const share = total.div(count).round(2, 0);
  const shares = Array.from({ length: count }, () => share);
  shares[count - 1] = total.minus(share.times(count - 1));
  return shares;
}

/**
 * Fills in the amounts of the instalments. Percentages that make a hundred leave no cent over: the last instalment takes the difference.
 * @param body with its total
 * @param wishes what the instalments are to be
 */
export function fillPayments(body: BodyDraft, wishes: Wishes): void {
  const total = payable(body);
  for (const payment of body.DatiPagamento ?? []) {
    const details = payment.DettaglioPagamento ?? [];
    for (const [index, detail] of details.entries()) {
      const wished = wishedAmount(wishes.instalments[index] ?? {}, total);
      if (wished) detail.ImportoPagamento ??= amount2(wished);
    }
    const open = details.filter(({ ImportoPagamento }) => ImportoPagamento === undefined);
    const said = sum(details.map(({ ImportoPagamento }) => decimalOf(ImportoPagamento)));
    const shares = sharesOf(total.minus(said), open.length);
    for (const [index, detail] of open.entries()) detail.ImportoPagamento = amount2(shares[index] ?? total);
    const last = details.at(-1);
    if (last && open.length === 0 && percentagesMakeAll(wishes.instalments)) {
      last.ImportoPagamento = amount2(decimalOf(last.ImportoPagamento).plus(total.minus(said)));
    }
  }
}

function percentagesMakeAll(instalments: readonly InstalmentWish[]): boolean {
  if (instalments.length === 0 || instalments.some(({ percent, amount }) => !percent || amount)) return false;
  return sum(instalments.flatMap(({ percent }) => (percent ? [percent] : []))).eq(100);
}
