// dbmanager: which invoice owns a document number. Store: dbmanager.issued_number.
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { claimKey, type NumberClaim } from './number-claims.ts';

/** A number that an invoice wants or has. */
export interface NumberOwner {
  readonly claim: Pick<NumberClaim, 'supplier' | 'year' | 'number' | 'family' | 'issuedOn'>;
  readonly invoiceId: string;
}

/** The invoice that owns a number, and the date of its document (`YYYY-MM-DD`). */
export interface OwnedNumber {
  readonly invoiceId: string;
  readonly issuedOn: string;
}

/** An invoice that owns numbers, as far as a rule asks. */
export interface OwningInvoice {
  readonly invoiceId: string;
  readonly invoiceNumber: number;
  readonly customerId: number | null;
  readonly status: InvoiceStatus;
  /** The finer state. */
  readonly detail: string | null;
  readonly deleted: boolean;
  /** Of its exact bytes. */
  readonly sha256: Buffer;
}

function columnsOf(owners: readonly NumberOwner[]): unknown[][] {
  return [
    owners.map(({ claim }) => claim.supplier),
    owners.map(({ claim }) => claim.year),
    owners.map(({ claim }) => claim.number),
    owners.map(({ claim }) => claim.family),
    owners.map(({ invoiceId }) => invoiceId),
    owners.map(({ claim }) => claim.issuedOn),
  ];
}

/**
 * Claims numbers; one that is free goes to the first in the list, one that has an owner keeps it. The rows stay locked until the
 * transaction ends, so that whoever asks at the same time waits and then sees who won. They are taken in one order, so that two
 * batches never wait for each other.
 * @param db a transaction
 * @param wishes in the order in which they came
 * @returns key → who owns the number now
 */
export async function claimNumbers(db: Queryable, wishes: readonly NumberOwner[]): Promise<Map<string, OwnedNumber>> {
  if (wishes.length === 0) return new Map();
  const { rows } = await db.query<NumberOwner['claim'] & OwnedNumber>({
    name: 'dbmanager-claim-numbers',
    text: `INSERT INTO dbmanager.issued_number AS known (supplier, year, number, family, invoice_id, issued_on)
      SELECT DISTINCT ON (supplier, year, number, family) supplier, year, number, family, invoice_id, issued_on
      FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::uuid[], $6::date[]) WITH ORDINALITY
        AS wish (supplier, year, number, family, invoice_id, issued_on, place)
      ORDER BY supplier, year, number, family, place
      ON CONFLICT (supplier, year, number, family) DO UPDATE SET invoice_id = known.invoice_id
      RETURNING supplier, year, number, family, invoice_id AS "invoiceId", issued_on::text AS "issuedOn"`,
    values: columnsOf(wishes),
  });
  return new Map(rows.map((row) => [claimKey(row), row]));
}

/**
 * Reads who owns numbers, as it is committed by now; takes no lock.
 * @param db the store or a transaction
 * @param claims the numbers
 * @returns key → its owner; numbers that are free are not in it
 */
export async function numbersOwned(
  db: Queryable,
  claims: readonly NumberOwner['claim'][],
): Promise<Map<string, OwnedNumber>> {
  const { rows } = await db.query<NumberOwner['claim'] & OwnedNumber>({
    text: `SELECT supplier, year, number, family, invoice_id AS "invoiceId", issued_on::text AS "issuedOn"
      FROM dbmanager.issued_number
      JOIN unnest($1::text[], $2::int[], $3::text[], $4::text[]) AS wish (supplier, year, number, family)
        USING (supplier, year, number, family)`,
    values: columnsOf(claims.map((claim) => ({ claim, invoiceId: '' }))).slice(0, 4),
  });
  return new Map(rows.map((row) => [claimKey(row), row]));
}

/**
 * Gives numbers to other owners.
 * @param db a transaction that holds their rows
 * @param owners the new ones
 */
export async function passNumbers(db: Queryable, owners: readonly NumberOwner[]): Promise<void> {
  if (owners.length === 0) return;
  await db.query({
    text: `UPDATE dbmanager.issued_number AS known SET invoice_id = fresh.invoice_id, issued_on = fresh.issued_on
      FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::uuid[], $6::date[])
        AS fresh (supplier, year, number, family, invoice_id, issued_on)
      WHERE (known.supplier, known.year, known.number, known.family)
        = (fresh.supplier, fresh.year, fresh.number, fresh.family)`,
    values: columnsOf(owners),
  });
}

/**
 * Frees numbers.
 * @param db a transaction that holds their rows
 * @param owners who has them
 */
