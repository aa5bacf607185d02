// fatturapa: the checks on the lines of an ordinary invoice.
import type { Sentence } from '../finding.ts';
import { figure, rate } from './figures.ts';
import { expectedTotal, isLineTotalRight, isRightWithDiscountOnLine } from './line-total.ts';
import { fundAt, lineAt, summaryAt, type OrdinaryBody } from './ordinary-body.ts';
import { genericNaturas, isAfterGenericNaturas, splitNatura } from './natura.ts';
import { ordinaryFormats, type Found, type Rule } from './rule.ts';

const naturaExamples: Sentence = {
  it: "Indicare in Natura perché non c'è IVA (N2.2 forfettari, N3.x non imponibile, N4 esente, N6.x inversione contabile…), o correggere AliquotaIVA.",
  en: 'Say in Natura why there is no VAT (N2.2 flat-rate scheme, N3.x non-taxable, N4 exempt, N6.x reverse charge…), or correct AliquotaIVA.',
};

type Line = OrdinaryBody['lines'][number];

function wrongTotal(line: Line, index: number): Found {
  const expected = expectedTotal(line);
  const [right, stated, price, quantity] = [
    expected,
    line.PrezzoTotale,
    line.PrezzoUnitario,
    line.Quantita ?? '1.00',
  ].map(figure);
  const discounted = line.ScontoMaggiorazione
    ? { it: ' con gli sconti', en: ' with its discounts' }
    : { it: '', en: '' };
  return {
    path: `${lineAt(index)}/PrezzoTotale`,
    value: line.PrezzoTotale,
    because: {
      it: `Linea ${line.NumeroLinea}: ${price?.it} × ${quantity?.it}${discounted.it} fa ${right?.it}, non ${stated?.it}.`,
      en: `Line ${line.NumeroLinea}: ${price?.en} × ${quantity?.en}${discounted.en} is ${right?.en}, not ${stated?.en}.`,
    },
    fix: fixOfTotal(line, right?.en ?? ''),
  };
}

// Importo is a discount on the unit price; that it was meant for the whole line is the usual mistake.
function fixOfTotal(line: Line, right: string): Sentence {
  if (isRightWithDiscountOnLine(line)) {
    return {
      it: `Importo in ScontoMaggiorazione vale per ogni unità, non per la linea intera: dividerlo per la quantità, oppure usare Percentuale. Altrimenti scrivere ${right} in PrezzoTotale.`,
      en: `Importo in ScontoMaggiorazione holds for each unit, not for the whole line: divide it by the quantity, or use Percentuale. Else write ${right} in PrezzoTotale.`,
    };
  }
  return {
    it: `Scrivere ${right} in PrezzoTotale, oppure correggere PrezzoUnitario, Quantita o gli sconti.`,
    en: `Write ${right} in PrezzoTotale, or correct PrezzoUnitario, Quantita or the discounts.`,
  };
}

function* notInPercent({ lineRates, fundRates, summaryRates }: OrdinaryBody): Iterable<Found> {
  const places: [rates: readonly number[], at: (index: number) => string][] = [
    [lineRates, lineAt],
    [fundRates, fundAt],
    [summaryRates, summaryAt],
  ];
  for (const [rates, at] of places) {
    for (const [index, value] of rates.entries()) if (value > 0 && value < 100) yield notPercent(value, at(index));
  }
}

function notPercent(value: number, at: string): Found {
  const text = `0.${String(value).padStart(2, '0')}`;
  return {
    path: `${at}/AliquotaIVA`,
    value: text,
    fix: {
      it: `Scrivere ${value}.00 se l'aliquota è del ${value}%.`,
      en: `Write ${value}.00 if the rate is ${value}%.`,
    },
  };
}

function* genericNatura(body: OrdinaryBody): Iterable<Found> {
  if (!isAfterGenericNaturas(body.general.Data)) return;
  const places: [rows: readonly { readonly Natura?: string | undefined }[], at: (index: number) => string][] = [
    [body.lines, lineAt],
    [body.funds, fundAt],
    [body.summaries, summaryAt],
  ];
  for (const [rows, at] of places) {
    for (const [index, { Natura }] of rows.entries()) {
      if (Natura === undefined || !genericNaturas.has(Natura)) continue;
      yield { path: `${at(index)}/Natura`, value: Natura, fix: splitNatura(Natura) };
    }
  }
}

