// dbmanager: the customers. Store: dbmanager.customer.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** A customer's kind in the contract. */
export type CustomerType = 'SDI' | 'ARUBA';

/** A customer, without its password. */
export interface Customer {
  readonly customerId: number;
  readonly username: string;
  readonly email: string | null;
  readonly customerType: CustomerType;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

/** A customer with what its fiscal profile says of its files. */
export interface InvoicingCustomer extends Customer {
  /** Who names them: country and tax id together. */
  readonly transmitter: string | null;
  /** The PEC mailbox that they go out from; null for the main one. */
  readonly mailbox: string | null;
}

/** What a customer is made of; undefined stays as it is on a change. */
export interface CustomerFields {
  readonly username: string | undefined;
  readonly email: string | undefined;
  readonly customerType: CustomerType | undefined;
  readonly passwordHash: string | undefined;
}

const columns = `c.customer_id AS "customerId", c.username, c.email, c.customer_type AS "customerType",
  c.created_at AS "createdAt", c.created_by AS "createdBy", c.updated_at AS "updatedAt", c.updated_by AS "updatedBy"`;

/**
 * Finds customers for new invoices and keeps them from being deleted until the transaction ends.
 * @param db a transaction
 * @param customerIds any ids
 * @returns those that exist, by id
 */
export async function holdCustomers(
  db: Queryable,
  customerIds: readonly number[],
): Promise<Map<number, InvoicingCustomer>> {
  const { rows } = await db.query<InvoicingCustomer>({
    name: 'dbmanager-hold-customers',
    text: `SELECT ${columns}, p.transmitter, p.mailbox FROM dbmanager.customer c LEFT JOIN dbmanager.fiscal_profile p USING (customer_id)
      WHERE c.customer_id = ANY($1::bigint[]) AND c.deleted_at IS NULL ORDER BY c.customer_id FOR KEY SHARE OF c`,
    values: [customerIds],
  });
  return new Map(rows.map((row) => [row.customerId, row]));
}

/**
 * Finds one customer.
 * @param db the store or a transaction
 * @param customerId its id
 */
export async function findCustomer(db: Queryable, customerId: number): Promise<Customer | undefined> {
  const { rows } = await db.query<Customer>({
    text: `SELECT ${columns} FROM dbmanager.customer c WHERE c.customer_id = $1 AND c.deleted_at IS NULL`,
    values: [customerId],
  });
  return rows[0];
}

/** What customers are searched by; undefined means any. */
export interface CustomerSearch {
  readonly customerId?: number | undefined;
  readonly username?: string | undefined;
  readonly customerType?: CustomerType | undefined;
}

const matches = `c.deleted_at IS NULL AND ($1::bigint IS NULL OR c.customer_id = $1)
  AND ($2::text IS NULL OR c.username = $2) AND ($3::text IS NULL OR c.customer_type = $3)`;

function searchValues(search: CustomerSearch): unknown[] {
  return [search.customerId ?? null, search.username ?? null, search.customerType ?? null];
}

/**
 * Lists customers by id.
 * @param db the store
 * @param search exact values
 * @param page how many and from where
 */
export async function listCustomers(
  db: Queryable,
  search: CustomerSearch,
  page: { readonly limit: number; readonly offset: number },
): Promise<Customer[]> {
  const { rows } = await db.query<Customer>({
    text: `SELECT ${columns} FROM dbmanager.customer c WHERE ${matches} ORDER BY c.customer_id LIMIT $4 OFFSET $5`,
    values: [...searchValues(search), page.limit, page.offset],
  });
  return rows;
}

/**
 * Counts customers.
 * @param db the store
 * @param search as in `listCustomers`
 */
export async function countCustomers(db: Queryable, search: CustomerSearch): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    text: `SELECT count(*) AS count FROM dbmanager.customer c WHERE ${matches}`,
    values: searchValues(search),
  });
  return rows[0]?.count ?? 0;
}

/**
 * Inserts a customer.
 * @param db a transaction
 * @param fields username and type are required
 * @param by who creates it
 * @param at when
 * @returns the customer, or undefined where the username is taken
 */
