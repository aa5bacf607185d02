// sandbox: what SdI keeps, as lines of its archive.
import type { NoticeFamily, NoticeKind } from '@staffetta/fatturapa/notices/notice-kinds.ts';

/** How long SdI and public bodies take, in milliseconds of the clock. */
export interface SdiTimes {
  /** From the file to the first notice. */
  readonly answerMs: number;
  /** From the receipt of delivery to the public body's answer. */
  readonly bodyAnswerMs: number;
}

/** A reason of a discard, as the notice will carry it. */
export interface SdiError {
  readonly code: string;
  readonly description: string;
  readonly suggestion: string;
}

/** One invoice of a file. */
export interface SdiBody {
  readonly number: string;
  readonly year: string;
  /** Supplier, year, number and kind: the same twice is 00404. */
  readonly key: string;
  /** Its place in the lot, where a public body's answer names it. */
  readonly position?: number;
}

/** A file that SdI got from somebody, or handed to somebody. */
export interface SdiFile {
  readonly sdiId: string;
  /** `received`: somebody sent it to SdI. `delivered`: SdI brought it to its customer. */
  readonly way: 'received' | 'delivered';
  /** As it came. */
  readonly name: string;
  /** Who sent it and gets the answers, or who it was brought to. */
  readonly mailbox: string;
  /** The mailbox of SdI that it came to. */
  readonly sdiAddress?: string;
  readonly messageId?: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly bytes: number;
  /** SHA-256 in hex. */
  readonly hash: string;
  readonly family: NoticeFamily;
  readonly format?: string;
  readonly recipientCode?: string;
  readonly pec?: string;
  /** Country and VAT number together. */
  readonly supplier?: string;
  /** The zip that it came in. */
  readonly archive?: { readonly sdiId: string; readonly name: string };
  readonly bodies: readonly SdiBody[];
  /** What SdI found; not empty is a discard. */
  readonly errors: readonly SdiError[];
  /** What was decided, in the words of `sdi-outcome.ts`. */
  readonly decided: string;
}

/** A notice that SdI sends, or has sent. */
export interface SdiAnswer {
  /** The mail's id; it never changes, so that a mail sent twice is one. */
  readonly id: string;
  readonly sdiId: string;
  readonly kind: NoticeKind;
  /** The number of the notice for its file, from 1. */
  readonly counter: number;
  /** What the notice gives as its own time; ISO 8601 in UTC. */
  readonly madeAt: string;
  /** When its mail goes out; ISO 8601 in UTC. */
  readonly dueAt: string;
  /** The invoice that it is about: its place in the file, from 1; all of the file where it is absent. */
  readonly position?: number;
  /** Of NE. */
  readonly esito?: 'EC01' | 'EC02';
  readonly reason?: string;
  /** Of a discard that was asked for. */
  readonly errors?: readonly SdiError[];
  /** Of SE. */
  readonly rejection?: 'EN00' | 'EN01';
  readonly buyersMessageId?: string;
  /** What it is about where SdI knows no such file (SE). */
  readonly about?: SdiFile;
}

/** A public body's answer (EC) about an invoice that SdI brought to it. */
export interface BuyersAnswerRecord {
  readonly name: string;
  readonly mailbox: string;
  readonly at: string;
  /** Of the invoice, where it is known. */
  readonly sdiId?: string;
  readonly esito?: 'EC01' | 'EC02';
  readonly reason?: string;
  readonly number?: string;
  readonly year?: string;
  readonly position?: number;
  /** What SdI makes of it: it is taken, or refused by SE. */
  readonly verdict: 'taken' | 'EN00' | 'EN01';
  /** Why it is not taken. */
  readonly why?: string;
  readonly buyersMessageId?: string;
}

/** An outcome for files that match. */
export interface SdiRule {
  readonly id: number;
  /** A regular expression over file name, recipient code, PEC address and the supplier's VAT number; case says nothing. */
  readonly match: string;
  /** In the words of `sdi-outcome.ts`. */
  readonly outcome: string;
  /** How many files are left for it; without it all. */
  readonly count?: number;
}

/** One line of the archive: all of it happened, or nothing. */
export type SdiLine =
  | {
      readonly type: 'taken';
      readonly takeId: string;
      readonly files: readonly SdiFile[];
      readonly answers: readonly SdiAnswer[];
      /** The rules that were used, each as often as it was. */
      readonly rules: readonly number[];
    }
  | {
      readonly type: 'answered';
      readonly takeId: string;
      readonly answer: BuyersAnswerRecord;
      readonly answers: readonly SdiAnswer[];
      /** Ids of notices that will not be sent any more. */
      readonly cancelled: readonly string[];
    }
  | { readonly type: 'planned'; readonly files: readonly SdiFile[]; readonly answers: readonly SdiAnswer[] }
  | { readonly type: 'times'; readonly times: Partial<SdiTimes> }
  | { readonly type: 'sent'; readonly id: string; readonly at: string }
  | { readonly type: 'rules'; readonly rules: readonly SdiRule[] };
