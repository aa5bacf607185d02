// fatturapa: the elliptic curves on which signatures count, one list for those who sign and those who verify.
import type { KeyObject } from 'node:crypto';
import { SigningKeyError } from './signing-key.ts';

/** Bytes of a curve's order, by OpenSSL's name: the curves of FIPS 186-4 and RFC 5639 that ETSI TS 119 312 recommends. */
const orderBytes: ReadonlyMap<string, number> = new Map([
  ['prime256v1', 32],
  ['secp384r1', 48],
  ['secp521r1', 66],
  ['brainpoolP256r1', 32],
  ['brainpoolP384r1', 48],
  ['brainpoolP512r1', 64],
]);

function curveOf(key: KeyObject): string {
  return key.asymmetricKeyDetails?.namedCurve ?? '';
}

/**
 * Whether a signature by this key counts.
 * @param key public or private, of any type
 */
export function isOnKnownCurve(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ec' && orderBytes.has(curveOf(key));
}

/**
 * How long each of the two numbers of an ECDSA signature is (XMLDSig 1.1 §6.4.3).
 * @param key public or private, of type `ec`
 * @returns the bytes of the order of its curve
 * @throws SigningKeyError KEY_NOT_SUPPORTED where the curve is none of ours: verifiers would refuse the signature
 */
export function orderBytesOf(key: KeyObject): number {
  const bytes = orderBytes.get(curveOf(key));
  if (bytes !== undefined) return bytes;
  const known = [...orderBytes.keys()].join(', ');
  const words = `The key is on the curve ${curveOf(key) || 'without a name'}, whose signatures verifiers do not take; they take ${known}. Ask for another certificate.`;
  throw new SigningKeyError('KEY_NOT_SUPPORTED', words);
}
