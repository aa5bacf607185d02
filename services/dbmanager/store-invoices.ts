// dbmanager: stores a batch of new invoices in the caller's transaction, statement by statement for all of them at once.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import type { Queryable, Tx } from '@staffetta/platform/store/store.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { insertContents, type Content } from './contents.ts';
import { hash } from 'node:crypto';
import { checkIssuer } from './check-issuer.ts';
import { placeInJson } from './compose-request.ts';
import type { DbmanagerOptions } from './config.ts';
import { holdCustomers, type InvoicingCustomer } from './customers.ts';
import { decideInvoice, type Decision } from './decide-invoice.ts';
import { documentRows, documentSummaries, isToOffices, partyId } from './document-rows.ts';
import { insertDocuments, type DocumentRow } from './documents.ts';
import { readIssuerIds } from './fiscal-profiles.ts';
import { findDuplicates, type ArchiveAnswer } from './find-duplicates.ts';
import { findSharedIds } from './find-shared-ids.ts';
import { refusedJson, type IncomingRequest } from './incoming-request.ts';
import { insistOnNumbers, refuseLosing, type LostNumbers, type NumberOutcome } from './keep-numbers.ts';
import { noteOffices } from './due-deadlines.ts';
import type { InvoiceView } from './invoice-views.ts';
import { insertInvoices, type NewInvoice } from './invoices.ts';
import { insertNamed } from './name-files.ts';
import { claimsOf } from './number-claims.ts';
import { isAccepted, numberComposed } from './number-composed.ts';
import { numberOwners, type NumberOwners } from './number-rights.ts';
import { findOwnDocuments } from './own-documents.ts';
import { ownDocument, sdiIdShared } from './received-findings.ts';
import { noteRepeats } from './repeated-requests.ts';
import { claimKeys, passKeys } from './request-keys.ts';
import type { NewTransmission, Transmission } from './transmissions.ts';
import { writeComposed } from './write-composed.ts';
import { tellMoves } from './told-moves.ts';

/** An invoice that is new in the store, with what is told about it. */
export interface StoredInvoice {
  readonly request: IncomingRequest;
  readonly view: InvoiceView;
  /** The file that goes to SdI, if one does. */
  readonly transmission:
    | Pick<Transmission, 'transmissionId' | 'fileName' | 'sha256' | 'signAs' | 'mailbox'>
    | undefined;
}

/** A request that turned out to be one that was stored before. */
export interface Repeat {
  readonly request: IncomingRequest;
  readonly invoiceId: string;
}

interface Draft {
  readonly request: IncomingRequest;
  readonly customer: InvoicingCustomer | undefined;
  readonly decision: Decision;
  readonly contentId: string;
  readonly requestContentId: string | null;
  readonly transmissionId: string | null;
  readonly documents: DocumentRow[];
  readonly promisedNumber: number | null;
}

/**
 * What SdI brings is told by its bytes: another file under the same SdI id is an invoice of its own (see `findSharedIds`). Handed in by
 * somebody, the same bytes may be meant twice.
 */
function ownerOf(
  { key, contentKey, received, invoiceId }: IncomingRequest,
  owners: ReadonlyMap<string, string>,
): string {
  const one = received ? contentKey : key;
  return (one === undefined ? undefined : owners.get(one)) ?? invoiceId;
}

/** It may have claimed its key by SdI's id, though it is an invoice that is stored under other keys. */
function isFoundByBytes({ request, invoiceId }: Repeat): boolean {
  return request.received !== undefined && request.invoiceId !== invoiceId;
}

