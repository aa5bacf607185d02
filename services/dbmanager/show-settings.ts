// dbmanager: how much showing and exporting may take of the service: settings and what they mean.
import { defineSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';

/** The rows for the settings' table. */
export const showSettings = defineSettings({
  showConcurrency: {
    env: 'SHOW_CONCURRENCY',
    kind: 'integer',
    default: 2,
    min: 1,
    max: 64,
    live: true,
    says: 'How many invoices are laid out as HTML or PDF at a time, each in a thread; others wait.',
  },
  showQueueMax: {
    env: 'SHOW_QUEUE_MAX',
    kind: 'integer',
    default: 32,
    min: 0,
    live: true,
    says: 'How many requests for HTML or PDF wait their turn; further ones are answered 429.',
  },
  showTimeoutMs: {
    env: 'SHOW_TIMEOUT',
    kind: 'durationMs',
    default: 60_000,
    min: 100,
    live: true,
    says: 'How long laying out one invoice may take before it is broken off.',
  },
  pdfPagesMax: {
    env: 'PDF_PAGES_MAX',
    kind: 'integer',
    default: 2000,
    min: 1,
    max: 20_000,
    live: true,
    says: 'The most pages of a PDF; its last page says that the rest is in the XML.',
  },
  exportConcurrency: {
    env: 'EXPORT_CONCURRENCY',
    kind: 'integer',
    default: 3,
    min: 1,
    max: 8,
    live: true,
    says: 'How many exports of originals run at a time, of all callers together; further ones are answered 429.',
  },
  exportsPerCaller: {
    env: 'EXPORTS_PER_CALLER',
    kind: 'integer',
    default: 1,
    min: 1,
    max: 8,
    live: true,
    says: 'How many exports of originals one customer (or one key that reaches all of them) runs at a time.',
  },
  exportFilesMax: {
    env: 'EXPORT_FILES_MAX',
    kind: 'integer',
    default: 20_000,
    min: 1,
    // A zip without the 64-bit extension holds 65,535 entries.
    max: 65_000,
    live: true,
    says: 'The most files of one export; a longer period must be asked for in pieces.',
  },
  exportBytesMax: {
    env: 'EXPORT_BYTES_MAX',
    kind: 'bytes',
    default: 2_147_483_648,
    min: 1,
    // A zip without the 64-bit extension ends at 4 GiB.
    max: 4_000_000_000,
    live: true,
    says: 'The most bytes of the files of one export, before they are compressed.',
  },
  exportTimeoutMs: {
    env: 'EXPORT_TIMEOUT',
    kind: 'durationMs',
    default: 1_800_000,
    min: 1000,
    live: true,
    says: 'How long an export may take, however slowly its reader reads.',
  },
  exportStallMs: {
    env: 'EXPORT_STALL',
    kind: 'durationMs',
    default: 30_000,
    min: 100,
    live: true,
    says: 'How long the reader of an export may take nothing before the export is broken off.',
  },
});

/** Limits of showing and exporting. */
export type ShowOptions = SettingsOf<typeof showSettings>;

/**
 * Picks these settings out of the service's.
 * @param values as `readSettings` gave them
 */
export function showOptions(values: ShowOptions): ShowOptions {
  const names = Object.keys(showSettings) as (keyof ShowOptions)[];
  return Object.fromEntries(names.map((name) => [name, values[name]])) as unknown as ShowOptions;
}
