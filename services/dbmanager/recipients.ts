// dbmanager: which customers have an address that documents are sent to. Store: dbmanager.fiscal_profile (read), dbmanager.recipient_address (read).
import { idFiscaleOf } from '@staffetta/fatturapa/compose/party-blocks.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** What customers are found by, in the order in which it decides. */
export const recipientKeys = ['vatNumber', 'taxCode', 'recipientCode', 'pec'] as const;
/** One of them. */
export type RecipientKey = (typeof recipientKeys)[number];

/** What is asked for, in one spelling: codes in capitals, PEC in small letters. */
export type AskedRecipient = Readonly<Partial<Record<RecipientKey, string>>>;

/** A customer that has one of the addresses. */
export interface RecipientRow {
  readonly customerId: number;
  readonly key: RecipientKey;
}

interface Row extends RecipientRow {
  readonly vatNumber: string | null;
  readonly country: string | null;
  /** In capitals: of its profile, and those beside it. */
  readonly taxCodes: readonly string[];
}

function vatNumberOf({ vatNumber, country }: Row): string | undefined {
  if (vatNumber === null) return undefined;
  const { IdPaese = '', IdCodice = '' } = idFiscaleOf(vatNumber, country ?? 'IT');
  return `${IdPaese}${IdCodice}`.toUpperCase();
}

/**
 * A code or a PEC address may be an intermediary's, which many firms share: by it alone nobody gets what names another firm. Where the
 * document or the customer names none, nothing tells against it.
 */
function isAnother(row: Row, { vatNumber, taxCode }: AskedRecipient): boolean {
  const own = vatNumberOf(row);
  const isTold = (vatNumber !== undefined && own !== undefined) || (taxCode !== undefined && row.taxCodes.length > 0);
  // A firm's tax code is mostly its VAT number; of a VAT group the document names the group's.
  return isTold && own !== vatNumber && own !== `IT${taxCode}` && !row.taxCodes.includes(taxCode ?? '');
}

function isFor(row: Row, asked: AskedRecipient): boolean {
  if (row.key === 'taxCode') return true;
  return row.key === 'vatNumber' ? vatNumberOf(row) === asked.vatNumber : !isAnother(row, asked);
}

/**
 * Finds the customers that have any of these addresses. One that is known to be another firm than the VAT number and the tax code say is
 * not found by its recipient code or PEC.
 * @param db the store or a transaction
 * @param asked the addresses; those that are left out match nobody
 * @returns a row per customer and address, by customer
 */
export async function findRecipients(db: Queryable, asked: AskedRecipient): Promise<RecipientRow[]> {
  const { vatNumber = null, taxCode = null, recipientCode = null, pec = null } = asked;
  const { rows } = await db.query<Row>({
    text: `WITH found AS (
        SELECT customer_id, 'vatNumber' AS key FROM dbmanager.fiscal_profile WHERE upper(vat_number) IN ($1::text, substr($1::text, 3))
        UNION SELECT customer_id, 'taxCode' FROM dbmanager.fiscal_profile WHERE upper(tax_code) = $2::text
        UNION SELECT customer_id, 'recipientCode' FROM dbmanager.fiscal_profile WHERE upper(recipient_code) = $3::text
        UNION SELECT customer_id, 'pec' FROM dbmanager.fiscal_profile WHERE lower(pec) = $4::text
        UNION SELECT customer_id, kind FROM dbmanager.recipient_address
          WHERE (kind, value) IN (('taxCode', $2::text), ('recipientCode', $3::text), ('pec', $4::text))
      )
      SELECT h.customer_id AS "customerId", h.key, p.vat_number AS "vatNumber", p.details -> 'address' ->> 'country' AS country,
        array_remove(array_append(ARRAY(SELECT a.value FROM dbmanager.recipient_address a
          WHERE a.customer_id = h.customer_id AND a.kind = 'taxCode'), upper(p.tax_code)), NULL) AS "taxCodes"
      FROM found h JOIN dbmanager.customer c USING (customer_id) LEFT JOIN dbmanager.fiscal_profile p USING (customer_id)
      WHERE c.deleted_at IS NULL ORDER BY h.customer_id, h.key`,
    values: [vatNumber, taxCode, recipientCode, pec],
  });
  return rows.filter((row) => isFor(row, asked)).map(({ customerId, key }) => ({ customerId, key }));
}
