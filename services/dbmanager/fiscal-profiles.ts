// dbmanager: the fiscal profiles of customers, from which documents made of JSON take who issues them. Store: dbmanager.fiscal_profile.
import { idFiscaleOf } from '@staffetta/fatturapa/compose/party-blocks.ts';
import type { FiscalProfile } from '@staffetta/fatturapa/compose/short-party.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** What a customer brings to a document made of JSON. */
export interface Issuer {
  readonly customerId: number;
  /** Null where nobody put one yet. */
  readonly profile: FiscalProfile | null;
  /** Who names its files (country and tax id together), where the profile says so. */
  readonly transmitter: string | null;
  /** Registers that were described, name → how they write their numbers. */
  readonly registers: Readonly<Record<string, string>>;
}

/**
 * Reads what customers bring to their documents.
 * @param db the store or a transaction
 * @param customerIds any ids
 * @returns those that exist, by id
 */
export async function readIssuers(db: Queryable, customerIds: readonly number[]): Promise<Map<number, Issuer>> {
  const { rows } = await db.query<Issuer>({
    name: 'dbmanager-read-issuers',
    text: `SELECT c.customer_id AS "customerId", p.details AS profile, p.transmitter,
        coalesce((SELECT jsonb_object_agg(f.name, f.format) FROM dbmanager.fiscal_register_form f
          WHERE f.customer_id = c.customer_id), '{}') AS registers
      FROM dbmanager.customer c LEFT JOIN dbmanager.fiscal_profile p USING (customer_id)
      WHERE c.customer_id = ANY($1::bigint[]) AND c.deleted_at IS NULL`,
    values: [customerIds],
  });
  return new Map(rows.map((row) => [row.customerId, row]));
}

/** Under which ids a customer issues. */
export interface IssuerId {
  readonly customerId: number;
  /** Country and VAT number together, in capitals. */
  readonly vatId: string;
  /** In capitals. */
  readonly taxCode: string | null;
}

/**
 * Reads under which ids customers issue.
 * @param db a transaction
 * @param customerIds of these customers
 * @param vatIds and of whoever has these VAT numbers with their country, in capitals
 */
export async function readIssuerIds(
  db: Queryable,
  customerIds: readonly number[],
  vatIds: readonly string[],
): Promise<IssuerId[]> {
  const { rows } = await db.query<{ customerId: number; vatNumber: string; taxCode: string | null; country: string }>({
    name: 'dbmanager-read-issuer-ids',
    text: `SELECT p.customer_id AS "customerId", p.vat_number AS "vatNumber", upper(p.tax_code) AS "taxCode",
        coalesce(p.details -> 'address' ->> 'country', 'IT') AS country
      FROM dbmanager.fiscal_profile p JOIN dbmanager.customer c USING (customer_id)
      WHERE c.deleted_at IS NULL AND p.vat_number IS NOT NULL
        AND (p.customer_id = ANY($1::bigint[]) OR upper(p.vat_number) = ANY($2::text[]))`,
    // A profile may leave its country out.
    values: [customerIds, vatIds.flatMap((id) => [id, id.slice(2)])],
  });
  return rows.map(({ customerId, vatNumber, taxCode, country }) => {
    const { IdPaese = '', IdCodice = '' } = idFiscaleOf(vatNumber, country);
    return { customerId, vatId: `${IdPaese}${IdCodice}`.toUpperCase(), taxCode };
  });
}

/**
 * Puts a customer's profile in the place of what was there; mailbox, signer and the habit of calling back stay.
 * @param db a transaction
 * @param customerId whose
 * @param profile judged before (`checkProfile`)
 * @param by who puts it
 * @param at when
 */
export async function saveProfile(
  db: Queryable,
  customerId: number,
  profile: FiscalProfile,
  by: string,
  at: Date,
): Promise<void> {
  const { vatNumber, taxCode, recipientCode, pec, transmitter } = profile;
  await db.query({
    text: `INSERT INTO dbmanager.fiscal_profile
        (customer_id, details, vat_number, tax_code, recipient_code, pec, transmitter, updated_at, updated_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      ON CONFLICT (customer_id) DO UPDATE SET details = excluded.details, vat_number = excluded.vat_number,
        tax_code = excluded.tax_code, recipient_code = excluded.recipient_code, pec = excluded.pec,
        transmitter = excluded.transmitter, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    values: [
      customerId,
      JSON.stringify(profile),
      vatNumber,
      taxCode ?? null,
      recipientCode ?? null,
      pec ?? null,
      transmitter ?? null,
      at,
      by,
    ],
  });
}

/**
 * Says from which PEC mailbox a customer's files go out.
 * @param db the store or a transaction
 * @param customerId whose; nobody has none
 * @returns in small letters; null for the main one
 */
export async function mailboxOf(db: Queryable, customerId: number | null): Promise<string | null> {
  const { rows } = await db.query<{ mailbox: string | null }>({
    text: 'SELECT mailbox FROM dbmanager.fiscal_profile WHERE customer_id = $1',
    values: [customerId],
  });
  return rows[0]?.mailbox ?? null;
}

/**
 * Says from which PEC mailbox a customer's files go out from now on; the rest of its profile stays.
 * @param db a transaction
 * @param customerId whose; it exists
 * @param mailbox in small letters; null for the main one
 * @param by who says so
 * @param at when
 */
export async function saveMailbox(
  db: Queryable,
  customerId: number,
  mailbox: string | null,
  by: string,
  at: Date,
): Promise<void> {
  await db.query({
    text: `INSERT INTO dbmanager.fiscal_profile AS known (customer_id, mailbox, updated_at, updated_by)
      SELECT $1::bigint, $2::text, $3, $4 WHERE $2::text IS NOT NULL OR EXISTS (
        SELECT FROM dbmanager.fiscal_profile WHERE customer_id = $1 AND mailbox IS NOT NULL)
      ON CONFLICT (customer_id) DO UPDATE
        SET mailbox = excluded.mailbox, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    values: [customerId, mailbox, at, by],
  });
}

/**
 * Gives a customer its first profile, where it has none and still is who it was meant for.
 * @param db a transaction
 * @param customer whose
 * @param profile judged before
 * @param at when
 */
export async function seedProfile(
  db: Queryable,
  customer: { readonly customerId: number; readonly username: string },
  profile: FiscalProfile,
  at: Date,
): Promise<void> {
  await db.query({
    text: `INSERT INTO dbmanager.fiscal_profile (customer_id, details, vat_number, tax_code, updated_at, updated_by)
      SELECT customer_id, $3, $4, $5, $6, 'dbmanager' FROM dbmanager.customer
      WHERE customer_id = $1 AND username = $2 AND deleted_at IS NULL
      ON CONFLICT (customer_id) DO NOTHING`,
    values: [
      customer.customerId,
      customer.username,
      JSON.stringify(profile),
      profile.vatNumber,
      profile.taxCode ?? null,
      at,
    ],
  });
}
