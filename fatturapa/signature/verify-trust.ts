// fatturapa: whether a chain of certificates leads from a signer to an authority that the operator trusts (RFC 5280 §6).
import { agreementOf, schemeOf } from './verify-algorithm.ts';
import { readCertificate, type Certificate } from './verify-certificate.ts';

const authoritiesMax = 8;
/** Signatures of authorities that are checked for one signer: a file may bring many with the same name. */
const checksMax = 50;

const pemCertificate = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/g;

/**
 * Reads certificates.
 * @param inputs each PEM text, with one or several certificates, or DER
 * @returns those that could be read, and how many could not: whoever takes them from a setting should stop where any could not
 */
export function readCertificates(inputs: readonly (string | Uint8Array)[]): {
  readonly certificates: readonly Certificate[];
  readonly unreadable: number;
} {
  const encoded = inputs.flatMap((input) => {
    if (typeof input !== 'string') return [input];
    const texts = [...input.matchAll(pemCertificate)].map(([, text = '']) => Buffer.from(text, 'base64'));
    return texts.length > 0 ? texts : [Buffer.alloc(0)];
  });
  const certificates = encoded.map(readCertificate).filter((certificate) => certificate !== undefined);
  return { certificates, unreadable: encoded.length - certificates.length };
}

const readAnchors = new WeakMap<object, readonly Certificate[]>();

/**
 * Reads trust anchors, once for each array: a trusted list holds hundreds, and every file is judged by the same.
 * @param inputs as `VerifyOptions.trustAnchors`; the array must not be changed afterwards
 */
export function anchorsOf(inputs: readonly (string | Uint8Array)[] | undefined): readonly Certificate[] {
  if (!inputs) return [];
  const known = readAnchors.get(inputs) ?? readCertificates(inputs).certificates;
  readAnchors.set(inputs, known);
  return known;
}

/**
 * Says whether one certificate is signed by another.
 * @param certificate the lower one
 * @param issuer the upper one
 */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (certificate.issuer.key !== issuer.subject.key) return false;
  const scheme = schemeOf(certificate.signatureAlgorithm);
  return agreementOf(scheme, issuer.publicKey, certificate.signedBytes, certificate.signature) === 'agrees';
}

/** Whether it may issue certificates with `below` further authorities under it. */
function mayIssue(issuer: Certificate, below: number): boolean {
  return issuer.allows('keyCertSign') && below <= (issuer.pathLengthMax ?? authoritiesMax);
}

/** What is not an anchor must prove that it is an authority; of an anchor the operator says so. */
function isSoundAuthority(issuer: Certificate, at: Date): boolean {
  const isValid = issuer.validFrom <= at && at <= issuer.validUntil;
  return issuer.isAuthority === true && isValid && issuer.unknownCritical === undefined;
}

class ChainSearch {
  readonly #pool: readonly Certificate[];
  readonly #anchors: readonly Certificate[];
  readonly #at: Date;
  #checks = 0;

  constructor(pool: readonly Certificate[], anchors: readonly Certificate[], at: Date) {
    this.#pool = pool;
    this.#anchors = anchors;
    this.#at = at;
  }

  leadsToAnchor(certificate: Certificate, chain: readonly Certificate[]): boolean {
    const below = chain.length;
    const isAnchored = this.#anchors.some(
      (anchor) => anchor.isAuthority !== false && mayIssue(anchor, below) && this.#check(certificate, anchor),
    );
    if (isAnchored) return true;
    if (below >= authoritiesMax) return false;
    const uppers = this.#pool.filter((upper) => upper !== certificate && !chain.includes(upper));
    return uppers.some(
      (upper) =>
        isSoundAuthority(upper, this.#at) &&
        mayIssue(upper, below) &&
        this.#check(certificate, upper) &&
        this.leadsToAnchor(upper, [...chain, certificate]),
    );
  }

  #check(certificate: Certificate, issuer: Certificate): boolean {
    if (certificate.issuer.key !== issuer.subject.key || this.#checks >= checksMax) return false;
    this.#checks += 1;
    return isIssuedBy(certificate, issuer);
  }
}

/**
 * Says whether a certificate is an anchor itself, or a chain leads from it to one.
 * @param certificate the signer's
 * @param pool what came along in the file: the chain is built from it
 * @param anchors trusted authorities; their own validity is the operator's business
 * @param at when the authorities between must be valid
 */
export function isTrusted(
  certificate: Certificate,
  pool: readonly Certificate[],
  anchors: readonly Certificate[],
  at: Date,
): boolean {
  const isAnchor = anchors.some((anchor) => Buffer.compare(anchor.der, certificate.der) === 0);
  return isAnchor || new ChainSearch(pool, anchors, at).leadsToAnchor(certificate, []);
}
