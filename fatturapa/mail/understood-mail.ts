// fatturapa: what a mail in a PEC mailbox turns out to be.
import type { DocumentFinding } from '../finding.ts';
import type { FoundNotice } from '../notices/read-notices.ts';
import type { OpenedDocument } from '../open/opened-file.ts';
import type { Daticert } from './daticert.ts';
import type { MailSignature } from './mail-signature.ts';

/** The receipts of PEC, by the words of their header X-Ricevuta. */
export const receiptKinds = [
  'accettazione',
  'non-accettazione',
  'presa-in-carico',
  'avvenuta-consegna',
  'preavviso-errore-consegna',
  'errore-consegna',
  'rilevazione-virus',
] as const;

/** A kind of receipt. */
export type ReceiptKind = (typeof receiptKinds)[number];

/** What stands on the outside of a mail; all of it can be made up by whoever sent it. */
export interface MailFacts {
  /** With its angle brackets. */
  readonly messageId?: string;
  readonly subject?: string;
  /** The bare address. */
  readonly from?: string;
  readonly to?: string;
  /** ISO 8601 in UTC. */
  readonly date?: string;
}

/** What all mails in the form of PEC have. */
export interface PecMail {
  /**
   * Whether a trusted provider signed it. Where it is false, or nobody asked, the mail has PEC's form, which can be made up, and is not
   * to be taken for certified.
   */
  readonly signatureVerified: boolean;
  /** The judgement on the provider's signature; absent where it was not asked for. */
  readonly signature?: MailSignature;
  /** What of the mail was not read, what is wrong with its attachments, and what with its signature. */
  readonly findings: readonly DocumentFinding[];
}

/** A provider's receipt about a mail that was sent from this mailbox. */
export interface ReceiptMail extends PecMail {
  readonly kind: 'receipt';
  readonly receipt: ReceiptKind;
  /** Message-ID of the mail that it is about, with its angle brackets. */
  readonly ofMessageId?: string;
  /** ISO 8601 in UTC. */
  readonly at?: string;
  /** The mailbox that was or was not reached. */
  readonly recipient?: string;
  /** Subject of the mail that it is about. */
  readonly subject?: string;
  readonly provider?: string;
  /** What went wrong, in the provider's words. */
  readonly error?: { readonly code?: string; readonly text?: string };
  /** What the provider certifies; without it the header alone says that this is a receipt. */
  readonly daticert?: Daticert;
  readonly facts: MailFacts;
}

/** A file that a mail brought. */
export interface MailFile {
  readonly name?: string;
  /** The attachment's exact bytes, transfer encoding off. */
  readonly bytes: Uint8Array;
}

/** An attachment of SdI that holds notices: one, or several in an archive. */
export interface NoticeFile extends MailFile {
  readonly notices: readonly FoundNotice[];
}

/** An invoice that a mail of SdI brought. It is incoming where the mail holds a notice MT too; the archive of AT holds our own. */
export interface MailInvoice extends MailFile {
  /** The invoice with its envelopes off. */
  readonly document: OpenedDocument;
}

/** A mail from SdI, in its PEC envelope. */
export interface SdiMail extends PecMail {
  readonly kind: 'sdi';
  /** SdI's mailbox that sent it, as daticert.xml says. */
  readonly sender: string;
  /** Where to send from now on. */
  readonly sdiAddress: string;
  /** IdentificativoSdI in the subject. */
  readonly sdiId?: string;
  /** From SdI's test environment. */
  readonly simulation: boolean;
  /** Subject of the mail inside. */
  readonly subject?: string;
  readonly notices: readonly FoundNotice[];
  /** The attachments that hold these notices. */
  readonly noticeFiles: readonly NoticeFile[];
  readonly invoices: readonly MailInvoice[];
  /** Attachments that are neither. */
  readonly others: readonly MailFile[];
  /** The mail's own text. */
  readonly text?: string;
  readonly daticert?: Daticert;
  readonly facts: MailFacts;
}

/** Somebody else's PEC. */
export interface EnvelopeMail extends PecMail {
  readonly kind: 'envelope';
  readonly sender?: string;
  readonly subject?: string;
  /** Names of what is attached. */
  readonly files: readonly string[];
  readonly daticert?: Daticert;
  readonly facts: MailFacts;
}

/** Why a mail is nothing that the hub knows. */
export type OtherReason =
  | 'ordinary'
  | 'notCertified'
  | 'anomaly'
  | 'emptyEnvelope'
  | 'unknownReceipt'
  | 'noMail'
  | 'tooLarge'
  | 'tooDeep'
  | 'tooManyParts';

/** Anything else. */
export interface OtherMail {
  readonly kind: 'other';
  readonly why: OtherReason;
  readonly facts: MailFacts;
}

/** What a mail is. */
export type UnderstoodMail = ReceiptMail | SdiMail | EnvelopeMail | OtherMail;
