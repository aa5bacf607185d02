// fatturapa: warnings on totals, payments and signs, which SdI lets through and bookkeepers regret.
import { stampDutyAmount } from '../stamp-duty-law.ts';
import { distance, Total, units, unitsInHundredth } from './exact.ts';
import { figure } from './figures.ts';
import { generalAt } from './document-view.ts';
import { summaryAt, type OrdinaryBody } from './ordinary-body.ts';
import { ordinaryFormats, type Found, type Rule } from './rule.ts';

const totalAt = `${generalAt}/ImportoTotaleDocumento`;

/** The amounts from which totals and payments are made, in units of 0.00000001. */
interface Amounts {
  /** Taxable amounts and VAT together. */
  readonly sum: bigint;
  /** VAT that the customer pays to the state instead of the supplier (split payment). */
  readonly split: bigint;
  readonly withheld: bigint;
  readonly stamp: bigint;
  readonly rounding: bigint;
}

function amountsOf({ general, summaries }: OrdinaryBody): Amounts {
  const [sum, split, withheld] = [new Total(), new Total(), new Total()];
  for (const { ImponibileImporto, Imposta, EsigibilitaIVA } of summaries) {
    sum.add(ImponibileImporto);
    sum.add(Imposta);
    if (EsigibilitaIVA === 'S') split.add(Imposta);
  }
  for (const { ImportoRitenuta } of general.DatiRitenuta ?? []) withheld.add(ImportoRitenuta);
  const { DatiBollo: stamp, Arrotondamento: rounding } = general;
  return {
    sum: sum.units,
    split: split.units,
    withheld: withheld.units,
    stamp: stamp ? units(stamp.ImportoBollo ?? stampDutyAmount) : 0n,
    rounding: rounding === undefined ? 0n : units(rounding),
  };
}

/** Each sum of one choice from each list. */
function sumsOf(...choices: readonly (readonly bigint[])[]): bigint[] {
  return choices.reduce<bigint[]>((sums, list) => sums.flatMap((sum) => list.map((more) => sum + more)), [0n]);
}

function isOneOf(value: bigint, candidates: readonly bigint[], tolerance: bigint): boolean {
  return candidates.some((candidate) => distance(candidate - value) <= tolerance);
}

// Programs differ in whether stamp duty, rounding and split VAT are within the total; none of that is worth a warning.
function possibleTotals({ sum, split, stamp, rounding }: Amounts): bigint[] {
  return sumsOf([sum], [0n, -split], [0n, stamp], [0n, rounding]);
}

function* wrongTotal(body: OrdinaryBody): Iterable<Found> {
  const { general, summaries } = body;
  const value = general.ImportoTotaleDocumento;
  // What a discount on the whole document does to its total is left to the writer.
  if (value === undefined || general.ScontoMaggiorazione !== undefined) return;
  const difference = new Total();
  difference.add(value);
  for (const { ImponibileImporto, Imposta } of summaries) {
    difference.add(ImponibileImporto, -1);
    difference.add(Imposta, -1);
  }
  if (difference.isWithin(1)) return;
  const amounts = amountsOf(body);
  if (isOneOf(units(value), possibleTotals(amounts), unitsInHundredth)) return;
  yield { path: totalAt, value, ...explainTotal(units(value), amounts) };
}

function explainTotal(stated: bigint, amounts: Amounts): Pick<Found, 'because' | 'fix'> {
  const [sum, total] = [figure(amounts.sum), figure(stated)];
  const because = {
    it: `Imponibili e imposte fanno ${sum.it}, il totale dice ${total.it}.`,
    en: `Taxable amounts and VAT are ${sum.en}, the total says ${total.en}.`,
  };
  if (amounts.withheld === 0n || !isOneOf(stated + amounts.withheld, possibleTotals(amounts), unitsInHundredth)) {
    return { because };
  }
  const fix = {
    it: `La ritenuta non si toglie dal totale del documento: scrivere ${sum.en}, il netto va in ImportoPagamento.`,
    en: `Withholding tax is not taken off the document's total: write ${sum.en}, the net amount goes to ImportoPagamento.`,
  };
  return { because, fix };
}

/** Nobody misses a payment for cents; a euro is what SdI itself tolerates in sums. */
const paymentTolerance = 100n * unitsInHundredth;

