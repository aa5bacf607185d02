// dbmanager: which invoices hold a document that is like this; the condition of a search. Store: dbmanager.document (read).

/** What a document must be like; all that is given must hold for one and the same body. */
export interface DocumentSearch {
  /** A VAT number (the country may be left out for IT) or tax code, else words of the name, in any order, by their beginnings. */
  readonly supplier?: string | undefined;
  /** The buyer, likewise. */
  readonly customer?: string | undefined;
  readonly number?: string | undefined;
  /** Dated on this day or later, `YYYY-MM-DD`. */
  readonly issuedFrom?: string | undefined;
  /** Dated on this day or before, `YYYY-MM-DD`. */
  readonly issuedTo?: string | undefined;
  /** Exact decimals. */
  readonly totalMin?: string | undefined;
  readonly totalMax?: string | undefined;
  readonly documentType?: string | undefined;
  readonly currency?: string | undefined;
}

/** Notes a value of the statement and gives its placeholder, as `$3`. */
export type Bind = (value: unknown) => string;

const wordsMax = 8;
const bothNames = `dbmanager.name_words(coalesce(d.supplier_name, '') || ' ' || coalesce(d.customer_name, ''))`;

function idsOf(text: string): string[] {
  const id = text.trim().toUpperCase();
  return /^(?=.*\d)[A-Z0-9]{2,30}$/.test(id) ? [id, `IT${id}`] : [];
}

/** Words as a text search reads them; letters and digits only, so that nothing in them has a meaning there. */
function wordQuery(text: string): string {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  return words
    .slice(0, wordsMax)
    .map((word) => `'${word}':*`)
    .join(' & ');
}

function partyCondition(party: 'supplier' | 'customer', text: string, bind: Bind): string {
  const ids = idsOf(text);
  const words = wordQuery(text);
  const choices: string[] = [];
  if (ids.length > 0) choices.push(`left(d.${party}_id, 60) = ANY(${bind(ids)}::text[])`);
  if (words !== '') {
    const query = `to_tsquery('simple', ${bind(words)})`;
    // One index holds the names of both parties; the second half sorts out whose it is.
    choices.push(`${bothNames} @@ ${query} AND dbmanager.name_words(d.${party}_name) @@ ${query}`);
  }
  return choices.length > 0 ? `(${choices.join(' OR ')})` : 'false';
}

const plain = {
  // The expression of its index: rows hold no more (see documentRows), older ones may.
  number: (place: string) => `left(d.number, 60) = left(${place}, 60)`,
  issuedFrom: (place: string) => `d.issued_on >= ${place}::date`,
  issuedTo: (place: string) => `d.issued_on <= ${place}::date`,
  totalMin: (place: string) => `d.total >= ${place}::numeric`,
  totalMax: (place: string) => `d.total <= ${place}::numeric`,
  documentType: (place: string) => `d.document_type = ${place}`,
  currency: (place: string) => `d.currency = ${place}`,
} as const;

/**
 * Writes the condition on `i.invoice_id`.
 * @param search what is looked for
 * @param bind notes values
 * @returns undefined where nothing is asked of documents
 */
export function documentCondition(search: DocumentSearch, bind: Bind): string | undefined {
  const conditions: string[] = [];
  for (const party of ['supplier', 'customer'] as const) {
    const text = search[party];
    if (text !== undefined) conditions.push(partyCondition(party, text, bind));
  }
  for (const [field, write] of Object.entries(plain) as [keyof typeof plain, (place: string) => string][]) {
    const value = search[field];
    if (value !== undefined) conditions.push(write(bind(value)));
  }
  if (conditions.length === 0) return undefined;
  return `i.invoice_id IN (SELECT d.invoice_id FROM dbmanager.document d WHERE ${conditions.join(' AND ')})`;
}
