// gateway: one invoice by itself, as its own REST answers it wherever it does. Pure.
import { read, wholeInvoiceFields } from './invoice-fields.ts';
import { linksOf } from './links.ts';

/**
 * Writes an invoice with its links.
 * @param found as the dbmanager gives it
 */
export function wholeInvoice(found: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isReceived = found['invoiceStatus'] === 'EXTERNAL_INVOICE' || Boolean(found['received']);
  const invoice = read(wholeInvoiceFields, { ...found, kind: isReceived ? 'external' : 'internal' });
  return { ...invoice, links: linksOf(invoice) };
}
