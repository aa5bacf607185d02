// dbmanager: recognises a received invoice that bears the SdI id of another file: none is taken for the other, both are kept.
import type { Tx } from '@staffetta/platform/store/store.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { reserveInvoiceNumbers } from './issued-numbers.ts';
import { knownSdiIds } from './known-sdi-ids.ts';

/** What is known of SdI's ids of a batch. */
export interface SharedIds {
  /** The later invoice's id → the number of the one that had its SdI id first. */
  readonly firsts: ReadonlyMap<string, number>;
  /** Invoice id → the number that was promised to it, since the finding on a later one of the same batch names it. */
  readonly promised: ReadonlyMap<string, number>;
}

interface Brought {
  readonly invoiceId: string;
  readonly customerId: number;
  readonly sdiId: string;
}

/** Whose an SdI id is: of an invoice that is stored under a number, or of one of the same batch. */
interface Owner {
  readonly invoiceId: string;
  readonly invoiceNumber?: number;
}

function nameOf({ customerId, sdiId }: Omit<Brought, 'invoiceId'>): string {
  return JSON.stringify([customerId, sdiId]);
}

/** The first that was stored has the id, else the first of the batch. */
async function ownersOf(tx: Tx, brought: readonly Brought[]): Promise<Map<string, Owner>> {
  const sdiIds = brought.map(({ sdiId }) => sdiId);
  const customerIds = brought.map(({ customerId }) => customerId);
  const stored = await knownSdiIds(tx, sdiIds, customerIds);
  const owners = new Map<string, Owner>();
  for (const one of [...stored, ...brought]) if (!owners.has(nameOf(one))) owners.set(nameOf(one), one);
  return owners;
}

/**
 * Finds which received invoices bear an SdI id that another of the same customer has already. Their bytes differ: what SdI brings
 * with the same bytes is a repeat (ADR-0005). Two batches that want one id wait for each other at its key.
 * @param tx the transaction that stores the batch, which has claimed their keys
 * @param requests those of the batch that are no repeats
 */
export async function findSharedIds(tx: Tx, requests: readonly IncomingRequest[]): Promise<SharedIds> {
  const brought = requests.flatMap(({ received, invoiceId, event }): Brought[] =>
    received ? [{ invoiceId, customerId: event.message.customer.customerId, sdiId: received.sdiId }] : [],
  );
  if (brought.length === 0) return { firsts: new Map(), promised: new Map() };
  const owners = await ownersOf(tx, brought);
  const later = brought.flatMap((one) => {
    const owner = owners.get(nameOf(one));
    return owner && owner.invoiceId !== one.invoiceId ? [{ invoiceId: one.invoiceId, owner }] : [];
  });
  const unnumbered = new Set(later.flatMap(({ owner }) => (owner.invoiceNumber === undefined ? owner.invoiceId : [])));
  const numbers = unnumbered.size === 0 ? [] : await reserveInvoiceNumbers(tx, unnumbered.size);
  const promised = new Map([...unnumbered].map((invoiceId, place) => [invoiceId, numbers[place]!]));
  const firsts = later.map(({ invoiceId, owner }) => {
    return [invoiceId, owner.invoiceNumber ?? promised.get(owner.invoiceId)!] as const;
  });
  return { firsts: new Map(firsts), promised };
}
