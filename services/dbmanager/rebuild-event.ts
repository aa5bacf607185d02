// dbmanager: builds an event's value again from the tables, for a relay that died between commit and send.
import type { Rebuild } from '@staffetta/platform/bus/bus.ts';
import type { Store } from '@staffetta/platform/store/store.ts';
import { asTold, documentJson, invoiceJson } from './invoice-value.ts';
import { readInvoices, type FullInvoiceView } from './invoice-views.ts';
import { outgoingValue, unsignedValue } from './next-event.ts';
import { findOutcome } from './outcomes.ts';
import { findTransmissionFile } from './unsigned-transmissions.ts';

async function findView(store: Store, invoiceId: string): Promise<FullInvoiceView | undefined> {
  return (await readInvoices(store, [invoiceId])).get(invoiceId);
}

async function rebuildOutcome(store: Store, invoiceId: string, sequence: number): Promise<Buffer | undefined> {
  const outcome = await findOutcome(store, invoiceId, sequence);
  const view = outcome && (await findView(store, invoiceId));
  return view && invoiceJson(asTold(view, outcome), documentJson(view, view.bytes));
}

async function rebuildState(store: Store, invoiceId: string): Promise<Buffer | undefined> {
  const view = await findView(store, invoiceId);
  return view && invoiceJson(view, documentJson(view, view.bytes));
}

async function rebuildOutgoing(store: Store, transmissionId: string): Promise<Buffer | undefined> {
  const file = await findTransmissionFile(store, transmissionId);
  const view = file && (await findView(store, file.invoiceId));
  return view && outgoingValue(view, file);
}

async function rebuildUnsigned(store: Store, transmissionId: string): Promise<Buffer | undefined> {
  const file = await findTransmissionFile(store, transmissionId);
  const view = file && (await findView(store, file.invoiceId));
  return view && unsignedValue(view, file);
}

/**
 * Makes the function that the bus' outbox asks for the value of an event of ours.
 * @param store the database
 * @returns a `Rebuild`: `outcome:<invoiceId>:<sequence>` as it was told then, `state:<invoiceId>` as it is now,
 *   `outgoing:<transmissionId>`, `unsigned:<transmissionId>`; undefined for what is gone or not ours
 */
export function rebuildEvent(store: Store): Rebuild {
  return async (reference) => {
    const [kind, id = '', sequence = ''] = reference.split(':');
    if (kind === 'outcome') return rebuildOutcome(store, id, Number(sequence));
    if (kind === 'state') return rebuildState(store, id);
    if (kind === 'outgoing') return rebuildOutgoing(store, id);
    return kind === 'unsigned' ? rebuildUnsigned(store, id) : undefined;
  };
}
