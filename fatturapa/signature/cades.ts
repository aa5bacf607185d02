// fatturapa: signs a file as CAdES-BES (ETSI EN 319 122-1): CMS SignedData with the content inside, for `.xml.p7m`.
import { hash } from 'node:crypto';
import {
  element,
  issuerAndSerial,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  smallInteger,
  sorted,
  tagged,
  time,
} from './der.ts';
import type { Der, SignatureAlgorithm, SigningKey } from './signing-key.ts';

/** When something is signed. */
export interface SigningMoment {
  /** The signing time that the signature claims. */
  readonly at: Date;
}

const oids = {
  data: objectIdentifier('1.2.840.113549.1.7.1'),
  signedData: objectIdentifier('1.2.840.113549.1.7.2'),
  contentType: objectIdentifier('1.2.840.113549.1.9.3'),
  messageDigest: objectIdentifier('1.2.840.113549.1.9.4'),
  signingTime: objectIdentifier('1.2.840.113549.1.9.5'),
  signingCertificateV2: objectIdentifier('1.2.840.113549.1.9.16.2.47'),
} as const;

// RFC 5754 §2: written without parameters.
const sha256Algorithm = sequence(objectIdentifier('2.16.840.1.101.3.4.2.1'));

/** RFC 5754 §3: for RSA the plain key's identifier is what every verifier must know. */
const signatureAlgorithmOf: Readonly<Record<SignatureAlgorithm, Buffer>> = {
  'RSA-SHA256': sequence(objectIdentifier('1.2.840.113549.1.1.1'), nothing),
  'ECDSA-SHA256': sequence(objectIdentifier('1.2.840.10045.4.3.2')),
};

function attribute(type: Buffer, value: Buffer): Buffer {
  return sequence(type, setOf(value));
}

/**
 * Names a certificate by hash, issuer and number: ESSCertIDv2's IssuerSerial (RFC 5035 §4).
 * @param certificate in DER
 */
export function issuerSerialOf(certificate: Der): Buffer {
  const { issuer, serial } = issuerAndSerial(certificate);
  return sequence(sequence(tagged(4, issuer)), serial);
}

/** RFC 5035 §3: SHA-256 is the default and so, in DER, not written. */
function signingCertificate(certificate: Der): Buffer {
  const id = sequence(octetString(hash('sha256', certificate, 'buffer')), issuerSerialOf(certificate));
  return sequence(sequence(id));
}

function signedAttributes(content: Uint8Array, key: SigningKey, at: Date): Buffer[] {
  return sorted([
    attribute(oids.contentType, oids.data),
    attribute(oids.messageDigest, octetString(hash('sha256', content, 'buffer'))),
    attribute(oids.signingTime, time(at)),
    attribute(oids.signingCertificateV2, signingCertificate(key.certificate)),
  ]);
}

async function signerInfo(content: Uint8Array, key: SigningKey, at: Date): Promise<Buffer> {
  const attributes = signedAttributes(content, key, at);
  // Signed as a SET (RFC 5652 §5.4), carried under the context tag.
  const signature = await key.sign(element(0x31, ...attributes));
  const { issuer, serial } = issuerAndSerial(key.certificate);
  return sequence(
    smallInteger(1),
    sequence(issuer, serial),
    sha256Algorithm,
    tagged(0, ...attributes),
    signatureAlgorithmOf[key.algorithm],
    octetString(signature),
  );
}

/** An envelope in DER; a detached one holds the signature alone. */
async function envelopeOf(content: Uint8Array, key: SigningKey, at: Date, isDetached: boolean): Promise<Buffer> {
  const inside = isDetached ? [] : [tagged(0, octetString(content))];
  const signedData = sequence(
    smallInteger(1),
    setOf(sha256Algorithm),
    sequence(oids.data, ...inside),
    tagged(0, ...sorted([key.certificate, ...key.chain])),
    setOf(await signerInfo(content, key, at)),
  );
  return sequence(oids.signedData, tagged(0, signedData));
}

/**
 * Signs a file and puts it into the signature's envelope.
 * @param content the file, any bytes; they lie in the result in one piece, unchanged
 * @param key who signs; its chain goes into the envelope too
 * @param moment the signing time (00103 where it were missing)
 * @returns CMS SignedData in DER, SHA-256, with content-type, message-digest, signing-time and signing-certificate-v2 signed
 * @throws whatever the key's `sign` throws
 */
export function signCades(content: Uint8Array, key: SigningKey, { at }: SigningMoment): Promise<Buffer> {
  return envelopeOf(content, key, at, false);
}

/**
 * Signs bytes that travel beside their signature (RFC 5652 §5.2, "external signatures"), as a mail's do.
 * @param content what is signed, any bytes
 * @param key who signs; its chain goes into the envelope too
 * @param moment the signing time
 * @returns as `signCades`, without the content
 * @throws whatever the key's `sign` throws
 */
export function signDetached(content: Uint8Array, key: SigningKey, { at }: SigningMoment): Promise<Buffer> {
  return envelopeOf(content, key, at, true);
}
