// fatturapa: the words for signatures that are not an invoice's: SdI's numbers have no place there, nor the advice to sign again.
import { fillSentence } from '../fill-sentence.ts';
import type { Sentence } from '../finding.ts';
import { signatureFinding, type SignatureReason, type SignatureWords } from './verify-findings.ts';

/** What can be wrong: the signature does not hold, or it does and the signer's certificate does not convince. */
export const signatureCodes = { broken: 'SIGNATURE_BROKEN', untrusted: 'SIGNATURE_UNTRUSTED' } as const;

/** What is said in place of the words for invoices. */
export interface OtherWords {
  /** Sentences by reason; the others stay. */
  readonly said: Partial<Readonly<Record<SignatureReason, Sentence>>>;
  /** What to do about each kind of trouble. */
  readonly fixes: Readonly<Record<keyof typeof signatureCodes, Sentence>>;
}

/** By SdI's numbers: 00102 and 00103 are about the signature, the others about the certificate and its times. */
function troubleOf(code: string): keyof typeof signatureCodes {
  return code === '00102' || code === '00103' ? 'broken' : 'untrusted';
}

/**
 * Makes the words.
 * @param other what differs from those for invoices
 * @returns findings with the codes SIGNATURE_BROKEN and SIGNATURE_UNTRUSTED
 */
export function wordsWith({ said, fixes }: OtherWords): SignatureWords {
  return (reason, details = {}, severity) => {
    const finding = signatureFinding(reason, details, severity);
    const trouble = troubleOf(finding.code);
    const sentence = said[reason];
    const message = sentence ? fillSentence(sentence, details) : finding.message;
    return { ...finding, code: signatureCodes[trouble], message, fix: { ...fixes[trouble] } };
  };
}

/**
 * Says how a judgement ends.
 * @param findings made by such words
 * @returns undefined where none is an error
 */
export function troubleIn(
  findings: readonly { readonly code: string; readonly severity: string }[],
): keyof typeof signatureCodes | undefined {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return undefined;
  return errors.some(({ code }) => code === signatureCodes.broken) ? 'broken' : 'untrusted';
}
