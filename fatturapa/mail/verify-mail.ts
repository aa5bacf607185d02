// fatturapa: verifies the signature that a PEC provider puts around a mail (S/MIME, RFC 8551 §3.5.3; DM 2 November 2005, rules §6.2).
import type { DocumentFinding } from '../finding.ts';
import { readCms } from '../open/read-cms.ts';
import type { VerifyOptions } from '../signature/signature-verdict.ts';
import { troubleIn } from '../signature/signature-words.ts';
import { verifyCms } from '../signature/verify-cms.ts';
import { canonicalLines } from './canonical-lines.ts';
import type { MailSignature } from './mail-signature.ts';
import { mailSignatureFinding, mailSignatureWords } from './mail-signature-words.ts';
import { contentOf, type MailPart } from './walk-mail.ts';

/** By whom and as of when a mail must be signed. */
export interface MailTrust {
  /**
   * Certificates of trusted authorities (PEM text or DER), or of providers themselves. Without any nobody is trusted. Of AgID's
   * authority hand in its own certificate and not the root above: the limits on names in it are not judged.
   */
  readonly trust: readonly (string | Uint8Array)[];
  /** When the mail came: the certificate must be valid then. */
  readonly at: Date;
  /** Whether SHA-1, which older mails are signed with, counts with a warning or not at all; `warn` by default. MD5 never counts. */
  readonly sha1?: 'warn' | 'refuse';
}

/** Providers write from this mailbox alone, at any domain of theirs. */
const providersMailbox = /^posta-certificata@/i;

/** A provider signs once; each signer more costs another pass over the mail. */
const signersMax = 5;

function unreadable(detail: string): MailSignature {
  return { result: 'unreadable', signers: [], findings: [mailSignatureFinding('unreadable', { detail })] };
}

function judge(signature: Buffer, signed: Buffer, options: VerifyOptions): MailSignature {
  const cms = readCms(signature, signed);
  if (!cms.ok) return unreadable(cms.detail);
  if (cms.signature.signers.length > signersMax) return unreadable(`more than ${signersMax} signers`);
  const { signers, findings } = verifyCms(cms.signature, options);
  return { result: troubleIn(findings) ?? 'verified', signers, findings };
}

/** Canonical line ends are what counts; some providers sign what they write, and a server on the way may have made LF of CR LF. */
function judgeLines(signature: Buffer, signed: Buffer, options: VerifyOptions): MailSignature {
  const canonical = canonicalLines(signed);
  const first = judge(signature, canonical, options);
  if (first.result !== 'broken' || canonical.equals(signed)) return first;
  const second = judge(signature, signed, options);
  return second.result === 'broken' ? first : second;
}

function doubtsAbout(from: string | undefined): DocumentFinding[] {
  return from !== undefined && providersMailbox.test(from)
    ? []
    : [mailSignatureFinding('noProvider', { from: from ?? '?' })];
}

/**
 * Verifies a mail's signature over the exact bytes of what it is about: the first part of multipart/signed. Nothing throws; nothing is
 * fetched.
 * @param root the walked mail
 * @param from the address that it says it is from (header From): it must be a provider's, and the certificate's
 * @param options whom to trust, and as of when
 */
export function verifyMail(root: MailPart, from: string | undefined, options: MailTrust): MailSignature {
  const { trust, at, sha1 = 'warn' } = options;
  const [signed, signature] = root.type === 'multipart/signed' ? root.parts : [];
  if (!signed || !signature) return { result: 'absent', signers: [], findings: [mailSignatureFinding('absent')] };
  const judged = judgeLines(contentOf(signature), signed.bytes, {
    at,
    trustAnchors: trust,
    requireTrust: true,
    profile: 'plain',
    sha1,
    words: mailSignatureWords,
    ...(from !== undefined && { address: from }),
  });
  if (judged.result === 'unreadable') return judged;
  const findings = [...judged.findings, ...doubtsAbout(from)];
  return { ...judged, result: troubleIn(findings) ?? 'verified', findings };
}
