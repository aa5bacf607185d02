// dbmanager: the settings of the clocks that run for invoices.
import { defineSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';
import type { DeadlineTimes } from './deadline-rules.ts';

const dayMs = 86_400_000;

/** Rows of the dbmanager's settings' table. */
export const deadlineSettings = defineSettings({
  noticeExpectedMs: {
    env: 'NOTICE_EXPECTED',
    kind: 'durationMs',
    default: 5 * dayMs,
    min: 60_000,
    live: true,
    says: "How long SdI's first notice about a sent file is waited for before an alarm is raised; the invoice stays SENT.",
  },
  receiptExpectedMs: {
    env: 'RECEIPT_EXPECTED',
    kind: 'durationMs',
    default: dayMs,
    min: 60_000,
    live: true,
    says: "How long the PEC provider's first receipt of a sent mail is waited for, where receipts are read at all.",
  },
  deadlineGraceMs: {
    env: 'DEADLINE_GRACE',
    kind: 'durationMs',
    default: dayMs,
    min: 0,
    live: true,
    says: 'How long after a term of the law (10 days to attest, 15 to answer) an alarm is raised: what was sent on the last day may still be on its way.',
  },
  resendReminderMs: {
    env: 'RESEND_REMINDER',
    kind: 'durationMs',
    default: dayMs,
    min: 0,
    max: 5 * dayMs,
    live: true,
    says: 'How long before the end of the five days to send a discarded invoice again somebody is reminded.',
  },
  answerReminderMs: {
    env: 'ANSWER_REMINDER',
    kind: 'durationMs',
    default: 3 * dayMs,
    min: 0,
    max: 15 * dayMs,
    live: true,
    says: 'How long before the end of the 15 days to answer a received invoice a public body is reminded.',
  },
  deadlineCheckMs: {
    env: 'DEADLINE_CHECK',
    kind: 'durationMs',
    default: 60_000,
    min: 100,
    live: true,
    says: 'How often clocks that have run out are looked for.',
  },
  deadlineBatchMax: {
    env: 'DEADLINE_BATCH_MAX',
    kind: 'integer',
    default: 100,
    min: 1,
    max: 1000,
    live: true,
    says: 'How many alarms are raised in one transaction.',
  },
});

/** The settings with what they mean. */
export interface DeadlineOptions {
  readonly times: DeadlineTimes;
  /** How long before the end of the term to answer a received invoice somebody is reminded. */
  readonly answerReminderMs: number;
  /** Between two looks, in real milliseconds. */
  readonly checkMs: number;
  readonly batchMax: number;
}

/**
 * Sorts the settings out.
 * @param values as `readSettings` gave them
 */
export function deadlineOptions(values: SettingsOf<typeof deadlineSettings>): DeadlineOptions {
  const { noticeExpectedMs, receiptExpectedMs, deadlineGraceMs: graceMs, resendReminderMs } = values;
  return {
    times: { noticeExpectedMs, receiptExpectedMs, graceMs, resendReminderMs },
    answerReminderMs: values.answerReminderMs,
    checkMs: values.deadlineCheckMs,
    batchMax: values.deadlineBatchMax,
  };
}
