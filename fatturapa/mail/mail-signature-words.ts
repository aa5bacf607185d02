// fatturapa: what is said of a mail whose signature is missing or does not convince.
import type { SentenceDetails } from '../fill-sentence.ts';
import { findingOfRow } from '../finding-row.ts';
import type { DocumentFinding, Sentence } from '../finding.ts';
import { signatureCodes, wordsWith } from '../signature/signature-words.ts';
import type { MailSignatureResult } from './mail-signature.ts';

const fixes: Readonly<Record<keyof typeof signatureCodes, Sentence>> = {
  broken: {
    it: 'Non considerare la mail come certificata: aprirla nella webmail del gestore PEC e verificare lì la sua firma.',
    en: "Do not take the mail for certified: open it in the provider's web mail and look at its signature there.",
  },
  untrusted: {
    it: 'Verificare chi ha firmato; se è un gestore PEC, aggiungere il certificato della sua autorità a quelli fidati (PEC_TRUST).',
    en: 'See who signed; if it is a PEC provider, add the certificate of its authority to the trusted ones (PEC_TRUST).',
  },
};

/** The words for what is wrong with a signature that is there. */
export const mailSignatureWords = wordsWith({
  said: {
    noSigners: {
      it: 'La busta di firma della mail è vuota: nessuno ha firmato.',
      en: 'Nobody signed the mail: its signature is empty.',
    },
    damaged: { it: 'La firma della mail è danneggiata.', en: "The mail's signature is damaged ({detail})." },
    noCertificate: {
      it: 'La firma della mail non contiene il certificato di chi ha firmato.',
      en: "The mail's signature does not hold the certificate of who signed.",
    },
    contentChanged: {
      it: 'La mail è stata modificata dopo la firma di {signer}: la sua impronta non corrisponde.',
      en: 'The mail was changed after {signer} signed it: its digest differs.',
    },
    weak: {
      it: 'La firma di {signer} sulla mail usa un algoritmo o una chiave troppo debole (per esempio MD5 o RSA sotto i 2048 bit).',
      en: 'The signature of {signer} on the mail uses an algorithm or a key that is too weak (for example MD5, or RSA below 2048 bits).',
    },
    notForSigning: {
      it: 'Il certificato di {signer} non è destinato a firmare mail.',
      en: 'The certificate of {signer} is not meant for signing mails.',
    },
    timeAhead: {
      it: "La firma di {signer} sulla mail porta la data del {signedAt}, successiva all'arrivo ({at}).",
      en: 'The signature of {signer} on the mail is dated {signedAt}, later than the arrival ({at}).',
    },
  },
  fixes,
});

const rows = {
  absent: {
    trouble: 'broken',
    it: 'La mail non è firmata.',
    en: 'The mail is not signed.',
  },
  unreadable: {
    trouble: 'broken',
    it: 'La firma della mail non si può leggere.',
    en: "The mail's signature cannot be read ({detail}).",
  },
  noProvider: {
    trouble: 'untrusted',
    it: 'La mail non viene dalla casella di servizio di un gestore PEC (posta-certificata@…), ma da {from}.',
    en: "The mail does not come from a PEC provider's own mailbox (posta-certificata@…) but from {from}.",
  },
  noCertification: {
    trouble: 'broken',
    it: 'Nella parte firmata manca daticert.xml: il gestore non certifica nulla.',
    en: 'There is no daticert.xml in what is signed: the provider certifies nothing.',
  },
} as const;

/**
 * The finding of a mail that is not signed as PEC is.
 * @param reason what is wrong
 * @param details what the sentence names
 */
export function mailSignatureFinding(reason: keyof typeof rows, details: SentenceDetails = {}): DocumentFinding {
  const { trouble, it, en } = rows[reason];
  return findingOfRow({ code: signatureCodes[trouble], severity: 'error', it, en, fix: fixes[trouble] }, details);
}

/** What is said where nobody asked whether the provider signed the mail. */
export const signatureNotVerified: Sentence = {
  it: 'La firma del gestore PEC non è stata verificata: la forma della mail da sola non prova nulla.',
  en: "The PEC provider's signature was not verified: the form of the mail alone proves nothing.",
};

/** What is said of each result; `{signer}` by the certificate. */
export const signatureWords: Readonly<Record<MailSignatureResult, Sentence>> = {
  verified: {
    it: 'La firma del gestore PEC è verificata: {signer}.',
    en: "The PEC provider's signature is verified: {signer}.",
  },
  untrusted: {
    it: 'La mail è firmata da {signer}, ma il certificato non convince.',
    en: 'The mail is signed by {signer}, but the certificate does not convince.',
  },
  broken: {
    it: 'La firma del gestore PEC non è valida: non considerare la mail come certificata.',
    en: "The PEC provider's signature does not hold: do not take the mail for certified.",
  },
  unreadable: {
    it: 'La firma del gestore PEC non si può leggere: non considerare la mail come certificata.',
    en: "The PEC provider's signature cannot be read: do not take the mail for certified.",
  },
  absent: {
    it: 'Manca la firma del gestore PEC: non considerare la mail come certificata.',
    en: "The PEC provider's signature is missing: do not take the mail for certified.",
  },
};
