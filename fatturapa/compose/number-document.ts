// fatturapa: gives a composed document the numbers that were still open, and the transmission its own.
import type { Composed, AnyFile } from './compose-document.ts';
import type { Sending } from './fill-header.ts';

/**
 * Sets the numbers of the bodies that wait for one.
 * @param composed from `composeDocument`, with a document; it is changed in place
 * @param numbers in the order of `composed.open`
 * @throws RangeError where there are not as many numbers as open bodies
 */
export function numberDocument({ document, open }: Composed, numbers: readonly string[]): void {
  if (!document || numbers.length !== open.length) {
    throw new RangeError(`${open.length} documents wait for a number, ${numbers.length} were given`);
  }
  for (const [index, { body }] of open.entries()) {
    const general = document.FatturaElettronicaBody[body]?.DatiGenerali.DatiGeneraliDocumento;
    if (general) general.Numero = numbers[index] ?? '';
  }
}

/**
 * Names who hands the file to SdI, and the file's own number, the same as in its name.
 * @param document changed in place
 * @param sending who, and the number
 */
export function nameSending(document: AnyFile, { transmitter, progressive }: Sending): void {
  const data = document.FatturaElettronicaHeader.DatiTrasmissione;
  data.IdTrasmittente = { IdPaese: transmitter.idPaese, IdCodice: transmitter.idCodice };
  data.ProgressivoInvio = progressive;
}
