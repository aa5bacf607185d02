// gateway: the fields of its own REST and where each comes from in the contract's shapes: tables, and the one function that reads them. Pure.
import { invoiceStatuses, type InvoiceStatus } from '@staffetta/flow/statuses.ts';
import { fromRomeWallTime } from '@staffetta/platform/clock.ts';

/** Statuses in plain English. */
export const statusWords = {
  INTERNAL_INVOICE_NEW: 'new',
  INTERNAL_INVOICE_TOBE_SENT: 'to-be-sent',
  INTERNAL_INVOICE_SENT: 'sent',
  INTERNAL_INVOICE_NOT_SENT: 'not-sent',
  INTERNAL_INVOICE_INVALID: 'invalid',
  INTERNAL_INVOICE_DELIVERED: 'delivered',
  INTERNAL_INVOICE_DISCARDED: 'discarded',
  INTERNAL_INVOICE_NOT_DELIVERED: 'not-delivered',
  INVOICE_ERROR: 'error',
  EXTERNAL_INVOICE: 'received',
} as const satisfies Record<InvoiceStatus, string>;

/** A status of our own REST. */
export type StatusWord = (typeof statusWords)[InvoiceStatus];

/** The contract's status for one of ours. */
export function contractStatus(word: StatusWord): InvoiceStatus {
  return invoiceStatuses.find((status) => statusWords[status] === word)!;
}

type Read = (value: unknown) => unknown;

/** One field: its name here, the way to it in the contract's object, and how its value is read. */
type Field = readonly [name: string, from: string, read?: Read];

/** A table of fields. */
export type Fields = readonly Field[];

function at(object: unknown, way: string): unknown {
  return way
    .split('.')
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], object);
}

/**
 * Reads an object by a table; fields that are absent or null stay away.
 * @param fields the table
 * @param object the contract's
 */
export function read(fields: Fields, object: unknown): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, from, how] of fields) {
    const value = at(object, from);
    if (value === undefined || value === null) continue;
    const mine = how ? how(value) : value;
    if (mine !== undefined) out[name] = mine;
  }
  return out;
}

/** Reads a list by a table. */
function each(fields: Fields): Read {
  return (list) => (Array.isArray(list) ? list.map((one) => read(fields, one)) : undefined);
}

/** The contract's wall time of Rome as an instant (RFC 3339). In the one hour that autumn has twice, the second is meant (winter time). */
const time: Read = (value) => (typeof value === 'string' ? fromRomeWallTime(value)?.toISOString() : undefined);

const status: Read = (value) => statusWords[value as InvoiceStatus];
const state: Read = (value) => String(value).toLowerCase().replace('tobe_sent', 'to-be-sent').replaceAll('_', '-');
const direction: Read = (value) => (value === 'external' ? 'received' : 'issued');

const party: Fields = [
  ['name', 'nome'],
  ['id', 'id'],
];

const documents: Fields = [
  ['number', 'numero'],
  ['date', 'data'],
  ['total', 'totale'],
  ['type', 'tipo'],
  ['currency', 'divisa'],
  ['supplier', 'fornitore', (value) => read(party, value)],
  ['buyer', 'cliente', (value) => read(party, value)],
  ['detail', 'detail'],
  ['text', 'words'],
  ['file', 'file'],
];

/** An invoice in a list. */
export const invoiceFields: Fields = [
  ['id', 'invoiceId'],
  ['number', 'invoiceNumber'],
  ['customerId', 'customer.customerId'],
  ['customerName', 'customer.username'],
  ['direction', 'kind', direction],
  ['status', 'invoiceStatus', status],
  ['detail', 'detail'],
  ['text', 'words'],
  ['documents', 'documents', each(documents)],
  ['findings', 'findings'],
  ['fileName', 'fileName'],
  ['callbackUrl', 'callback'],
  ['correlationId', 'correlationId'],
  ['revision', 'sequence'],
  ['statusChangedAt', 'statusLastUpdatedAt', time],
  ['createdAt', 'createdAt', time],
  ['createdBy', 'createdBy'],
  ['updatedAt', 'updatedAt', time],
  ['updatedBy', 'updatedBy'],
];

const deadlines: Fields = [
  ['kind', 'kind'],
  ['since', 'since', time],
  ['due', 'due', time],
  ['text', 'words'],
];

const alarms: Fields = [
  ['kind', 'kind'],
  ['raisedAt', 'raisedAt', time],
  ['clearedAt', 'clearedAt', time],
  ['text', 'words'],
  ['fix', 'fix'],
];

