// fatturapa: a signing key out of a PKCS#12 file: which of its keys, with which certificate.
import type { KeyObject } from 'node:crypto';
import { certificateFacts, insistOnValidity } from './certificate-facts.ts';
import { chainAbove } from './chain-above.ts';
import { belongTogether, keyInMemory } from './key-object.ts';
import { openBags, type Bags, type KeyBag } from './pkcs12-bags.ts';
import { SigningKeyError, type Der, type SigningKey } from './signing-key.ts';

/** Which key is wanted of a file that holds several. */
export interface Pkcs12Options {
  /** The name that the file gives to the key or to its certificate ("friendly name", in Java "alias"). */
  readonly friendlyName?: string | undefined;
  /** Where given, a certificate that is not valid at this instant is refused. */
  readonly at?: Date | undefined;
}

interface Candidate {
  readonly key: KeyObject;
  readonly certificate: Der;
  readonly names: readonly string[];
}

function candidatesOf({ keys, certificates }: Bags): Candidate[] {
  return keys.flatMap(({ key, friendlyName }) => {
    const own = key && certificates.find(({ certificate }) => belongTogether(key, certificate));
    if (!own) return [];
    const names = [friendlyName, own.friendlyName].filter((name) => name !== undefined);
    return [{ key, certificate: own.certificate, names }];
  });
}

function describe({ certificate, names }: Candidate): string {
  return `"${names[0] ?? ''}" (${certificateFacts(certificate).subject})`;
}

function explainNone(keys: readonly KeyBag[]): SigningKeyError {
  if (keys.length === 0) {
    const words = 'The PKCS#12 file holds no private key: export the certificate again together with its key.';
    return new SigningKeyError('KEY_MISSING', words);
  }
  if (keys.every(({ key }) => key === undefined)) {
    return new SigningKeyError('KEY_NOT_SUPPORTED', 'The key in the PKCS#12 file is of a kind that cannot sign here.');
  }
  const words = 'The PKCS#12 file holds a private key but no certificate that belongs to it: export both together.';
  return new SigningKeyError('CERTIFICATE_MISSING', words);
}

function choose(bags: Bags, wanted: string | undefined): Candidate {
  const all = candidatesOf(bags);
  if (all.length === 0) throw explainNone(bags.keys);
  const named = wanted === undefined ? all : all.filter(({ names }) => names.includes(wanted));
  const [first, ...others] = named;
  if (!first) {
    const words = `The PKCS#12 file holds no key "${wanted}"; it holds ${all.map(describe).join(', ')}.`;
    throw new SigningKeyError('KEY_MISSING', words);
  }
  if (others.length === 0) return first;
  const words = `The PKCS#12 file holds several keys: name one of ${named.map(describe).join(', ')}.`;
  throw new SigningKeyError('KEY_AMBIGUOUS', words);
}

/**
 * Opens a PKCS#12 file and takes the key that signs.
 * @param bytes the file, DER or BER
 * @param password any text, empty too
 * @param options which key, and an instant at which its certificate must be valid
 * @returns the key with its certificate and those of the file's that stand above it
 * @throws SigningKeyError which says what is wrong and what to do; never another error, whatever the bytes are
 */
export function openPkcs12(bytes: Uint8Array, password: string, options: Pkcs12Options = {}): SigningKey {
  const bags = openBags(bytes, password);
  const { key, certificate } = choose(bags, options.friendlyName);
  if (options.at) insistOnValidity(certificate, options.at);
  const others = bags.certificates.map((bag) => bag.certificate);
  return keyInMemory(key, certificate, chainAbove(certificate, others));
}
