// scheduler: its settings.
import { defineSettings } from '@staffetta/platform/config/settings.ts';

/** The scheduler's settings' table. */
export const settings = defineSettings({
  reportDir: {
    env: 'REPORT_DIR',
    kind: 'text',
    says: 'The folder for the reports; `reports` in the data folder by default.',
  },
  deadLetterReportCron: {
    env: 'DEAD_LETTER_REPORT_CRON',
    kind: 'text',
    default: '*/10 * * * *',
    live: true,
    says: 'When the report of open dead letters is written (cron, Europe/Rome); `off` for never.',
  },
  invoiceReportCron: {
    env: 'INVOICE_REPORT_CRON',
    kind: 'text',
    default: '*/15 * * * *',
    live: true,
    says: 'When the report of invoices is written (cron, Europe/Rome); `off` for never.',
  },
  alarmReportCron: {
    env: 'ALARM_REPORT_CRON',
    kind: 'text',
    default: '*/15 * * * *',
    live: true,
    says: 'When the report of open alarms is written (cron, Europe/Rome); `off` for never.',
  },
  cleanupCron: {
    env: 'CLEANUP_CRON',
    kind: 'text',
    default: '17 3 * * *',
    live: true,
    says: 'When old finished work is cleaned up (cron, Europe/Rome); `off` for never.',
  },
  keepFinishedMs: {
    env: 'KEEP_FINISHED',
    kind: 'durationMs',
    default: 30 * 86_400_000,
    min: 3_600_000,
    live: true,
    says: 'How long ended dead letters and handled events of the bus are kept before the cleanup.',
  },
  reportKeepMs: {
    env: 'REPORT_KEEP',
    kind: 'durationMs',
    default: 7 * 86_400_000,
    min: 60_000,
    live: true,
    says: 'How long written reports stay in their folder before the cleanup removes them.',
  },
  reportPageSize: {
    env: 'REPORT_PAGE_SIZE',
    kind: 'integer',
    default: 1000,
    min: 1,
    max: 10_000,
    live: true,
    says: 'How many rows a report asks for at once.',
  },
  batchMax: {
    env: 'SCHEDULER_BATCH_MAX',
    kind: 'integer',
    default: 100,
    min: 1,
    max: 1000,
    says: 'How many dead letters are taken at once.',
  },
});
