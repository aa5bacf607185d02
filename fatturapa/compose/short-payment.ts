// fatturapa: how a document of the shorter shape is paid: as it says, filled up from the profile.
import type { DatiPagamento } from '../schema/dati-pagamento.ts';
import type { Defaults } from './defaults-for.ts';
import type { Draft, InstalmentWish } from './draft.ts';
import { dayAfter } from './due-day.ts';
import { readFigure } from './figures.ts';
import { listOf } from './list-of.ts';
import type { ShortInvoice } from './short-invoice.ts';
import type { ShortInstalment, ShortPayment } from './short-party.ts';

/** The block, and what its instalments are to be. */
export interface PaymentDraft {
  readonly payments: Draft<DatiPagamento>[] | undefined;
  readonly instalments: readonly InstalmentWish[];
}

/** Kinds of document that nobody pays by what the profile says. */
const unpaid = new Set([
  'TD04',
  'TD16',
  'TD17',
  'TD18',
  'TD19',
  'TD20',
  'TD21',
  'TD22',
  'TD23',
  'TD27',
  'TD28',
  'TD29',
]);

/** The bank account belongs to the bank transfer (MP05): another method does not take it over from the profile. */
function withProfile(given: ShortPayment | undefined, byDefault: ShortPayment | undefined): ShortPayment | undefined {
  if (!given || !byDefault) return given ?? byDefault;
  const { iban, bank, bic, ...rest } = byDefault;
  const method = given.method ?? byDefault.method ?? 'MP05';
  const account = method === 'MP05' && given.iban === undefined ? { iban, bank, bic } : {};
  const dated = given.due !== undefined || given.days !== undefined || given.instalments !== undefined;
  const { due, days, endOfMonth, instalments, ...others } = rest;
  const when = dated ? {} : { due, days, endOfMonth, instalments };
  return Object.fromEntries(
    Object.entries({ ...others, ...account, ...when, ...given }).filter(([, value]) => value !== undefined),
  ) as ShortPayment;
}

function dueOf({ due, days, endOfMonth }: Pick<ShortInstalment, 'due' | 'days' | 'endOfMonth'>, date: string) {
  if (due !== undefined) return due;
  return days === undefined && endOfMonth !== true ? undefined : dayAfter(date, days ?? 0, endOfMonth);
}

function instalmentsOf(payment: ShortPayment, date: string): InstalmentWish[] {
  const list = listOf<ShortInstalment>(payment.instalments) ?? [];
  if (list.length === 0) return [{ due: dueOf(payment, date) }];
  return list.map((one) => ({
    due: dueOf(one, date),
    percent: one.percent === undefined ? undefined : readFigure(one.percent),
    amount: one.amount === undefined ? undefined : readFigure(one.amount),
  }));
}

/**
 * Drafts how the document is paid; amounts come when the total is known.
 * @param invoice the shorter shape
 * @param defaults the habits that fill it up (`defaultsFor`)
 * @param date the document's day, from which days are counted
 */
export function paymentOf(invoice: ShortInvoice, defaults: Defaults | undefined, date: string): PaymentDraft {
  const byDefault = unpaid.has(invoice.type ?? 'TD01') ? undefined : defaults?.payment;
  const payment = withProfile(invoice.payment, byDefault);
  if (!payment) return { payments: undefined, instalments: [] };
  const instalments = instalmentsOf(payment, date);
  const detail = {
    Beneficiario: payment.beneficiary,
    ModalitaPagamento: payment.method ?? 'MP05',
    IstitutoFinanziario: payment.bank,
    IBAN: payment.iban?.replaceAll(' ', ''),
    BIC: payment.bic,
    CodicePagamento: payment.reference,
  };
  const terms = payment.terms ?? (instalments.length > 1 ? 'TP01' : 'TP02');
  const details = instalments.map(({ due }) => ({ ...detail, DataScadenzaPagamento: due }));
  return { payments: [{ CondizioniPagamento: terms, DettaglioPagamento: details }], instalments };
}
