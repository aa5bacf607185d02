// dbmanager: an incoming invoice understood: its exact bytes, its hash, what makes it the same as another, and the judgement on it.
import type { Judgement } from '@staffetta/fatturapa/check-aside.ts';
import { formatFinding, type DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import type { Incoming } from '@staffetta/platform/service.ts';
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { ComposedFile, JudgedJson, SentJson } from './compose-request.ts';
import type { InvoiceKind, StoredKind } from './invoices.ts';
import type { Judging } from './judging.ts';
import { readReceived, type ReceivedMetadata } from './read-received.ts';
import { isStorable } from '@staffetta/platform/store/storable-text.ts';

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
  /** Of a received invoice: what its customer's files with the very same bytes share; obeyed where SdI brought it (see `received`). */
  readonly contentKey?: string;
  /** What SdI says of it, where SdI brought it. */
  readonly received?: ReceivedMetadata | undefined;
  readonly check: Judgement;
  /** What kind of file is stored; `json` where a JSON document could not become one. */
  readonly fileKind: StoredKind;
  /** The JSON document as it was asked, where it came as one. */
  readonly asked?: Buffer;
  /** The file that was made of it, where it is right; its bytes come when its number and name are known (`writeComposed`). */
  readonly file?: ComposedFile | undefined;
  /** The numbers that it took of a register: if it is not new after all, they must go back. */
  readonly numbered?: readonly string[];
}

/** Makes a file of a customer's JSON document and judges it. */
export type Composing = (sent: SentJson, customerId: number) => Promise<JudgedJson>;

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
  if (message.idempotencyKey) return keyByName(owner, message.idempotencyKey);
  if (!message.correlationGiven) return undefined;
  return `correlation:${owner}:${sha256Hex(message.correlationId)}:${sha256.toString('hex')}`;
}

/** What every request has in common. */
function commonOf(event: Incoming<'incomingInvoice'>, sha256: Buffer) {
  const { message } = event;
  const kind: InvoiceKind = message.invoiceStatus === 'EXTERNAL_INVOICE' ? 'external' : 'internal';
  return { event, invoiceId: message.invoiceId.toLowerCase(), kind, sha256, key: keyOf(message, kind, sha256) };
}

function jsonText(event: Incoming<'incomingInvoice'>, document: unknown): string {
  try {
    return JSON.stringify(document);
  } catch (error) {
    // A writer of JSON goes down level by level: what is too deep for it is too deep for anybody.
    return refuse(event, `document cannot be written (${error instanceof Error ? error.message : String(error)})`);
  }
}

async function readJson(
  event: Incoming<'incomingInvoice'>,
  json: Readonly<Record<string, unknown>>,
  composing: Composing,
): Promise<IncomingRequest> {
  const { message } = event;
  if (message.invoiceStatus === 'EXTERNAL_INVOICE') refuse(event, "a supplier's invoice is no JSON document");
  if (message.invoice !== undefined || message.file !== undefined) refuse(event, 'it holds more than one document');
  const text = jsonText(event, json);
  const asked = Buffer.from(text, 'utf8');
  const common = commonOf(event, hash('sha256', asked, 'buffer'));
  const { file, check } = await composing({ json, text }, message.customer.customerId);
  if (!file) return { ...common, bytes: asked, text, isText: true, check, asked, fileKind: 'json' };
  return { ...common, bytes: file.draft, text: undefined, isText: true, check, asked, file, fileKind: 'xml' };
}

/**
 * Turns a request that was made of JSON back into what was asked, since no file of it goes out.
 * @param request a request with `asked`
 * @param findings what is against it besides
 */
export function refusedJson(request: IncomingRequest, findings: readonly DocumentFinding[] = []): IncomingRequest {
  const { asked, check } = request;
  if (!asked) return request;
  return {
    ...request,
    bytes: asked,
    text: asked.toString('utf8'),
    sha256: hash('sha256', asked, 'buffer'),
    isText: true,
    fileKind: 'json',
    file: undefined,
    check: { ...check, valid: false, findings: [...check.findings, ...findings] },
  };
}

/**
 * Understands an incoming invoice and judges its document; all the work per invoice that needs no transaction is done here.
 * @param event the event
 * @param judging how documents are judged
 * @param composing how files are made of JSON documents
 * @throws HubError MESSAGE_NOT_READABLE for what the store could never keep (a text with U+0000, an id that is none);
 *   WORK_BROKE_OFF where the judgement itself could not be done
 */
export async function readIncoming(
  event: Incoming<'incomingInvoice'>,
  judging: Judging,
  composing: Composing,
): Promise<IncomingRequest> {
  insistOnStorable(event);
  const { message } = event;
  if (message.document !== undefined) return readJson(event, message.document, composing);
  const { bytes, text, finding, ...document } = readDocument(message);
  const common = commonOf(event, hash('sha256', bytes, 'buffer'));
  const judged = await judging(bytes, common.kind);
  const check = finding ? { ...judged, valid: false, findings: [finding] } : judged;
  const isText = document.isText || (check.fileKind === 'xml' && !finding && isUtf8(bytes));
  const request = { ...common, bytes, text, isText, check, fileKind: check.fileKind };
  return common.kind === 'external' ? withReceived(request) : request;
}

/** What SdI brings is known by its bytes, however often and by whichever mailbox it comes; those that want one SdI id wait for each other. */
function withReceived(request: IncomingRequest): IncomingRequest {
  const { message } = request.event;
  const { metadata, check } = readReceived(message, request.sha256, request.check);
  const owner = `${message.customer.customerId}:external`;
  const contentKey = `content:${owner}:${request.sha256.toString('hex')}`;
  const key = metadata ? keyByName(owner, `sdi:${metadata.sdiId}`) : request.key;
  return { ...request, check, key, contentKey, received: metadata };
}

function keyByName(owner: string, name: string): string {
  return `key:${owner}:${sha256Hex(name)}`;
}