/** The checks on lines, and on rates and Natura wherever they stand. */
export const lineRules: readonly Rule<OrdinaryBody>[] = [
  {
    code: '00400',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DettaglioLinee/Natura',
    says: { it: 'Una linea con aliquota IVA zero non ha la natura.', en: 'A line with VAT rate zero has no Natura.' },
    fix: naturaExamples,
    *find({ lines, lineRates }): Iterable<Found> {
      for (const [index, line] of lines.entries()) {
        if (lineRates[index] !== 0 || line.Natura !== undefined) continue;
        const because = { it: `È la linea ${line.NumeroLinea}.`, en: `It is line ${line.NumeroLinea}.` };
        yield { path: `${lineAt(index)}/Natura`, because };
      }
    },
  },
  {
    code: '00401',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DettaglioLinee/Natura',
    says: {
      it: 'Una linea ha una natura, ma la sua aliquota IVA non è zero.',
      en: 'A line has a Natura, but its VAT rate is not zero.',
    },
    fix: {
      it: "Togliere Natura se l'operazione è imponibile, altrimenti scrivere 0.00 in AliquotaIVA (solo TD16 ammette entrambe).",
      en: 'Drop Natura if the supply is taxable, else write 0.00 in AliquotaIVA (only TD16 allows both).',
    },
    *find({ lines, lineRates, isReverseChargeIntegration }): Iterable<Found> {
      if (isReverseChargeIntegration) return;
      for (const [index, { Natura, AliquotaIVA, NumeroLinea }] of lines.entries()) {
        if (Natura === undefined || lineRates[index] === 0) continue;
        const stated = rate(AliquotaIVA);
        const because = {
          it: `La linea ${NumeroLinea} ha natura ${Natura} e aliquota ${stated.it}.`,
          en: `Line ${NumeroLinea} has Natura ${Natura} and rate ${stated.en}.`,
        };
        yield { path: `${lineAt(index)}/Natura`, value: Natura, because };
      }
    },
  },
  {
    code: '00423',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DettaglioLinee/PrezzoTotale',
    says: {
      it: 'Il totale di una linea non è prezzo unitario × quantità (tolleranza 0,01).',
      en: 'The total of a line is not unit price × quantity (tolerance 0.01).',
    },
    fix: {
      it: "PrezzoTotale è il prezzo unitario, meno sconti e più maggiorazioni nell'ordine, per la quantità (1 se manca).",
      en: 'PrezzoTotale is the unit price, less discounts and plus surcharges in their order, times the quantity (1 if absent).',
    },
    *find({ lines }): Iterable<Found> {
      for (const [index, line] of lines.entries()) if (!isLineTotalRight(line)) yield wrongTotal(line, index);
    },
  },
  {
    code: '00424',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'AliquotaIVA',
    says: { it: "L'aliquota IVA non è scritta in percentuale.", en: 'The VAT rate is not written in percent.' },
    fix: { it: 'Scrivere 22.00 per il 22%, non 0.22.', en: 'Write 22.00 for 22%, not 0.22.' },
    find: notInPercent,
  },
  {
    code: '00438',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DettaglioLinee/ScontoMaggiorazione',
    says: {
      it: 'Lo sconto o la maggiorazione di una linea non ha né percentuale né importo.',
      en: 'The discount or surcharge of a line has neither a percentage nor an amount.',
    },
    fix: {
      it: 'Indicare Percentuale o Importo, oppure togliere ScontoMaggiorazione.',
      en: 'Give Percentuale or Importo, or drop ScontoMaggiorazione.',
    },
    *find({ lines }): Iterable<Found> {
      for (const [index, line] of lines.entries()) {
        for (const [place, discount] of (line.ScontoMaggiorazione ?? []).entries()) {
          if (discount.Percentuale !== undefined || discount.Importo !== undefined) continue;
          yield { path: `${lineAt(index)}/ScontoMaggiorazione[${place + 1}]/Percentuale` };
        }
      }
    },
  },
  {
    code: '00445',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'Natura',
    says: {
      it: 'I codici natura generici N2, N3 e N6 non sono più ammessi dal 2021.',
      en: 'The generic codes N2, N3 and N6 of Natura are no longer allowed since 2021.',
    },
    fix: {
      it: 'Usare il codice di dettaglio, per esempio N2.2, N3.1 o N6.1, nelle linee e nel riepilogo.',
      en: 'Use the code of detail, for example N2.2, N3.1 or N6.1, in lines and summary.',
    },
    find: genericNatura,
  },
  {
    code: '00474',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DettaglioLinee/AliquotaIVA',
    says: {
      it: "In un'autofattura per splafonamento (TD21) una linea ha aliquota IVA zero.",
      en: 'In a self-invoice for an exceeded ceiling (TD21) a line has VAT rate zero.',
    },
    fix: {
      it: "Indicare in ogni linea l'aliquota con cui si versa l'IVA, per esempio 22.00.",
      en: 'Give each line the rate at which the VAT is paid, for example 22.00.',
    },
    *find({ general, lines, lineRates }): Iterable<Found> {
      if (general.TipoDocumento !== 'TD21') return;
      for (const [index, line] of lines.entries()) {
        if (lineRates[index] === 0) yield { path: `${lineAt(index)}/AliquotaIVA`, value: line.AliquotaIVA };
      }
    },
  },
];
