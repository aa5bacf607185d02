// fatturapa: judges the signatures of a CMS envelope (CAdES, RFC 5652 §5.4–5.6, ETSI EN 319 122-1).
import { hash } from 'node:crypto';
import { BerError, contentOf, expectTag, listParts, octetsOf, readNode } from '../open/ber.ts';
import { oidOf, timeOf } from '../open/ber-values.ts';
import type { Attributes, FoundSignature, FoundSigner } from '../open/found-signature.ts';
import { signerOf } from '../open/read-cms.ts';
import type { SignatureVerdict, SignerVerdict, VerifyOptions } from './signature-verdict.ts';
import { agreementOf, digestBytes, digestOf, schemeOf } from './verify-algorithm.ts';
import { nameOf, readCertificate, type Certificate } from './verify-certificate.ts';
import { signatureFinding, type SignatureReason } from './verify-findings.ts';
import { bindingProblem, judgeSigner, type JudgedSigner } from './verify-signer.ts';

const types = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  countersignature: '1.2.840.113549.1.9.6',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

/** Signatures upon signatures: each level is a person who signs that another did. */
const counterDepthMax = 3;
const signersMax = 50;

/** What a signer signed: the content with its type, or for a countersigner another's signature. */
interface Signed {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
}

/** The one value of an attribute; several are as good as none. */
function singleOf(attributes: Attributes | undefined, type: string): Uint8Array | undefined {
  const values = attributes?.get(type);
  return values?.length === 1 ? values[0] : undefined;
}

function orUndefined<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof BerError) return undefined;
    throw error;
  }
}

function isMeant({ id }: FoundSigner, certificate: Certificate): boolean {
  if (id.kind === 'key') return certificate.keyId !== undefined && Buffer.compare(id.keyId, certificate.keyId) === 0;
  if (id.serial !== certificate.serial) return false;
  return orUndefined(() => nameOf(readNode(id.issuer)).key) === certificate.issuer.key;
}

/** RFC 5035 §3: the digest of the signer's certificate, which comes first in the list; version 1 is SHA-1 by definition. */
function isNamedBy(value: Uint8Array, version: 1 | 2, certificate: Certificate): boolean {
  const [list] = listParts(expectTag(readNode(value), 0x30), 2);
  const [first] = listParts(expectTag(list, 0x30));
  const fields = listParts(expectTag(first, 0x30), 3);
  const hashNode = fields.find((field) => field.tag === 0x04);
  const algorithm = version === 2 && fields[0]?.tag === 0x30 ? digestOf(oidOf(listParts(fields[0], 2)[0])) : 'sha256';
  if (!hashNode || algorithm === 'unknown' || algorithm === 'weak') return false;
  const digest = hash(version === 1 ? 'sha1' : algorithm, certificate.der, 'buffer');
  return Buffer.compare(digest, contentOf(hashNode)) === 0;
}

/** Whether the signed attributes name this certificate; undefined where they name none. */
function namesCertificate(signer: FoundSigner, certificate: Certificate): boolean | undefined {
  const attributes = signer.signed?.attributes;
  const [v2, v1] = [types.signingCertificateV2, types.signingCertificate].map((type) => attributes?.get(type));
  if (!v2 && !v1) return undefined;
  const agrees = (values: readonly Uint8Array[], version: 1 | 2): boolean =>
    values.length === 1 && values.every((value) => orUndefined(() => isNamedBy(value, version, certificate)) === true);
  return agrees(v2 ?? v1 ?? [], v2 ? 2 : 1);
}

/** Somebody may have added another certificate with the same issuer and number: the one that the signature names goes first. */
function certificateOf(signer: FoundSigner, pool: readonly Certificate[]): Certificate | undefined {
  const meant = pool.filter((certificate) => isMeant(signer, certificate));
  return meant.find((certificate) => namesCertificate(signer, certificate)) ?? meant[0];
}

function digestProblem(signer: FoundSigner, signed: Signed, takesSha1: boolean): SignatureReason | undefined {
  const digest = digestOf(signer.digestAlgorithm.oid, takesSha1);
  if (digest === 'weak' || digest === 'unknown') return digest;
  if (!signer.signed) return undefined;
  const value = singleOf(signer.signed.attributes, types.messageDigest);
  const claimed = value && orUndefined(() => octetsOf(expectTag(readNode(value), 0x04)));
  const agrees = claimed && Buffer.compare(digestBytes(digest, signed.bytes), claimed) === 0;
  return agrees ? undefined : 'contentChanged';
}

function typeProblem(signer: FoundSigner, { contentType }: Signed): SignatureReason | undefined {
  if (!signer.signed || contentType === undefined) return undefined;
  const value = singleOf(signer.signed.attributes, types.contentType);
  return value && orUndefined(() => oidOf(readNode(value))) === contentType ? undefined : 'contentType';
}

