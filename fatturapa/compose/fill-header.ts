// fatturapa: fills in what the header leaves open: who transmits, in which format, to whom, and who sells.
import type { Transmitter } from '../file-name.ts';
import type { DocumentFinding } from '../finding.ts';
import type { HeaderDraft, OrdinaryDraft, SimplifiedDraft } from './draft.ts';
import { errorAt } from './finding-at.ts';
import { recipientCodeFor } from './party-blocks.ts';

/** Who transmits, and the file's own number. */
export interface Sending {
  /** Kept out where the document names its own. */
  readonly transmitter: Transmitter;
  /** ProgressivoInvio: up to ten characters, best the same as in the file's name. */
  readonly progressive: string;
}

/**
 * Fills in DatiTrasmissione. Format: as it says, else by the recipient code (six characters are a public body's).
 * @param draft the file, changed in place
 * @param sending who transmits
 * @param country the customer's
 */
export function fillSending(
  draft: Pick<OrdinaryDraft | SimplifiedDraft, 'versione' | 'FatturaElettronicaHeader'>,
  sending: Sending,
  country: string,
): void {
  const header: Pick<HeaderDraft, 'DatiTrasmissione'> = (draft.FatturaElettronicaHeader ??= {});
  const data = (header.DatiTrasmissione ??= {});
  const { idPaese: IdPaese, idCodice: IdCodice } = sending.transmitter;
  data.IdTrasmittente ??= { IdPaese, IdCodice };
  data.ProgressivoInvio ??= sending.progressive;
  data.CodiceDestinatario ??= recipientCodeFor(country);
  data.FormatoTrasmissione ??= draft.versione ?? (data.CodiceDestinatario.length === 6 ? 'FPA12' : 'FPR12');
  draft.versione ??= data.FormatoTrasmissione;
}

/** The finding for a customer of the hub of whom nothing is known that an invoice must say. */
export function profileMissing(): DocumentFinding {
  return errorAt(
    'PROFILE_MISSING',
    '',
    {
      it: 'Il cliente non ha un profilo fiscale: non si sa chi emette la fattura.',
      en: 'The customer has no fiscal profile: nobody knows who issues the invoice.',
    },
    {
      it: 'Inserirlo una volta con PUT /api/customers/{customerId}/profile, oppure indicare CedentePrestatore nel documento.',
      en: 'Put it once with PUT /api/customers/{customerId}/profile, or give CedentePrestatore in the document.',
    },
  );
}
