// dbmanager: an invoice as JSON for the bus and for REST; the document is written once and shared by all events about it.
import { extensionOf } from '@staffetta/fatturapa/file-name.ts';
import type { CustomerDto, Finding, InvoiceDto } from '@staffetta/flow/messages.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { Customer } from './customers.ts';
import { decisionAdvice } from './decision-advice.ts';
import { discardedAdvice } from './discarded-advice.ts';
import type { InvoiceView } from './invoice-views.ts';
import type { Outcome } from './outcomes.ts';

/**
 * Writes a customer as the contract does; the password never travels.
 * @param customer the row
 */
export function customerDto(customer: Customer): CustomerDto {
  return {
    customerId: customer.customerId,
    username: customer.username,
    ...(customer.email !== null && { email: customer.email }),
    customerType: customer.customerType,
    createdAt: toRomeWallTime(customer.createdAt),
    createdBy: customer.createdBy,
    updatedAt: toRomeWallTime(customer.updatedAt),
    updatedBy: customer.updatedBy,
  };
}

/** The database's JSON keeps no order of fields; an event that is built again must be the same byte by byte. */
function inOrder(finding: Finding): Finding {
  const { code, severity, file, path, line, column, value, message, fix } = finding;
  return {
    code,
    severity,
    ...(file !== undefined && { file }),
    ...(path !== undefined && { path }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(value !== undefined && { value }),
    message: { it: message.it, en: message.en },
    ...(fix && { fix: { it: fix.it, en: fix.en } }),
  };
}

/**
 * Writes an invoice as the contract does, but for its document.
 * @param view the invoice
 */
export function invoiceDto(view: InvoiceView): InvoiceDto {
  const decision = decisionAdvice(view);
  // Who has to decide first is not told to send again.
  const advice = decision.length > 0 ? decision : discardedAdvice(view);
  const findings = [...(view.findings ?? []), ...advice];
  return {
    invoiceNumber: view.invoiceNumber,
    invoiceStatus: view.status,
    customer: view.customer ? customerDto(view.customer) : { customerId: view.claimedCustomerId },
    ...(view.callbackUrl !== null && { callback: view.callbackUrl }),
    ...(view.fileName !== null && { fileName: view.fileName }),
    statusLastUpdatedAt: toRomeWallTime(view.statusLastUpdatedAt),
    createdAt: toRomeWallTime(view.createdAt),
    createdBy: view.createdBy,
    updatedAt: toRomeWallTime(view.updatedAt),
    updatedBy: view.updatedBy,
    correlationId: view.correlationId,
    invoiceId: view.invoiceId,
    sequence: view.sequence,
    ...(view.detail !== null && { detail: view.detail }),
    ...(view.documents !== null && view.documents.length > 0 && { documents: view.documents }),
    ...(findings.length > 0 && { findings: findings.map(inOrder) }),
  };
}

/**
 * Gives the fields that hold the document: `document` where it is JSON as it was asked, `invoice` where the bytes are text, else
 * `file` in base64 and a name for it.
 * @param view the invoice
 * @param bytes the exact bytes
 * @param text the bytes as text, where somebody has it already
 */
export function documentFields(
  view: InvoiceView,
  bytes: Buffer,
  text?: string,
): Pick<InvoiceDto, 'invoice' | 'file' | 'fileName' | 'document'> {
  if (view.fileKind === 'json')
    return { document: JSON.parse(text ?? bytes.toString('utf8')) as Record<string, unknown> };
  if (view.isText) return { invoice: text ?? bytes.toString('utf8') };
  const fileName = view.fileName ?? `${view.invoiceNumber}${extensionOf(view.fileKind)}`;
  return { file: bytes.toString('base64'), fileName };
}

/**
 * Writes those fields as the last piece of a JSON object, without the opening brace.
 * @param view the invoice
 * @param bytes the exact bytes
 * @param text the bytes as text, where somebody has it already
 */
export function documentJson(view: InvoiceView, bytes: Buffer, text?: string): string {
  return JSON.stringify(documentFields(view, bytes, text)).slice(1);
}

/**
 * Writes a file as the last piece of a JSON object, without the opening brace, as `documentJson` does.
 * @param bytes the exact bytes
 * @param fileName its name
 */
export function fileJson(bytes: Buffer, fileName: string): string {
  return JSON.stringify({ file: bytes.toString('base64'), fileName }).slice(1);
}

/**
 * Writes an invoice with its document.
 * @param view the invoice
 * @param document as `documentJson` wrote it
 * @param more fields beside the contract's
 */
export function invoiceJson(view: InvoiceView, document: string, more: Readonly<Record<string, unknown>> = {}): Buffer {
  const { fileName, ...dto } = invoiceDto(view);
  // Where the document travels as a file, its piece holds the name already.
  const named = view.isText && fileName !== undefined ? { fileName } : {};
  const outside = JSON.stringify({ ...dto, ...named, ...more });
  return Buffer.from(`${outside.slice(0, -1)},${document}`);
}

/**
 * Shows an invoice as it was told at one of its outcomes.
 * @param view the invoice as it is now
 * @param outcome the one to show
 */
export function asTold<V extends InvoiceView>(view: V, outcome: Outcome): V {
  return {
    ...view,
    status: outcome.status,
    detail: outcome.detail,
    sequence: outcome.sequence,
    statusLastUpdatedAt: outcome.happenedAt,
    updatedAt: outcome.happenedAt,
    updatedBy: outcome.doneBy,
    ...(outcome.findings && { findings: [...outcome.findings] }),
  };
}