function* wrongPayment(body: OrdinaryBody): Iterable<Found> {
  const payments = body.body.DatiPagamento ?? [];
  const [first] = payments;
  if (first === undefined || payments.some(({ CondizioniPagamento }) => CondizioniPagamento !== 'TP02')) return;
  const ways = payments.flatMap(({ DettaglioPagamento }) =>
    DettaglioPagamento.map((way) => units(way.ImportoPagamento)),
  );
  const paid = ways.reduce((sum, amount) => sum + amount, 0n);
  const due = possiblePayments(body);
  const isDue = (amount: bigint) => isOneOf(distance(amount), due, paymentTolerance);
  // Several ways of one payment are its parts, or alternatives with the whole amount each; nothing is due of what was set off.
  if (paid === 0n || isDue(paid) || ways.every(isDue)) return;
  const [sum, asked] = [figure(paid), figure(due[0] ?? 0n)];
  yield {
    path: 'DatiPagamento[1]/DettaglioPagamento[1]/ImportoPagamento',
    value: first.DettaglioPagamento[0]?.ImportoPagamento ?? '',
    because: {
      it: `I pagamenti fanno ${sum.it}, il documento chiede ${asked.it}.`,
      en: `The payments are ${sum.en}, the document asks for ${asked.en}.`,
    },
  };
}

/** What may be due, the likeliest first, without signs. */
function possiblePayments(body: OrdinaryBody): bigint[] {
  const amounts = amountsOf(body);
  const stated = body.general.ImportoTotaleDocumento;
  const totals = [...(stated === undefined ? [] : [units(stated)]), ...possibleTotals(amounts)];
  const { withheld, split } = amounts;
  return sumsOf(totals, [-withheld, 0n], [-split, 0n]).map(distance);
}

const issuedTypes = new Set('TD01 TD02 TD03 TD05 TD06 TD24 TD25 TD26'.split(' '));

// Where everything adds up to less than zero, the first amount that is negative.
function* negativeTotal({ summaries }: OrdinaryBody): Iterable<Found> {
  const index = summaries.findIndex(({ ImponibileImporto }) => ImponibileImporto.startsWith('-'));
  if (index === -1) return;
  const total = new Total();
  for (const { ImponibileImporto } of summaries) total.add(ImponibileImporto);
  if (total.units >= 0n) return;
  yield { path: `${summaryAt(index)}/ImponibileImporto`, value: summaries[index]?.ImponibileImporto ?? '' };
}

/** Warnings on amounts. */
export const amountWarnings: readonly Rule<OrdinaryBody>[] = [
  {
    code: 'TOTAL_DIFFERS',
    formats: ordinaryFormats,
    severity: 'warning',
    where: 'DatiGeneraliDocumento/ImportoTotaleDocumento',
    says: {
      it: 'Il totale del documento non è la somma di imponibili e imposte (più bollo e arrotondamento).',
      en: 'The total of the document is not the sum of taxable amounts and VAT (with stamp duty and rounding).',
    },
    fix: {
      it: 'Correggere ImportoTotaleDocumento: imponibili più imposte, più il bollo se è addebitato; la ritenuta non si toglie.',
      en: 'Correct ImportoTotaleDocumento: taxable amounts plus VAT, plus stamp duty if it is charged; withholding tax is not taken off.',
    },
    find: wrongTotal,
  },
  {
    code: 'PAYMENT_DIFFERS',
    formats: ordinaryFormats,
    severity: 'warning',
    where: 'DettaglioPagamento/ImportoPagamento',
    says: {
      it: 'Il pagamento completo (TP02) non corrisponde a quanto il documento chiede.',
      en: 'The full payment (TP02) is not what the document asks for.',
    },
    fix: {
      it: "Correggere ImportoPagamento (totale meno ritenuta e, con lo split payment, meno IVA), oppure usare TP01 per le rate o TP03 per l'anticipo.",
      en: 'Correct ImportoPagamento (total less withholding tax and, with split payment, less VAT), or use TP01 for instalments or TP03 for an advance.',
    },
    find: wrongPayment,
  },
  {
    code: 'CREDIT_NOTE_NEGATIVE',
    formats: ordinaryFormats,
    severity: 'warning',
    where: 'DatiRiepilogo/ImponibileImporto',
    says: {
      it: 'Una nota di credito (TD04) ha importi negativi: per chi la riceve diventa un debito.',
      en: 'A credit note (TD04) has negative amounts: to its receiver it becomes a debit.',
    },
    fix: {
      it: 'Scrivere gli importi in positivo: è TD04 a dire che riducono.',
      en: 'Write the amounts as positive: TD04 says that they reduce.',
    },
    *find(body): Iterable<Found> {
      if (body.general.TipoDocumento === 'TD04') yield* negativeTotal(body);
    },
  },
  {
    code: 'INVOICE_NEGATIVE',
    formats: ordinaryFormats,
    severity: 'warning',
    where: 'DatiRiepilogo/ImponibileImporto',
    says: { it: 'La fattura ha un imponibile negativo.', en: 'The invoice has a negative taxable amount.' },
    fix: {
      it: 'Per ridurre una fattura emettere una nota di credito (TD04) con importi positivi.',
      en: 'To reduce an invoice issue a credit note (TD04) with positive amounts.',
    },
    *find(body): Iterable<Found> {
      if (issuedTypes.has(body.general.TipoDocumento)) yield* negativeTotal(body);
    },
  },
];