export async function insertCustomer(
  db: Queryable,
  fields: CustomerFields,
  by: string,
  at: Date,
): Promise<Customer | undefined> {
  const { rows } = await db.query<Customer>({
    text: `INSERT INTO dbmanager.customer AS c (username, email, customer_type, password_hash,
        created_at, created_by, updated_at, updated_by)
      VALUES ($1, $2, $3, $4, $5, $6, $5, $6)
      ON CONFLICT (tenant_id, username) WHERE deleted_at IS NULL DO NOTHING RETURNING ${columns}`,
    values: [fields.username, fields.email ?? null, fields.customerType, fields.passwordHash ?? null, at, by],
  });
  return rows[0];
}

/**
 * Changes a customer.
 * @param db a transaction
 * @param customerId its id
 * @param fields what changes
 * @param by who changes it
 * @param at when
 * @returns the customer as it is now, or undefined where it does not exist
 * @throws pg's unique violation (23505) where the username is taken
 */
export async function updateCustomer(
  db: Queryable,
  customerId: number,
  fields: CustomerFields,
  by: string,
  at: Date,
): Promise<Customer | undefined> {
  const { rows } = await db.query<Customer>({
    text: `UPDATE dbmanager.customer AS c SET username = coalesce($2, c.username), email = coalesce($3, c.email),
        customer_type = coalesce($4, c.customer_type), password_hash = coalesce($5, c.password_hash),
        updated_at = $6, updated_by = $7
      WHERE c.customer_id = $1 AND c.deleted_at IS NULL RETURNING ${columns}`,
    values: [
      customerId,
      fields.username ?? null,
      fields.email ?? null,
      fields.customerType ?? null,
      fields.passwordHash ?? null,
      at,
      by,
    ],
  });
  return rows[0];
}

/**
 * Locks a customer against new invoices.
 * @param db a transaction
 * @param customerId its id
 * @returns whether it exists
 */
export async function lockCustomer(db: Queryable, customerId: number): Promise<boolean> {
  const { rowCount } = await db.query({
    text: 'SELECT 1 FROM dbmanager.customer WHERE customer_id = $1 AND deleted_at IS NULL FOR UPDATE',
    values: [customerId],
  });
  return rowCount > 0;
}

/**
 * Counts the invoices that a customer still has.
 * @param db a transaction
 * @param customerId its id
 */
export async function countInvoicesOf(db: Queryable, customerId: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    text: 'SELECT count(*) AS count FROM dbmanager.invoice WHERE customer_id = $1 AND deleted_at IS NULL',
    values: [customerId],
  });
  return rows[0]?.count ?? 0;
}

/**
 * Marks a customer as deleted and forgets its password; the row stays for the audit, its username may be used again.
 * @param db a transaction
 * @param customerId its id
 * @param by who deletes it
 * @param at when
 */
export async function markCustomerDeleted(db: Queryable, customerId: number, by: string, at: Date): Promise<void> {
  await db.query({
    text: `UPDATE dbmanager.customer SET deleted_at = $2, deleted_by = $3, password_hash = NULL
      WHERE customer_id = $1 AND deleted_at IS NULL`,
    values: [customerId, at, by],
  });
}

/** A customer that a new store gets. */
export interface SeedCustomer {
  readonly customerId: number;
  readonly username: string;
  readonly email: string;
  readonly customerType: CustomerType;
}

/**
 * Inserts customers under fixed ids, only into a store that never had any; several processes at once are safe.
 * @param db a transaction
 * @param seeds the customers
 * @param at when
 * @returns how many were inserted
 */
export async function seedEmptyStore(db: Queryable, seeds: readonly SeedCustomer[], at: Date): Promise<number> {
  const { rowCount } = await db.query({
    text: `INSERT INTO dbmanager.customer (customer_id, username, email, customer_type,
        created_at, created_by, updated_at, updated_by)
      SELECT id, username, email, type, $5, 'dbmanager', $5, 'dbmanager'
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS seed (id, username, email, type)
      WHERE NOT EXISTS (SELECT 1 FROM dbmanager.customer)
      ON CONFLICT DO NOTHING`,
    values: [
      seeds.map(({ customerId }) => customerId),
      seeds.map(({ username }) => username),
      seeds.map(({ email }) => email),
      seeds.map(({ customerType }) => customerType),
      at,
    ],
  });
  return rowCount;
}

/**
 * Lets the next customer's id follow the greatest one there is.
 * @param db a transaction
 */
export async function alignCustomerIds(db: Queryable): Promise<void> {
  await db.query({
    text: `SELECT setval(pg_get_serial_sequence('dbmanager.customer', 'customer_id'),
      (SELECT max(customer_id) FROM dbmanager.customer))`,
  });
}
