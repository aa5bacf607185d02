// dbmanager: keeps what SdI sent along with received invoices (MT), and ties to each what came before it.
import { incomingMetadata } from '@staffetta/fatturapa/notices/incoming-metadata.ts';
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import { readNotices } from '@staffetta/fatturapa/notices/read-notices.ts';
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { storableId } from './arrived-notices.ts';
import { describeInvoices, type Description } from './describe-invoices.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { Cause } from './invoice-events.ts';
import { namesLike } from './match-notices.ts';
import { holdNames } from './name-locks.ts';
import { formatOf } from './received-findings.ts';
import {
  keepReceivedNotices,
  loneMetadata,
  tieNotices,
  type LoneNotice,
  type NewReceivedNotice,
} from './received-notices.ts';
import { storableText } from '@staffetta/platform/store/storable-text.ts';
import { takeReceivedNotice } from './take-received-notice.ts';

/** A request with the invoice that it is, new or stored before. */
export interface StoredRequest {
  readonly request: IncomingRequest;
  readonly invoiceId: string;
}

function noticeOf({ request, invoiceId }: StoredRequest): NewReceivedNotice[] {
  const { received, event } = request;
  if (!received) return [];
  const { sdiId, messageId, fileName, sha256, bytes, givenName } = received;
  const createdBy = storableText(event.message.createdBy ?? '', 200);
  const source = createdBy === 'mailbox' ? ('mailbox' as const) : ('rest' as const);
  const known = { sdiId, messageId, fileName, sha256, bytes, givenName, source, createdBy };
  return [{ noticeId: uuidv7(), invoiceId, transmissionId: null, kind: 'MT', ...known }];
}

function describedBy({ request, invoiceId }: StoredRequest): Description[] {
  const { received } = request;
  if (!received) return [];
  const { sdiId, fileName, format, mailbox, certifiedAt } = received;
  return [{ invoiceId, sdiId, fileName, format, mailbox, certifiedAt }];
}

/** An MT that came alone describes the invoice that comes under the name it says, unless its hash says that this is another file. */
function isAbout({ fileName, bytes }: LoneNotice, { event, sha256 }: IncomingRequest): boolean {
  if (fileName === null || fileStem(fileName) !== fileStem(event.message.fileName ?? '')) return false;
  const told = incomingMetadata(bytes)?.hash?.trim().toLowerCase() ?? '';
  return !/^[0-9a-f]{64}$/.test(told) || told === sha256.toString('hex');
}

/** What SdI said before of invoices that come without its data. */
async function describedBefore(tx: Tx, stored: readonly StoredRequest[]): Promise<Description[]> {
  const bare = stored.filter(({ request: { kind, received, event } }) => {
    return kind === 'external' && !received && event.message.fileName !== undefined;
  });
  const given = bare.flatMap(({ request }) => request.event.message.fileName ?? []);
  await holdNames(tx, given);
  const names = given.flatMap(namesLike);
  const lone = await loneMetadata(tx, [...new Set(names)]);
  const taken = new Set<string>();
  return bare.flatMap(({ request, invoiceId }) => {
    const found = lone.find((one) => !taken.has(one.noticeId) && isAbout(one, request));
    const notice = found && incomingMetadata(found.bytes);
    if (!found || !notice) return [];
    taken.add(found.noticeId);
    const format = formatOf(request.check.envelope, notice);
    return [
      {
        invoiceId,
        sdiId: found.sdiId,
        fileName: found.fileName ?? notice.fileName,
        format,
        mailbox: null,
        certifiedAt: null,
      },
    ];
  });
}

async function takeTied(tx: Tx, tied: LoneNotice, invoiceId: string, cause: Cause, at: Date): Promise<EncodedEvent[]> {
  const found = readNotices(tied.bytes).notices.map(({ notice }) => notice);
  const notice = found.find((one) => one.kind === tied.kind && storableId(one.sdiId) === tied.sdiId);
  if (!notice) return [];
  const { events } = await takeReceivedNotice(tx, { notice, invoiceId, by: tied.createdBy, cause }, at);
  return [...events];
}

/**
 * Keeps SdI's data about received invoices and takes what it said of them before they came. The same invoice brought again brings no
 * second MT; one that was handed in without its MT gets it now.
 * @param tx the transaction that stores the invoices, after they were stored
 * @param stored requests of this batch that are new
 * @param repeats requests of this batch that are an invoice that was stored before
 * @param causeOf names what caused an event
 * @param at the instant
 * @returns what to publish besides
 */
export async function keepReceived(
  tx: Tx,
  stored: readonly StoredRequest[],
  repeats: readonly StoredRequest[],
  causeOf: (event: IncomingRequest['event']) => Cause,
  at: Date,
): Promise<EncodedEvent[]> {
  const brought = [...stored, ...repeats];
  const causes = new Map(brought.map(({ request, invoiceId }) => [invoiceId, causeOf(request.event)]));
  const described = [...brought.flatMap(describedBy), ...(await describedBefore(tx, stored))];
  if (described.length === 0) return [];
  // The first that is said of an invoice counts; a repeat says the same.
  const firsts = [...new Map(described.toReversed().map((one) => [one.invoiceId, one])).values()];
  await describeInvoices(tx, firsts, at);
  // The first whose MT it is keeps it, also where another file bears its SdI id.
  const newest = brought.flatMap(noticeOf).toReversed();
  const notices = new Map(newest.map((one) => [JSON.stringify([one.sdiId, one.messageId]), one]));
  await keepReceivedNotices(tx, [...notices.values()], at);
  const events: EncodedEvent[] = [];
  for (const { invoiceId, sdiId } of firsts) {
    const cause = causes.get(invoiceId);
    for (const tied of await tieNotices(tx, sdiId, invoiceId)) {
      if (cause) events.push(...(await takeTied(tx, tied, invoiceId, cause, at)));
    }
  }
  return events;
}
