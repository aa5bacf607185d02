// fatturapa: the judgement on the signature of a mail.
import type { DocumentFinding } from '../finding.ts';
import type { SignerVerdict } from '../signature/signature-verdict.ts';

/**
 * `verified`: signed by the provider that it says it is from, whom we trust; `untrusted`: the signature holds, its certificate does
 * not convince; `broken`: it does not hold; `unreadable`: there is one that cannot be read; `absent`: there is none.
 */
export type MailSignatureResult = 'verified' | 'untrusted' | 'broken' | 'unreadable' | 'absent';

/** The judgement on a mail's signature. */
export interface MailSignature {
  readonly result: MailSignatureResult;
  /** Who signed, as the certificate says; absent where nothing could be read. */
  readonly signers: readonly SignerVerdict[];
  /** SIGNATURE_BROKEN, SIGNATURE_UNTRUSTED: errors unless `result` is `verified`; a warning for SHA-1. */
  readonly findings: readonly DocumentFinding[];
}
