// fatturapa: which figure of a discount or surcharge counts, for who reckons a document and who checks it.

/** The figures of ScontoMaggiorazione, as the schema has them. */
export interface DiscountFigures {
  readonly Percentuale?: string | undefined;
  readonly Importo?: string | undefined;
}

/**
 * Finds the amount that a discount goes by. An amount wins over a percentage (00423), but for one of zero, which is what programs write
 * beside the percentage that they mean.
 * @param discount a decimal in each figure that stands
 * @returns the amount; undefined where the percentage counts, or nothing does
 */
export function countedAmount({ Importo }: DiscountFigures): string | undefined {
  return Importo !== undefined && /[1-9]/.test(Importo) ? Importo : undefined;
}
