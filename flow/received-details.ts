// flow: the finer states of an invoice that we received: what a public body answered to SdI, what became of the answer, the 15 days.

/** The finer states of a received invoice, and what each means. Its status is EXTERNAL_INVOICE all along. */
export const receivedDetails = {
  RECEIVED: 'it is here; nobody has answered',
  OWN_DOCUMENT: 'our own customer wrote and sent it (self-billing), and SdI brought it back: it counts once',
  ACCEPTANCE_SENT: 'the public body accepts it: the answer (EC01) is on its way to SdI, or there',
  REFUSAL_SENT: 'the public body refuses it: the answer (EC02) is on its way to SdI, or there',
  ANSWER_NOT_SENT: 'the answer did not reach SdI; it may be given again while the 15 days last',
  ANSWER_DISCARDED: 'SdI did not take the answer (SE); it may be given again while the 15 days last',
  DEADLINE_PASSED:
    'the 15 days are over without an answer that counts: it counts as received, and can be refused no more',
  ANSWERS_DIFFER: 'the invoices of the lot have answers of their own: see its documents',
} as const;

/** One of them. */
export type ReceivedDetail = keyof typeof receivedDetails;

/** What happens to a received invoice after it is stored; each may be an outcome of its history. */
export const receivedEvents = [
  'answered',
  'answerSent',
  'answerNotSent',
  'answerDiscarded',
  'deadlinePassed',
  'answerDue',
] as const;
/** One of them. */
export type ReceivedEvent = (typeof receivedEvents)[number];

/** A public body's answer: EC01 accepts, EC02 refuses. */
export const answerOutcomes = ['EC01', 'EC02'] as const;
/** One of the two. */
export type AnswerOutcome = (typeof answerOutcomes)[number];

/**
 * How far the mail with the answer came, by what mail server and PEC provider say: the farther word counts, in whatever order they come.
 * The provider may return what the mail server took, and a mail that is in SdI's mailbox was not returned.
 */
const mailRanks = { TOBE_SENT: 0, NOT_SENT: 1, SENT: 2, RETURNED: 3, ARRIVED: 4 } as const;
/** How far the mail came. */
export type AnswerMail = keyof typeof mailRanks;

/**
 * Joins what is known of the answer's mail with news of it.
 * @param known so far
 * @param news what came, perhaps late or again
 * @returns the farther of the two
 */
export function fartherMail(known: AnswerMail, news: AnswerMail): AnswerMail {
  return mailRanks[news] > mailRanks[known] ? news : known;
}

/** An answer that was given, as far as it counts. */
export interface GivenAnswer {
  readonly outcome: AnswerOutcome;
  readonly mail: AnswerMail;
  /** SdI did not take it (SE). */
  readonly discarded: boolean;
}

/** Everything that is known of a received invoice, or of one of a lot. Facts only add up, so that their order says nothing. */
export interface ReceivedFacts {
  readonly isOwn: boolean;
  /** The latest answer. */
  readonly answer: GivenAnswer | undefined;
  /** SdI says that the term passed without an answer (DT): it knows of none that counts, whatever was sent. */
  readonly deadlineTold: boolean;
  /** By our clock the 15 days are over; an answer that was sent in time stands all the same. */
  readonly deadlineReached: boolean;
}

function answerDetail({ outcome, mail, discarded }: GivenAnswer): ReceivedDetail {
  if (discarded) return 'ANSWER_DISCARDED';
  if (mail === 'NOT_SENT' || mail === 'RETURNED') return 'ANSWER_NOT_SENT';
  return outcome === 'EC01' ? 'ACCEPTANCE_SENT' : 'REFUSAL_SENT';
}

/** Those in which an answer may (still) be given. */
const open: ReadonlySet<string> = new Set<ReceivedDetail>(['RECEIVED', 'ANSWER_NOT_SENT', 'ANSWER_DISCARDED']);

/**
 * Says where a received invoice stands.
 * @param facts what is known of it
 */
export function receivedDetail({ isOwn, answer, deadlineTold, deadlineReached }: ReceivedFacts): ReceivedDetail {
  if (isOwn) return 'OWN_DOCUMENT';
  if (deadlineTold) return 'DEADLINE_PASSED';
  const detail = answer ? answerDetail(answer) : 'RECEIVED';
  return deadlineReached && open.has(detail) ? 'DEADLINE_PASSED' : detail;
}

/**
 * Says whether an answer may be given.
 * @param detail where the invoice stands
 */
export function mayAnswer(detail: ReceivedDetail): boolean {
  return open.has(detail);
}

/** Of a lot that does not stand alike: what somebody must do something about comes first. */
const urgent = ['ANSWER_NOT_SENT', 'ANSWER_DISCARDED', 'RECEIVED'] as const satisfies readonly ReceivedDetail[];

/**
 * Says where a lot stands, by its invoices.
 * @param details of each; a file whose invoices cannot be told apart gives one
 */
export function detailOfLot(details: readonly ReceivedDetail[]): ReceivedDetail {
  const [first = 'RECEIVED'] = details;
  if (details.every((detail) => detail === first)) return first;
  return urgent.find((detail) => details.includes(detail)) ?? 'ANSWERS_DIFFER';
}

/** Those that a customer is always told of: somebody has to do something, or can no longer. */
const asking: ReadonlySet<string> = new Set<ReceivedDetail>(['ANSWER_NOT_SENT', 'ANSWER_DISCARDED', 'DEADLINE_PASSED']);

/**
 * Says whether a change to a detail calls back even where the customer wants no callbacks on details.
 * @param detail where the invoice stands now
 */
export function asksSomebody(detail: string): boolean {
  return asking.has(detail);
}
