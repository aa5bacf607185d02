// dbmanager: changing and deleting invoices by hand, the same by REST and by message; every act is in the audit.
import { HubError } from '@staffetta/flow/errors.ts';
import { eventLeadingTo } from '@staffetta/flow/invoice-moves.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { Bus } from '@staffetta/platform/bus/bus.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { applyMoves } from './apply-moves.ts';
import { findAsked } from './asked-documents.ts';
import { noteAct } from './audit.ts';
import type { Act } from './change-customers.ts';
import type { Cause } from './invoice-events.ts';
import { readInvoices } from './invoice-views.ts';
import { lockInvoicesByNumber, markInvoiceDeleted, updateCallback, type InvoiceState } from './invoices.ts';
import { whyItMustStay } from './may-delete.ts';
import { freeKeys } from './request-keys.ts';
import { isStorable } from '@staffetta/platform/store/storable-text.ts';
import { tellMoves } from './tell-moves.ts';
import { transmissionsOf } from './transmissions.ts';

/** What somebody wants of an invoice; a callback of null removes it. */
export interface InvoiceWish {
  readonly callback?: string | null | undefined;
  readonly invoice?: string | undefined;
  readonly file?: string | undefined;
  readonly document?: Readonly<Record<string, unknown>> | undefined;
  readonly customer?: { readonly customerId: number } | undefined;
}

/** Which invoice, and for whom: a customer reaches only its own. */
export interface Target {
  readonly invoiceNumber: number;
  readonly customerId: number | undefined;
}

/**
 * Locks an invoice for whom it is.
 * @param tx the transaction
 * @param target which one
 * @throws HubError INVOICE_UNKNOWN
 */
export async function holdTarget(tx: Tx, target: Target): Promise<InvoiceState> {
  const [state] = await lockInvoicesByNumber(tx, [target.invoiceNumber]);
  const theirs = target.customerId === undefined || state?.customerId === target.customerId;
  if (!state || state.deletedAt !== null || !theirs) {
    throw new HubError('INVOICE_UNKNOWN', `There is no invoice ${target.invoiceNumber}.`);
  }
  return state;
}

/**
 * Checks a callback's form; where it may lead is judged when it is called.
 * @param callback the URL
 * @throws HubError CALLBACK_NOT_ALLOWED
 */
export function insistOnCallback(callback: string): void {
  const usable = isStorable(callback, 2000) && /^https?:\/\/[^\s\\]+$/i.test(callback) && URL.canParse(callback);
  const url = usable ? new URL(callback) : undefined;
  if (!url || url.username !== '' || url.password !== '') {
    throw new HubError('CALLBACK_NOT_ALLOWED', 'The callback is no absolute http(s) URL without a user.');
  }
}

function bytesOf({ invoice, file, document }: InvoiceWish): Buffer | undefined {
  if (invoice !== undefined) return Buffer.from(invoice);
  if (file !== undefined) return Buffer.from(file, 'base64');
  return document && Buffer.from(JSON.stringify(document));
}

async function insistOnSameDocument(tx: Tx, state: InvoiceState, wish: InvoiceWish): Promise<void> {
  const bytes = bytesOf(wish);
  if (!bytes) return;
  const stored = (await readInvoices(tx, [state.invoiceId])).get(state.invoiceId);
  if (stored?.bytes.equals(bytes)) return;
  if (wish.document && (await findAsked(tx, state.invoiceId))?.bytes.equals(bytes)) return;
  const message = `The document of invoice ${state.invoiceNumber} is stored (${state.status}) and is never changed.`;
  throw new HubError('DOCUMENT_ALREADY_SENT', message);
}

/**
 * Changes what may be changed of an invoice: its callback. The document and the customer never change.
 * @param tx the transaction
 * @param target which one
 * @param wish what is wanted; the same document again is no change
 * @param act who and when
 * @returns the invoice's id
 * @throws HubError INVOICE_UNKNOWN, DOCUMENT_ALREADY_SENT, CALLBACK_NOT_ALLOWED, BODY_NOT_VALID
 */
export async function changeInvoice(tx: Tx, target: Target, wish: InvoiceWish, act: Act): Promise<string> {
  const state = await holdTarget(tx, target);
  if (wish.customer && wish.customer.customerId !== state.customerId) {
    throw new HubError('BODY_NOT_VALID', 'body/customer/customerId cannot be changed.');
  }
  await insistOnSameDocument(tx, state, wish);
  const { callback } = wish;
  if (callback === undefined || callback === state.callbackUrl) return state.invoiceId;
  if (callback !== null) insistOnCallback(callback);
  await updateCallback(tx, state.invoiceId, callback, act.by, act.at);
  const details = { from: state.callbackUrl, to: callback };
  await noteAct(tx, { ...act, action: 'invoice.callback', subject: `invoice ${state.invoiceNumber}`, details });
  return state.invoiceId;
}

/**
 * Moves an invoice by hand, through the table of moves; the customer is told as of any other outcome.
 * @param tx the transaction
 * @param bus where the outcome is published
 * @param target which one
 * @param status the status that somebody wants
 * @param act who, when and why
 * @param cause the message that asks, or the request
 * @returns the invoice's id, and whether it moved (false: it has this status already)
 * @throws HubError INVOICE_UNKNOWN, MOVE_REFUSED with the reason
 */
export async function changeStatus(
  tx: Tx,
  bus: Bus,
  target: Target,
  status: InvoiceStatus,
  act: Act,
  cause: Cause,
): Promise<{ invoiceId: string; moved: boolean }> {
  const state = await holdTarget(tx, target);
  const { invoiceId, invoiceNumber } = state;
  const event = eventLeadingTo(status);
  if (!event) throw new HubError('MOVE_REFUSED', `Nothing leads to ${status}.`);
  const { by, reason } = act;
  const move = { invoiceId, event, causationId: cause.eventId ?? null, by, reason, cause, answerAlways: false };
  const answered = await applyMoves(tx, [state], [move], act.at);
  const kind = answered[0]?.answer.kind;
  if (kind === 'late' || kind === 'refused') {
    const why = kind === 'late' ? 'comes too late' : 'is not allowed';
    throw new HubError('MOVE_REFUSED', `${status} ${why} for invoice ${invoiceNumber}, which is ${state.status}.`);
  }
  if (kind !== 'moved') return { invoiceId, moved: false };
  const details = { from: state.status, to: status };
  await noteAct(tx, { ...act, action: 'invoice.status', subject: `invoice ${invoiceNumber}`, details });
  bus.publishIn(tx, await tellMoves(tx, answered));
  return { invoiceId, moved: true };
}

/**
 * Deletes an invoice that never went out (ADR-0008). Its number and its file names are never used again.
 * @param tx the transaction
 * @param target which one
 * @param act who, when and why
 * @returns the invoice's id
 * @throws HubError INVOICE_UNKNOWN, INVOICE_MUST_STAY with the reason
 */
export async function deleteInvoice(tx: Tx, target: Target, act: Act): Promise<string> {
  const state = await holdTarget(tx, target);
  const why = whyItMustStay(state.status, await transmissionsOf(tx, state.invoiceId));
  if (why !== undefined)
    throw new HubError('INVOICE_MUST_STAY', `Invoice ${state.invoiceNumber} cannot be deleted: ${why}.`);
  await markInvoiceDeleted(tx, state.invoiceId, act.by, act.at);
  await freeKeys(tx, state.invoiceId);
  const details = { status: state.status };
  await noteAct(tx, { ...act, action: 'invoice.delete', subject: `invoice ${state.invoiceNumber}`, details });
  return state.invoiceId;
}
