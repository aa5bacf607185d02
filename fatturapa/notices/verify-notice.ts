// fatturapa: verifies SdI's signature on a notice: XAdES around the whole, which names its time and not its certificate.
import type { DocumentFinding } from '../finding.ts';
import type { SignatureVerdict, SignerVerdict, VerifyOptions } from '../signature/signature-verdict.ts';
import { troubleIn } from '../signature/signature-words.ts';
import { shownName } from '../signature/verify-certificate.ts';
import { verifyCms } from '../signature/verify-cms.ts';
import { anchorsOf } from '../signature/verify-trust.ts';
import { verifyXml } from '../signature/verify-xml.ts';
import { noticeSignatureFinding, noticeSignatureWords } from './notice-signature-words.ts';
import type { NoticeSignature } from './notice-signature.ts';
import type { FoundNotice } from './read-notices.ts';

/** Whom to trust, and as of when. */
export interface NoticeTrust {
  /**
   * SdI's own certificate, or its authority's (PEM text or DER). The authority issues certificates to accredited channels too, so that
   * under it only a signer with SdI's name counts. Without any nobody is trusted.
   */
  readonly trust: readonly (string | Uint8Array)[];
  /** When the notice came: the certificate must be valid then. Absent: as of the time that the signature names. */
  readonly at?: Date;
}

/** The name in SdI's certificates, as its notices show since 2014. */
const sdisName = /^sistema (?:di )?interscambio\b/i;
const sdisOrganization = /^agenzia delle entrate$/i;

function isPinned({ serial, issuer }: SignerVerdict, trust: NoticeTrust['trust']): boolean {
  return anchorsOf(trust).some((anchor) => anchor.serial === serial && shownName(anchor.issuer) === issuer);
}

function isSdi(signer: SignerVerdict, trust: NoticeTrust['trust']): boolean {
  const isNamed = sdisName.test(signer.name ?? '') && sdisOrganization.test(signer.organization ?? '');
  return isNamed || (signer.trusted === true && isPinned(signer, trust));
}

function strangersIn({ signers }: SignatureVerdict, trust: NoticeTrust['trust']): DocumentFinding[] {
  return signers
    .filter((signer) => signer.role === 'signer' && signer.name !== undefined && !isSdi(signer, trust))
    .map(({ name = '?', organization = '?' }) => noticeSignatureFinding('notSdi', { signer: name, organization }));
}

function judge(verdict: SignatureVerdict, trust: NoticeTrust['trust']): NoticeSignature {
  const findings = [...verdict.findings, ...strangersIn(verdict, trust)];
  return { result: troubleIn(findings) ?? 'valid', signers: verdict.signers, findings };
}

/** In the notice, and around it. */
function verdictsOn({ file }: FoundNotice, options: VerifyOptions): SignatureVerdict[] {
  const inside = verifyXml(file.xml, options);
  return [...(inside ? [inside] : []), ...file.signatures.map((signature) => verifyCms(signature, options))];
}

function instantOf(found: FoundNotice): Date {
  const now = new Date(0);
  const signedAt = verdictsOn(found, { at: now }).flatMap(({ signers }) =>
    signers.flatMap((one) => one.signedAt ?? []),
  );
  return signedAt[0] ?? now;
}

/**
 * Verifies a notice's signature. Nothing throws; nothing is fetched. What the buyer signed inside of it (NE) is not judged.
 * @param found the notice with its file, as `readNotices` gives it
 * @param options whom to trust, and as of when
 */
export function verifyNotice(found: FoundNotice, { trust, at = instantOf(found) }: NoticeTrust): NoticeSignature {
  const words = noticeSignatureWords;
  const options = { at, trustAnchors: trust, requireTrust: true, profile: 'plain', words } as const;
  const judged = verdictsOn(found, options).map((verdict) => judge(verdict, trust));
  const [first] = judged;
  if (first) return judged.find(({ result }) => result === 'valid') ?? first;
  const severity = found.notice.kind === 'MT' ? 'warning' : 'error';
  return { result: 'absent', signers: [], findings: [noticeSignatureFinding('absent', {}, severity)] };
}
