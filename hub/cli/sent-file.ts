// hub: what became of a file that `send` handed in, and whether there is more to wait for. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { ShownFinding } from './finding-line.ts';
import type { ToldDocument } from './told-invoice.ts';

/** How far a file is followed: until the mail server took it, or until SdI's word. */
export type Until = 'sent' | 'sdi';

/** The contract's statuses, and three before there is an invoice: taken with a 202, refused at the door, not asked at all. */
export type SentStatus = InvoiceStatus | 'ACCEPTED' | 'REFUSED' | 'NOT_POSTED';

/** What became of one file. */
export interface Sent {
  readonly file: string;
  readonly correlationId: string;
  status: SentStatus;
  invoiceNumber?: number;
  detail?: string;
  /** Why it is not on its way, in English; for programs. */
  why?: string;
  /** The same for people. */
  told?: Sentence;
  /** Where the invoice stands. */
  words?: Sentence;
  documents?: readonly ToldDocument[];
  findings?: readonly ShownFinding[];
}

const onTheWay: ReadonlySet<SentStatus> = new Set([
  'ACCEPTED',
  'INTERNAL_INVOICE_NEW',
  'INTERNAL_INVOICE_TOBE_SENT',
] satisfies SentStatus[]);

const refused: ReadonlySet<SentStatus> = new Set([
  'REFUSED',
  'NOT_POSTED',
  'INTERNAL_INVOICE_INVALID',
  'INTERNAL_INVOICE_NOT_SENT',
  'INTERNAL_INVOICE_DISCARDED',
  'INVOICE_ERROR',
] satisfies SentStatus[]);

/** SdI has spoken, and somebody has to look. */
const asking: ReadonlySet<string> = new Set(['DECISION_NEEDED', 'PARTLY_DISCARDED']);

type Place = Pick<Sent, 'status' | 'detail'>;

/**
 * Says whether SdI's word leaves something that a person has to settle.
 * @param sent where it stands
 */
export function asksSomebody({ detail }: Pick<Sent, 'detail'>): boolean {
  return detail !== undefined && asking.has(detail);
}

/**
 * Says whether the mail server has it and SdI has not spoken yet.
 * @param sent where it stands
 */
export function waitsForSdi(sent: Place): boolean {
  return sent.status === 'INTERNAL_INVOICE_SENT' && !asksSomebody(sent);
}

/**
 * Says whether it is still to be followed.
 * @param sent where it stands
 * @param until how far it is followed
 */
export function isOpen(sent: Place, until: Until): boolean {
  return onTheWay.has(sent.status) || (until === 'sdi' && waitsForSdi(sent));
}

/**
 * Says whether somebody has to do something about it.
 * @param sent where it stands
 */
export function needsSomebody(sent: Place): boolean {
  return refused.has(sent.status) || asksSomebody(sent);
}

/**
 * Says whether a call of `send` went well.
 * @param all what became of each file
 * @param wish how far the caller asked to follow, if it did; how long it waited, in milliseconds
 * @returns false where a file needs somebody, or did not get as far as was asked for while there was time. That SdI has not spoken is
 *   no failure where nobody insisted on it: it may take days.
 */
export function wentWell(all: readonly Place[], wish: { readonly until?: Until; readonly waitMs: number }): boolean {
  const until = wish.until ?? 'sent';
  return !all.some((sent) => needsSomebody(sent) || (wish.waitMs > 0 && isOpen(sent, until)));
}
