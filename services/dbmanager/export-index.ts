// dbmanager: the index of an export, once for programs (JSON) and once for spreadsheets (CSV), and its list of hashes.
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { ExportPlan } from './export-plan.ts';
import type { ExportedDocument, ExportedInvoice } from './exported-invoices.ts';

function utc(text: string | null): string | null {
  return text === null ? null : toRomeWallTime(new Date(`${text}Z`));
}

function entryOf(invoice: ExportedInvoice, plan: ExportPlan) {
  const { invoiceNumber, invoiceId, kind, status, detail, customerId, username, createdAt } = invoice;
  return {
    invoiceNumber,
    invoiceId,
    kind,
    status,
    detail,
    customer: { customerId, username },
    createdAt: toRomeWallTime(createdAt),
    documents: invoice.documents,
    files: plan.files.map(({ path, role, sha256, size }) => ({ path, role, sha256, size })),
    transmissions: invoice.transmissions.map(({ contentId: _id, size: _size, sentAt, ...one }) => ({
      ...one,
      sentAt: utc(sentAt),
      path: plan.sentPaths.get(one.transmissionId),
    })),
    notices: invoice.notices.map(({ contentId, kind, sdiId, transmissionId, receivedAt }) => ({
      kind,
      sdiId,
      transmissionId,
      receivedAt: utc(receivedAt),
      path: plan.noticePaths.get(contentId),
    })),
  };
}

/**
 * Writes an invoice's entry of the JSON index; times are Europe/Rome.
 * @param invoice the invoice
 * @param plan where its files lie
 * @param isFirst whether no entry stands before it
 */
export function jsonEntry(invoice: ExportedInvoice, plan: ExportPlan, isFirst: boolean): string {
  return `${isFirst ? '' : ','}\n${JSON.stringify(entryOf(invoice, plan))}`;
}

/** The columns of the CSV index. */
const columns = [
  'invoiceNumber',
  'invoiceId',
  'kind',
  'status',
  'detail',
  'customerId',
  'username',
  'createdAt',
  'position',
  'documentType',
  'documentNumber',
  'documentDate',
  'total',
  'currency',
  'supplierName',
  'supplierId',
  'buyerName',
  'buyerId',
  'files',
  'sha256',
  'transmissions',
  'notices',
] as const;

/**
 * Writes a field (RFC 4180), with an apostrophe before what a spreadsheet would take for a formula; a number may begin with a minus
 * (OWASP, CSV injection).
 */
function csvField(value: string | number | null): string {
  const text = String(value ?? '');
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text);
  return `"${isFormula ? "'" : ''}${text.replaceAll('"', '""')}"`;
}

function csvLine(fields: readonly (string | number | null)[]): string {
  return `${fields.map((field) => csvField(field)).join(',')}\r\n`;
}

/** The first line of the CSV index; the mark tells spreadsheets that the text is UTF-8. */
export const csvHead = `\ufeff${csvLine(columns)}`;

const noDocument: Partial<ExportedDocument> = {};

/**
 * Writes an invoice's lines of the CSV index, one for each of its bodies, or one where there is none.
 * @param invoice the invoice
 * @param plan where its files lie
 */
export function csvLines(invoice: ExportedInvoice, plan: ExportPlan): string {
  const { invoiceNumber, invoiceId, kind, status, detail, customerId, username, createdAt, transmissions } = invoice;
  const head = [invoiceNumber, invoiceId, kind, status, detail, customerId, username, toRomeWallTime(createdAt)];
  const sent = transmissions.map(({ fileName, state, sdiId }) => [fileName, state, sdiId ?? ''].join(' ').trim());
  const tail = [
    plan.files.map(({ path }) => path).join(' | '),
    plan.files.map(({ sha256 }) => sha256).join(' | '),
    sent.join(' | '),
    invoice.notices.map(({ kind, sdiId }) => `${kind} ${sdiId}`).join(' | '),
  ];
  const documents: readonly Partial<ExportedDocument>[] =
    invoice.documents.length > 0 ? invoice.documents : [noDocument];
  return documents
    .map((one) => {
      const { position = null, documentType = null, number = null, date = null, total = null, currency = null } = one;
      const { supplierName = null, supplierId = null, buyerName = null, buyerId = null } = one;
      const figures = [position, documentType, number, date, total, currency];
      return csvLine([...head, ...figures, supplierName, supplierId, buyerName, buyerId, ...tail]);
    })
    .join('');
}

/**
 * Writes an invoice's lines of the list of hashes, as `sha256sum --check` reads them.
 * @param plan where its files lie
 */
export function hashLines(plan: ExportPlan): string {
  return plan.files.map(({ sha256, path }) => `${sha256}  ${path}\n`).join('');
}
