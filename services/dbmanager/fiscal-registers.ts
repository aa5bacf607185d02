// dbmanager: the registers that document numbers come from, gap-free per customer, register and year. Store: dbmanager.fiscal_register.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** One year of a register. */
export interface RegisterYear {
  readonly customerId: number;
  readonly name: string;
  readonly year: number;
}

/** A year of a register with where it stands. */
export interface RegisterState extends RegisterYear {
  /** The last number that was given, or the start less one. */
  readonly lastNumber: number;
  /** The latest day of a document that got its number here, `YYYY-MM-DD`. */
  readonly lastDate: string | null;
  /** How it writes its numbers, where somebody said so. */
  readonly format: string | null;
}

/** What a batch took from a year of a register. */
export interface RegisterTaken extends RegisterYear {
  readonly lastNumber: number;
  readonly lastDate: string;
  readonly count: number;
}

function columnsOf(years: readonly RegisterYear[]) {
  return [
    years.map(({ customerId }) => customerId),
    years.map(({ name }) => name),
    years.map(({ year }) => year),
  ] as const;
}

function byKey(a: RegisterYear, b: RegisterYear): number {
  return a.customerId - b.customerId || a.year - b.year || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/**
 * Locks years of registers until the transaction ends, and makes those that are new; always in one order, so that two batches never
 * wait for each other.
 * @param db a transaction
 * @param years each once
 */
export async function lockRegisters(db: Queryable, years: readonly RegisterYear[]): Promise<RegisterState[]> {
  const { rows } = await db.query<RegisterState>({
    name: 'dbmanager-lock-registers',
    text: `WITH held AS (
        INSERT INTO dbmanager.fiscal_register AS known (customer_id, name, year)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[])
        ON CONFLICT (customer_id, name, year) DO UPDATE SET last_number = known.last_number
        RETURNING customer_id, name, year, last_number, last_date
      )
      SELECT h.customer_id AS "customerId", h.name, h.year, h.last_number AS "lastNumber", h.last_date::text AS "lastDate",
        f.format
      FROM held h LEFT JOIN dbmanager.fiscal_register_form f USING (customer_id, name)`,
    values: [...columnsOf(years.toSorted(byKey))],
  });
  return rows;
}

/**
 * Notes what was taken.
 * @param db the transaction that holds the registers
 * @param taken each year of a register once
 */
export async function saveRegisters(db: Queryable, taken: readonly RegisterTaken[]): Promise<void> {
  if (taken.length === 0) return;
  await db.query({
    name: 'dbmanager-save-registers',
    text: `UPDATE dbmanager.fiscal_register AS known
      SET last_number = fresh.last_number, last_date = fresh.last_date, given = known.given + fresh.count
      FROM unnest($1::bigint[], $2::text[], $3::int[], $4::bigint[], $5::date[], $6::bigint[])
        AS fresh (customer_id, name, year, last_number, last_date, count)
      WHERE (known.customer_id, known.name, known.year) = (fresh.customer_id, fresh.name, fresh.year)`,
    values: [
      ...columnsOf(taken),
      taken.map(({ lastNumber }) => lastNumber),
      taken.map(({ lastDate }) => lastDate),
      taken.map(({ count }) => count),
    ],
  });
}

/** A number of a supplier in a year. */
export interface SupplierNumber {
  /** Country and tax id together, in capitals. */
  readonly supplier: string;
  readonly year: number;
  readonly number: string;
}

/** A number that a document has already. */
export interface UsedNumber extends SupplierNumber {
  /** Whose document; null is nobody's. */
  readonly customerId: number | null;
}

/**
 * Finds numbers that a document of the supplier has already: it may have come as XML, or from another register. What was refused here or
 * deleted has none; one that SdI discarded keeps its number for the document that is sent again under it.
 * @param db the transaction
 * @param wanted the numbers that would be given
 * @returns those that are used, once per document
 */
export async function usedNumbers(db: Queryable, wanted: readonly SupplierNumber[]): Promise<UsedNumber[]> {
  if (wanted.length === 0) return [];
  const { rows } = await db.query<UsedNumber>({
    name: 'dbmanager-used-numbers',
    text: `SELECT DISTINCT supplier, year, number, i.customer_id AS "customerId" FROM dbmanager.issued_number n
      JOIN unnest($1::text[], $2::int[], $3::text[]) AS wanted (supplier, year, number) USING (supplier, year, number)
      JOIN dbmanager.invoice i ON i.invoice_id = n.invoice_id
      WHERE i.deleted_at IS NULL AND i.status <> 'INTERNAL_INVOICE_INVALID'`,
    values: [
      wanted.map(({ supplier }) => supplier),
      wanted.map(({ year }) => year),
      wanted.map(({ number }) => number),
    ],
  });
  return rows;
}

/**
 * Shows a customer's registers as they stand.
 * @param db the store or a transaction
 * @param customerId whose
 * @param year of which year
 * @returns the registers that somebody described or that gave a number in that year, by name
 */
export async function listRegisters(
  db: Queryable,
  customerId: number,
  year: number,
): Promise<(RegisterState & { readonly given: number })[]> {
  const { rows } = await db.query<RegisterState & { given: number }>({
    text: `SELECT $1::bigint AS "customerId", name, $2::int AS year, coalesce(r.last_number, 0) AS "lastNumber",
        r.last_date::text AS "lastDate", f.format, coalesce(r.given, 0) AS given
      FROM (SELECT name, format FROM dbmanager.fiscal_register_form WHERE customer_id = $1) f
      FULL JOIN (SELECT name, last_number, last_date, given FROM dbmanager.fiscal_register
        WHERE customer_id = $1 AND year = $2) r USING (name)
      ORDER BY name`,
    values: [customerId, year],
  });
  return rows;
}

/**
 * Sets where a year of a register starts, while it has given no number.
 * @param db a transaction
 * @param register which year of which
 * @param start the first number that it will give
 * @returns whether it was set; false where numbers were given already
 */
export async function startRegister(db: Queryable, register: RegisterYear, start: number): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `INSERT INTO dbmanager.fiscal_register AS known (customer_id, name, year, last_number) VALUES ($1, $2, $3, $4)
      ON CONFLICT (customer_id, name, year) DO UPDATE SET last_number = excluded.last_number WHERE known.given = 0`,
    values: [register.customerId, register.name, register.year, start - 1],
  });
  return rowCount > 0;
}

/**
 * Describes a register.
 * @param db a transaction
 * @param register whose and which
 * @param format how it writes its numbers
 * @param by who says so
 * @param at when
 */
export async function saveRegisterForm(
  db: Queryable,
  register: Pick<RegisterYear, 'customerId' | 'name'>,
  format: string,
  by: string,
  at: Date,
): Promise<void> {
  await db.query({
    text: `INSERT INTO dbmanager.fiscal_register_form (customer_id, name, format, updated_at, updated_by)
      VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (customer_id, name) DO UPDATE
        SET format = excluded.format, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    values: [register.customerId, register.name, format, at, by],
  });
}
