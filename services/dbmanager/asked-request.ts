// dbmanager: judges a document that somebody only asks about as if it were sent: nothing is stored, claimed or locked.
import type { Judgement } from '@staffetta/fatturapa/check-aside.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Incoming } from '@staffetta/platform/service.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { hash } from 'node:crypto';
import { checkIssuer } from './check-issuer.ts';
import type { DbmanagerOptions } from './config.ts';
import { findCustomer, type InvoicingCustomer } from './customers.ts';
import { decideInvoice } from './decide-invoice.ts';
import { askDuplicates } from './find-duplicates.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { isAccepted } from './number-composed.ts';
import { claimsOf } from './number-claims.ts';
import { numberOwners } from './number-rights.ts';
import { findingsIn, issuersOf } from './store-invoices.ts';

/** What is asked about. */
export interface AskedDocument {
  readonly customerId: number;
  readonly check: Judgement;
  /** The file; undefined where it is not made yet, since only what is sent as JSON is numbered and written. */
  readonly bytes: Buffer | undefined;
  /** The document, where it came as JSON. */
  readonly json?: Readonly<Record<string, unknown>>;
}

function eventOf(invoiceId: string, { customerId, json }: AskedDocument): Incoming<'incomingInvoice'> {
  const message = {
    invoiceId,
    invoiceStatus: 'INTERNAL_INVOICE_NEW',
    customer: { customerId },
    correlationId: invoiceId,
    ...(json && { document: json }),
  } as const;
  const nothing = { key: invoiceId, value: Buffer.alloc(0), headers: {}, timestamp: new Date(0) };
  return {
    flow: 'incomingInvoice',
    message,
    key: invoiceId,
    eventId: invoiceId,
    correlationId: invoiceId,
    causationId: undefined,
    trace: undefined,
    record: { topic: '', partition: 0, offset: 0n, ...nothing },
  };
}

function requestOf(asked: AskedDocument): IncomingRequest {
  const invoiceId = uuidv7();
  const { check, bytes = Buffer.alloc(0) } = asked;
  return {
    event: eventOf(invoiceId, asked),
    invoiceId,
    kind: 'internal',
    bytes,
    text: undefined,
    sha256: hash('sha256', bytes, 'buffer'),
    isText: true,
    key: undefined,
    check,
    fileKind: check.fileKind,
  };
}

async function customersOf(db: Queryable, customerId: number): Promise<Map<number, InvoicingCustomer>> {
  const customer = await findCustomer(db, customerId);
  // Who names the file, and where it leaves, does not matter here.
  return new Map(customer ? [[customerId, { ...customer, transmitter: null, mailbox: null }]] : []);
}

/**
 * Judges a document as the step that stores it would: by its issuer, by the archive (00404, 00002) and by its signature.
 * @param db the store
 * @param asked the document with the judgement on it alone
 * @param options as for what is sent
 * @returns the judgement with all findings
 */
export async function judgeAsSent(db: Queryable, asked: AskedDocument, options: DbmanagerOptions): Promise<Judgement> {
  const { customerId } = asked;
  const customers = await customersOf(db, customerId);
  const asIs = requestOf(asked);
  const issuers = await issuersOf(db, [asIs]);
  const request = checkIssuer(asIs, issuers, options.issuerCheck);
  const { invoiceId, sha256, check } = request;
  const claimant = { invoiceId, invoiceNumber: 0, customerId, sha256, claims: claimsOf(check.documents) };
  const asks = isAccepted(request, customers, options) ? options.duplicateCheck : 'off';
  const archive = await askDuplicates(db, claimant, asks, numberOwners(issuers));
  const decision = decideInvoice(request, customers.get(customerId), options, findingsIn(archive, request));
  return { ...check, valid: decision.event === 'accepted', findings: decision.findings };
}
