// flow: what somebody may decide of an invoice of which SdI's notices leave open whether a copy was taken.
import {
  followNews,
  newsOf,
  undecided,
  type InvoiceDetail,
  type NewsAnswer,
  type Standing,
} from './invoice-details.ts';
import type { InvoiceStatus } from './statuses.ts';

/** Where a decision leads from where; a null status or detail is what the notices say of the copy that was taken. */
export interface DecisionRow {
  readonly from: readonly InvoiceStatus[];
  /** Whether a copy of the file was taken by SdI. */
  readonly firstCopyTaken: boolean;
  readonly to: InvoiceStatus | null;
  readonly detail: InvoiceDetail | null;
  readonly means: string;
}

const discarded: readonly InvoiceStatus[] = ['INTERNAL_INVOICE_DISCARDED'];

/** The table of decisions: each leads on from `DECISION_NEEDED` alone, and nothing else leads out of a discard but to send again. */
export const decisionRows: readonly DecisionRow[] = [
  {
    from: undecided,
    firstCopyTaken: true,
    to: 'INTERNAL_INVOICE_SENT',
    detail: 'TAKEN_EARLIER',
    means: 'SdI has a copy from before: its receipt is waited for',
  },
  {
    from: undecided,
    firstCopyTaken: false,
    to: 'INTERNAL_INVOICE_DISCARDED',
    detail: 'DISCARDED_BY_SDI',
    means: 'no copy was taken: never issued, it can be sent again',
  },
  {
    from: discarded,
    firstCopyTaken: true,
    to: null,
    detail: null,
    means: 'the receipt is right: issued, as the receipt says',
  },
  {
    from: discarded,
    firstCopyTaken: false,
    to: 'INTERNAL_INVOICE_DISCARDED',
    detail: 'DISCARDED_BY_SDI',
    means: 'the discard is right: never issued, it can be sent again',
  },
];

/**
 * Finds where a file stands by its receipts alone, discards aside.
 * @param cases of its notices, in any order, as `RC-B2B`
 * @returns undefined where none says that it was issued
 */
export function issuedBy(cases: readonly string[]): Standing | undefined {
  let standing: Standing = { status: 'INTERNAL_INVOICE_SENT', detail: null };
  for (const one of cases) {
    const news = newsOf(one);
    if (news?.event !== 'delivered' && news?.event !== 'notDelivered') continue;
    const { status, detail } = followNews(standing, news.event, news.detail);
    standing = { status, detail };
  }
  return standing.status === 'INTERNAL_INVOICE_SENT' ? undefined : standing;
}

/** The latest file was not answered, only an earlier one: if no copy of that was taken, the latest still waits for its own answer. */
function isAboutEarlier(cases: readonly string[], earlier: readonly string[]): boolean {
  return issuedBy(earlier) !== undefined && !cases.some((one) => one.startsWith('NS'));
}

function waitsOn({ status, detail }: Standing): NewsAnswer {
  const next: InvoiceDetail | null = status === 'INTERNAL_INVOICE_SENT' ? 'SUBMITTED' : null;
  return next === detail ? { kind: 'repeated', status, detail } : { kind: 'refined', status, detail: next };
}

/**
 * Asks the table what a decision does to an invoice, or to a file of an archive. What a receipt says of a copy is not waited for again.
 * @param standing where it stands
 * @param firstCopyTaken what somebody found out
 * @param cases of the notices about its latest file, for what a receipt said
 * @param earlier of the notices about files of it that were sent before that one
 * @returns `moved` or `refined`; `refused` where nothing is to be decided, or no receipt says that it was issued
 */
export function settle(
  standing: Standing,
  firstCopyTaken: boolean,
  cases: readonly string[],
  earlier: readonly string[] = [],
): NewsAnswer {
  const { status, detail } = standing;
  const refused: NewsAnswer = { kind: 'refused', status, detail };
  if (detail !== 'DECISION_NEEDED') return refused;
  const row = decisionRows.find((one) => one.firstCopyTaken === firstCopyTaken && one.from.includes(status));
  if (!row) return refused;
  if (!firstCopyTaken && undecided.includes(status) && isAboutEarlier(cases, earlier)) return waitsOn(standing);
  const issued = firstCopyTaken ? (issuedBy(cases) ?? issuedBy(earlier)) : undefined;
  const next = issued ?? (row.to === null ? undefined : { status: row.to, detail: row.detail });
  if (!next) return refused;
  return { ...next, kind: next.status === status ? 'refined' : 'moved' };
}
