// fatturapa: warnings on the VAT of the rows of a simplified invoice, which SdI does not reckon.
import { distance, hundredths, roundedQuotient, unitsInHundredth } from './exact.ts';
import { figure, rate } from './figures.ts';
import type { Format, Found, Rule } from './rule.ts';
import { rowAt, type SimplifiedBody } from './simplified-body.ts';

const formats: readonly Format[] = ['FSM10'];
const hundredPercent = 10_000;

/** The VAT within a gross amount (DPR 633/1972 art. 27 c. 2), in hundredths, halves away from zero. */
function vatWithin(gross: number, rateInHundredths: number): bigint {
  return roundedQuotient(BigInt(gross) * BigInt(rateInHundredths), BigInt(hundredPercent + rateInHundredths));
}

function* rowsWithoutVat({ rows, rates }: SimplifiedBody): Iterable<Found> {
  for (const [index, { DatiIVA, Natura, Importo }] of rows.entries()) {
    // Rate zero is told by 00400; a row of no amount only describes.
    if (rates[index] !== undefined || Natura !== undefined || hundredths(Importo) === 0) continue;
    if (DatiIVA.Imposta === undefined || hundredths(DatiIVA.Imposta) === 0) yield { path: `${rowAt(index)}/Natura` };
  }
}

function* rowsWithOtherVat({ rows, rates }: SimplifiedBody): Iterable<Found> {
  for (const [index, { DatiIVA, Importo }] of rows.entries()) {
    const [value, stated] = [rates[index], DatiIVA.Imposta];
    // A rate below one percent is told by 00424.
    if (value === undefined || stated === undefined || (value > 0 && value < 100)) continue;
    const right = vatWithin(hundredths(Importo), value);
    if (distance(right - BigInt(hundredths(stated))) > 1n) yield otherVat(index, stated, Importo, value, right);
  }
}

function otherVat(
  index: number,
  value: string,
  Importo: string,
  rateInHundredths: number,
  hundredthsRight: bigint,
): Found {
  const [gross, percent, stated] = [figure(Importo), rate(rateInHundredths), figure(value)];
  const right = figure(hundredthsRight * unitsInHundredth);
  return {
    path: `${rowAt(index)}/DatiIVA/Imposta`,
    value,
    because: {
      it: `Con aliquota ${percent.it} l'imposta compresa in ${gross.it} è ${right.it}, non ${stated.it}.`,
      en: `At rate ${percent.en} the tax within ${gross.en} is ${right.en}, not ${stated.en}.`,
    },
    fix: {
      it: `Scrivere ${right.en} in Imposta o indicare la sola Aliquota; se Importo è al netto dell'IVA, aggiungerla.`,
      en: `Write ${right.en} in Imposta or give Aliquota alone; if Importo is net of VAT, add the VAT to it.`,
    },
  };
}

/** Warnings on the rows of a simplified invoice. */
export const simplifiedWarnings: readonly Rule<SimplifiedBody>[] = [
  {
    code: 'ROW_WITHOUT_VAT',
    formats,
    severity: 'warning',
    where: 'DatiBeniServizi/DatiIVA, Natura',
    says: {
      it: "Una riga non indica né l'IVA né la natura: non si sa se l'operazione è imponibile.",
      en: 'A row gives neither VAT nor a Natura: whether the supply is taxable remains open.',
    },
    fix: {
      it: "Indicare in DatiIVA l'aliquota o l'imposta; se l'operazione è senza IVA, indicare Natura (per esempio N4 esente, N2.2 forfettari).",
      en: 'Give the rate or the tax in DatiIVA; if the supply bears no VAT, give Natura (for example N4 exempt, N2.2 flat-rate scheme).',
    },
    find: rowsWithoutVat,
  },
  {
    code: 'ROW_VAT_DIFFERS',
    formats,
    severity: 'warning',
    where: 'DatiBeniServizi/DatiIVA/Imposta',
    says: {
      it: "L'imposta di una riga non corrisponde alla sua aliquota (Importo è al lordo dell'IVA; tolleranza 0,01).",
      en: 'The VAT of a row does not fit its rate (Importo is with the VAT; tolerance 0.01).',
    },
    fix: {
      it: 'Imposta è Importo × Aliquota / (100 + Aliquota), arrotondata al centesimo.',
      en: 'Imposta is Importo × Aliquota / (100 + Aliquota), rounded to hundredths.',
    },
    find: rowsWithOtherVat,
  },
];
