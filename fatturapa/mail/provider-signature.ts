// fatturapa: whether a mail counts as certified: its provider signed it, and certifies something in what is signed.
import type { DocumentFinding } from '../finding.ts';
import type { Daticert } from './daticert.ts';
import { mailSignatureFinding } from './mail-signature-words.ts';
import type { PecMail } from './understood-mail.ts';
import type { MailSignature } from './mail-signature.ts';
import { verifyMail, type MailTrust } from './verify-mail.ts';
import type { MailPart } from './walk-mail.ts';

/** Whom to trust, as of when, and what becomes of doubts. */
export interface MailVerification extends MailTrust {
  /** `warn`: a signature that does not convince is a warning; `require`: an error. `signatureVerified` is the same either way. */
  readonly mode: 'warn' | 'require';
}

/** The parts of a mail that its signature is judged by. */
export interface SignedMail {
  readonly root: MailPart;
  /** From header, the bare address. */
  readonly from: string | undefined;
  /** What was found under the signature. */
  readonly daticert: Daticert | undefined;
}

function withCertification(signature: MailSignature, daticert: Daticert | undefined): MailSignature {
  if (signature.result !== 'verified' || daticert) return signature;
  return { ...signature, result: 'broken', findings: [...signature.findings, mailSignatureFinding('noCertification')] };
}

/**
 * Judges a mail's signature, where that is asked for.
 * @param mail its parts
 * @param verify undefined: nothing is verified
 * @returns what every mail in the form of PEC says of its signature
 */
export function providerSignature(
  { root, from, daticert }: SignedMail,
  verify: MailVerification | undefined,
): Pick<PecMail, 'signatureVerified' | 'signature'> {
  if (!verify) return { signatureVerified: false };
  const judged = withCertification(verifyMail(root, from, verify), daticert);
  const soften = (finding: DocumentFinding): DocumentFinding => ({ ...finding, severity: 'warning' });
  const signature = verify.mode === 'warn' ? { ...judged, findings: judged.findings.map(soften) } : judged;
  return { signatureVerified: judged.result === 'verified', signature };
}
