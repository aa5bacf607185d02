// fatturapa: the checks on DatiRiepilogo of an ordinary invoice, and on lines and summary together.
import { distance, hundredths, roundedQuotient, units, unitsInHundredth } from './exact.ts';
import { figure, rate } from './figures.ts';
import { naturasApart } from './natura-sets.ts';
import { summaryAt, userInWords, type OrdinaryBody } from './ordinary-body.ts';
import { ordinaryFormats, type Found, type Rule } from './rule.ts';
import { wrongTaxables } from './taxable-sum.ts';

type Summary = OrdinaryBody['summaries'][number];

const hundredPercent = 10_000;

/** The VAT of a summary as SdI reckons it, in hundredths, halves away from zero; undefined where that is not safe as a number. */
function quickTax(taxable: number, rateInHundredths: number): number | undefined {
  const product = taxable * rateInHundredths;
  if (!Number.isSafeInteger(product)) return undefined;
  const rest = product % hundredPercent;
  const whole = (product - rest) / hundredPercent;
  if (Math.abs(rest) * 2 < hundredPercent) return whole;
  return rest < 0 ? whole - 1 : whole + 1;
}

function exactTax(summary: Summary, rateInHundredths: number): bigint {
  const product = units(summary.ImponibileImporto) * BigInt(rateInHundredths);
  return roundedQuotient(product, BigInt(hundredPercent) * unitsInHundredth) * unitsInHundredth;
}

function isTaxRight(summary: Summary, rateInHundredths: number): boolean {
  const stated = hundredths(summary.Imposta);
  const expected = quickTax(hundredths(summary.ImponibileImporto), rateInHundredths);
  if (expected !== undefined && !Number.isNaN(stated)) return Math.abs(expected - stated) <= 1;
  return distance(exactTax(summary, rateInHundredths) - units(summary.Imposta)) <= unitsInHundredth;
}

function wrongTax(summary: Summary, rateInHundredths: number, index: number): Found {
  const [right, taxable, stated] = [
    figure(exactTax(summary, rateInHundredths)),
    figure(summary.ImponibileImporto),
    figure(summary.Imposta),
  ];
  const percent = rate(rateInHundredths);
  return {
    path: `${summaryAt(index)}/Imposta`,
    value: summary.Imposta,
    because: {
      it: `Con aliquota ${percent.it} su ${taxable.it} l'imposta è ${right.it}, non ${stated.it}.`,
      en: `${percent.en} of ${taxable.en} is ${right.en}, not ${stated.en}.`,
    },
    fix: {
      it: `Scrivere ${right.en} in Imposta, oppure correggere ImponibileImporto o AliquotaIVA.`,
      en: `Write ${right.en} in Imposta, or correct ImponibileImporto or AliquotaIVA.`,
    },
  };
}

function* missingSummaries({ rates, summaries }: OrdinaryBody): Iterable<Found> {
  for (const [value, { usedAt, summaryIndex }] of rates) {
    if (usedAt === undefined || summaryIndex !== undefined) continue;
    const [percent, user] = [rate(value), userInWords(usedAt)];
    yield {
      path: summaryAt(summaries.length),
      because: {
        it: `L'aliquota ${percent.it}, usata ${user.it}, non ha un DatiRiepilogo.`,
        en: `Rate ${percent.en}, used ${user.en}, has no DatiRiepilogo.`,
      },
      fix: {
        it: `Aggiungere un DatiRiepilogo con AliquotaIVA ${(value / 100).toFixed(2)}, oppure correggere l'aliquota della riga.`,
        en: `Add a DatiRiepilogo with AliquotaIVA ${(value / 100).toFixed(2)}, or correct the rate of the row.`,
      },
    };
  }
}

function* unusedRates({ rates, summaries }: OrdinaryBody): Iterable<Found> {
  for (const [value, { usedAt, summaryIndex }] of rates) {
    if (usedAt !== undefined || summaryIndex === undefined) continue;
    const percent = rate(value);
    yield {
      path: `${summaryAt(summaryIndex)}/AliquotaIVA`,
      value: summaries[summaryIndex]?.AliquotaIVA ?? '',
      because: {
        it: `Nessuna linea e nessun contributo alla cassa ha l'aliquota ${percent.it}.`,
        en: `No line and no contribution to a fund has rate ${percent.en}.`,
      },
    };
  }
}

