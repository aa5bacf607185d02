// fatturapa: the VAT of a line of the shorter shape: what it says, else what the profile says, else what the tax regime means.
import type { DocumentFinding } from '../finding.ts';
import { amount2, readFigure, zero } from './figures.ts';
import { errorAt } from './finding-at.ts';
import type { ShortLine } from './short-invoice.ts';
import type { FiscalProfile } from './short-party.ts';

/** Rate with two decimals; `nature` and its law only where the rate is nought. */
export interface LineVat {
  readonly rate?: string | undefined;
  readonly nature?: string | undefined;
  readonly law?: string | undefined;
}

/** Tax regimes that never charge VAT → nature and law of all their lines. */
const exemptRegimes: Readonly<Record<string, LineVat>> = {
  RF02: {
    rate: '0.00',
    nature: 'N2.2',
    law: "Regime di vantaggio, operazione senza applicazione dell'IVA, art. 27 c. 1 e 2 DL 98/2011",
  },
  RF19: {
    rate: '0.00',
    nature: 'N2.2',
    law: "Regime forfettario, operazione senza applicazione dell'IVA, art. 1 c. 54-89 L. 190/2014",
  },
};

type VatWords = Pick<ShortLine, 'vatRate' | 'nature' | 'legalReference'>;

function said({ vatRate, nature, legalReference: law }: VatWords): LineVat | undefined {
  if (vatRate === undefined && nature === undefined) return undefined;
  const rate = amount2(vatRate === undefined ? zero : (readFigure(vatRate) ?? zero));
  return { rate, nature, law };
}

/**
 * Finds a line's VAT.
 * @param line the line
 * @param defaults the profile's
 * @param regime the seller's tax regime
 * @param path the line's JSON pointer
 * @param findings where to say that nothing says the rate, or not why there is none
 */
export function vatOfLine(
  line: ShortLine,
  defaults: FiscalProfile['defaults'],
  regime: string | undefined,
  path: string,
  findings: DocumentFinding[],
): LineVat {
  const byRegime = regime === undefined || !Object.hasOwn(exemptRegimes, regime) ? undefined : exemptRegimes[regime];
  const vat = said(line) ?? said(defaults ?? {}) ?? byRegime;
  if (!vat) findings.push(rateMissing(path));
  else if (vat.rate === '0.00' && vat.nature === undefined) findings.push(natureMissing(path));
  return { ...vat, law: line.legalReference ?? vat?.law };
}

function rateMissing(path: string): DocumentFinding {
  return errorAt(
    '00200',
    `${path}/vatRate`,
    { it: "Manca l'aliquota IVA della riga.", en: 'The VAT rate of the line is missing.' },
    {
      it: 'Indicare vatRate, per esempio 22; oppure 0 con nature (il motivo); oppure un valore predefinito nel profilo.',
      en: 'Give vatRate, for example 22; or 0 with nature (the reason); or a default in the profile.',
    },
  );
}

function natureMissing(path: string): DocumentFinding {
  return errorAt(
    '00400',
    `${path}/nature`,
    {
      it: 'La riga ha aliquota zero ma non dice perché (Natura).',
      en: 'The line has rate nought but does not say why (Natura).',
    },
    { it: 'Indicare nature, per esempio N4 (esente) o N2.2.', en: 'Give nature, for example N4 (exempt) or N2.2.' },
  );
}
