// fatturapa: the checks on the body of a simplified invoice (FSM10).
import { Total } from './exact.ts';
import { date, dayOf, figure, rate } from './figures.ts';
import { genericNaturas, isAfterGenericNaturas, splitNatura } from './natura.ts';
import type { Format, Found, Rule } from './rule.ts';
import { rowAt, type SimplifiedBody } from './simplified-body.ts';

const formats: readonly Format[] = ['FSM10'];

/** DPR 633/1972 art. 21-bis and the decree of 10 May 2019: up to 400 euro, in hundredths. */
const limit = 40_000;

/** The flat-rate schemes have no limit since 1 April 2025 (legislative decree 180/2024). */
const withoutLimit = new Set(['RF19', 'RF20']);

function* overLimit({ document, body, general, rows }: SimplifiedBody): Iterable<Found> {
  if (withoutLimit.has(document.regime) || body.DatiGenerali.DatiFatturaRettificata !== undefined) return;
  const total = new Total();
  for (const { Importo } of rows) total.add(Importo);
  if (total.units <= 0n || total.isWithin(limit)) return;
  const sum = figure(total.units);
  const found: Found = {
    path: rowAt(0),
    because: {
      it: `Gli importi fanno ${sum.it}, il limite è 400,00.`,
      en: `The amounts are ${sum.en} together, the limit is 400.00.`,
    },
  };
  // Notes of variation may exceed it; that they should name what they correct is not ours to refuse.
  yield general.TipoDocumento === 'TD07' ? found : { ...found, severity: 'warning' };
}

/** The checks on a simplified body. */
export const simplifiedRules: readonly Rule<SimplifiedBody>[] = [
  {
    code: '00400',
    formats,
    severity: 'error',
    where: 'DatiBeniServizi/Natura',
    says: { it: 'Una riga con aliquota IVA zero non ha la natura.', en: 'A row with VAT rate zero has no Natura.' },
    fix: {
      it: "Indicare in Natura perché non c'è IVA (N2.2 forfettari, N4 esente…), oppure correggere Aliquota.",
      en: 'Say in Natura why there is no VAT (N2.2 flat-rate scheme, N4 exempt…), or correct Aliquota.',
    },
    *find({ rows, rates }): Iterable<Found> {
      for (const [index, { Natura }] of rows.entries()) {
        if (rates[index] === 0 && Natura === undefined) yield { path: `${rowAt(index)}/Natura` };
      }
    },
  },
  {
    code: '00401',
    formats,
    severity: 'error',
    where: 'DatiBeniServizi/Natura',
    says: {
      it: 'Una riga ha una natura, ma la sua aliquota IVA non è zero.',
      en: 'A row has a Natura, but its VAT rate is not zero.',
    },
    fix: {
      it: "Togliere Natura se l'operazione è imponibile, altrimenti scrivere 0.00 in Aliquota.",
      en: 'Drop Natura if the supply is taxable, else write 0.00 in Aliquota.',
    },
    *find({ rows, rates }): Iterable<Found> {
      for (const [index, { Natura }] of rows.entries()) {
        const value = rates[index];
        if (Natura === undefined || !value) continue;
        const percent = rate(value);
        const because = {
          it: `La natura è ${Natura}, ma l'aliquota indicata è ${percent.it}.`,
          en: `Natura is ${Natura}, but the rate given is ${percent.en}.`,
        };
        yield { path: `${rowAt(index)}/Natura`, value: Natura, because };
      }
    },
  },
  {
    code: '00418',
    formats,
    severity: 'error',
    where: 'DatiFatturaRettificata/DataFR',
    says: {
      it: 'Il documento ha una data anteriore a quella della fattura che rettifica.',
      en: 'The document is dated before the invoice that it corrects.',
    },
    fix: { it: 'Correggere la data del documento o DataFR.', en: 'Correct the date of the document or DataFR.' },
    *find({ body, general }): Iterable<Found> {
      const value = body.DatiGenerali.DatiFatturaRettificata?.DataFR;
      if (value === undefined || dayOf(value) <= dayOf(general.Data)) return;
      const [own, corrected] = [date(general.Data), date(value)];
      const because = {
        it: `Il documento è del ${own.it}, la fattura rettificata del ${corrected.it}.`,
        en: `The document is of ${own.en}, the corrected invoice of ${corrected.en}.`,
      };
      yield { path: 'DatiGenerali/DatiFatturaRettificata/DataFR', value, because };
    },
  },
  {
    code: '00424',
    formats,
    severity: 'error',
    where: 'DatiIVA/Aliquota',
    says: { it: "L'aliquota IVA non è scritta in percentuale.", en: 'The VAT rate is not written in percent.' },
    fix: { it: 'Scrivere 22.00 per il 22%, non 0.22.', en: 'Write 22.00 for 22%, not 0.22.' },
    *find({ rows, rates }): Iterable<Found> {
      for (const [index, value] of rates.entries()) {
        if (value === undefined || value <= 0 || value >= 100) continue;
        yield { path: `${rowAt(index)}/DatiIVA/Aliquota`, value: rows[index]?.DatiIVA.Aliquota ?? '' };
      }
    },
  },
  {
    code: '00445',
    formats,
    severity: 'error',
    where: 'DatiBeniServizi/Natura',
    says: {
      it: 'I codici natura generici N2 e N3 non sono più ammessi dal 2021.',
      en: 'The generic codes N2 and N3 of Natura are no longer allowed since 2021.',
    },
    fix: {
      it: 'Usare il codice di dettaglio, per esempio N2.2 o N3.1.',
      en: 'Use the code of detail, for example N2.2 or N3.1.',
    },
    *find({ general, rows }): Iterable<Found> {
      if (!isAfterGenericNaturas(general.Data)) return;
      for (const [index, { Natura }] of rows.entries()) {
        if (Natura === undefined || !genericNaturas.has(Natura)) continue;
        yield { path: `${rowAt(index)}/Natura`, value: Natura, fix: splitNatura(Natura) };
      }
    },
  },
  {
    code: '00460',
    formats,
    severity: 'error',
    where: 'DatiBeniServizi/Importo',
    says: {
      it: 'Il totale supera il limite delle fatture semplificate.',
      en: 'The total exceeds the limit of simplified invoices.',
    },
    fix: {
      it: 'Emettere una fattura ordinaria (FPR12). Le note di variazione indicano in DatiFatturaRettificata che cosa rettificano, e allora non hanno limite.',
      en: 'Issue an ordinary invoice (FPR12). Notes of variation name in DatiFatturaRettificata what they correct, and then have no limit.',
    },
    find: overLimit,
  },
];
