// fatturapa: what a notice says, apart from how its family writes it.
import type { Sentence } from '../finding.ts';
import type { NoticeFamily } from './notice-kinds.ts';

/** A time as a notice writes it. */
export interface NoticeTime {
  /** As written. */
  readonly text: string;
  /** ISO 8601 in UTC with milliseconds; a time without a zone is of Rome's clocks. Absent where the text is no time. */
  readonly instant?: string;
}

/** Another file or office that a notice names. */
export interface NoticeRecipient {
  /** Recipient code: six characters for public bodies, seven for others. */
  readonly code?: string;
  /** Name of the office, or the PEC address that it was delivered to. */
  readonly description?: string;
}

/** The zip archive that the file came in. */
export interface NoticeArchive {
  readonly sdiId?: string;
  readonly fileName?: string;
}

/** One invoice of the file. */
export interface InvoiceReference {
  readonly number: string;
  readonly year: string;
  /** Its place in the lot, from 1. */
  readonly position?: number;
}

/** One reason of a discard. */
export interface NoticeError {
  readonly code: string;
  readonly description: string;
  /** What SdI suggests (B2B only). */
  readonly suggestion?: string;
  /** What the code means, in our words; absent where we do not know the code. */
  readonly says?: Sentence;
  /** How to put it right. */
  readonly fix?: Sentence;
}

/** What all notices say. */
interface NoticeFacts {
  readonly family: NoticeFamily;
  /** The namespace as written: family PA has two spellings. */
  readonly namespace: string;
  /** IdentificativoSdI, as text. */
  readonly sdiId: string;
  /** MessageId; with `sdiId` and `kind` it tells a notice from all others. An answer (EC) has none. */
  readonly messageId?: string;
  readonly pecMessageId?: string;
  readonly note?: string;
  /** Whether it carries an XML signature of its own, which is not verified here (see `verifyXml`). */
  readonly signed: boolean;
  /** An intermediary acts for both sides, or sender and recipient are one: SdI does not hand the file over once more. */
  readonly bothSides?: true;
  /** The whole notice by the XML's own names, texts as they stand; what the tables do not know is left out. */
  readonly object: NoticeObject;
}

/** A notice by the XML's own names: texts, blocks, lists of blocks. */
export type NoticeObject = Readonly<Record<string, unknown>>;

/** What notices about a file say besides. */
interface FileFacts extends NoticeFacts {
  /** NomeFile: the name of the file that was sent. */
  readonly fileName: string;
}

/** What notices tell that SdI wrote when it handled a file. */
interface HandledFacts extends FileFacts {
  /** When SdI got the file. */
  readonly receivedAt?: NoticeTime;
  /** SHA-256 of the file in small hexadecimal letters. */
  readonly hash?: string;
  readonly archive?: NoticeArchive;
}

/** What a public body answers. */
interface AnswerFacts {
  readonly outcome: 'EC01' | 'EC02';
  readonly description?: string;
  /** The invoice that it is about; all of the file where it is absent. */
  readonly invoice?: InvoiceReference;
  /** MessageIdCommittente. */
  readonly buyersMessageId?: string;
}

/** Receipt of delivery. */
export interface DeliveredNotice extends HandledFacts {
  readonly kind: 'RC';
  readonly deliveredAt?: NoticeTime;
  readonly recipient?: NoticeRecipient;
}

/** Discard. */
export interface DiscardedNotice extends HandledFacts {
  readonly kind: 'NS';
  readonly errors: readonly NoticeError[];
}

/** Not delivered. */
export interface UndeliveredNotice extends HandledFacts {
  readonly kind: 'MC';
  /** `YYYY-MM-DD`: since when the customer finds it in its area (B2B). */
  readonly availableSince?: string;
  readonly description?: string;
}

/** The answer of a public body, passed on to the supplier. */
export interface AnswerNotice extends FileFacts, AnswerFacts {
  readonly kind: 'NE';
  readonly family: 'PA';
  /** Whether the body signed its answer. */
  readonly answerSigned: boolean;
}

/** No answer in time. */
export interface DeadlineNotice extends FileFacts {
  readonly kind: 'DT';
  readonly family: 'PA';
  readonly invoice?: InvoiceReference;
  readonly description?: string;
}

/** SdI attests that it has the file and cannot deliver it. */
export interface AttestedNotice extends HandledFacts {
  readonly kind: 'AT';
  readonly family: 'PA';
  readonly recipient?: NoticeRecipient;
}

/** Data about an incoming file. */
export interface IncomingNotice extends FileFacts {
  readonly kind: 'MT';
  readonly hash?: string;
  readonly recipient?: NoticeRecipient;
  /** FPA12, FPR12 or FSM10. */
  readonly format?: string;
  readonly attempts?: number;
}

/** The answer of a public body to SdI. */
export interface BuyersAnswer extends NoticeFacts, AnswerFacts {
  readonly kind: 'EC';
  readonly family: 'PA';
}

/** SdI does not take the answer of a public body. */
export interface RejectedAnswer extends NoticeFacts {
  readonly kind: 'SE';
  readonly family: 'PA';
  readonly rejection: 'EN00' | 'EN01';
  readonly invoice?: InvoiceReference;
  readonly buyersMessageId?: string;
}

/** Any notice, told apart by `kind`. */
export type Notice =
  | DeliveredNotice
  | DiscardedNotice
  | UndeliveredNotice
  | AnswerNotice
  | DeadlineNotice
  | AttestedNotice
  | IncomingNotice
  | BuyersAnswer
  | RejectedAnswer;
