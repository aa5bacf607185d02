// dbmanager: finds the received invoice that a notice is about: by SdI's id first, then by the file that it names.
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import type { IncomingNotice } from '@staffetta/fatturapa/notices/notice.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { namedFile, type ArrivedNotice } from './arrived-notices.ts';
import { undescribedInvoices } from './external-files.ts';
import { namesLike } from './match-notices.ts';
import { holdNames } from './name-locks.ts';
import { receivedFilesBy, type ReceivedFile } from './received-files.ts';
import { formatOf } from './received-findings.ts';
import { describeInvoices } from './describe-invoices.ts';

/** Those that the one who receives an invoice gets, or sends. */
const kinds: ReadonlySet<string> = new Set(['MT', 'DT', 'SE', 'EC']);

function fits(one: ArrivedNotice, files: readonly ReceivedFile[]): ReceivedFile | undefined {
  const name = namedFile(one.notice);
  const byId = files.find(({ sdiId }) => sdiId === one.sdiId);
  return byId ?? files.find(({ fileName }) => name !== undefined && fileStem(fileName) === fileStem(name));
}

function hasHash({ hash }: IncomingNotice, sha256: string): boolean {
  const told = hash?.trim().toLowerCase() ?? '';
  return !/^[0-9a-f]{64}$/.test(told) || told === sha256;
}

/** An MT that comes after its invoice, alone: it describes the one invoice that came under that name. */
async function describe(tx: Tx, one: ArrivedNotice, at: Date): Promise<string | undefined> {
  const { notice } = one;
  const name = namedFile(notice);
  if (notice.kind !== 'MT' || name === undefined) return undefined;
  const [only, ...more] = (await undescribedInvoices(tx, namesLike(name))).filter(({ sha256 }) =>
    hasHash(notice, sha256),
  );
  if (!only || more.length > 0) return undefined;
  const described = {
    invoiceId: only.invoiceId,
    sdiId: one.sdiId,
    fileName: name,
    format: formatOf(undefined, notice),
    mailbox: null,
    certifiedAt: null,
  };
  await describeInvoices(tx, [described], at);
  return only.invoiceId;
}

/**
 * Finds the received invoices that notices are about.
 * @param tx the transaction that keeps the notices
 * @param arrived the notices of a batch
 * @param at when they came
 * @returns the notice's key → the invoice
 */
export async function placeReceived(tx: Tx, arrived: readonly ArrivedNotice[], at: Date): Promise<Map<string, string>> {
  const all = arrived.filter(({ notice }) => kinds.has(notice.kind));
  const placed = new Map<string, string>();
  if (all.length === 0) return placed;
  const names = all.flatMap(({ notice }) => namedFile(notice) ?? []).flatMap(namesLike);
  const sdiIds = all.map(({ sdiId }) => sdiId);
  // A lone MT and its invoice may be brought at the same moment.
  await holdNames(
    tx,
    all.flatMap(({ notice }) => (notice.kind === 'MT' ? (namedFile(notice) ?? []) : [])),
  );
  const files = await receivedFilesBy(tx, sdiIds, [...new Set(names)]);
  for (const one of all) {
    const invoiceId = fits(one, files)?.invoiceId ?? (await describe(tx, one, at));
    if (invoiceId !== undefined) placed.set(one.key, invoiceId);
  }
  return placed;
}
