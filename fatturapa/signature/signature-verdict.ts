// fatturapa: what is asked of the judgement of a signature, and the judgement itself.
import type { DocumentFinding } from '../finding.ts';
import type { SignatureWords } from './verify-findings.ts';

/** How strictly and as of when signatures are judged. */
export interface VerifyOptions {
  /** When the file was received: certificates must be valid then, and no signature may be younger. */
  readonly at: Date;
  /** Certificates of trusted authorities, each PEM text (one or several in a row) or DER. Without any, trust is not asked for. */
  readonly trustAnchors?: readonly (string | Uint8Array)[];
  /**
   * Whether an untrusted signer is an error (00104) or only a warning. By default an error where there are trust anchors; `true`
   * without trust anchors makes every signer untrusted.
   */
  readonly requireTrust?: boolean;
  /** Revocation lists, each PEM text or DER. A list counts only where its own signature can be verified. */
  readonly crls?: readonly (string | Uint8Array)[];
  /** How far a signer's clock may be ahead of ours, in milliseconds; 5 minutes by default. */
  readonly clockToleranceMs?: number;
  /** The shortest RSA key of a signer that counts, in bits; 2048 by default. */
  readonly rsaBitsMin?: number;
  /**
   * `plain`: the signature need name neither its certificate nor its time, which are marks of the BES profiles. Mails do not have
   * them, nor do SdI's notices have the first. `BES` by default.
   */
  readonly profile?: 'BES' | 'plain';
  /** Whether SHA-1 counts in a CMS signature, with a warning; refused by default. Certificates signed with it never count. */
  readonly sha1?: 'refuse' | 'warn';
  /** The mail address that the signer's certificate must be made out to (RFC 8550 §3, §4.4.4); not asked for by default. */
  readonly address?: string;
  /** How findings are worded; by default as SdI words them about invoices. */
  readonly words?: SignatureWords;
}

/** One person or machine that signed. What could not be read is absent. */
export interface SignerVerdict {
  /** `countersigner`: signed the signature of another signer. */
  readonly role: 'signer' | 'countersigner';
  readonly valid: boolean;
  /** Common name, else given name and surname, else organisation. */
  readonly name?: string;
  readonly organization?: string;
  /** The subject's serialNumber, where Italian certificates hold the tax code, as `TINIT-RSSMRA80A01H501U`. */
  readonly taxCode?: string;
  /** The issuer's common name, else its organisation. */
  readonly issuer?: string;
  /** The certificate's serial number, in hexadecimal capitals. */
  readonly serial?: string;
  readonly validFrom?: Date;
  readonly validUntil?: Date;
  /** As the signer says. */
  readonly signedAt?: Date;
  /** Whether a chain leads to a trust anchor; absent where no anchor was given. */
  readonly trusted?: boolean;
}

/** The judgement on all signatures of one envelope or of one XML document. */
export interface SignatureVerdict {
  readonly form: 'CAdES' | 'XAdES';
  /** Somebody signed and nothing is an error. */
  readonly valid: boolean;
  readonly signers: readonly SignerVerdict[];
  /** Coded as SdI does: 00100–00105 and 00107. */
  readonly findings: readonly DocumentFinding[];
}
