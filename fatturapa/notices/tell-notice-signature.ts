// fatturapa: tells in words whether SdI signed a notice, and how sure that is.
import { fillSentence } from '../fill-sentence.ts';
import type { Sentence } from '../finding.ts';
import { plainText } from '../show/plain-text.ts';
import { signatureCodes } from '../signature/signature-words.ts';
import type { NoticeSignature } from './notice-signature.ts';

const words = {
  valid: {
    it: 'Firma di SdI verificata: {signer}, {signedAt}.',
    en: "SdI's signature is verified: {signer}, {signedAt}.",
  },
  unverified: {
    it: 'Firmata da {signer} (certificato emesso da {issuer}), {signedAt}: la firma corrisponde al contenuto, ma che sia di SdI non è stato verificato.',
    en: "Signed by {signer} (certificate issued by {issuer}), {signedAt}: the signature fits the content, but that it is SdI's was not verified.",
  },
  untrusted: {
    it: 'Firmata da {signer}, {signedAt}: la firma corrisponde al contenuto, ma non convince.',
    en: 'Signed by {signer}, {signedAt}: the signature fits the content, but does not convince.',
  },
  broken: {
    it: 'La firma della notifica non è valida: non farci affidamento.',
    en: "The notice's signature does not hold: do not rely on it.",
  },
  absent: {
    it: 'La notifica non è firmata: non è provato che venga da SdI.',
    en: 'The notice is not signed: nothing proves that it comes from SdI.',
  },
  needless: {
    it: 'La notifica non è firmata: SdI non firma i metadati (MT).',
    en: 'The notice is not signed: SdI does not sign metadata (MT).',
  },
} as const satisfies Record<string, Sentence>;

function headOf({ result, findings }: NoticeSignature, isTrustAsked: boolean): Sentence {
  if (result === 'absent' && !findings.some(({ severity }) => severity === 'error')) return words.needless;
  return words[result === 'untrusted' && !isTrustAsked ? 'unverified' : result];
}

/**
 * Tells the judgement on a notice's signature.
 * @param signature the judgement
 * @param lang in which language
 * @param isTrustAsked whether there were trusted certificates; without them nobody can be trusted, which is no reproach
 * @returns lines without line ends, harmless for any page or terminal
 */
export function tellNoticeSignature(signature: NoticeSignature, lang: keyof Sentence, isTrustAsked: boolean): string[] {
  const { result, signers, findings } = signature;
  const [first] = signers;
  const details = {
    signer: first?.name ?? '?',
    issuer: first?.issuer ?? '?',
    signedAt: first?.signedAt ?? new Date(Number.NaN),
  };
  const doubts = findings.filter(({ code }) => isTrustAsked || code === signatureCodes.broken);
  const why = result === 'absent' ? [] : doubts.map(({ message }) => message[lang]);
  return [fillSentence(headOf(signature, isTrustAsked), details)[lang], ...why].map(plainText);
}
