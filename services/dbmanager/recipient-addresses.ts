// dbmanager: the addresses of customers for invoices that come in, beside those of their profiles. Store: dbmanager.recipient_address.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** Kinds of address that a customer may have several of. */
export type AddressKind = 'taxCode' | 'recipientCode' | 'pec';

/** An address of a customer; codes in capitals, PEC in small letters. */
export interface RecipientAddress {
  readonly kind: AddressKind;
  readonly value: string;
}

/**
 * Reads a customer's addresses, by kind and value.
 * @param db the store or a transaction
 * @param customerId whose
 */
export async function addressesOf(db: Queryable, customerId: number): Promise<RecipientAddress[]> {
  const { rows } = await db.query<RecipientAddress>({
    text: 'SELECT kind, value FROM dbmanager.recipient_address WHERE customer_id = $1 ORDER BY kind, value',
    values: [customerId],
  });
  return rows;
}

/**
 * Removes all addresses of a customer.
 * @param db a transaction
 * @param customerId whose
 */
export async function clearAddresses(db: Queryable, customerId: number): Promise<void> {
  await db.query({ text: 'DELETE FROM dbmanager.recipient_address WHERE customer_id = $1', values: [customerId] });
}

/**
 * Gives a customer addresses; what it has already stays as it is.
 * @param db a transaction
 * @param customerId whose
 * @param addresses in one spelling
 * @param by who
 * @param at when
 */
export async function addAddresses(
  db: Queryable,
  customerId: number,
  addresses: readonly RecipientAddress[],
  by: string,
  at: Date,
): Promise<void> {
  await db.query({
    text: `INSERT INTO dbmanager.recipient_address (customer_id, kind, value, created_at, created_by)
      SELECT $1, kind, value, $4, $5 FROM unnest($2::text[], $3::text[]) AS fresh (kind, value) ON CONFLICT DO NOTHING`,
    values: [customerId, addresses.map(({ kind }) => kind), addresses.map(({ value }) => value), at, by],
  });
}
