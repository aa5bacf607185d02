// fatturapa: chapter 1.1 of the simplified invoice, by whom and to whom the file is sent.
import { simplifiedFormatoTrasmissione } from './codes/simplified-formato-trasmissione.ts';
import { idFiscale } from './id-fiscale.ts';
import { block, one, optional } from './schema.ts';
import { basicLatinText, certifiedAddress, simplifiedRecipientCode } from './text-types.ts';

/** DatiTrasmissione, 1.1. */
export const simplifiedDatiTrasmissione = block({
  IdTrasmittente: one(
    idFiscale,
    'Chi trasmette il file: Paese e codice fiscale',
    'Who sends the file: country and tax code',
  ),
  ProgressivoInvio: one(
    basicLatinText(1, 10),
    'Numero progressivo che chi trasmette dà al file',
    'Number that the sender gives to the file',
  ),
  FormatoTrasmissione: one(
    simplifiedFormatoTrasmissione,
    "Formato del file, uguale all'attributo versione",
    'Format of the file, the same as the attribute versione',
  ),
  CodiceDestinatario: one(
    simplifiedRecipientCode,
    "A chi va consegnato il file: codice destinatario di 7 caratteri; 0000000 se c'è solo la PEC o nessun recapito, XXXXXXX per l'estero",
    'Where the file is delivered: recipient code of 7 characters; 0000000 with a PEC address or none at all, XXXXXXX abroad',
  ),
  PECDestinatario: optional(
    certifiedAddress,
    'PEC a cui consegnare il file, se CodiceDestinatario è 0000000',
    'Certified mailbox of the recipient, if CodiceDestinatario is 0000000',
  ),
});