/** Sorts out doubles: the first request with an invoice id or a key is the one; the others repeat it. */
async function findDoubles(tx: Tx, requests: readonly IncomingRequest[], at: Date) {
  const claims = requests.flatMap(({ key, contentKey, invoiceId }) =>
    [key, contentKey].flatMap((one) => (one === undefined ? [] : [{ key: one, invoiceId }])),
  );
  const owners = await claimKeys(tx, claims, at);
  const seen = new Set<string>();
  const first: IncomingRequest[] = [];
  const repeats: Repeat[] = [];
  const meant = new Map<string, string>();
  for (const request of requests) {
    const said = ownerOf(request, owners);
    // What one key calls its own may be another's by its other key.
    const owner = meant.get(said) ?? said;
    if (owner !== request.invoiceId || seen.has(owner)) repeats.push({ request, invoiceId: owner });
    else first.push(request);
    if (owner !== request.invoiceId) meant.set(request.invoiceId, owner);
    seen.add(request.invoiceId);
  }
  await passKeys(tx, repeats.filter(isFoundByBytes));
  await noteRepeats(tx, repeats, at);
  return { first, repeats };
}

type Customers = ReadonlyMap<number, InvoicingCustomer>;

function customerOf({ event }: IncomingRequest, customers: Customers): InvoicingCustomer | undefined {
  return customers.get(event.message.customer.customerId);
}

/** Says of what SdI brought whether it is our customer's own document, and whether its SdI id is another invoice's too. */
async function withReceived(
  tx: Tx,
  answer: ArchiveAnswer,
  requests: readonly IncomingRequest[],
): Promise<ArchiveAnswer> {
  const own = await findOwnDocuments(tx, requests);
  const { firsts, promised } = await findSharedIds(tx, requests);
  if (own.size === 0 && firsts.size === 0) return answer;
  const findings = new Map(answer.findings);
  for (const { invoiceId, received } of requests) {
    const [sent, first] = [own.get(invoiceId), firsts.get(invoiceId)];
    const said = [
      ...(sent === undefined ? [] : [ownDocument(sent)]),
      ...(first === undefined || !received ? [] : [sdiIdShared(received.sdiId, first)]),
    ];
    if (said.length > 0) findings.set(invoiceId, said);
  }
  return { findings, numbers: new Map([...answer.numbers, ...promised]) };
}

/** Asks the archive about what would go out, and whether what comes in went out from here. */
async function askArchive(
  tx: Tx,
  requests: readonly IncomingRequest[],
  customers: Customers,
  options: DbmanagerOptions,
  owners: NumberOwners,
): Promise<ArchiveAnswer> {
  const sendable = requests.flatMap((request) => {
    const { check, invoiceId, sha256, event } = request;
    if (!isAccepted(request, customers, options)) return [];
    const { customerId } = event.message.customer;
    return [{ invoiceId, customerId, sha256, claims: claimsOf(check.documents) }];
  });
  const answer = await findDuplicates(tx, sendable, options.duplicateCheck, owners);
  return withReceived(tx, answer, requests);
}

/**
 * Reads under whose ids a batch issues: its customers', and those of the parties that it names.
 * @param tx the store or a transaction
 * @param requests the batch
 */
export async function issuersOf(tx: Queryable, requests: readonly IncomingRequest[]) {
  const internal = requests.filter(({ kind, check }) => kind === 'internal' && check.valid);
  if (internal.length === 0) return [];
  const parties = internal.flatMap(({ check }) =>
    check.documents.flatMap(({ envelope }) => (envelope ? [envelope.supplier, envelope.customer] : [])),
  );
  const named = parties.flatMap((party) => partyId(party) ?? []);
  const customerIds = internal.map(({ event }) => event.message.customer.customerId);
  return readIssuerIds(tx, [...new Set(customerIds)], [...new Set(named)]);
}

/**
 * Finds what the archive says of a document; of one that came as JSON it is told by the places of the JSON.
 * @param archive what it says, by invoice id
 * @param request the document
 */
export function findingsIn(
  { findings }: Pick<ArchiveAnswer, 'findings'>,
  { invoiceId, event }: IncomingRequest,
): DocumentFinding[] {
  const its = findings.get(invoiceId) ?? [];
  const json = event.message.document;
  if (!json) return its;
  return its.map(({ path, ...one }) => ({ ...one, ...(path !== undefined && { path: placeInJson(path, json) }) }));
}

