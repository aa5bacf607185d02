// fatturapa: the port through which everything signs: a certificate, the ones above it, and a key that may lie anywhere.

/** A structure in DER (X.690 §10), for example one certificate. */
export type Der = Uint8Array;

/** The two algorithms that SdI and every verifier know; both hash with SHA-256. */
export const signatureAlgorithms = ['RSA-SHA256', 'ECDSA-SHA256'] as const;

/** RSA is PKCS#1 v1.5 (RFC 8017 §8.2), ECDSA is on the curves of `curves.ts`. */
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** A key that signs, wherever it lies: in a file, on a token, behind a service. */
export interface SigningKey {
  /** The signer's own certificate. */
  readonly certificate: Der;
  /** The certificates above it, as far as they are known, in any order and without the signer's own. */
  readonly chain: readonly Der[];
  readonly algorithm: SignatureAlgorithm;
  /**
   * Signs.
   * @param data what is to be signed; it is hashed here
   * @returns RSA: as many bytes as the modulus. ECDSA: Ecdsa-Sig-Value in DER (RFC 3279 §2.2.3), as CMS wants it
   */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** What may be wrong with a key before anything is signed. */
export type SigningKeyTrouble =
  | 'FILE_NOT_READABLE'
  | 'PASSWORD_WRONG'
  | 'KEY_MISSING'
  | 'KEY_AMBIGUOUS'
  | 'KEY_NOT_SUPPORTED'
  | 'CERTIFICATE_MISSING'
  | 'CERTIFICATE_EXPIRED'
  | 'CERTIFICATE_NOT_YET_VALID';

/** A key that cannot be used; the message says what is wrong and what to do. */
export class SigningKeyError extends Error {
  readonly trouble: SigningKeyTrouble;

  /**
   * @param trouble which kind
   * @param message one or two sentences for an operator
   * @param cause the error underneath
   */
  constructor(trouble: SigningKeyTrouble, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SigningKeyError';
    this.trouble = trouble;
  }
}
