// fatturapa: chapter 1.1 of the ordinary invoice, by whom and to whom the file is sent.
import { formatoTrasmissione } from './codes/formato-trasmissione.ts';
import { idFiscale } from './id-fiscale.ts';
import { block, one, optional } from './schema.ts';
import { basicLatinText, certifiedAddress, contactAddress, phone, recipientCode } from './text-types.ts';

const contattiTrasmittente = block({
  Telefono: optional(phone, 'Telefono fisso o mobile di chi trasmette', "Sender's phone number"),
  Email: optional(contactAddress, 'Indirizzo e-mail di chi trasmette', "Sender's e-mail address"),
});

/** DatiTrasmissione, 1.1. */
export const datiTrasmissione = block({
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
    formatoTrasmissione,
    "Formato del file, uguale all'attributo versione",
    'Format of the file, the same as the attribute versione',
  ),
  CodiceDestinatario: one(
    recipientCode,
    "A chi va consegnato il file: codice ufficio IPA di 6 caratteri o codice destinatario di 7; 0000000 se c'è solo la PEC o nessun recapito, XXXXXXX per l'estero",
    'Where the file is delivered: office code of 6 characters or recipient code of 7; 0000000 with a PEC address or none at all, XXXXXXX abroad',
  ),
  ContattiTrasmittente: optional(contattiTrasmittente, 'Recapiti di chi trasmette', 'How to reach the sender'),
  PECDestinatario: optional(
    certifiedAddress,
    'PEC a cui consegnare il file, se CodiceDestinatario è 0000000',
    'Certified mailbox of the recipient, if CodiceDestinatario is 0000000',
  ),
});
