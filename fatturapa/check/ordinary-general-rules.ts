// fatturapa: the checks on DatiGenerali of an ordinary invoice: withholding, linked invoices, funds, discounts on the total.
import { generalAt } from './document-view.ts';
import { date, dayOf, rate } from './figures.ts';
import { fundAt, type OrdinaryBody } from './ordinary-body.ts';
import { ordinaryFormats, type Found, type Rule } from './rule.ts';

const withholdingAt = `${generalAt}/DatiRitenuta[1]`;
const withholdingFix = {
  it: 'Aggiungere DatiRitenuta (tipo, importo, aliquota e causale), oppure togliere Ritenuta dalla riga se non è soggetta.',
  en: 'Add DatiRitenuta (type, amount, rate and reason), or drop Ritenuta from the row if it bears none.',
};

function* missingWithholding(
  { general }: OrdinaryBody,
  rows: readonly { readonly Ritenuta?: string | undefined }[],
  name: { it: string; en: string },
): Iterable<Found> {
  if (general.DatiRitenuta !== undefined) return;
  const index = rows.findIndex((row) => row.Ritenuta !== undefined);
  if (index === -1) return;
  const place = index + 1;
  yield {
    path: withholdingAt,
    because: {
      it: `${name.it} ${place} ha Ritenuta = SI, ma DatiRitenuta manca.`,
      en: `${name.en} ${place} has Ritenuta = SI, but DatiRitenuta is missing.`,
    },
  };
}

/** The checks on the chapter of general data. */
export const ordinaryGeneralRules: readonly Rule<OrdinaryBody>[] = [
  {
    code: '00411',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiGeneraliDocumento/DatiRitenuta',
    says: {
      it: 'Una linea è soggetta a ritenuta, ma i dati della ritenuta mancano.',
      en: 'A line bears withholding tax, but the data of the withholding are missing.',
    },
    fix: withholdingFix,
    find: (body) => missingWithholding(body, body.lines, { it: 'La linea', en: 'Line' }),
  },
  {
    code: '00413',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiCassaPrevidenziale/Natura',
    says: {
      it: 'Il contributo alla cassa ha aliquota IVA zero e nessuna natura.',
      en: 'The contribution to the fund has VAT rate zero and no Natura.',
    },
    fix: {
      it: "Indicare in Natura perché non c'è IVA (per esempio N2.2 per i forfettari, N4 se esente), o correggere AliquotaIVA.",
      en: 'Say in Natura why there is no VAT (for example N2.2 in the flat-rate scheme, N4 if exempt), or correct AliquotaIVA.',
    },
    *find({ funds, fundRates }): Iterable<Found> {
      for (const [index, fund] of funds.entries()) {
        if (fundRates[index] === 0 && fund.Natura === undefined) yield { path: `${fundAt(index)}/Natura` };
      }
    },
  },
  {
    code: '00414',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiCassaPrevidenziale/Natura',
    says: {
      it: 'Il contributo alla cassa ha una natura, ma la sua aliquota IVA non è zero.',
      en: 'The contribution to the fund has a Natura, but its VAT rate is not zero.',
    },
    fix: {
      it: "Togliere Natura se sul contributo c'è IVA, altrimenti scrivere 0.00 in AliquotaIVA.",
      en: 'Drop Natura if the contribution bears VAT, else write 0.00 in AliquotaIVA.',
    },
    *find({ funds, fundRates }): Iterable<Found> {
      for (const [index, { Natura, AliquotaIVA }] of funds.entries()) {
        if (Natura === undefined || fundRates[index] === 0) continue;
        const stated = rate(AliquotaIVA);
        const because = {
          it: `La natura è ${Natura}, ma l'aliquota indicata è ${stated.it}.`,
          en: `Natura is ${Natura}, but the rate given is ${stated.en}.`,
        };
        yield { path: `${fundAt(index)}/Natura`, value: Natura, because };
      }
    },
  },
  {
    code: '00415',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiGeneraliDocumento/DatiRitenuta',
    says: {
      it: 'Il contributo alla cassa è soggetto a ritenuta, ma i dati della ritenuta mancano.',
      en: 'The contribution to the fund bears withholding tax, but the data of the withholding are missing.',
    },
    fix: withholdingFix,
    find: (body) =>
      missingWithholding(body, body.funds, { it: 'DatiCassaPrevidenziale', en: 'DatiCassaPrevidenziale' }),
  },
  {
    code: '00418',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiFattureCollegate/Data',
    says: {
      it: 'Il documento ha una data anteriore a quella della fattura collegata.',
      en: 'The document is dated before the invoice that it is linked to.',
    },
    fix: {
      it: 'Correggere la data del documento o quella in DatiFattureCollegate.',
      en: 'Correct the date of the document or the one in DatiFattureCollegate.',
    },
    *find({ body, general }): Iterable<Found> {
      const day = dayOf(general.Data);
      for (const [index, { Data }] of (body.DatiGenerali.DatiFattureCollegate ?? []).entries()) {
        if (Data === undefined || dayOf(Data) <= day) continue;
        const [own, linked] = [date(general.Data), date(Data)];
        const because = {
          it: `Il documento è del ${own.it}, la fattura collegata del ${linked.it}.`,
          en: `The document is of ${own.en}, the linked invoice of ${linked.en}.`,
        };
        yield { path: `DatiGenerali/DatiFattureCollegate[${index + 1}]/Data`, value: Data, because };
      }
    },
  },
  {
    code: '00437',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiGeneraliDocumento/ScontoMaggiorazione',
    says: {
      it: 'Lo sconto o la maggiorazione sul documento non ha né percentuale né importo.',
      en: 'The discount or surcharge on the document has neither a percentage nor an amount.',
    },
    fix: {
      it: 'Indicare Percentuale o Importo, oppure togliere ScontoMaggiorazione.',
      en: 'Give Percentuale or Importo, or drop ScontoMaggiorazione.',
    },
    *find({ general }): Iterable<Found> {
      for (const [index, discount] of (general.ScontoMaggiorazione ?? []).entries()) {
        if (discount.Percentuale !== undefined || discount.Importo !== undefined) continue;
        yield { path: `${generalAt}/ScontoMaggiorazione[${index + 1}]/Percentuale` };
      }
    },
  },
];
