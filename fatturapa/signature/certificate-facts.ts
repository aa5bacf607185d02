// fatturapa: what a signer's certificate says of itself, and whether it may sign at an instant.
import { X509Certificate, type KeyObject } from 'node:crypto';
import { orderBytesOf } from './curves.ts';
import { SigningKeyError, type Der, type SignatureAlgorithm } from './signing-key.ts';

/** A certificate's facts, for people. */
export interface CertificateFacts {
  /** One line, the most telling part first, for example `CN=Rossi Srl, C=IT`. */
  readonly subject: string;
  readonly issuer: string;
  /** Hexadecimal. */
  readonly serialNumber: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly selfSigned: boolean;
}

/** SdI's rules on signatures ask for RSA keys of this size at least. */
const rsaBitsMin = 2048;

function parse(certificate: Der): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (error) {
    throw new SigningKeyError('CERTIFICATE_MISSING', 'The certificate cannot be read: it is no X.509 in DER.', error);
  }
}

function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').reverse().join(', ');
}

/**
 * Reads what a certificate says.
 * @param certificate in DER
 * @throws SigningKeyError CERTIFICATE_MISSING where it cannot be read
 */
export function certificateFacts(certificate: Der): CertificateFacts {
  const x509 = parse(certificate);
  return {
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    serialNumber: x509.serialNumber,
    validFrom: x509.validFromDate,
    validTo: x509.validToDate,
    selfSigned: x509.subject === x509.issuer,
  };
}

/**
 * Gives a certificate's public key.
 * @param certificate in DER
 * @throws SigningKeyError CERTIFICATE_MISSING where it cannot be read
 */
export function publicKeyOf(certificate: Der): KeyObject {
  return parse(certificate).publicKey;
}

/**
 * Says how a key of this certificate signs.
 * @param certificate in DER
 * @throws SigningKeyError KEY_NOT_SUPPORTED for what is neither RSA of 2048 bits or more nor EC on a curve that verifiers take
 */
export function algorithmOf(certificate: Der): SignatureAlgorithm {
  const key = publicKeyOf(certificate);
  const { asymmetricKeyType: type, asymmetricKeyDetails } = key;
  if (type === 'ec') {
    orderBytesOf(key);
    return 'ECDSA-SHA256';
  }
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (type === 'rsa' && bits >= rsaBitsMin) return 'RSA-SHA256';
  const found = type === 'rsa' ? `RSA with ${bits} bits` : String(type);
  const words = `The key is ${found}; SdI takes RSA of ${rsaBitsMin} bits or more, and EC. Ask for another certificate.`;
  throw new SigningKeyError('KEY_NOT_SUPPORTED', words);
}

/**
 * Insists that a certificate may sign at an instant: SdI refuses others with 00100 and 00107.
 * @param certificate in DER
 * @param at the instant of signing
 * @throws SigningKeyError CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID
 */
export function insistOnValidity(certificate: Der, at: Date): void {
  const { subject, validFrom, validTo } = certificateFacts(certificate);
  if (at > validTo) {
    const words = `The certificate of ${subject} expired on ${validTo.toISOString()}: renew it (SdI refuses it with 00100).`;
    throw new SigningKeyError('CERTIFICATE_EXPIRED', words);
  }
  if (at < validFrom) {
    const words = `The certificate of ${subject} is valid only from ${validFrom.toISOString()} (SdI refuses it with 00107).`;
    throw new SigningKeyError('CERTIFICATE_NOT_YET_VALID', words);
  }
}
