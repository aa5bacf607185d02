// fatturapa: a signing key whose private part is in memory.
import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { algorithmOf, publicKeyOf } from './certificate-facts.ts';
import { SigningKeyError, type Der, type SigningKey } from './signing-key.ts';

const signInThePool = promisify<string, Uint8Array, KeyObject, Buffer>(sign);

/**
 * Makes a signing key of a private key and its certificate; it signs in libuv's thread pool.
 * @param key the private part
 * @param certificate its certificate, in DER
 * @param chain the certificates above
 * @throws SigningKeyError KEY_NOT_SUPPORTED (see `algorithmOf`)
 */
export function keyInMemory(key: KeyObject, certificate: Der, chain: readonly Der[]): SigningKey {
  return {
    certificate,
    chain,
    algorithm: algorithmOf(certificate),
    sign: (data) => signInThePool('sha256', data, key),
  };
}

/** Whether a private key and a certificate belong together. */
export function belongTogether(key: KeyObject, certificate: Der): boolean {
  try {
    return createPublicKey(key).equals(publicKeyOf(certificate));
  } catch (error) {
    if (error instanceof SigningKeyError) return false;
    throw error;
  }
}
