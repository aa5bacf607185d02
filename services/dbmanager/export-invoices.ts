// dbmanager: exports the originals of a period as one zip: every file once, then index and hashes, all of one snapshot.
import { HubError } from '@staffetta/flow/errors.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { Queryable, Store } from '@staffetta/platform/store/store.ts';
import { PassThrough, type Readable } from 'node:stream';
import { csvHead, csvLines, hashLines, jsonEntry } from './export-index.ts';
import { planOf, type ExportPlan } from './export-plan.ts';
import {
  beginReading,
  endReading,
  freezeSnapshot,
  measureExport,
  readContent,
  readMore,
  readNoticeBytes,
  type ExportedInvoice,
  type ExportSearch,
} from './exported-invoices.ts';
import type { ShowOptions } from './show-settings.ts';
import { ZipStream, type ReaderLimits } from './zip-stream.ts';

type ExportLimits = Pick<ShowOptions, 'exportFilesMax' | 'exportBytesMax' | 'exportTimeoutMs' | 'exportStallMs'>;

async function insistOnSize(store: Store, search: ExportSearch, limits: ExportLimits): Promise<void> {
  const { files, bytes } = await measureExport(store, search);
  const { exportFilesMax, exportBytesMax } = limits;
  if (files <= exportFilesMax && bytes <= exportBytesMax) return;
  const found = `These are ${files} files with ${bytes} bytes`;
  throw new HubError('EXPORT_TOO_LARGE', `${found}; an export has at most ${exportFilesMax} and ${exportBytesMax}.`);
}

async function* exported(tx: Queryable, search: ExportSearch): AsyncGenerator<[ExportedInvoice, ExportPlan]> {
  await beginReading(tx, search);
  for (let rows = await readMore(tx); rows.length > 0; rows = await readMore(tx)) {
    for (const invoice of rows) yield [invoice, planOf(invoice)];
  }
  await endReading(tx);
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const packed = /\.(?:p7m|zip)$/i;

async function addFiles(zip: ZipStream, tx: Queryable, search: ExportSearch): Promise<void> {
  for await (const [invoice, plan] of exported(tx, search)) {
    for (const { path, role, contentId } of plan.files) {
      const bytes = await (role === 'notice' ? readNoticeBytes : readContent)(tx, contentId);
      await zip.add(path, toRomeWallTime(invoice.createdAt), one(bytes), !packed.test(path));
    }
  }
}

type Entry = (invoice: ExportedInvoice, plan: ExportPlan, isFirst: boolean) => string;

/** One index, invoice by invoice. */
async function* indexText(
  tx: Queryable,
  search: ExportSearch,
  head: string,
  entry: Entry,
  foot: string,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  yield Buffer.from(head);
  for await (const [invoice, plan] of exported(tx, search)) {
    yield Buffer.from(entry(invoice, plan, isFirst));
    isFirst = false;
  }
  yield Buffer.from(foot);
}

function jsonHead({ from, before, customerId, kind }: ExportSearch): string {
  const facts = { from: toRomeWallTime(from), before: toRomeWallTime(before), customerId, kind, times: 'Europe/Rome' };
  return `${JSON.stringify(facts).slice(0, -1)},"invoices":[`;
}

async function addIndexes(zip: ZipStream, tx: Queryable, search: ExportSearch): Promise<void> {
  const at = toRomeWallTime(search.from);
  const indexes: [string, AsyncGenerator<Uint8Array>][] = [
    ['index.json', indexText(tx, search, jsonHead(search), jsonEntry, '\n]}\n')],
    ['index.csv', indexText(tx, search, csvHead, csvLines, '')],
    ['SHA256SUMS', indexText(tx, search, '', (_invoice, plan) => hashLines(plan), '')],
  ];
  for (const [path, pieces] of indexes) await zip.add(path, at, pieces, true);
}

async function writeExport(store: Store, search: ExportSearch, out: PassThrough, reader: ReaderLimits): Promise<void> {
  await store.transaction(async (tx) => {
    await freezeSnapshot(tx);
    const zip = new ZipStream(out, reader);
    await addFiles(zip, tx, search);
    await addIndexes(zip, tx, search);
    await zip.finish();
  });
}

/**
 * Begins an export. The stream breaks off where the store fails, the time is up, or its reader is gone or stands still: such an archive has no
 * directory and no program takes it for whole.
 * @param store the database
 * @param search which invoices
 * @param limits files, bytes and times
 * @param onOver told when nothing of it runs any more, before the stream ends, with what broke it off, if anything
 * @throws HubError EXPORT_TOO_LARGE before anything is sent
 */
export async function beginExport(
  store: Store,
  search: ExportSearch,
  limits: ExportLimits,
  onOver: (error?: Error) => void,
): Promise<Readable> {
  await insistOnSize(store, search, limits);
  const stream = new PassThrough();
  const gone = new AbortController();
  stream.once('close', () => gone.abort(new Error('the reader is gone')));
  const tooLong = AbortSignal.timeout(limits.exportTimeoutMs);
  const reader = { signal: AbortSignal.any([gone.signal, tooLong]), stallMs: limits.exportStallMs };
  void writeExport(store, search, stream, reader).then(
    () => {
      onOver();
      stream.end();
    },
    (cause: unknown) => {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      onOver(error);
      stream.destroy(error);
    },
  );
  return stream;
}
