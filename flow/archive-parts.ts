// flow: where an archive of several files stands, by where each of its files stands.
import { invoiceDetails, undecided, type InvoiceDetail, type NewsAnswer, type Standing } from './invoice-details.ts';
import { eventLeadingTo, moveInvoice } from './invoice-moves.ts';
import type { InvoiceStatus } from './statuses.ts';

/** What is counted of an archive's files. */
interface Counts {
  readonly all: number;
  readonly open: number;
  readonly discarded: number;
  readonly undelivered: number;
}

/** Status by counts; the first row that fits counts, and where none does the status stays. */
const statusRows: readonly (readonly [fits: (counts: Counts) => boolean, status: InvoiceStatus])[] = [
  [({ open, discarded, all }) => open === 0 && discarded === all, 'INTERNAL_INVOICE_DISCARDED'],
  [({ open, undelivered }) => open === 0 && undelivered > 0, 'INTERNAL_INVOICE_NOT_DELIVERED'],
  [({ open }) => open === 0, 'INTERNAL_INVOICE_DELIVERED'],
];

function countsOf(parts: readonly Standing[]): Counts {
  const count = (fits: (status: InvoiceStatus) => boolean): number => parts.filter(({ status }) => fits(status)).length;
  return {
    all: parts.length,
    open: count((status) => undecided.includes(status)),
    discarded: count((status) => status === 'INTERNAL_INVOICE_DISCARDED'),
    undelivered: count((status) => status === 'INTERNAL_INVOICE_NOT_DELIVERED'),
  };
}

function isKnown(detail: string | null): detail is InvoiceDetail {
  return detail !== null && Object.hasOwn(invoiceDetails, detail);
}

/** The least that holds for all of them: whoever asks the archive is not told more than is true of each file. */
function leastOf(parts: readonly Standing[]): InvoiceDetail | null {
  const details = [...new Set(parts.map(({ detail }) => detail))].filter(isKnown).sort();
  const [first = null, ...more] = details.sort((a, b) => invoiceDetails[a].rank - invoiceDetails[b].rank);
  // A deadline that passed for one is no answer of the others, but all of them were delivered.
  return more.length > 0 && first !== null && invoiceDetails[first].rank > invoiceDetails.DELIVERED_TO_RECIPIENT.rank
    ? 'DELIVERED_TO_RECIPIENT'
    : first;
}

/** Told of the archive while files are open, and gone once what it told of is. */
const ofParts: readonly (string | null)[] = ['DECISION_NEEDED', 'PARTLY_DISCARDED', 'TAKEN_EARLIER'];

function detailOf(parts: readonly Standing[], counts: Counts, now: string | null): string | null {
  if (parts.some(({ detail }) => detail === 'DECISION_NEEDED')) return 'DECISION_NEEDED';
  if (counts.discarded === counts.all) return 'DISCARDED_BY_SDI';
  if (counts.discarded > 0) return 'PARTLY_DISCARDED';
  if (counts.open === 0) return leastOf(parts);
  if (parts.some(({ detail }) => detail === 'TAKEN_EARLIER')) return 'TAKEN_EARLIER';
  return ofParts.includes(now) ? 'SUBMITTED' : now;
}

function statusAfter(now: InvoiceStatus, next: InvoiceStatus | undefined, isSettled: boolean): InvoiceStatus {
  const event = next && eventLeadingTo(next);
  if (!next || !event) return now;
  return isSettled ? next : moveInvoice(now, event).status;
}

/**
 * Finds where an archive stands. While one of its files is open its status waits; then it is DISCARDED where all files were discarded, else
 * what holds for those that were issued; a file that was discarded is told by `PARTLY_DISCARDED`, and one that is doubtful by
 * `DECISION_NEEDED`, whatever became of the others. The order in which the files were answered makes no difference.
 * @param standing where the archive stands now
 * @param parts where each of its documents stands; at least one
 * @param isSettled somebody decided about a file, which alone leads out of a discard
 */
export function followParts(standing: Standing, parts: readonly Standing[], isSettled = false): NewsAnswer {
  const counts = countsOf(parts);
  const wanted = statusRows.find(([fits]) => fits(counts))?.[1];
  const status = statusAfter(standing.status, wanted, isSettled);
  // What was told of the archive as a whole, against its files, stays as it is.
  if (wanted !== undefined && status !== wanted) return { ...standing, kind: 'repeated' };
  const detail = detailOf(parts, counts, standing.detail);
  if (status !== standing.status) return { kind: 'moved', status, detail };
  return { kind: detail === standing.detail ? 'repeated' : 'refined', status, detail };
}
