// fatturapa: SdI's codes that other parts decide (file, signature, format, archive) or only SdI can, with what to do about each.
import { everyFormat, ordinaryFormats, type Explanation, type Format } from './rule.ts';

type Row = Omit<Explanation, 'code' | 'formats' | 'severity'> & { readonly formats?: readonly Format[] };

const byCode = {
  '00001': {
    where: 'file name',
    says: { it: 'Il nome del file non è valido.', en: 'The name of the file is not valid.' },
    fix: {
      it: "Chiamare il file con paese e codice fiscale di chi trasmette, «_», un progressivo da 1 a 5 lettere o cifre e l'estensione: IT01234567897_00001.xml (.xml.p7m se firmato CAdES, .zip se archivio).",
      en: 'Name the file by country and tax code of the transmitter, "_", a progressive of 1 to 5 letters or digits and the extension: IT01234567897_00001.xml (.xml.p7m if signed by CAdES, .zip for an archive).',
    },
  },
  '00002': {
    where: 'file name',
    says: {
      it: 'Un file con questo nome, o con lo stesso contenuto, è già stato inviato.',
      en: 'A file of this name, or with the same content, was sent already.',
    },
    fix: {
      it: 'Se il primo invio è andato a buon fine non fare nulla; altrimenti inviare il file corretto con un nome nuovo, mai usato.',
      en: 'If the first sending went well do nothing; else send the corrected file under a new name that was never used.',
    },
  },
  '00003': {
    where: 'file size',
    says: { it: 'Il file è troppo grande.', en: 'The file is too large.' },
    fix: {
      it: 'Dividere il lotto in più file, oppure togliere o comprimere gli allegati.',
      en: 'Split the lot into several files, or drop or compress attachments.',
    },
  },
  '00100': {
    where: 'signature',
    says: { it: 'Il certificato di firma è scaduto.', en: 'The signing certificate has expired.' },
    fix: { it: 'Firmare di nuovo con un certificato valido.', en: 'Sign again with a valid certificate.' },
  },
  '00101': {
    where: 'signature',
    says: { it: 'Il certificato di firma è stato revocato.', en: 'The signing certificate was revoked.' },
    fix: { it: 'Firmare di nuovo con un altro certificato.', en: 'Sign again with another certificate.' },
  },
  '00102': {
    where: 'signature',
    says: {
      it: 'La firma non è valida: il file è stato cambiato dopo la firma, o la firma è rovinata.',
      en: 'The signature is not valid: the file was changed after it was signed, or the signature is damaged.',
    },
    fix: {
      it: "Firmare di nuovo l'XML originale e inviarlo senza modificarlo.",
      en: 'Sign the original XML again and send it unchanged.',
    },
  },
  '00103': {
    where: 'signature',
    says: { it: 'La firma non dice quando è stata apposta.', en: 'The signature does not say when it was made.' },
    fix: {
      it: 'Firmare con il riferimento temporale (signing time) tra gli attributi firmati.',
      en: 'Sign with the signing time among the signed attributes.',
    },
  },
  '00104': {
    where: 'signature',
    says: {
      it: "Il certificato di firma non viene da un'autorità riconosciuta.",
      en: 'The signing certificate does not come from a recognised authority.',
    },
    fix: {
      it: "Usare un certificato di firma qualificata rilasciato da un prestatore dell'elenco di fiducia europeo.",
      en: 'Use a qualified signing certificate issued by a provider of the European trusted list.',
    },
  },
  '00105': {
    where: 'signature',
    says: {
      it: "L'ora della firma è successiva a quella della ricezione.",
      en: 'The signing time is later than the reception.',
    },
    fix: {
      it: "Regolare l'orologio del computer che firma, e firmare di nuovo.",
      en: 'Set the clock of the computer that signs, and sign again.',
    },
  },
  '00106': {
    where: 'file',
    says: { it: "Il file o l'archivio è vuoto o corrotto.", en: 'The file or archive is empty or corrupt.' },
    fix: {
      it: 'Esportare di nuovo il file dal programma che lo ha scritto e inviarlo intero.',
      en: 'Export the file again from the program that wrote it and send all of it.',
    },
  },
  '00107': {
    where: 'signature',
    says: {
      it: 'Il certificato di firma non è valido, o non lo è ancora.',
      en: 'The signing certificate is not valid, or not yet.',
    },
    fix: {
      it: 'Firmare con un certificato di firma qualificata in corso di validità.',
      en: 'Sign with a qualified signing certificate within its validity.',
    },
  },
  '00200': {
    where: 'file',
    says: { it: 'Il file non è conforme al formato.', en: 'The file does not conform to the format.' },
    fix: {
      it: "Correggere l'elemento indicato: posizione, valori ammessi e lunghezza sono quelli dello schema.",
      en: 'Correct the element named: place, allowed values and length are those of the schema.',
    },
  },
  '00201': {
    where: 'file',
    says: {
      it: 'Il file ha più di 50 errori di formato: SdI non va oltre.',
      en: 'The file has more than 50 errors of format: SdI goes no further.',
    },
    fix: {
      it: 'Verificare che il programma scriva il formato giusto, poi correggere gli errori elencati.',
      en: 'See that the program writes the right format, then correct the errors listed.',
    },
  },
  '00311': {
    formats: ['FPR12', 'FSM10'],
    where: 'DatiTrasmissione/CodiceDestinatario',
    says: { it: 'Il codice destinatario non esiste.', en: 'The recipient code does not exist.' },
    fix: {
      it: 'Chiedere il codice al cliente; se non ne ha, scrivere 0000000.',
      en: 'Ask the customer for the code; if there is none, write 0000000.',
    },
  },
  '00312': {
    where: 'DatiTrasmissione/CodiceDestinatario',
    says: { it: 'Il codice destinatario non è attivo.', en: 'The recipient code is not active.' },
    fix: {
      it: 'Chiedere al cliente il codice in uso; verso la PA cercarlo su indicepa.gov.it.',
      en: 'Ask the customer for the code in use; for public bodies look at indicepa.gov.it.',
    },
  },
  '00320': {
    where: 'CedentePrestatore',
    says: {
      it: 'Partita IVA e codice fiscale del fornitore non sono dello stesso soggetto.',
      en: "The supplier's VAT number and tax code do not belong to the same party.",
    },
    fix: {
      it: 'Correggere uno dei due secondo il certificato di attribuzione, o togliere il codice fiscale.',
      en: 'Correct one of them by the certificate of assignment, or leave the tax code out.',
    },
  },
  '00321': {
    where: 'CedentePrestatore/…/CodiceFiscale',
    says: {
      it: 'Il fornitore è un gruppo IVA: manca il codice fiscale di chi fattura.',
      en: 'The supplier is a VAT group: the tax code of the invoicing member is missing.',
    },
    fix: {
      it: 'Indicare in CodiceFiscale quello della società del gruppo che emette la fattura.',
      en: 'Give in CodiceFiscale that of the company of the group that issues the invoice.',
    },
  },
  '00322': {
    where: 'CedentePrestatore/…/CodiceFiscale',
    says: {
      it: 'Il codice fiscale del fornitore non è di un partecipante al gruppo IVA.',
      en: "The supplier's tax code is not that of a member of the VAT group.",
    },
    fix: {
      it: 'Indicare il codice fiscale della società del gruppo che emette la fattura.',
      en: 'Give the tax code of the company of the group that issues the invoice.',
    },
  },
  '00323': {
    formats: ordinaryFormats,
    where: 'CedentePrestatore/…/IdFiscaleIVA',
    says: {
      it: "Nell'autofattura TD20 la partita IVA del fornitore è cessata da più di cinque anni.",
      en: "In the self-invoice TD20 the supplier's VAT number ceased more than five years ago.",
    },
    fix: {
      it: 'Verificare la partita IVA del fornitore e la data del documento.',
      en: "Verify the supplier's VAT number and the date of the document.",
    },
  },
  '00324': {
    where: 'CessionarioCommittente',
    says: {
      it: 'Partita IVA e codice fiscale del cliente non sono dello stesso soggetto.',
      en: "The customer's VAT number and tax code do not belong to the same party.",
    },
    fix: {
      it: 'Chiedere al cliente quali sono quelli giusti, o indicare solo la partita IVA.',
      en: 'Ask the customer which are right, or give the VAT number alone.',
    },
  },
  '00325': {
    where: 'CessionarioCommittente/…/CodiceFiscale',
    says: {
      it: 'Il cliente è un gruppo IVA: manca il codice fiscale del partecipante.',
      en: 'The customer is a VAT group: the tax code of the member is missing.',
    },
    fix: {
      it: 'Indicare in CodiceFiscale quello della società del gruppo a cui è diretta la fattura.',
      en: 'Give in CodiceFiscale that of the company of the group for which the invoice is.',
    },
  },
  '00326': {
    where: 'CessionarioCommittente/…/CodiceFiscale',
    says: {
      it: 'Il codice fiscale del cliente non è di un partecipante al gruppo IVA.',
      en: "The customer's tax code is not that of a member of the VAT group.",
    },
    fix: {
      it: 'Chiedere al cliente il codice fiscale della società del gruppo.',
      en: 'Ask the customer for the tax code of the company of the group.',
    },
  },
  '00398': {
    formats: ['FPA12'],
    where: 'DatiTrasmissione/CodiceDestinatario',
    says: {
      it: "È indicato l'ufficio «Centrale» della PA, ma nell'indice IPA c'è un ufficio proprio per la fattura.",
      en: 'The "Centrale" office of the public body is given, but the IPA index has an office of its own for the invoice.',
    },
    fix: {
      it: "Usare il codice dell'ufficio che si trova su indicepa.gov.it con il codice fiscale dell'ente.",
      en: "Use the office's code found at indicepa.gov.it by the tax code of the body.",
    },
  },
  '00399': {
    formats: ['FPA12'],
    where: 'DatiTrasmissione/CodiceDestinatario',
    says: {
      it: "È indicato 999999, ma nell'indice IPA l'ente ha un suo codice.",
      en: '999999 is given, but the IPA index has a code for the body.',
    },
    fix: {
      it: "Usare il codice dell'ufficio che si trova su indicepa.gov.it con il codice fiscale dell'ente.",
      en: "Use the office's code found at indicepa.gov.it by the tax code of the body.",
    },
  },
  '00404': {
    where: 'DatiGeneraliDocumento',
    says: {
      it: 'Questo documento (fornitore, anno e numero) è già stato inviato a SdI.',
      en: 'This document (supplier, year and number) was already sent to SdI.',
    },
    fix: {
      it: 'Se il primo è stato accettato non fare nulla, oppure dare a questo un altro numero; solo un documento scartato da SdI, o rifiutato da un ente pubblico, si invia di nuovo con lo stesso numero.',
      en: 'If the first was accepted do nothing, or give this one another number; only a document that SdI discarded, or that a public body refused, is sent again under its number.',
    },
  },
} as const satisfies Readonly<Record<string, Row>>;

/** The codes that no rule on the document's content finds. */
export type ElsewhereCode = keyof typeof byCode;

/** What there is to say about codes that no rule on the document's content finds. */
export const elsewhereCodes: readonly Explanation[] = Object.entries<Row>(byCode).map(([code, row]) => ({
  formats: everyFormat,
  ...row,
  code,
  severity: 'error',
}));

/** What a finding of such a code says before it names the case, and what to do about it. */
export function wordsOf(code: ElsewhereCode): Pick<Explanation, 'says' | 'fix'> {
  return byCode[code];
}
