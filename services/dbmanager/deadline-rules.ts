// dbmanager: what must have happened by when, or somebody is told: one table of rules. Pure.
import type { InvoiceDetail } from '@staffetta/flow/invoice-details.ts';
import type { InvoiceEvent } from '@staffetta/flow/invoice-moves.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import { countedFrom } from './counted-from.ts';
import type { Outcome } from './outcomes.ts';

/** The expected times that are settings, in milliseconds. */
export interface DeadlineTimes {
  /** From the mail server's 250 to SdI's first word. */
  readonly noticeExpectedMs: number;
  /** From the mail server's 250 to the PEC provider's first receipt. */
  readonly receiptExpectedMs: number;
  /** How long after a term of the law an alarm is raised: what SdI sent on the last day may still be on its way. */
  readonly graceMs: number;
  /** How long before the end of the term to send again somebody is reminded. */
  readonly resendReminderMs: number;
}

/** What alarms are raised for. */
export const alarmKinds = [
  'NO_NOTICE',
  'NO_FURTHER_NOTICE',
  'NO_RECEIPT',
  'NO_ATTESTATION',
  'NO_ANSWER',
  'RESEND_DUE',
  // Of invoices that were received: see `watch-answers.ts`.
  'ANSWER_DUE',
] as const;
/** One of them. */
export type AlarmKind = (typeof alarmKinds)[number];

/** A clock that is shown: those of alarms, and SdI's tries to reach a public body, whose end SdI itself tells. */
export type ClockKind = AlarmKind | 'OFFICE_TRIES';

/** A clock. It runs from `from` while the invoice's latest transmission stands as said, and ends after `term`. */
export interface ClockRule {
  readonly kind: ClockKind;
  readonly status: InvoiceStatus;
  /** Null stands for an invoice without a detail; all details where the list is left out. */
  readonly details?: readonly (InvoiceDetail | null)[];
  /** Only of invoices to public bodies. */
  readonly officesOnly: boolean;
  /** Only while the PEC provider has said nothing of the mail, and where receipts are read at all. */
  readonly withoutReceipt: boolean;
  /** The mail server's 250, or the event of the history that started the clock. */
  readonly from: 'sentAt' | InvoiceEvent;
  readonly term: (times: DeadlineTimes) => number;
  /** Where the term comes from. */
  readonly source: string;
}

/** A clock that raises an alarm at its end plus `told`, which is negative for a reminder. */
export interface DeadlineRule extends ClockRule {
  readonly kind: AlarmKind;
  readonly told: (times: DeadlineTimes) => number;
  /** The finer state that the alarm itself brings. */
  readonly detail: InvoiceDetail | null;
}

const dayMs = 86_400_000;
const days = (count: number) => (): number => count * dayMs;
const hourMs = dayMs / 24;
const atOnce = (): number => 0;

/** The file is on its way. */
const underWay = [
  null,
  'SUBMITTED',
  'TAKEN_BY_PROVIDER',
  'DELIVERY_DELAYED',
  'IN_SDI_MAILBOX',
] as const satisfies readonly (InvoiceDetail | null)[];

/** SdI has said nothing yet that decides. */
const unanswered = [...underWay, 'NEWS_OVERDUE'] as const satisfies readonly (InvoiceDetail | null)[];

const sent = {
  status: 'INTERNAL_INVOICE_SENT',
  officesOnly: false,
  from: 'sentAt',
  details: unanswered,
  told: atOnce,
} as const;

