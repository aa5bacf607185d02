// fatturapa: warnings on payment data that SdI does not look at.
import { date, dayOf } from './figures.ts';
import { whyNoIban } from './iban.ts';
import type { OrdinaryBody } from './ordinary-body.ts';
import { ordinaryFormats, type Found, type Rule } from './rule.ts';

type Payment = NonNullable<OrdinaryBody['body']['DatiPagamento']>[number];
type Way = Payment['DettaglioPagamento'][number];

/** Ways that are paid after the invoice: cash and cards are often paid before. */
const paidLater = new Set('MP05 MP07 MP09 MP10 MP11 MP12 MP13 MP16 MP17 MP18 MP19 MP20 MP21 MP23'.split(' '));

/** The ways of payment with their paths within the body. */
function* waysOf({ body }: OrdinaryBody): Iterable<{ way: Way; payment: Payment; at: string }> {
  if (body.DatiPagamento === undefined) return;
  for (const [index, payment] of body.DatiPagamento.entries()) {
    for (const [place, way] of payment.DettaglioPagamento.entries()) {
      yield { way, payment, at: `DatiPagamento[${index + 1}]/DettaglioPagamento[${place + 1}]` };
    }
  }
}

/** Warnings on payments. */
export const paymentWarnings: readonly Rule<OrdinaryBody>[] = [
  {
    code: 'IBAN_WRONG',
    formats: ordinaryFormats,
    severity: 'warning',
    where: 'DettaglioPagamento/IBAN',
    says: {
      it: "L'IBAN non è valido: il bonifico non arriverebbe.",
      en: 'The IBAN is not valid: a transfer would not arrive.',
    },
    fix: { it: "Ricopiare l'IBAN dalla banca.", en: 'Copy the IBAN again from the bank.' },
    *find(body): Iterable<Found> {
      for (const { way, at } of waysOf(body)) {
        const because = way.IBAN === undefined ? undefined : whyNoIban(way.IBAN);
        if (way.IBAN !== undefined && because) yield { path: `${at}/IBAN`, value: way.IBAN, because };
      }
    },
  },
  {
    code: 'DUE_DATE_EARLY',
    formats: ordinaryFormats,
    severity: 'warning',
    where: 'DettaglioPagamento/DataScadenzaPagamento',
    says: {
      it: 'La scadenza del pagamento è anteriore alla data del documento.',
      en: 'The payment is due before the date of the document.',
    },
    fix: {
      it: 'Correggere DataScadenzaPagamento; per un anticipo già pagato usare TP03.',
      en: 'Correct DataScadenzaPagamento; for an advance that was paid already use TP03.',
    },
    *find(body): Iterable<Found> {
      const issued = dayOf(body.general.Data);
      for (const { way, payment, at } of waysOf(body)) {
        const value = way.DataScadenzaPagamento;
        if (value === undefined || dayOf(value) >= issued || payment.CondizioniPagamento === 'TP03') continue;
        if (!paidLater.has(way.ModalitaPagamento)) continue;
        const [due, own] = [date(value), date(body.general.Data)];
        const because = {
          it: `Scade il ${due.it}, il documento è del ${own.it}.`,
          en: `It is due on ${due.en}, the document is of ${own.en}.`,
        };
        yield { path: `${at}/DataScadenzaPagamento`, value, because };
      }
    },
  },
];
