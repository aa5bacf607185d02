// fatturapa: what the shorter shape says and the simplified invoice has no place for, so that nothing is dropped unseen.
import type { DocumentFinding } from '../finding.ts';
import { readFigure } from './figures.ts';
import { errorAt } from './finding-at.ts';
import { listOf } from './list-of.ts';
import type { ShortInvoice, ShortLine, ShortReference } from './short-invoice.ts';
import type { ShortCustomer, ShortSeller } from './short-party.ts';
import { usualStampDuty } from './stamp-duty.ts';

const findingsMax = 50;

/** What becomes of each field in an FSM10; a new field of the shape has to be decided on here before it compiles. */
type Fate<T> = { readonly [K in keyof Required<T>]: 'kept' | 'lost' };

const invoiceFields: Fate<ShortInvoice> = {
  type: 'kept',
  number: 'kept',
  date: 'kept',
  register: 'kept',
  currency: 'kept',
  format: 'kept',
  customer: 'kept',
  supplier: 'kept',
  lines: 'kept',
  linkedInvoices: 'kept',
  stampDuty: 'kept',
  attachments: 'kept',
  payment: 'lost',
  withholding: 'lost',
  socialFund: 'lost',
  orders: 'lost',
  contracts: 'lost',
  agreements: 'lost',
  receipts: 'lost',
  deliveryNotes: 'lost',
  notes: 'lost',
  vatPayability: 'lost',
  art73: 'lost',
  chargeStampDuty: 'lost',
};

// Quantity, price and discounts are in the amount of the row (Importo).
const lineFields: Fate<ShortLine> = {
  description: 'kept',
  quantity: 'kept',
  price: 'kept',
  discounts: 'kept',
  vatRate: 'kept',
  nature: 'kept',
  legalReference: 'kept',
  unit: 'lost',
  codes: 'lost',
  period: 'lost',
  kind: 'lost',
  withholding: 'lost',
  reference: 'lost',
  otherData: 'lost',
};

const linkedFields: Fate<ShortReference> = {
  number: 'kept',
  date: 'kept',
  item: 'kept',
  project: 'lost',
  cup: 'lost',
  cig: 'lost',
  lines: 'lost',
};

const customerFields: Fate<ShortCustomer> = {
  name: 'kept',
  firstName: 'kept',
  lastName: 'kept',
  vatNumber: 'kept',
  taxCode: 'kept',
  address: 'kept',
  recipientCode: 'kept',
  pec: 'kept',
  title: 'lost',
  eori: 'lost',
};

const supplierFields: Fate<ShortSeller> = {
  name: 'kept',
  firstName: 'kept',
  lastName: 'kept',
  vatNumber: 'kept',
  taxCode: 'kept',
  address: 'kept',
  taxRegime: 'kept',
  rea: 'kept',
  title: 'lost',
  eori: 'lost',
  contacts: 'lost',
  reference: 'lost',
};

/** False and an empty list say nothing that could be lost. */
function says(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

function* among<T extends object>(value: T | undefined, fields: Fate<T>, path: string): Iterable<string> {
  if (value === undefined) return;
  for (const [name, fate] of Object.entries<'kept' | 'lost'>(fields)) {
    if (fate === 'lost' && says(value[name as keyof T])) yield `${path}/${name}`;
  }
}

/** The corrected invoice is one (DatiFatturaRettificata), with number, date and what is corrected. */
function* amongLinked(linked: ShortInvoice['linkedInvoices']): Iterable<string> {
  const [first, ...others] = listOf<ShortReference>(linked) ?? [];
  yield* among(first, linkedFields, Array.isArray(linked) ? '/linkedInvoices/0' : '/linkedInvoices');
  for (const index of others.keys()) yield `/linkedInvoices/${index + 1}`;
}

/** Only that stamp duty is paid can be said (BolloVirtuale), not how much: it is the usual amount then. */
function* amongStampDuty({ stampDuty = 'auto' }: ShortInvoice): Iterable<string> {
  const amount = readFigure(stampDuty);
  if (amount && !amount.eq(0) && !amount.eq(usualStampDuty)) yield '/stampDuty';
}

function* placesOf(invoice: ShortInvoice): Iterable<string> {
  yield* among(invoice, invoiceFields, '');
  yield* among(invoice.customer, customerFields, '/customer');
  yield* among(invoice.supplier, supplierFields, '/supplier');
  yield* amongLinked(invoice.linkedInvoices);
  yield* amongStampDuty(invoice);
  for (const [index, line] of invoice.lines.entries()) yield* among(line, lineFields, `/lines/${index}`);
}

/**
 * Finds what an FSM10 cannot say (its schema, 1.0.2). What comes from the profile is habit, and stays away without a word.
 * @param invoice the shorter shape
 * @returns at most fifty errors, each with its JSON pointer
 */
export function leftOutOfSimplified(invoice: ShortInvoice): DocumentFinding[] {
  const findings: DocumentFinding[] = [];
  for (const path of placesOf(invoice)) {
    if (findings.length === findingsMax) break;
    findings.push(notInFormat(path));
  }
  return findings;
}

function notInFormat(path: string): DocumentFinding {
  return errorAt(
    'NOT_IN_FORMAT',
    path,
    {
      it: 'La fattura semplificata (FSM10) non ha un posto per questo dato.',
      en: 'The simplified invoice (FSM10) has no place for this.',
    },
    { it: 'Toglierlo, oppure usare il formato ordinario.', en: 'Leave it out, or use the ordinary format.' },
  );
}
