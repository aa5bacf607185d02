// fatturapa: what is said of signatures that do not hold, one row per reason, under SdI's numbers 00100–00107.
import type { SentenceDetails } from '../fill-sentence.ts';
import { findingOfRow, type FindingRow } from '../finding-row.ts';
import type { DocumentFinding, Sentence } from '../finding.ts';

const signAgain: Sentence = {
  it: 'Firmare di nuovo il documento originale e non modificare più il file firmato.',
  en: 'Sign the original document again and leave the signed file untouched.',
};
const otherCertificate: Sentence = {
  it: 'Firmare di nuovo con un certificato di firma qualificata valido.',
  en: 'Sign again with a valid certificate for qualified signatures.',
};
const modernSignature: Sentence = {
  it: 'Firmare di nuovo con SHA-256 e una chiave RSA di almeno 2048 bit, o con ECDSA.',
  en: 'Sign again with SHA-256 and an RSA key of 2048 bits or more, or with ECDSA.',
};
const withTime: Sentence = {
  it: "Firmare di nuovo con un programma che riporti nella firma la data e l'ora (signing-time).",
  en: 'Sign again with a program that puts date and time (signing-time) into the signature.',
};
const rightClock: Sentence = {
  it: 'Controllare data, ora e fuso orario del computer che firma, poi firmare di nuovo.',
  en: 'Check date, time and time zone of the computer that signs, then sign again.',
};
const trust: Sentence = {
  it: "Firmare con un certificato di un'autorità accreditata (elenco di fiducia UE), o aggiungere l'autorità a quelle configurate come fidate.",
  en: 'Sign with a certificate of an accredited authority (EU trusted list), or add the authority to those set up as trusted.',
};
const profile: Sentence = {
  it: 'Firmare di nuovo in formato CAdES-BES o XAdES-BES.',
  en: 'Sign again as CAdES-BES or XAdES-BES.',
};
const wholeDocument: Sentence = {
  it: "Firmare di nuovo l'intero documento in formato XAdES-BES enveloped, o in CAdES-BES (.p7m).",
  en: 'Sign the whole document again as XAdES-BES enveloped, or as CAdES-BES (.p7m).',
};
const freshList: Sentence = {
  it: "Fornire una lista di revoca aggiornata e il certificato dell'autorità che la firma.",
  en: 'Hand in a current revocation list and the certificate of the authority that signs it.',
};

