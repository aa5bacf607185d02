// fatturapa: the mathematics of a signature: which algorithms count, which are too weak, and whether the numbers agree.
import { constants, createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { BerError, expectTag, listParts, readNode } from '../open/ber.ts';
import { oidOf, smallNumberOf } from '../open/ber-values.ts';
import type { AlgorithmId } from '../open/found-signature.ts';
import { isOnKnownCurve } from './curves.ts';

/** The digests that count; what is older is too weak to prove anything, and SHA-1 counts only where somebody asks for it. */
export type DigestName = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** A digest, or why it does not count. */
export type DigestChoice = DigestName | 'weak' | 'unknown';

/** The outcome for one signature: `weak` and `unknown` were not even tried. */
export type Agreement = 'agrees' | 'differs' | 'weak' | 'unknown';

const digests: Readonly<Record<string, DigestChoice>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '1.3.14.3.2.26': 'sha1',
  '1.2.840.113549.2.5': 'weak',
};

/** A way to sign, whatever document format named it. */
export interface SignatureScheme {
  readonly family: 'rsa' | 'pss' | 'ecdsa';
  readonly digest: DigestChoice;
  /** How an ECDSA signature is written: CMS and X.509 in DER, XML as two numbers. */
  readonly form: 'der' | 'ieee-p1363';
  /** Of RSA-PSS, in bytes. */
  readonly saltLength?: number;
}

const rsaEncryption = '1.2.840.113549.1.1.1';
const rsaPss = '1.2.840.113549.1.1.10';
const schemes: Readonly<Record<string, readonly [SignatureScheme['family'], DigestChoice]>> = {
  '1.2.840.113549.1.1.11': ['rsa', 'sha256'],
  '1.2.840.113549.1.1.12': ['rsa', 'sha384'],
  '1.2.840.113549.1.1.13': ['rsa', 'sha512'],
  '1.2.840.113549.1.1.5': ['rsa', 'sha1'],
  '1.2.840.113549.1.1.4': ['rsa', 'weak'],
  '1.2.840.10045.4.3.2': ['ecdsa', 'sha256'],
  '1.2.840.10045.4.3.3': ['ecdsa', 'sha384'],
  '1.2.840.10045.4.3.4': ['ecdsa', 'sha512'],
  '1.2.840.10045.4.1': ['ecdsa', 'sha1'],
};

/** The least that counts of an RSA key: qualified certificates have 2,048 bits or more since 2011. */
export const rsaBitsMin = 2048;
/** Larger keys are made only to keep us busy. */
const rsaBitsMax = 16_384;

function counted(digest: DigestChoice, takesSha1: boolean): DigestChoice {
  return digest === 'sha1' && !takesSha1 ? 'weak' : digest;
}

/**
 * Says which digest an object identifier names.
 * @param oid dotted
 * @param takesSha1 whether SHA-1 counts; else it is weak
 */
export function digestOf(oid: string, takesSha1 = false): DigestChoice {
  return counted(digests[oid] ?? 'unknown', takesSha1);
}

/**
 * Hashes.
 * @param digest which
 * @param data what
 */
export function digestBytes(digest: DigestName, data: Uint8Array): Buffer {
  return hash(digest, data, 'buffer');
}

/** RFC 4055 §3.1; without parameters it would be SHA-1. */
function pssScheme(parameters: Uint8Array | undefined): SignatureScheme {
  if (!parameters) return { family: 'pss', digest: 'weak', form: 'der' };
  const fields = new Map(listParts(expectTag(readNode(parameters), 0x30), 4).map((field) => [field.tag, field]));
  const inner = (tag: number) => {
    const field = fields.get(tag);
    return field && listParts(field, 1)[0];
  };
  const digestNode = inner(0xa0);
  const maskNode = inner(0xa1);
  const saltNode = inner(0xa2);
  if (!digestNode || !maskNode) return { family: 'pss', digest: 'weak', form: 'der' };
  const digest = digestOf(oidOf(listParts(digestNode, 2)[0]));
  const [, maskDigest] = listParts(maskNode, 2);
  const sameMask = maskDigest && digestOf(oidOf(listParts(maskDigest, 2)[0])) === digest;
  const saltLength = saltNode ? smallNumberOf(saltNode) : 20;
  return { family: 'pss', digest: sameMask ? digest : 'unknown', form: 'der', saltLength };
}

/**
 * Says how a signature was made by its AlgorithmIdentifier.
 * @param algorithm as CMS and X.509 write it
 * @param digestAlgorithm what a SignerInfo names besides; counts where the algorithm alone does not say it (plain `rsaEncryption`)
 * @param takesSha1 whether SHA-1 counts; else it is weak
 * @returns the scheme, or undefined where it is none of ours
 */
export function schemeOf(
  algorithm: AlgorithmId,
  digestAlgorithm?: AlgorithmId,
  takesSha1 = false,
): SignatureScheme | undefined {
  if (algorithm.oid === rsaEncryption && digestAlgorithm) {
    return { family: 'rsa', digest: digestOf(digestAlgorithm.oid, takesSha1), form: 'der' };
  }
  if (algorithm.oid === rsaPss) {
    try {
      return pssScheme(algorithm.parameters);
    } catch (error) {
      if (error instanceof BerError) return undefined;
      throw error;
    }
  }
  const [family, digest] = schemes[algorithm.oid] ?? [];
  return family && digest ? { family, digest: counted(digest, takesSha1), form: 'der' } : undefined;
}

/** OpenSSL's own refusals of a key or a signature are an answer, not a failure of ours. */
function orUndefined<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function keyFit(key: KeyObject, family: SignatureScheme['family'], bitsMin: number): 'fits' | 'weak' | 'unknown' {
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (family === 'ecdsa') return isOnKnownCurve(key) ? 'fits' : 'unknown';
  const isRsa = key.asymmetricKeyType === 'rsa' || (family === 'pss' && key.asymmetricKeyType === 'rsa-pss');
  if (!isRsa || modulusLength > rsaBitsMax) return 'unknown';
  return modulusLength < bitsMin ? 'weak' : 'fits';
}

function keyOptions(key: KeyObject, { family, form, saltLength = 0 }: SignatureScheme): Parameters<typeof verify>[2] {
  if (family === 'ecdsa') return { key, dsaEncoding: form };
  if (family === 'rsa') return { key, padding: constants.RSA_PKCS1_PADDING };
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
}

/**
 * Says whether a signature is over these data by this key. Nothing throws.
 * @param scheme how it was made; undefined is `unknown`
 * @param publicKey SubjectPublicKeyInfo in DER, always from a certificate
 * @param data what was signed
 * @param signature its bytes
 * @param bitsMin the least that counts of an RSA key
 */
export function agreementOf(
  scheme: SignatureScheme | undefined,
  publicKey: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
  bitsMin: number = rsaBitsMin,
): Agreement {
  if (!scheme || scheme.digest === 'unknown') return 'unknown';
  if (scheme.digest === 'weak') return 'weak';
  const { digest } = scheme;
  const key = orUndefined(() => createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }));
  const fit = key ? keyFit(key, scheme.family, bitsMin) : 'unknown';
  if (!key || fit === 'unknown') return 'unknown';
  if (fit === 'weak') return 'weak';
  return orUndefined(() => verify(digest, data, keyOptions(key, scheme), signature)) ? 'agrees' : 'differs';
}
