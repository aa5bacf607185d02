// flow: the finer states of an invoice beside its status: which notice of SdI leads where, and which detail may follow which.
import { moveInvoice, type InvoiceEvent } from './invoice-moves.ts';
import type { PecReceiptKind } from './messages.ts';
import type { InvoiceStatus } from './statuses.ts';

/** A finer state: how far it is on the invoice's road, and what it means. */
interface DetailFacts {
  /** A detail only gives way to one that is farther; of two that are equally far the first stays. */
  readonly rank: number;
  readonly means: string;
}

/** The finer states of an invoice that is on its way to SdI or beyond. */
export const invoiceDetails = {
  TO_BE_SIGNED: { rank: 0, means: 'it waits for its signature' },
  SUBMITTED: { rank: 1, means: "the mail server took the mail; SdI's word is still to come" },
  TAKEN_BY_PROVIDER: { rank: 2, means: 'the PEC provider accepted the mail (accettazione)' },
  DELIVERY_DELAYED: { rank: 3, means: "the mail did not reach SdI's mailbox yet; the provider goes on trying" },
  REFUSED_BY_PROVIDER: {
    rank: 4,
    means: 'the PEC provider refused the mail (non-accettazione, virus): SdI has not seen it',
  },
  UNDELIVERED_TO_SDI: {
    rank: 4,
    means: "the mail could not be brought to SdI's mailbox (errore-consegna): SdI has not seen it",
  },
  IN_SDI_MAILBOX: { rank: 5, means: "the mail is in SdI's mailbox (avvenuta-consegna); SdI's word is still to come" },
  NEWS_OVERDUE: { rank: 6, means: 'SdI should have answered by now; nothing is decided, somebody should look' },
  DECISION_NEEDED: { rank: 7, means: 'SdI says that it was sent before (00002, 00404): was the first copy taken?' },
  TAKEN_EARLIER: { rank: 8, means: "somebody found that the first copy was taken; SdI's word on it is still to come" },
  PARTLY_DISCARDED: { rank: 8, means: 'SdI refused some files of the archive; the others go on' },
  AVAILABLE_TO_CUSTOMER: { rank: 9, means: "not delivered; the customer finds it in the tax authority's area (B2B)" },
  DELIVERY_RETRIED: { rank: 9, means: 'not delivered yet; SdI goes on trying for ten days (PA)' },
  UNDELIVERABLE_ATTESTED: { rank: 10, means: 'SdI attests that it has the file and cannot deliver it (PA)' },
  DELIVERED_TO_RECIPIENT: { rank: 11, means: 'SdI handed it to the recipient' },
  DEADLINE_PASSED: { rank: 12, means: 'the public body did not answer in 15 days; it can refuse no more' },
  ACCEPTED: { rank: 13, means: 'the public body accepted it' },
  REFUSED: { rank: 13, means: 'the public body refused it' },
  DISCARDED_BY_SDI: { rank: 14, means: 'SdI refused the file: never issued' },
} as const satisfies Record<string, DetailFacts>;

/** One of the finer states that the table knows. */
export type InvoiceDetail = keyof typeof invoiceDetails;

/**
 * Something that became known of an invoice: an event of the table of moves, what touches the detail alone, or somebody's decision
 * (`settled`, see `decisions.ts`).
 */
export type NewsEvent = InvoiceEvent | 'noticed' | 'contradicted' | 'settled';

/** What a notice tells. */
export interface NoticeNews {
  readonly event: NewsEvent;
  readonly detail: InvoiceDetail;
  /** The customer is called back even where only the detail changes: somebody has to decide. */
  readonly asks: boolean;
  /** A public body's answer, or its absence: what it is about may be one invoice of a lot. */
  readonly isAnswer: boolean;
}

function news(event: NewsEvent, detail: InvoiceDetail, more: Partial<NoticeNews> = {}): NoticeNews {
  return { event, detail, asks: false, isAnswer: false, ...more };
}

/**
 * SdI's notices by kind, and by family or outcome where that matters. What a notice implies counts too, since the one before it may be
 * lost or late: an answer (NE) and its absence (DT) imply the delivery, an attestation (AT) that there was none.
 */
export const noticeNews = {
  'RC-PA': news('delivered', 'DELIVERED_TO_RECIPIENT'),
  'RC-B2B': news('delivered', 'DELIVERED_TO_RECIPIENT'),
  'MC-PA': news('notDelivered', 'DELIVERY_RETRIED'),
  'MC-B2B': news('notDelivered', 'AVAILABLE_TO_CUSTOMER'),
  NS: news('discarded', 'DISCARDED_BY_SDI'),
  'NS-repeated': news('noticed', 'DECISION_NEEDED', { asks: true }),
  'NS-mixed': news('noticed', 'DECISION_NEEDED', { asks: true }),
  'NE-EC01': news('delivered', 'ACCEPTED', { isAnswer: true }),
  'NE-EC02': news('delivered', 'REFUSED', { isAnswer: true }),
  DT: news('delivered', 'DEADLINE_PASSED', { isAnswer: true }),
  AT: news('notDelivered', 'UNDELIVERABLE_ATTESTED'),
} as const satisfies Record<string, NoticeNews>;

/** A notice that tells something of a file that was sent. */
export type NoticeCase = keyof typeof noticeNews;

/**
 * Finds what a notice tells.
 * @param noticeCase kind, with family or outcome where that matters, as `MC-PA` or `NE-EC02`
 * @returns undefined for notices that move no invoice that was sent (MT, EC, SE)
 */
export function newsOf(noticeCase: string): NoticeNews | undefined {
  return Object.hasOwn(noticeNews, noticeCase) ? noticeNews[noticeCase as NoticeCase] : undefined;
}