function draftOf(
  request: IncomingRequest,
  customers: Customers,
  archive: ArchiveAnswer,
  options: DbmanagerOptions,
): Draft {
  const { invoiceId, check } = request;
  const customer = customerOf(request, customers);
  const decision = decideInvoice(request, customer, options, findingsIn(archive, request));
  const transmissionId = decision.transmitter ? uuidv7() : null;
  const documents = documentRows(invoiceId, check.documents, check.fileKind);
  const promisedNumber = archive.numbers.get(invoiceId) ?? null;
  const goesOut = decision.event === 'accepted';
  const kept = goesOut ? request : refusedJson(request);
  const contentId = uuidv7();
  const requestContentId = kept.asked ? (kept.fileKind === 'json' ? contentId : uuidv7()) : null;
  return { request: kept, customer, decision, contentId, requestContentId, transmissionId, documents, promisedNumber };
}

function invoiceRow(draft: Draft): NewInvoice {
  const { request, customer, decision, contentId, requestContentId, transmissionId, promisedNumber } = draft;
  const { message } = request.event;
  return {
    invoiceId: request.invoiceId,
    promisedNumber,
    customerId: customer?.customerId ?? null,
    claimedCustomerId: message.customer.customerId,
    kind: request.kind,
    status: decision.status,
    detail: decision.detail,
    callbackUrl: message.callback ?? null,
    contentId,
    requestContentId,
    fileKind: request.fileKind,
    isText: request.isText,
    fileName: message.fileName ?? null,
    transmissionId,
    correlationId: message.correlationId,
    idempotencyKey: message.idempotencyKey ?? null,
    findings: decision.findings.length > 0 ? JSON.stringify(decision.findings) : null,
    createdBy: message.createdBy ?? 'receiver',
    event: decision.event,
    causationId: request.event.eventId,
  };
}

function viewOf(draft: Draft, row: NewInvoice, invoiceNumber: number, at: Date): InvoiceView {
  return {
    ...row,
    invoiceNumber,
    customer: draft.customer ?? null,
    sequence: 1,
    size: draft.request.bytes.length,
    findings: draft.decision.findings,
    documents: documentSummaries(draft.documents),
    statusLastUpdatedAt: at,
    createdAt: at,
    updatedAt: at,
    updatedBy: row.createdBy,
  };
}

async function storeTransmissions(
  tx: Tx,
  drafts: readonly Draft[],
  options: DbmanagerOptions,
  at: Date,
): Promise<Map<string, NewTransmission>> {
  const outgoing = drafts.flatMap(
    ({ transmissionId, decision: { transmitter, signAs = null }, request, contentId, customer }) => {
      if (transmissionId === null || !transmitter) return [];
      // The name is the signed file's from the start.
      const kind = signAs === 'cades' ? ('p7m' as const) : request.check.fileKind;
      return [
        {
          transmissionId,
          transmitter,
          contentId,
          invoiceId: request.invoiceId,
          kind,
          signAs,
          mailbox: customer?.mailbox ?? null,
        },
      ];
    },
  );
  // Last of all that may wait: the sequence of a transmitter is what batches of several instances share.
  const rows = await insertNamed(tx, outgoing, options, at);
  return new Map(rows.map((row) => [row.invoiceId, row]));
}

function transmissionOf(draft: Draft, row: NewTransmission | undefined): StoredInvoice['transmission'] {
  if (!row) return undefined;
  const { transmissionId, fileName, signAs, mailbox } = row;
  return { transmissionId, fileName, signAs, mailbox, sha256: draft.request.sha256.toString('hex') };
}

function contentsOf({ request, contentId, requestContentId }: Draft): Content[] {
  const { asked, bytes, sha256 } = request;
  const file = { contentId, bytes, sha256 };
  if (!asked || requestContentId === null || requestContentId === contentId) return [file];
  return [file, { contentId: requestContentId, bytes: asked, sha256: hash('sha256', asked, 'buffer') }];
}

