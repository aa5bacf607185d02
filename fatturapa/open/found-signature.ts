// fatturapa: a CMS signature as it was found in a file: its parts as data, nothing judged yet (RFC 5652 §5).

/** An algorithm with its parameters, as X.509 and CMS write it. */
export interface AlgorithmId {
  /** Dotted, as `1.2.840.113549.1.1.11`. */
  readonly oid: string;
  /** The whole encoded parameters, tag and length included. */
  readonly parameters?: Uint8Array;
}

/** Which certificate a signer points to: issuer and serial number, or the subject's key identifier. */
export type SignerId =
  | { readonly kind: 'issuer'; /** DER of the Name. */ readonly issuer: Uint8Array; readonly serial: string }
  | { readonly kind: 'key'; readonly keyId: Uint8Array };

/** Attributes of a signer: type in dotted form → each encoded value. A type that stands twice has the values of both. */
export type Attributes = ReadonlyMap<string, readonly Uint8Array[]>;

/** One SignerInfo. */
export interface FoundSigner {
  readonly id: SignerId;
  readonly digestAlgorithm: AlgorithmId;
  /** Absent where the signature is over the content itself. */
  readonly signed?: {
    readonly attributes: Attributes;
    /** What the signature is over: the attributes as a DER SET OF (RFC 5652 §5.4). */
    readonly bytes: Uint8Array;
  };
  readonly signatureAlgorithm: AlgorithmId;
  readonly signature: Uint8Array;
  readonly unsigned: Attributes;
}

/** One CMS SignedData. */
export interface FoundSignature {
  /** Dotted type of what was signed; plain data is `1.2.840.113549.1.7.1`. */
  readonly contentType: string;
  /** What was signed: the bytes inside the envelope. */
  readonly content: Uint8Array;
  /** The certificates that came along, each in DER. */
  readonly certificates: readonly Uint8Array[];
  /** The revocation lists that came along, each in DER. */
  readonly crls: readonly Uint8Array[];
  readonly signers: readonly FoundSigner[];
  /** Why certificates or signers could not be read although the content could (in English, for a message's end). */
  readonly damage?: string;
}
