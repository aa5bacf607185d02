// dbmanager: judges a corrected document as a new one would be: issuer, numbers, archive, signature; and as the invoice that it corrects.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { checkIssuer } from './check-issuer.ts';
import type { DbmanagerOptions } from './config.ts';
import { differencesOf, numberAsBefore, type IdentityField } from './corrected-document.ts';
import { holdCustomers, type InvoicingCustomer } from './customers.ts';
import { decideInvoice, type Decision } from './decide-invoice.ts';
import { identitiesOf } from './documents.ts';
import { findDuplicates } from './find-duplicates.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { InvoiceState } from './invoices.ts';
import { claimsOf } from './number-claims.ts';
import { isAccepted } from './number-composed.ts';
import { numberOwners, type NumberOwners } from './number-rights.ts';
import { findingsIn, issuersOf } from './store-invoices.ts';

/** A corrected document with what becomes of it. */
export interface JudgedCorrection {
  readonly request: IncomingRequest;
  readonly decision: Decision;
}

/** What SdI has seen goes again under its date; what it has not seen may get a later one. */
function fixedFields({ status }: InvoiceState): readonly IdentityField[] {
  return status === 'INTERNAL_INVOICE_DISCARDED' ? ['supplierId', 'number', 'issuedOn'] : ['supplierId', 'number'];
}

async function askArchive(
  tx: Tx,
  request: IncomingRequest,
  customers: ReadonlyMap<number, InvoicingCustomer>,
  options: DbmanagerOptions,
  owners: NumberOwners,
): Promise<DocumentFinding[]> {
  if (!isAccepted(request, customers, options)) return [];
  const { invoiceId, sha256, check, event } = request;
  const { customerId } = event.message.customer;
  const sendable = [{ invoiceId, customerId, sha256, claims: claimsOf(check.documents) }];
  return findingsIn(await findDuplicates(tx, sendable, options.duplicateCheck, owners), request);
}

/**
 * Judges a corrected document.
 * @param tx a transaction that holds the invoice's row
 * @param state the invoice
 * @param correction the document with the judgement on it alone; it has the invoice's id
 * @param options as for what is new
 * @param warnings what is said besides
 * @returns the request with its numbers, and the decision: `accepted` where it may go out
 */
export async function checkCorrection(
  tx: Tx,
  state: InvoiceState,
  correction: IncomingRequest,
  options: DbmanagerOptions,
  warnings: readonly DocumentFinding[],
): Promise<JudgedCorrection> {
  const { customerId } = correction.event.message.customer;
  const customers = await holdCustomers(tx, [customerId]);
  const issuers = await issuersOf(tx, [correction]);
  const before = await identitiesOf(tx, state.invoiceId);
  const request = numberAsBefore(checkIssuer(correction, issuers, options.issuerCheck), before);
  const differences = request.check.valid ? differencesOf(before, request, fixedFields(state)) : [];
  // A number is asked for only by what is the same invoice: nothing else may take one here.
  const archive =
    differences.length > 0 ? [] : await askArchive(tx, request, customers, options, numberOwners(issuers));
  const said = [...differences, ...archive, ...warnings];
  return { request, decision: decideInvoice(request, customers.get(customerId), options, said) };
}
