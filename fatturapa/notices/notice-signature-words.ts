// fatturapa: what is said of a notice whose signature is missing, does not hold, or is not SdI's.
import type { SentenceDetails } from '../fill-sentence.ts';
import { findingOfRow } from '../finding-row.ts';
import type { DocumentFinding, Sentence } from '../finding.ts';
import { signatureCodes, wordsWith } from '../signature/signature-words.ts';

const fixes: Readonly<Record<keyof typeof signatureCodes, Sentence>> = {
  broken: {
    it: 'Procurarsi di nuovo la notifica da SdI (casella PEC, o Fatture e Corrispettivi) e consegnarla senza aprirla con un editor.',
    en: 'Get the notice again from SdI (PEC mailbox, or the portal Fatture e Corrispettivi) and hand it in without opening it in an editor.',
  },
  untrusted: {
    it: 'Controllare da dove viene la notifica; se è di SdI, aggiungere il suo certificato, o quello della sua autorità, a quelli fidati (NOTICE_TRUST).',
    en: "See where the notice comes from; if it is SdI's, add its certificate, or its authority's, to the trusted ones (NOTICE_TRUST).",
  },
};

/** The words for what is wrong with a signature that is there. */
export const noticeSignatureWords = wordsWith({
  said: {
    noSigners: {
      it: "La notifica è in una busta di firma, ma nessuno l'ha firmata.",
      en: 'The notice is in a signature envelope, but nobody signed it.',
    },
    contentChanged: {
      it: 'La notifica è stata modificata dopo la firma di {signer}: la sua impronta non corrisponde.',
      en: 'The notice was changed after {signer} signed it: its digest differs.',
    },
    xmlUnreadable: {
      it: 'La firma nella notifica non si può verificare, perché la notifica non si può leggere come XML.',
      en: 'The signature in the notice cannot be verified, for the notice cannot be read as XML ({detail}).',
    },
    notWhole: {
      it: "La firma non copre l'intera notifica: ciò che si legge potrebbe non essere ciò che SdI ha firmato.",
      en: 'The signature does not cover the whole notice: what is read may not be what SdI signed.',
    },
    notForSigning: {
      it: 'Il certificato di {signer} non è destinato a firmare.',
      en: 'The certificate of {signer} is not meant for signing.',
    },
  },
  fixes,
});

const rows = {
  absent: {
    trouble: 'broken',
    it: 'La notifica non è firmata.',
    en: 'The notice is not signed.',
  },
  notSdi: {
    trouble: 'untrusted',
    it: 'La notifica è firmata da {signer} ({organization}), non dal Sistema di Interscambio.',
    en: 'The notice is signed by {signer} ({organization}), not by SdI.',
  },
} as const;

/**
 * The finding of a notice that SdI did not sign.
 * @param reason why
 * @param details what the sentence names
 * @param severity error, or warning where it need not be signed
 */
export function noticeSignatureFinding(
  reason: keyof typeof rows,
  details: SentenceDetails = {},
  severity: DocumentFinding['severity'] = 'error',
): DocumentFinding {
  const { trouble, it, en } = rows[reason];
  return findingOfRow({ code: signatureCodes[trouble], severity, it, en, fix: fixes[trouble] }, details);
}