function signatureProblem(
  signer: FoundSigner,
  signed: Signed,
  certificate: Certificate,
  { rsaBitsMin, sha1 }: VerifyOptions,
): SignatureReason | undefined {
  const scheme = schemeOf(signer.signatureAlgorithm, signer.digestAlgorithm, sha1 === 'warn');
  const bytes = signer.signed?.bytes ?? signed.bytes;
  const agreement = agreementOf(scheme, certificate.publicKey, bytes, signer.signature, rsaBitsMin);
  if (agreement !== 'agrees') return agreement;
  const isOutdated = scheme?.digest === 'sha1' || digestOf(signer.digestAlgorithm.oid, true) === 'sha1';
  return isOutdated ? 'sha1' : undefined;
}

function problemsOf(
  signer: FoundSigner,
  signed: Signed,
  certificate: Certificate,
  options: VerifyOptions,
): SignatureReason[] {
  const problems = [
    digestProblem(signer, signed, options.sha1 === 'warn'),
    typeProblem(signer, signed),
    signatureProblem(signer, signed, certificate, options),
    bindingProblem(namesCertificate(signer, certificate), options),
  ];
  return [...new Set(problems.filter((problem) => problem !== undefined))];
}

class EnvelopeJudge {
  readonly #options: VerifyOptions;
  readonly #pool: readonly Certificate[];
  readonly #hasUnreadable: boolean;
  readonly #judged: JudgedSigner[] = [];

  constructor(found: FoundSignature, options: VerifyOptions) {
    const read = found.certificates.map(readCertificate);
    this.#pool = read.filter((certificate) => certificate !== undefined);
    this.#hasUnreadable = this.#pool.length < read.length;
    this.#options = options;
  }

  judge(signers: readonly FoundSigner[], signed: Signed, depth = 0): readonly JudgedSigner[] {
    const role = depth === 0 ? 'signer' : 'countersigner';
    for (const signer of signers) {
      if (this.#judged.length > signersMax) break;
      if (depth > counterDepthMax || this.#judged.length === signersMax) this.#refuse(role, 'damaged');
      else this.#judgeOne(signer, signed, role, depth);
    }
    return this.#judged;
  }

  #judgeOne(signer: FoundSigner, signed: Signed, role: SignerVerdict['role'], depth: number): void {
    const certificate = certificateOf(signer, this.#pool);
    if (certificate) {
      const time = singleOf(signer.signed?.attributes, types.signingTime);
      const signedAt = time && orUndefined(() => timeOf(readNode(time)));
      const broken = problemsOf(signer, signed, certificate, this.#options);
      this.#judged.push(judgeSigner({ role, certificate, signedAt, pool: this.#pool, broken }, this.#options));
    } else {
      this.#refuse(role, this.#hasUnreadable ? 'unusable' : 'noCertificate');
    }
    for (const encoded of (signer.unsigned.get(types.countersignature) ?? []).slice(0, signersMax)) {
      const counter = orUndefined(() => signerOf(readNode(encoded)));
      if (counter) this.judge([counter], { bytes: signer.signature, contentType: undefined }, depth + 1);
      else this.#refuse('countersigner', 'damaged');
    }
  }

  #refuse(role: SignerVerdict['role'], reason: SignatureReason): void {
    const { words = signatureFinding } = this.#options;
    this.#judged.push({ signer: { role, valid: false }, findings: [words(reason, { detail: role })] });
  }
}

/**
 * Judges every signer of a CMS envelope, and who signed their signatures. Nothing throws; nothing is fetched.
 * @param found the envelope, as `openFile` found it, or a detached one with what it is about (`readCms`)
 * @param options the instant of reception, trust anchors, revocation lists
 * @returns the verdict; codes: 00102 a digest, a signature or what it names does not agree, or SHA-1; 00103 no signing time; 00105
 *   a signing time after reception; 00100, 00107 a certificate expired, not valid yet or not for signing; 00101 revoked by a list
 *   handed in; 00104 no chain to a trust anchor, where anchors were given
 */
export function verifyCms(found: FoundSignature, options: VerifyOptions): SignatureVerdict {
  const signed = { bytes: found.content, contentType: found.contentType };
  const judged = new EnvelopeJudge(found, options).judge(found.signers, signed);
  const findings = judged.flatMap((one) => one.findings);
  const { words = signatureFinding } = options;
  if (found.damage !== undefined) findings.push(words('damaged', { detail: found.damage }));
  else if (found.signers.length === 0) findings.push(words('noSigners'));
  const valid = !findings.some(({ severity }) => severity === 'error');
  return { form: 'CAdES', valid, signers: judged.map(({ signer }) => signer), findings };
}