export async function freeNumbers(db: Queryable, owners: readonly NumberOwner[]): Promise<void> {
  if (owners.length === 0) return;
  await db.query({
    text: `DELETE FROM dbmanager.issued_number AS known
      USING unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::uuid[])
        AS gone (supplier, year, number, family, invoice_id)
      WHERE (known.supplier, known.year, known.number, known.family, known.invoice_id)
        = (gone.supplier, gone.year, gone.number, gone.family, gone.invoice_id)`,
    values: columnsOf(owners).slice(0, 5),
  });
}

/**
 * Reads invoices that own numbers, as they are committed by now.
 * @param db a transaction
 * @param invoiceIds their ids
 */
export async function owningInvoices(
  db: Queryable,
  invoiceIds: readonly string[],
): Promise<Map<string, OwningInvoice>> {
  const { rows } = await db.query<OwningInvoice>({
    text: `SELECT i.invoice_id AS "invoiceId", i.invoice_number AS "invoiceNumber", i.customer_id AS "customerId", i.status,
        i.detail, i.deleted_at IS NOT NULL AS deleted, c.sha256
      FROM dbmanager.invoice i JOIN dbmanager.content c USING (content_id) WHERE i.invoice_id = ANY($1::uuid[])`,
    values: [invoiceIds],
  });
  return new Map(rows.map((row) => [row.invoiceId, row]));
}

/**
 * Takes numbers for invoices that are not inserted yet.
 * @param db a transaction
 * @param count how many
 */
export async function reserveInvoiceNumbers(db: Queryable, count: number): Promise<number[]> {
  const { rows } = await db.query<{ number: number }>({
    text: "SELECT nextval('dbmanager.invoice_number_seq') AS number FROM generate_series(1, $1::int)",
    values: [count],
  });
  return rows.map(({ number }) => number);
}

/**
 * Frees the numbers of bodies that were never issued, as far as their invoice owns them: in files of an archive that SdI discarded.
 * @param db a transaction that holds the invoices' rows
 * @param bodies which
 */
export async function freeNumbersOf(
  db: Queryable,
  bodies: readonly { readonly invoiceId: string; readonly position: number }[],
): Promise<void> {
  if (bodies.length === 0) return;
  await db.query({
    text: `DELETE FROM dbmanager.issued_number AS known
      USING dbmanager.document d JOIN unnest($1::uuid[], $2::int[]) AS gone (invoice_id, position) USING (invoice_id, position)
      WHERE known.invoice_id = d.invoice_id AND known.supplier = d.supplier_id AND known.number = d.number
        AND known.year = extract(year FROM d.issued_on)::integer
        AND known.family = CASE WHEN d.document_type IN ('TD04', 'TD08') THEN 'creditNote' ELSE 'invoice' END`,
    values: [bodies.map(({ invoiceId }) => invoiceId), bodies.map(({ position }) => position)],
  });
}

/**
 * Gives bodies their numbers back, as far as nobody has them by now: a receipt says that their file may be issued, or somebody does.
 * @param db a transaction that holds the invoices' rows
 * @param bodies which
 */
export async function reclaimNumbersOf(
  db: Queryable,
  bodies: readonly { readonly invoiceId: string; readonly position: number }[],
): Promise<void> {
  if (bodies.length === 0) return;
  await db.query({
    text: `INSERT INTO dbmanager.issued_number (supplier, year, number, family, invoice_id, issued_on)
      SELECT d.supplier_id, extract(year FROM d.issued_on)::integer, d.number,
        CASE WHEN d.document_type IN ('TD04', 'TD08') THEN 'creditNote' ELSE 'invoice' END, d.invoice_id, d.issued_on
      FROM dbmanager.document d JOIN unnest($1::uuid[], $2::int[]) AS back (invoice_id, position) USING (invoice_id, position)
      WHERE d.supplier_id IS NOT NULL AND d.issued_on IS NOT NULL AND d.number IS NOT NULL
      ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING`,
    values: [bodies.map(({ invoiceId }) => invoiceId), bodies.map(({ position }) => position)],
  });
}

/**
 * Frees the numbers of an invoice that its corrected file no longer uses.
 * @param db a transaction that holds the invoice's row
 * @param invoiceId the invoice
 * @param kept those that it uses
 */
export async function freeOtherNumbers(
  db: Queryable,
  invoiceId: string,
  kept: readonly NumberOwner['claim'][],
): Promise<void> {
  await db.query({
    text: `DELETE FROM dbmanager.issued_number AS known WHERE known.invoice_id = $5 AND NOT EXISTS (
        SELECT 1 FROM unnest($1::text[], $2::int[], $3::text[], $4::text[]) AS kept (supplier, year, number, family)
        WHERE (kept.supplier, kept.year, kept.number, kept.family)
          = (known.supplier, known.year, known.number, known.family))`,
    values: [...columnsOf(kept.map((claim) => ({ claim, invoiceId }))).slice(0, 4), invoiceId],
  });
}
