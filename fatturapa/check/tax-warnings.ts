// fatturapa: warnings on stamp duty and on VAT of the flat-rate scheme, which SdI lets through.
import { isStampExcused, stampedNaturas, stampedTypes, stampFreeMax } from '../stamp-duty-law.ts';
import type { BodyView } from './document-view.ts';
import { generalAt } from './document-view.ts';
import { Total, units } from './exact.ts';
import { figure, rate } from './figures.ts';
import { lineAt, type OrdinaryBody } from './ordinary-body.ts';
import { ordinaryFormats, type Found, type Rule } from './rule.ts';
import type { SimplifiedBody } from './simplified-body.ts';

const stampFree = units(stampFreeMax);

const stampSays = {
  it: "Il documento ha importi senza IVA oltre 77,47 euro e non ha l'imposta di bollo.",
  en: 'The document has amounts without VAT above 77.47 euro and no stamp duty.',
};

function mayOweStamp({ document, general }: BodyView): boolean {
  return stampedTypes.has(general.TipoDocumento) && document.supplier.IdFiscaleIVA?.IdPaese === 'IT';
}

function* missingStamp(
  rows: readonly { readonly Natura?: string | undefined }[],
  amount: (index: number) => string | undefined,
  path: string,
): Iterable<Found> {
  let total: Total | undefined;
  for (let index = 0; index < rows.length; index++) {
    const natura = rows[index]?.Natura;
    if (natura !== undefined && stampedNaturas.has(natura)) (total ??= new Total()).add(amount(index));
  }
  if (total === undefined || total.units <= stampFree) return;
  const sum = figure(total.units);
  yield {
    path,
    because: { it: `Gli importi senza IVA fanno ${sum.it}.`, en: `The amounts without VAT are ${sum.en}.` },
  };
}

/** Warnings on taxes in ordinary invoices. */
export const ordinaryTaxWarnings: readonly Rule<OrdinaryBody>[] = [
  {
    code: 'BOLLO_MISSING',
    formats: ordinaryFormats,
    severity: 'warning',
    where: 'DatiGeneraliDocumento/DatiBollo',
    says: stampSays,
    fix: {
      it: 'Aggiungere DatiBollo con BolloVirtuale SI (2,00 euro); se il documento ne è esente, indicare NB1, NB2 o NB3 in AltriDatiGestionali/TipoDato.',
      en: 'Add DatiBollo with BolloVirtuale SI (2.00 euro); if the document is exempt, write NB1, NB2 or NB3 in AltriDatiGestionali/TipoDato.',
    },
    *find(body): Iterable<Found> {
      if (body.general.DatiBollo !== undefined || !mayOweStamp(body)) return;
      const { summaries } = body;
      for (const found of missingStamp(summaries, (at) => summaries[at]?.ImponibileImporto, `${generalAt}/DatiBollo`)) {
        if (!isStampExcused(body.lines)) yield found;
      }
    },
  },
  {
    code: 'FLAT_RATE_VAT',
    formats: ordinaryFormats,
    severity: 'warning',
    where: 'DettaglioLinee/AliquotaIVA',
    says: {
      it: "Un fornitore in regime forfettario (RF19) o dei minimi (RF02) addebita l'IVA.",
      en: 'A supplier in the flat-rate scheme (RF19) or of least taxpayers (RF02) charges VAT.',
    },
    fix: {
      it: "Scrivere aliquota 0.00 e natura N2.2, oppure correggere RegimeFiscale: l'IVA addebitata per errore va comunque versata.",
      en: 'Write rate 0.00 and Natura N2.2, or correct RegimeFiscale: VAT charged by mistake has to be paid all the same.',
    },
    *find({ document, general, lineRates, lines }): Iterable<Found> {
      if (document.regime !== 'RF19' && document.regime !== 'RF02') return;
      if (!stampedTypes.has(general.TipoDocumento)) return;
      const index = lineRates.findIndex((value) => value !== 0);
      if (index === -1) return;
      const [value, percent] = [lines[index]?.AliquotaIVA ?? '', rate(lineRates[index] ?? 0)];
      const because = {
        it: `La linea ${lines[index]?.NumeroLinea} ha aliquota ${percent.it}.`,
        en: `Line ${lines[index]?.NumeroLinea} has rate ${percent.en}.`,
      };
      yield { path: `${lineAt(index)}/AliquotaIVA`, value, because };
    },
  },
];

/** Warnings on taxes in simplified invoices. */
export const simplifiedTaxWarnings: readonly Rule<SimplifiedBody>[] = [
  {
    code: 'BOLLO_MISSING',
    formats: ['FSM10'],
    severity: 'warning',
    where: 'DatiGeneraliDocumento/BolloVirtuale',
    says: stampSays,
    fix: { it: 'Aggiungere BolloVirtuale con SI (2,00 euro).', en: 'Add BolloVirtuale with SI (2.00 euro).' },
    *find(body): Iterable<Found> {
      if (body.general.BolloVirtuale !== undefined || !mayOweStamp(body)) return;
      yield* missingStamp(body.rows, (at) => body.rows[at]?.Importo, `${generalAt}/BolloVirtuale`);
    },
  },
];
