// fatturapa: what a file turns out to hold once its envelopes are off: documents, the layers around them, the signatures found.
import type { FileKind } from '../file-kind.ts';
import type { DocumentFinding } from '../finding.ts';
import type { FoundSignature } from './found-signature.ts';

/** How far a file may go; each guards against a file that is made to exhaust us. */
export interface OpenLimits {
  /** Bytes of a file handed in and of each document found in it (SdI: 00003). */
  readonly documentBytesMax: number;
  /** Bytes of an archive as it comes (SdI: 00003). */
  readonly archiveBytesMax: number;
  /** Bytes of all files of an archive together, unpacked. */
  readonly inflatedBytesMax: number;
  /** Files in an archive. */
  readonly entriesMax: number;
  /** How many times larger than its packed bytes a file of an archive may be. */
  readonly ratioMax: number;
  /** Envelopes around a document: base64, signatures and the archive together. */
  readonly depthMax: number;
}

/** One envelope around a document. */
export type Layer =
  | { readonly kind: 'base64'; /** The words of the PEM header, as `PKCS7`. */ readonly label?: string }
  | {
      readonly kind: 'p7m';
      /** `ber`: with indefinite lengths or content in pieces. */
      readonly encoding: 'der' | 'ber';
      /** How many people signed side by side in this envelope. */
      readonly signers: number;
    }
  | { readonly kind: 'zip'; /** The file's name in the archive. */ readonly entry: string };

/** One document of a file. */
export interface OpenedDocument {
  /** The name in the archive, else the name given for the file. */
  readonly name?: string;
  /** The innermost bytes, never changed: for each reader the XML, whatever is wrong with it. */
  readonly xml: Uint8Array;
  /** The file of an archive as it was packed, where it lies there in envelopes of its own. */
  readonly entryBytes?: Uint8Array;
  /** Outermost first. */
  readonly layers: readonly Layer[];
  /** One for each CMS layer, outermost first; parsed but not verified (see `verifyCms`). XAdES signatures are not among them. */
  readonly signatures: readonly FoundSignature[];
  readonly findings: readonly DocumentFinding[];
}

/** A file with its envelopes taken off. */
export interface OpenedFile {
  /** As `fileKindOf` tells it. */
  readonly kind: FileKind;
  /** Empty where nothing could be opened; `findings` then says why. */
  readonly documents: readonly OpenedDocument[];
  /** About the file as a whole, or about files of an archive that could not be opened (`file` names them). */
  readonly findings: readonly DocumentFinding[];
}