const received: Fields = [
  ['sdiId', 'sdiId'],
  ['fileName', 'fileName'],
  ['format', 'format'],
  ['receivedAt', 'receivedAt', time],
  ['answerBy', 'answerBy', time],
  ['mayBeAnswered', 'mayBeAnswered'],
];

const answers: Fields = [
  ['accepted', 'esito', (value) => value === 'EC01'],
  ['reason', 'descrizione'],
  ['position', 'posizione'],
  ['fileName', 'fileName'],
  ['createdAt', 'createdAt', time],
  ['discardedAt', 'discardedAt', time],
];

/** One invoice by itself says more. */
export const wholeInvoiceFields: Fields = [
  ...invoiceFields,
  ['resendBy', 'resendBy'],
  ['deadlines', 'deadlines', each(deadlines)],
  ['alarms', 'alarms', each(alarms)],
  ['received', 'received', (value) => read(received, value)],
  ['answers', 'answers', each(answers)],
];

/** A change of an invoice. */
export const changeFields: Fields = [
  ['revision', 'sequence'],
  ['at', 'happenedAt', time],
  ['status', 'status', status],
  ['detail', 'detail'],
  ['event', 'event'],
  ['by', 'doneBy'],
  ['reason', 'reason'],
  ['findings', 'findings'],
];

/** Something that happened, in words. */
export const stepFields: Fields = [
  ['at', 'at', time],
  ['text', 'event'],
  ['details', 'details'],
];

const receipts: Fields = [
  ['kind', 'receipt'],
  ['at', 'certifiedAt', time],
  ['receivedAt', 'receivedAt', time],
  ['provider', 'provider'],
  ['recipient', 'recipient'],
  ['reason', 'reason'],
  ['text', 'words'],
];

/** A file that was sent. */
export const transmissionFields: Fields = [
  ['id', 'transmissionId'],
  ['fileName', 'fileName'],
  ['sha256', 'sha256'],
  ['channel', 'channel'],
  ['mailbox', 'mailbox'],
  ['messageId', 'messageId'],
  ['sdiId', 'sdiId'],
  ['state', 'state', state],
  ['isCurrent', 'current'],
  ['repeats', 'repeats'],
  ['reason', 'reason'],
  ['createdAt', 'createdAt', time],
  ['signedAt', 'signedAt', time],
  ['sentAt', 'sentAt', time],
  ['receipts', 'receipts', each(receipts)],
];

/** A customer. */
export const customerFields: Fields = [
  ['id', 'customerId'],
  ['username', 'username'],
  ['email', 'email'],
  ['createdAt', 'createdAt', time],
  ['updatedAt', 'updatedAt', time],
];

/** What a list of invoices is asked by: name here → name in the contract's query. */
export const filterNames = {
  customerId: 'customerId',
  correlationId: 'correlationId',
  supplier: 'supplier',
  buyer: 'customer',
  documentNumber: 'numero',
  issuedFrom: 'dataDa',
  issuedTo: 'dataA',
  totalMin: 'totaleMin',
  totalMax: 'totaleMax',
  documentType: 'tipo',
  currency: 'divisa',
  createdFrom: 'startDate',
  createdTo: 'endDate',
  order: 'order',
  limit: 'limit',
  cursor: 'after',
} as const;

/** What the contract's services call in their errors, and what it is called here. */
const wordsInErrors: readonly (readonly [RegExp, string])[] = [
  [/\bbody\/customer\/customerId\b/g, 'body/customerId'],
  [/\bbody\/invoice\b/g, 'body/xml'],
  [/\b(body|querystring)\/callback\b/g, '$1/callbackUrl'],
  [/\bbody\/descrizione\b/g, 'body/reason'],
  [/\bquerystring\/numero\b/g, 'querystring/documentNumber'],
  [/\bquerystring\/dataDa\b/g, 'querystring/issuedFrom'],
  [/\bquerystring\/dataA\b/g, 'querystring/issuedTo'],
  [/\bquerystring\/totaleMin\b/g, 'querystring/totalMin'],
  [/\bquerystring\/totaleMax\b/g, 'querystring/totalMax'],
  [/\bquerystring\/startDate\b/g, 'querystring/createdFrom'],
  [/\bquerystring\/endDate\b/g, 'querystring/createdTo'],
  [/\bquerystring\/after\b/g, 'querystring/cursor'],
];

/**
 * Puts the names of our own REST into a service's error.
 * @param message as the service worded it
 */
export function inOwnWords(message: string): string {
  return wordsInErrors.reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), message);
}
