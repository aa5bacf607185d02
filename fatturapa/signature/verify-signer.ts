// fatturapa: judges one signer, whatever the format of the signature: times, certificate, trust, revocation.
import type { SentenceDetails } from '../fill-sentence.ts';
import type { DocumentFinding } from '../finding.ts';
import type { SignerVerdict, VerifyOptions } from './signature-verdict.ts';
import { shownName, type Certificate } from './verify-certificate.ts';
import { signatureFinding, type SignatureReason } from './verify-findings.ts';
import { revocationOf } from './verify-revocation.ts';
import { anchorsOf, isTrusted } from './verify-trust.ts';

/** One signature as its format told it. */
export interface SignerFacts {
  readonly role: SignerVerdict['role'];
  readonly certificate: Certificate;
  /** As the signer says, under the signature. */
  readonly signedAt: Date | undefined;
  /** Every certificate that came along. */
  readonly pool: readonly Certificate[];
  /** What is wrong with the signature itself. */
  readonly broken: readonly SignatureReason[];
}

/** The verdict on one signer with what was found. */
export interface JudgedSigner {
  readonly signer: SignerVerdict;
  readonly findings: readonly DocumentFinding[];
}

const clockToleranceMs = 5 * 60_000;
const subjectTypes = { organization: '2.5.4.10', taxCode: '2.5.4.5' } as const;

/**
 * Says what is wrong with the way in which a signature names its certificate.
 * @param names whether it names the one that it came with; undefined where it names none
 * @param options the profile, which asks for it or not
 */
export function bindingProblem(names: boolean | undefined, { profile }: VerifyOptions): SignatureReason | undefined {
  if (names === undefined) return profile === 'plain' ? undefined : 'notBound';
  return names ? undefined : 'certificateSwapped';
}

/** The finding's reason, and what its sentence names besides the signer. */
type Found = readonly [SignatureReason, SentenceDetails?];

function judgeTime(
  { signedAt }: SignerFacts,
  { at, clockToleranceMs: tolerance = clockToleranceMs, profile = 'BES' }: VerifyOptions,
): Found[] {
  if (!signedAt) return profile === 'BES' ? [['noTime']] : [];
  return signedAt.getTime() > at.getTime() + tolerance ? [['timeAhead', { signedAt, at }]] : [];
}

function judgeValidity({ certificate, signedAt = new Date(Number.NaN) }: SignerFacts, { at }: VerifyOptions): Found[] {
  const { validFrom: from, validUntil: until } = certificate;
  // Comparisons with a time that is missing are false.
  const early = [at, signedAt].find((when) => when < from);
  if (early) return [['notYetValid', { from, when: early }]];
  if (signedAt > until) return [['expiredAtSigning', { until, signedAt }]];
  return at > until ? [['expired', { until, at }]] : [];
}

function judgeUse({ certificate }: SignerFacts): Found[] {
  const maySign = certificate.allows('digitalSignature') || certificate.allows('nonRepudiation');
  return maySign && certificate.unknownCritical === undefined ? [] : [['notForSigning']];
}

const mailUses: readonly string[] = ['1.3.6.1.5.5.7.3.4', '2.5.29.37.0'];

/** RFC 8550 §4.4.4: a certificate that says what it is for must say that it is for mails. */
function judgeAddress({ certificate }: SignerFacts, { address }: VerifyOptions): Found[] {
  if (address === undefined) return [];
  const { emails, purposes } = certificate;
  const isForMails = purposes === undefined || purposes.some((purpose) => mailUses.includes(purpose));
  const isOwn = emails.includes(address.toLowerCase());
  return [
    ...(isForMails ? [] : [['notForSigning'] as const]),
    ...(isOwn ? [] : [['otherAddress', { address }] as const]),
  ];
}

function judgeRevocation({ certificate, pool }: SignerFacts, options: VerifyOptions): Found[] {
  const authorities = [...anchorsOf(options.trustAnchors), ...pool];
  const revocation = revocationOf(certificate, options.crls ?? [], authorities, options.at);
  if (revocation?.kind === 'revoked') return [['revoked', { since: revocation.since }]];
  if (revocation?.kind !== 'unsure') return [];
  const reason = revocation.reason === 'stale' ? 'listStale' : 'listNotVerified';
  return [[reason, { issuer: revocation.issuer }]];
}

function trustOf({ certificate, pool }: SignerFacts, { trustAnchors, at }: VerifyOptions): boolean | undefined {
  if (!trustAnchors || trustAnchors.length === 0) return undefined;
  return isTrusted(certificate, pool, anchorsOf(trustAnchors), at);
}

function present<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}

function verdictOf(facts: SignerFacts, valid: boolean, trusted: boolean | undefined): SignerVerdict {
  const { role, certificate, signedAt } = facts;
  const { subject, issuer, serial, validFrom, validUntil } = certificate;
  const shown = present({
    name: shownName(subject),
    organization: subject.texts.get(subjectTypes.organization),
    taxCode: subject.texts.get(subjectTypes.taxCode),
    issuer: shownName(issuer),
    signedAt,
    trusted,
  });
  return { role, valid, serial, validFrom, validUntil, ...shown };
}

/**
 * Judges a signer.
 * @param facts what the signature's format told
 * @param options the instant of reception, trust anchors, revocation lists
 * @returns findings 00100–00105 and 00107; broken signatures (00102) come first
 */
export function judgeSigner(facts: SignerFacts, options: VerifyOptions): JudgedSigner {
  const trusted = trustOf(facts, options);
  const { requireTrust = trusted !== undefined, words = signatureFinding } = options;
  const names = {
    signer: shownName(facts.certificate.subject) ?? facts.certificate.serial,
    issuer: shownName(facts.certificate.issuer) ?? '?',
  };
  const found: readonly Found[] = [
    ...facts.broken.map((reason): Found => [reason]),
    ...judgeTime(facts, options),
    ...judgeUse(facts),
    ...judgeAddress(facts, options),
    ...judgeValidity(facts, options),
    ...judgeRevocation(facts, options),
  ];
  const findings = found.map(([reason, details]) => words(reason, { ...names, ...details }));
  const isDoubted = trusted === false || (trusted === undefined && requireTrust);
  if (isDoubted) findings.push(words('untrusted', names, requireTrust ? 'error' : 'warning'));
  const valid = !findings.some(({ severity }) => severity === 'error');
  return { signer: verdictOf(facts, valid, trusted), findings };
}