/**
 * What the PEC provider's receipts tell, by kind; null where one says nothing that matters. Being taken or delivered implies that the
 * mail went out, so that a send that nobody saw the end of is known by them.
 */
export const receiptNews = {
  accettazione: news('sent', 'TAKEN_BY_PROVIDER'),
  'presa-in-carico': null,
  'avvenuta-consegna': news('sent', 'IN_SDI_MAILBOX'),
  'preavviso-errore-consegna': news('noticed', 'DELIVERY_DELAYED'),
  'non-accettazione': news('returned', 'REFUSED_BY_PROVIDER'),
  'rilevazione-virus': news('returned', 'REFUSED_BY_PROVIDER'),
  'errore-consegna': news('returned', 'UNDELIVERED_TO_SDI'),
} as const satisfies Record<PecReceiptKind, NoticeNews | null>;

/** Where an invoice stands. */
export interface Standing {
  readonly status: InvoiceStatus;
  readonly detail: string | null;
}

/** The tables' answer: `moved` changes the status, `refined` the detail alone; the others change nothing. */
export interface NewsAnswer extends Standing {
  readonly kind: 'moved' | 'refined' | 'repeated' | 'late' | 'refused';
}

function rankOf(detail: string | null): number {
  return detail !== null && Object.hasOwn(invoiceDetails, detail) ? invoiceDetails[detail as InvoiceDetail].rank : -1;
}

/**
 * Says whether a detail may follow another.
 * @param now the detail that holds, one of ours or any other, or none
 * @param next the one that came
 */
export function mayFollow(now: string | null, next: InvoiceDetail): boolean {
  return invoiceDetails[next].rank > rankOf(now);
}

/** Where what touches the detail alone still matters: SdI's word is not known yet. */
export const undecided: readonly InvoiceStatus[] = [
  'INTERNAL_INVOICE_TOBE_SENT',
  'INTERNAL_INVOICE_SENT',
  'INTERNAL_INVOICE_NOT_SENT',
  'INVOICE_ERROR',
];

const discarded: InvoiceStatus = 'INTERNAL_INVOICE_DISCARDED';

/** Somebody has to decide about a discard that another notice contradicts: one more notice of it decides nothing. */
function isContradicted({ status, detail }: Standing): boolean {
  return status === discarded && detail === 'DECISION_NEEDED';
}

/** Of a discarded invoice alone: its first copy may have been taken, so that it is issued all the same. */
function contradict(standing: Standing): NewsAnswer {
  if (standing.status !== discarded) return { ...standing, kind: 'late' };
  if (isContradicted(standing)) return { ...standing, kind: 'repeated' };
  return { kind: 'refined', status: discarded, detail: 'DECISION_NEEDED' };
}

function refine(standing: Standing, next: InvoiceDetail | null): NewsAnswer {
  const { status, detail } = standing;
  if (next === null || isContradicted(standing) || !mayFollow(detail, next))
    return { kind: 'repeated', status, detail };
  return { kind: 'refined', status, detail: next };
}

const returned: readonly (string | null)[] = ['REFUSED_BY_PROVIDER', 'UNDELIVERED_TO_SDI'] satisfies InvoiceDetail[];

/**
 * What happened to the mail is told by several (mail server, provider), in any order: that it went out does not undo that it came back,
 * and that it came back does not undo that it arrived.
 */
function isOutrun({ status, detail }: Standing, event: NewsEvent, next: InvoiceDetail | null): boolean {
  if (next === null || mayFollow(detail, next)) return false;
  return event === 'returned' ? status === 'INTERNAL_INVOICE_SENT' : event === 'sent' && returned.includes(detail);
}

/**
 * Asks both tables what news does to an invoice. News that comes too late for the status leaves the detail alone too.
 * @param standing where the invoice stands
 * @param event what happened; `settled` is no news, and refused here; `contradicted` is a receipt for an invoice that was discarded: its detail goes back to `DECISION_NEEDED`
 * @param next the detail that goes with it; null where it has none, which clears the detail where the status moves
 * @returns the answer, with what holds afterwards
 */
export function followNews(standing: Standing, event: NewsEvent, next: InvoiceDetail | null): NewsAnswer {
  const answer = follow(withoutAlarm(standing, event), event, next);
  return answer.kind === 'moved' || answer.kind === 'refined' ? answer : { ...standing, kind: answer.kind };
}

/** That news is overdue says nothing of the mail: the provider's word that it came back counts however late it is read. */
function withoutAlarm(standing: Standing, event: NewsEvent): Standing {
  const isOverdue = event === 'returned' && standing.detail === ('NEWS_OVERDUE' satisfies InvoiceDetail);
  return isOverdue ? { ...standing, detail: 'SUBMITTED' satisfies InvoiceDetail } : standing;
}

function follow(standing: Standing, event: NewsEvent, next: InvoiceDetail | null): NewsAnswer {
  const { status, detail } = standing;
  if (event === 'noticed') {
    return undecided.includes(status) ? refine(standing, next) : { kind: 'late', status, detail };
  }
  if (event === 'contradicted') return contradict(standing);
  if (event === 'settled') return { kind: 'refused', status, detail };
  if (isOutrun(standing, event, next)) return { kind: 'late', status, detail };
  const answer = moveInvoice(status, event);
  if (answer.kind === 'repeated') return refine(standing, next);
  if (answer.kind !== 'moved') return { kind: answer.kind, status, detail };
  // What is sent again starts anew.
  const stays = event !== 'resent' && next !== null && !mayFollow(detail, next);
  return { kind: 'moved', status: answer.status, detail: stays ? detail : next };
}
