// dbmanager: an incoming invoice understood: its exact bytes, its hash, what makes it the same as another, and the judgement on it.
import { checkDocument, type DocumentCheck } from '@staffetta/fatturapa/check-document.ts';
import { formatFinding, type DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import type { Incoming } from '@staffetta/platform/service.ts';
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { InvoiceKind } from './invoices.ts';
import { isStorable } from './storable-text.ts';

/** An incoming invoice, ready to be stored. */
export interface IncomingRequest {
  readonly event: Incoming<'incomingInvoice'>;
  readonly invoiceId: string;
  readonly kind: InvoiceKind;
  readonly bytes: Buffer;
  /** The bytes as text, where they came as such. */
  readonly text: string | undefined;
  readonly sha256: Buffer;
  /** Whether the bytes travel as text. */
  readonly isText: boolean;
  /** Requests with one key are one invoice; undefined where every request is its own. */
  readonly key: string | undefined;
  readonly check: DocumentCheck;
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const base64Form = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/** Field → the longest text that is kept. */
const texts = {
  correlationId: 200,
  callback: 2000,
  fileName: 300,
  createdBy: 200,
  idempotencyKey: 2000,
} as const satisfies Partial<Record<keyof IncomingInvoice, number>>;

function refuse(event: Incoming<'incomingInvoice'>, why: string): never {
  const { topic, partition, offset } = event.record;
  throw new HubError(
    'MESSAGE_NOT_READABLE',
    `The message at ${topic}-${partition}@${offset} cannot be stored: ${why}.`,
  );
}

function insistOnStorable(event: Incoming<'incomingInvoice'>): void {
  const { message } = event;
  if (!uuidForm.test(message.invoiceId)) refuse(event, 'invoiceId is no UUID');
  for (const [field, lengthMax] of Object.entries(texts) as [keyof typeof texts, number][]) {
    const text = message[field];
    if (text !== undefined && !isStorable(text, lengthMax)) {
      refuse(event, `${field} is longer than ${lengthMax} characters or holds U+0000 or half a character`);
    }
  }
}

function fieldFinding(it: string, en: string): DocumentFinding {
  const fix = {
    it: 'Inviare il testo XML in `invoice`, oppure i byte esatti in base64 in `file`.',
    en: 'Send the XML text in `invoice`, or the exact bytes in base64 in `file`.',
  };
  return formatFinding({ it, en }, fix);
}

interface Document {
  readonly bytes: Buffer;
  readonly text?: string;
  readonly isText: boolean;
  readonly finding?: DocumentFinding;
}

function readDocument({ invoice, file }: IncomingInvoice): Document {
  if (invoice !== undefined) {
    const bytes = Buffer.from(invoice, 'utf8');
    if (invoice.isWellFormed()) return { bytes, text: invoice, isText: true };
    const finding = fieldFinding(
      'Il testo contiene mezzi caratteri.',
      'The text holds half characters (lone surrogates).',
    );
    return { bytes, isText: true, finding };
  }
  if (file === undefined) {
    return {
      bytes: Buffer.alloc(0),
      isText: true,
      finding: fieldFinding('Manca il documento.', 'The document is missing.'),
    };
  }
  if (!base64Form.test(file)) {
    const finding = fieldFinding('Il campo `file` non è base64.', 'The field `file` is no base64.');
    return { bytes: Buffer.from(file, 'utf8'), isText: false, finding };
  }
  return { bytes: Buffer.from(file, 'base64'), isText: false };
}

function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** ADR-0005: an Idempotency-Key counts by itself; a correlation id that the caller gave counts with the document's hash. */
function keyOf(message: IncomingInvoice, kind: InvoiceKind, sha256: Buffer): string | undefined {
  const owner = `${message.customer.customerId}:${kind}`;
  // An empty key comes from a client that has none; it must not make one invoice of all that it sends.
  if (message.idempotencyKey) return `key:${owner}:${sha256Hex(message.idempotencyKey)}`;
  if (!message.correlationGiven) return undefined;
  return `correlation:${owner}:${sha256Hex(message.correlationId)}:${sha256.toString('hex')}`;
}

/**
 * Understands an incoming invoice and judges its document; all the work per invoice that needs no database is done here.
 * @param event the event
 * @param validation how far the judgement goes
 * @throws HubError MESSAGE_NOT_READABLE for what the store could never keep (a text with U+0000, an id that is none)
 */
export function readIncoming(event: Incoming<'incomingInvoice'>, validation: 'document' | 'customer'): IncomingRequest {
  insistOnStorable(event);
  const { message } = event;
  const kind = message.invoiceStatus === 'EXTERNAL_INVOICE' ? 'external' : 'internal';
  const document = readDocument(message);
  const { bytes, text } = document;
  const sha256 = hash('sha256', bytes, 'buffer');
  const checked = checkDocument(bytes, { kind, validation });
  const { finding } = document;
  const check = finding ? { ...checked, valid: false, findings: [finding] } : checked;
  const isText = document.isText || (check.fileKind === 'xml' && !finding && isUtf8(bytes));
  const key = keyOf(message, kind, sha256);
  return { event, invoiceId: message.invoiceId.toLowerCase(), kind, bytes, text, sha256, isText, key, check };
}
