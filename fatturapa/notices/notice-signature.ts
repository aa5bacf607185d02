// fatturapa: the judgement on SdI's signature on a notice.
import type { DocumentFinding } from '../finding.ts';
import type { SignerVerdict } from '../signature/signature-verdict.ts';

/**
 * What became of it. `valid`: SdI signed, whom we trust; `untrusted`: the signature holds, but is not known to be SdI's; `broken`: it
 * does not hold; `absent`: there is none.
 */
export const noticeSignatureResults = ['valid', 'untrusted', 'broken', 'absent'] as const;

/** One of them. */
export type NoticeSignatureResult = (typeof noticeSignatureResults)[number];

/** The judgement. */
export interface NoticeSignature {
  readonly result: NoticeSignatureResult;
  /** Who signed, as the certificates say. */
  readonly signers: readonly SignerVerdict[];
  /** SIGNATURE_BROKEN, SIGNATURE_UNTRUSTED; an unsigned MT, which SdI does not sign, is only a warning. */
  readonly findings: readonly DocumentFinding[];
}
