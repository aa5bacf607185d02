// fatturapa: CMS envelopes for tests, signed as right or wrong as asked for.
import { constants, hash, sign } from 'node:crypto';
import type { Holder } from './authority.fixture.ts';
import { element, nothing, objectIdentifier, octetString, sequence, setOf, smallInteger, tagged, time } from './der.ts';

/** How one signer signs; without more: CAdES-BES with SHA-256. */
export interface SignerWish {
  readonly holder: Holder;
  /** `null`: no signing time. */
  readonly at?: Date | null;
  /** Over the content itself, without signed attributes. */
  readonly bare?: boolean;
  readonly digest?: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** RSA-PSS in place of PKCS#1 v1.5. */
  readonly pss?: boolean;
  /** Whose certificate the signed attributes name; `null`: none. */
  readonly names?: Holder | null;
  /** What the message digest is of, where not of the content. */
  readonly digestOf?: Uint8Array;
  /** The content type that the attributes name; `null`: none. */
  readonly typed?: string | null;
  readonly unsigned?: readonly Buffer[];
}

/** The rest of an envelope. */
export interface EnvelopeWish {
  readonly signers: readonly SignerWish[];
  /** Those that come along; the signers' where absent. */
  readonly certificates?: readonly Uint8Array[];
}

const digestTypes = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;
const rsaTypes = { sha1: 5, sha256: 11, sha384: 12, sha512: 13 } as const;
const ecdsaTypes = { sha1: '1', sha256: '3.2', sha384: '3.3', sha512: '3.4' } as const;
const dataType = '1.2.840.113549.1.7.1';

const algorithm = (oid: string): Buffer => sequence(objectIdentifier(oid), nothing);

function attribute(oid: string, value: Buffer): Buffer {
  return sequence(objectIdentifier(oid), setOf(value));
}

function attributesOf(wish: SignerWish, content: Uint8Array, isCounter: boolean): Buffer[] {
  const { digest = 'sha256', at = new Date('2026-03-01T10:00:00Z'), names = wish.holder, typed = dataType } = wish;
  const own = names && sequence(sequence(sequence(octetString(hash('sha256', names.certificate, 'buffer')))));
  return [
    ...(typed === null || isCounter ? [] : [attribute('1.2.840.113549.1.9.3', objectIdentifier(typed))]),
    attribute('1.2.840.113549.1.9.4', octetString(hash(digest, wish.digestOf ?? content, 'buffer'))),
    ...(at ? [attribute('1.2.840.113549.1.9.5', time(at))] : []),
    ...(own ? [attribute('1.2.840.113549.1.9.16.2.47', own)] : []),
  ];
}

function signatureAlgorithm({ holder, digest = 'sha256', pss }: SignerWish): Buffer {
  if (pss) {
    const mask = sequence(objectIdentifier('1.2.840.113549.1.1.8'), algorithm(digestTypes[digest]));
    const fields = [tagged(0, algorithm(digestTypes[digest])), tagged(1, mask), tagged(2, smallInteger(32))];
    return sequence(objectIdentifier('1.2.840.113549.1.1.10'), sequence(...fields));
  }
  if (holder.privateKey.asymmetricKeyType === 'ec') {
    return sequence(objectIdentifier(`1.2.840.10045.4.${ecdsaTypes[digest]}`));
  }
  return algorithm(`1.2.840.113549.1.1.${rsaTypes[digest]}`);
}

/**
 * Makes a SignerInfo.
 * @param wish how
 * @param content what is signed: for a countersignature, the signature under it
 * @param isCounter a countersignature has no content type
 */
export function makeSigner(wish: SignerWish, content: Uint8Array, isCounter = false): Buffer {
  const { holder, digest = 'sha256' } = wish;
  const attributes = setOf(...attributesOf(wish, content, isCounter));
  const padding = wish.pss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const isEc = holder.privateKey.asymmetricKeyType === 'ec';
  const key = isEc ? holder.privateKey : { key: holder.privateKey, padding, saltLength: 32 };
  const signature = sign(digest, wish.bare ? content : attributes, key);
  return sequence(
    smallInteger(1),
    sequence(holder.issuer, holder.serial),
    algorithm(digestTypes[digest]),
    ...(wish.bare ? [] : [Buffer.concat([Buffer.from([0xa0]), attributes.subarray(1)])]),
    signatureAlgorithm(wish),
    octetString(signature),
    ...(wish.unsigned ? [element(0xa1, ...wish.unsigned)] : []),
  );
}

/**
 * Wraps SignerInfos into an envelope.
 * @param content what is inside; `undefined` is detached
 * @param signers encoded
 * @param certificates encoded
 */
export function wrapEnvelope(
  content: Uint8Array | undefined,
  signers: readonly Uint8Array[],
  certificates: readonly Uint8Array[],
): Buffer {
  const inside = content ? [tagged(0, octetString(content))] : [];
  const data = sequence(
    smallInteger(1),
    setOf(algorithm(digestTypes.sha256)),
    sequence(objectIdentifier(dataType), ...inside),
    tagged(0, ...certificates),
    setOf(...signers),
  );
  return sequence(objectIdentifier('1.2.840.113549.1.7.2'), tagged(0, data));
}

/**
 * Signs a content.
 * @param content what
 * @param wish by whom and how
 */
export function makeEnvelope(content: Uint8Array, { signers, certificates }: EnvelopeWish): Buffer {
  const encoded = signers.map((signer) => makeSigner(signer, content));
  return wrapEnvelope(content, encoded, certificates ?? signers.map(({ holder }) => holder.certificate));
}