/** The rules; to add one, write its row here and its words in `alarm-words.ts`. */
export const deadlineRules: readonly DeadlineRule[] = [
  {
    ...sent,
    kind: 'NO_NOTICE',
    withoutReceipt: false,
    term: ({ noticeExpectedMs }) => noticeExpectedMs,
    detail: 'NEWS_OVERDUE',
    source:
      'SdI takes up to 5 days to check a file, mostly minutes to hours; for 48 hours it tries to reach a public body; NOTICE_EXPECTED',
  },
  {
    ...sent,
    kind: 'NO_FURTHER_NOTICE',
    // SdI has spoken, but of an earlier copy, or of some files of the archive alone.
    details: ['TAKEN_EARLIER', 'PARTLY_DISCARDED'],
    withoutReceipt: false,
    term: ({ noticeExpectedMs }) => noticeExpectedMs,
    detail: null,
    source: 'as for the first answer: NOTICE_EXPECTED',
  },
  {
    ...sent,
    kind: 'NO_RECEIPT',
    withoutReceipt: true,
    term: ({ receiptExpectedMs }) => receiptExpectedMs,
    detail: null,
    source:
      'a PEC provider that cannot deliver says so within 24 hours (technical rules of PEC, DM 2 November 2005); RECEIPT_EXPECTED',
  },
  {
    kind: 'NO_ATTESTATION',
    status: 'INTERNAL_INVOICE_NOT_DELIVERED',
    details: ['DELIVERY_RETRIED'],
    officesOnly: false,
    withoutReceipt: false,
    from: 'notDelivered',
    term: days(10),
    told: ({ graceMs }) => graceMs,
    detail: null,
    source: 'after MC SdI tries for 10 more days to reach a public body, then attests that it could not (DM 55/2013)',
  },
  {
    kind: 'NO_ANSWER',
    status: 'INTERNAL_INVOICE_DELIVERED',
    details: ['DELIVERED_TO_RECIPIENT'],
    officesOnly: true,
    withoutReceipt: false,
    from: 'delivered',
    term: days(15),
    told: ({ graceMs }) => graceMs,
    detail: null,
    source: 'a public body accepts or refuses within 15 days, else SdI tells that the term passed (DM 55/2013)',
  },
  {
    kind: 'RESEND_DUE',
    status: 'INTERNAL_INVOICE_DISCARDED',
    // Not while a receipt contradicts the discard: what may be issued must not be sent again.
    details: [null, 'DISCARDED_BY_SDI'],
    officesOnly: false,
    withoutReceipt: false,
    from: 'discarded',
    term: days(5),
    told: ({ resendReminderMs }) => -resendReminderMs,
    detail: null,
    source: 'a discarded invoice is sent again within 5 days under its number and date (circular 13/E of 2018)',
  },
];

/** At its end SdI tells of the delivery (RC) or that it failed (MC); that nothing came at all is `NO_NOTICE`. */
const officeTries: ClockRule = {
  kind: 'OFFICE_TRIES',
  status: 'INTERNAL_INVOICE_SENT',
  details: underWay,
  officesOnly: true,
  withoutReceipt: false,
  from: 'sentAt',
  term: () => 48 * hourMs,
  source:
    'SdI tries for 48 hours to reach a public body, then tells that it failed (MC) and tries for 10 more days (DM 55/2013)',
};

const clockRules: readonly ClockRule[] = [...deadlineRules, officeTries];

/** Where an invoice and its latest transmission stand, as far as clocks need to know. */
export interface ClockFacts {
  readonly status: InvoiceStatus;
  readonly detail: string | null;
  readonly isOffice: boolean;
  /** Whether the PEC provider said anything of the latest mail. */
  readonly hasReceipt: boolean;
  /** Whether receipts are read at all, for mails of that time. */
  readonly receiptsAreRead: boolean;
  readonly sentAt: Date | null;
  /** When the latest transmission was made. */
  readonly transmittedAt: Date | null;
  /** What happened, the oldest first. */
  readonly history: readonly (Pick<Outcome, 'happenedAt' | 'countsFrom'> & { readonly event: string })[];
}

/** A clock that runs. */
export interface Deadline {
  readonly kind: ClockKind;
  readonly since: Date;
  readonly due: Date;
}

function holds(rule: ClockRule, facts: ClockFacts): boolean {
  if (facts.status !== rule.status || (rule.officesOnly && !facts.isOffice)) return false;
  if (rule.withoutReceipt && (facts.hasReceipt || !facts.receiptsAreRead)) return false;
  return rule.details?.some((detail) => detail === facts.detail) ?? true;
}

function sinceOf({ from }: ClockRule, { sentAt, transmittedAt, history }: ClockFacts): Date | null {
  if (from === 'sentAt') return sentAt;
  const begin = transmittedAt?.getTime() ?? 0;
  const started = history.find((one) => one.event === from && one.happenedAt.getTime() >= begin);
  return started ? countedFrom(started, transmittedAt ?? undefined) : null;
}

/**
 * Says which clocks run for an invoice.
 * @param facts where it stands
 * @param times the settings
 * @returns those whose rule holds, the first to end first
 */
export function deadlinesOf(facts: ClockFacts, times: DeadlineTimes): Deadline[] {
  const running = clockRules.flatMap((rule) => {
    const since = holds(rule, facts) ? sinceOf(rule, facts) : null;
    return since ? [{ kind: rule.kind, since, due: new Date(since.getTime() + rule.term(times)) }] : [];
  });
  return running.toSorted((a, b) => a.due.getTime() - b.due.getTime());
}