/** The checks on the VAT summary. */
export const summaryRules: readonly Rule<OrdinaryBody>[] = [
  {
    code: '00419',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiRiepilogo',
    says: {
      it: "Un'aliquota IVA usata nel documento manca dal riepilogo.",
      en: 'A VAT rate used in the document is missing from the summary.',
    },
    fix: {
      it: 'Aggiungere un DatiRiepilogo per ogni aliquota di linee e cassa.',
      en: 'Add a DatiRiepilogo for each rate of lines and funds.',
    },
    find: missingSummaries,
  },
  {
    code: '00420',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiRiepilogo/EsigibilitaIVA',
    says: {
      it: 'Inversione contabile (natura N6) e scissione dei pagamenti (esigibilità S) non stanno insieme.',
      en: 'Reverse charge (Natura N6) and split payment (EsigibilitaIVA S) do not go together.',
    },
    fix: {
      it: "Con natura N6 togliere EsigibilitaIVA, o indicare I; con lo split payment indicare l'aliquota e togliere Natura.",
      en: 'With Natura N6 drop EsigibilitaIVA, or write I; with split payment give the rate and drop Natura.',
    },
    *find({ summaries }): Iterable<Found> {
      for (const [index, { Natura, EsigibilitaIVA }] of summaries.entries()) {
        if (EsigibilitaIVA !== 'S' || !Natura?.startsWith('N6')) continue;
        yield { path: `${summaryAt(index)}/EsigibilitaIVA`, value: EsigibilitaIVA };
      }
    },
  },
  {
    code: '00421',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiRiepilogo/Imposta',
    says: {
      it: "L'imposta del riepilogo non è aliquota × imponibile (tolleranza 0,01).",
      en: 'The VAT of the summary is not rate × taxable amount (tolerance 0.01).',
    },
    fix: {
      it: 'Imposta è AliquotaIVA × ImponibileImporto / 100, arrotondata al centesimo.',
      en: 'Imposta is AliquotaIVA × ImponibileImporto / 100, rounded to hundredths.',
    },
    *find({ summaries, summaryRates }): Iterable<Found> {
      for (const [index, summary] of summaries.entries()) {
        const value = summaryRates[index] ?? 0;
        if (!isTaxRight(summary, value)) yield wrongTax(summary, value, index);
      }
    },
  },
  {
    code: '00422',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiRiepilogo/ImponibileImporto',
    says: {
      it: "L'imponibile del riepilogo non è la somma di linee, cassa e arrotondamenti della sua aliquota (tolleranza 1,00).",
      en: 'The taxable amount of the summary is not the sum of lines, funds and roundings of its rate (tolerance 1.00).',
    },
    fix: {
      it: 'Per ogni aliquota ImponibileImporto è la somma di PrezzoTotale, ImportoContributoCassa e Arrotondamento.',
      en: 'For each rate ImponibileImporto is the sum of PrezzoTotale, ImportoContributoCassa and Arrotondamento.',
    },
    find: wrongTaxables,
  },
  {
    code: '00429',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiRiepilogo/Natura',
    says: {
      it: 'Un riepilogo con aliquota IVA zero non ha la natura.',
      en: 'A summary with VAT rate zero has no Natura.',
    },
    fix: {
      it: 'Indicare nel riepilogo la stessa Natura delle linee ad aliquota zero; un DatiRiepilogo per ogni natura.',
      en: 'Give the summary the Natura of the lines at rate zero; one DatiRiepilogo for each Natura.',
    },
    *find({ summaries, summaryRates }): Iterable<Found> {
      for (const [index, { Natura }] of summaries.entries()) {
        if (summaryRates[index] === 0 && Natura === undefined) yield { path: `${summaryAt(index)}/Natura` };
      }
    },
  },
  {
    code: '00430',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiRiepilogo/Natura',
    says: {
      it: 'Un riepilogo ha una natura, ma la sua aliquota IVA non è zero.',
      en: 'A summary has a Natura, but its VAT rate is not zero.',
    },
    fix: {
      it: "Togliere Natura se l'operazione è imponibile, altrimenti scrivere 0.00 in AliquotaIVA (solo TD16 ammette entrambe).",
      en: 'Drop Natura if the supply is taxable, else write 0.00 in AliquotaIVA (only TD16 allows both).',
    },
    *find({ summaries, summaryRates, isReverseChargeIntegration }): Iterable<Found> {
      if (isReverseChargeIntegration) return;
      for (const [index, { Natura, AliquotaIVA }] of summaries.entries()) {
        if (Natura === undefined || summaryRates[index] === 0) continue;
        const percent = rate(AliquotaIVA);
        const because = {
          it: `La natura è ${Natura}, ma l'aliquota indicata è ${percent.it}.`,
          en: `Natura is ${Natura}, but the rate given is ${percent.en}.`,
        };
        yield { path: `${summaryAt(index)}/Natura`, value: Natura, because };
      }
    },
  },
  {
    code: '00443',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiRiepilogo/AliquotaIVA',
    says: {
      it: "Il riepilogo ha un'aliquota IVA che il documento non usa.",
      en: 'The summary has a VAT rate that the document does not use.',
    },
    fix: {
      it: 'Togliere questo DatiRiepilogo, oppure correggere la sua aliquota o quella delle linee.',
      en: 'Remove this DatiRiepilogo, or correct its rate or that of the lines.',
    },
    find: unusedRates,
  },
  {
    code: '00444',
    formats: ordinaryFormats,
    severity: 'error',
    where: 'DatiRiepilogo/Natura',
    says: {
      it: 'Le nature di linee e cassa non sono le stesse del riepilogo.',
      en: 'The Natura codes of lines and funds are not the same as those of the summary.',
    },
    fix: {
      it: 'Ogni natura delle linee vuole il suo DatiRiepilogo, e ogni natura del riepilogo deve stare in una linea o nella cassa.',
      en: 'Each Natura of the lines wants a DatiRiepilogo of its own, and each Natura of the summary must stand in a line or fund.',
    },
    find: naturasApart,
  },
];