const rows = {
  noSigners: {
    code: '00102',
    severity: 'error',
    it: "Il documento è in una busta di firma, ma nessuno l'ha firmata.",
    en: 'The document is in a signature envelope, but nobody signed it.',
    fix: signAgain,
  },
  damaged: {
    code: '00102',
    severity: 'error',
    it: 'I dati della firma sono danneggiati ({detail}).',
    en: 'The data of the signature are damaged ({detail}).',
    fix: signAgain,
  },
  noCertificate: {
    code: '00102',
    severity: 'error',
    it: 'Il file non contiene il certificato di chi ha firmato: la firma non si può verificare.',
    en: 'The file does not hold the certificate of who signed: the signature cannot be verified.',
    fix: {
      it: 'Firmare di nuovo includendo il certificato nella firma.',
      en: 'Sign again with the certificate inside the signature.',
    },
  },
  contentChanged: {
    code: '00102',
    severity: 'error',
    it: 'Il documento è stato modificato dopo la firma di {signer}: la sua impronta non corrisponde.',
    en: 'The document was changed after {signer} signed it: its digest differs.',
    fix: signAgain,
  },
  differs: {
    code: '00102',
    severity: 'error',
    it: 'La firma di {signer} non corrisponde al suo certificato: la firma o i suoi dati sono stati alterati.',
    en: 'The signature of {signer} does not fit the certificate: it or its data were altered.',
    fix: signAgain,
  },
  weak: {
    code: '00102',
    severity: 'error',
    it: 'La firma di {signer} usa un algoritmo o una chiave troppo debole (per esempio SHA-1 o RSA sotto i 2048 bit).',
    en: 'The signature of {signer} uses an algorithm or a key that is too weak (for example SHA-1, or RSA below 2048 bits).',
    fix: modernSignature,
  },
  unknown: {
    code: '00102',
    severity: 'error',
    it: 'La firma di {signer} usa un algoritmo o una chiave non ammessi.',
    en: 'The signature of {signer} uses an algorithm or a key that is not allowed.',
    fix: modernSignature,
  },
  contentType: {
    code: '00102',
    severity: 'error',
    it: 'La firma di {signer} dichiara un altro tipo di contenuto (content-type).',
    en: 'The signature of {signer} declares another type of content (content-type).',
    fix: signAgain,
  },
  certificateSwapped: {
    code: '00102',
    severity: 'error',
    it: 'La firma indica un certificato diverso da quello di {signer} contenuto nel file (signing-certificate).',
    en: 'The signature names another certificate than that of {signer} in the file (signing-certificate).',
    fix: signAgain,
  },
  sha1: {
    code: '00102',
    severity: 'warning',
    it: "La firma di {signer} usa SHA-1, un algoritmo superato: l'integrità è provata solo debolmente.",
    en: 'The signature of {signer} uses SHA-1, which is outdated: it proves only weakly that nothing was changed.',
    fix: modernSignature,
  },
  notBound: {
    code: '00102',
    severity: 'warning',
    it: 'La firma di {signer} non indica il certificato usato (signing-certificate-v2), come richiede il profilo BES.',
    en: 'The signature of {signer} does not name the certificate used (signing-certificate-v2), as the BES profile asks.',
    fix: profile,
  },
  xmlUnreadable: {
    code: '00102',
    severity: 'error',
    it: 'La firma nel documento non si può verificare, perché il documento non si può leggere come XML ({detail}).',
    en: 'The signature in the document cannot be verified, for the document cannot be read as XML ({detail}).',
    fix: signAgain,
  },
  xmlForm: {
    code: '00102',
    severity: 'error',
    it: 'La firma XML ha una forma non ammessa ({detail}).',
    en: 'The XML signature has a form that is not allowed ({detail}).',
    fix: wholeDocument,
  },
  notWhole: {
    code: '00102',
    severity: 'error',
    it: "La firma non copre l'intero documento: ciò che si legge potrebbe non essere ciò che è stato firmato.",
    en: 'The signature does not cover the whole document: what is read may not be what was signed.',
    fix: wholeDocument,
  },
  noTime: {
    code: '00103',
    severity: 'error',
    it: 'Nella firma di {signer} manca il riferimento temporale (data e ora della firma).',
    en: 'The signature of {signer} has no signing time.',
    fix: withTime,
  },
  timeAhead: {
    code: '00105',
    severity: 'error',
    it: 'La firma di {signer} porta la data del {signedAt}, successiva alla ricezione ({at}).',
    en: 'The signature of {signer} is dated {signedAt}, later than its reception ({at}).',
    fix: rightClock,
  },
  untrusted: {
    code: '00104',
    severity: 'error',
    it: 'Il certificato di {signer} è emesso da "{issuer}", che non è tra le autorità di certificazione affidabili.',
    en: 'The certificate of {signer} was issued by "{issuer}", which is none of the trusted authorities.',
    fix: trust,
  },
  unusable: {
    code: '00107',
    severity: 'error',
    it: 'Il certificato di chi ha firmato non si può leggere.',
    en: 'The certificate of who signed cannot be read.',
    fix: otherCertificate,
  },
  notForSigning: {
    code: '00107',
    severity: 'error',
    it: 'Il certificato di {signer} non è destinato a firmare documenti.',
    en: 'The certificate of {signer} is not meant for signing documents.',
    fix: otherCertificate,
  },
  otherAddress: {
    code: '00107',
    severity: 'error',
    it: 'Il certificato di {signer} non è intestato a {address}.',
    en: 'The certificate of {signer} is not made out to {address}.',
    fix: otherCertificate,
  },
  notYetValid: {
    code: '00107',
    severity: 'error',
    it: 'Il certificato di {signer} è valido solo dal {from}: non lo era ancora alla firma o alla ricezione ({when}).',
    en: 'The certificate of {signer} is valid only from {from}: it was not yet when signing or when received ({when}).',
    fix: rightClock,
  },
  expired: {
    code: '00100',
    severity: 'error',
    it: 'Il certificato di {signer} è scaduto il {until}, prima della ricezione ({at}).',
    en: 'The certificate of {signer} expired on {until}, before the reception ({at}).',
    fix: otherCertificate,
  },
  expiredAtSigning: {
    code: '00100',
    severity: 'error',
    it: 'Il certificato di {signer} era già scaduto il {until} al momento della firma ({signedAt}).',
    en: 'The certificate of {signer} had expired on {until} already when it was used ({signedAt}).',
    fix: otherCertificate,
  },
  revoked: {
    code: '00101',
    severity: 'error',
    it: 'Il certificato di {signer} è stato revocato il {since}.',
    en: 'The certificate of {signer} was revoked on {since}.',
    fix: otherCertificate,
  },
  listNotVerified: {
    code: '00101',
    severity: 'warning',
    it: 'La lista di revoca di "{issuer}" non è stata usata: la sua firma non si può verificare.',
    en: 'The revocation list of "{issuer}" was not used: its signature cannot be verified.',
    fix: freshList,
  },
  listStale: {
    code: '00101',
    severity: 'warning',
    it: 'La lista di revoca di "{issuer}" non è aggiornata: una revoca recente del certificato di {signer} non vi risulterebbe.',
    en: 'The revocation list of "{issuer}" is out of date: a recent revocation of {signer}\'s certificate would not be in it.',
    fix: freshList,
  },
} as const satisfies Record<string, FindingRow>;

/** Why a signature does not hold. */
export type SignatureReason = keyof typeof rows;

/** Makes the finding for a reason: what the sentence names, and a severity where it is to be another than usual. */
export type SignatureWords = (
  reason: SignatureReason,
  details?: SentenceDetails,
  severity?: DocumentFinding['severity'],
) => DocumentFinding;

/**
 * Makes the finding for a reason, coded as SdI does.
 * @param reason what is wrong
 * @param details what the sentence names; instants are shown as time in Rome
 * @param severity where it is to be another than the row's
 */
export function signatureFinding(
  reason: SignatureReason,
  details: SentenceDetails = {},
  severity: DocumentFinding['severity'] = rows[reason].severity,
): DocumentFinding {
  return findingOfRow({ ...rows[reason], severity }, details);
}