/** What was made of JSON holds the number of its file's name, so that it is named first; all else is named last, see `storeTransmissions`. */
async function storeFiles(tx: Tx, drafts: readonly Draft[], options: DbmanagerOptions, at: Date) {
  const early = drafts.some(({ request }) => request.file)
    ? await storeTransmissions(tx, drafts, options, at)
    : undefined;
  const written = drafts.map((draft) => {
    const fileName = early?.get(draft.request.invoiceId)?.fileName;
    return fileName === undefined ? draft : { ...draft, request: writeComposed(draft.request, fileName) };
  });
  await insertContents(tx, written.flatMap(contentsOf));
  await insertDocuments(
    tx,
    written.flatMap(({ documents }) => documents),
  );
  return { written, transmissions: early ?? (await storeTransmissions(tx, drafts, options, at)) };
}

function outcomeOf(request: IncomingRequest, archive: ArchiveAnswer, kept: boolean): NumberOutcome {
  return { request, kept, findings: findingsIn(archive, request) };
}

/**
 * Stores new invoices with content, documents, first outcome and, where they go to SdI, a named transmission.
 * @param tx the transaction
 * @param requests in the order in which they came
 * @param options who names files, start and prefix
 * @param at the instant
 * @param lost who could not keep its numbers in an earlier try of this transaction
 * @returns what is new, and what repeats an invoice that is stored (by this batch or before)
 */
export async function storeInvoices(
  tx: Tx,
  requests: readonly IncomingRequest[],
  options: DbmanagerOptions,
  at: Date,
  lost: LostNumbers = new Map(),
): Promise<{ stored: StoredInvoice[]; repeats: Repeat[] }> {
  const { first, repeats } = await findDoubles(tx, requests, at);
  const customerIds = [...new Set(first.map(({ event }) => event.message.customer.customerId))];
  const customers = await holdCustomers(tx, customerIds);
  const issuers = await issuersOf(tx, first);
  const owners = numberOwners(issuers);
  // Numbers before the archive is asked: it holds them, too. All batches lock registers, then numbers, then names.
  const willing = first.map((request) => refuseLosing(checkIssuer(request, issuers, options.issuerCheck), lost));
  const numbered = await numberComposed(tx, willing, customers, options, owners);
  const archive = await askArchive(tx, numbered, customers, options, owners);
  const rows = numbered.map((request) => {
    const draft = draftOf(request, customers, archive, options);
    return { draft, row: invoiceRow(draft) };
  });
  insistOnNumbers(
    rows.map(({ draft: { decision } }, place) => outcomeOf(numbered[place]!, archive, decision.event === 'accepted')),
    lost,
  );
  const numbers = await insertInvoices(
    tx,
    rows.map(({ row }) => row),
    at,
  );
  insistOnNumbers(
    rows.map(({ draft: { request } }) => outcomeOf(request, archive, numbers.has(request.invoiceId))),
    lost,
  );
  const fresh = rows.filter(({ row }) => numbers.has(row.invoiceId));
  tellMoves(
    tx,
    fresh.map(({ row }) => row),
  );
  const old = rows.filter(({ row }) => !numbers.has(row.invoiceId));
  const again = old.map(({ draft: { request } }) => ({ request, invoiceId: request.invoiceId }));

  const { written, transmissions } = await storeFiles(
    tx,
    fresh.map(({ draft }) => draft),
    options,
    at,
  );
  await noteOffices(
    tx,
    written.flatMap(({ request, transmissionId }) =>
      transmissionId !== null && isToOffices(request.check.documents) ? request.invoiceId : [],
    ),
  );
  const storedRows = new Map(fresh.map(({ row }) => [row.invoiceId, row]));
  const stored = written.flatMap((draft) => {
    const { invoiceId } = draft.request;
    const row = storedRows.get(invoiceId);
    if (!row) return [];
    const view = viewOf(draft, row, numbers.get(invoiceId) ?? 0, at);
    return [{ request: draft.request, view, transmission: transmissionOf(draft, transmissions.get(invoiceId)) }];
  });
  return { stored, repeats: [...repeats, ...again] };
}
