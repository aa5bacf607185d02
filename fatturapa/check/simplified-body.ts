// fatturapa: a body of a simplified invoice as its checks see it.
import type { FatturaElettronicaSemplificata } from '../schema/simplified.ts';
import type { BodyView, DocumentView } from './document-view.ts';
import { hundredths } from './exact.ts';

type Body = FatturaElettronicaSemplificata['FatturaElettronicaBody'][number];
type Row = Body['DatiBeniServizi'][number];

/** A body with its parts at hand; rates are in hundredths of a percent point, undefined where the row has none. */
export interface SimplifiedBody extends BodyView {
  readonly body: Body;
  readonly general: Body['DatiGenerali']['DatiGeneraliDocumento'];
  readonly rows: readonly Row[];
  readonly rates: readonly (number | undefined)[];
}

/** The path of a row within the body; `index` from 0. */
export function rowAt(index: number): string {
  return `DatiBeniServizi[${index + 1}]`;
}

/**
 * Lays out a body of a simplified invoice; linear in its rows.
 * @param document what stands around it
 * @param body as it was read
 */
export function viewOfSimplifiedBody(document: DocumentView, body: Body): SimplifiedBody {
  const rows = body.DatiBeniServizi;
  const rates = rows.map(({ DatiIVA }) => (DatiIVA.Aliquota === undefined ? undefined : hundredths(DatiIVA.Aliquota)));
  return { document, body, general: body.DatiGenerali.DatiGeneraliDocumento, rows, rates };
}
