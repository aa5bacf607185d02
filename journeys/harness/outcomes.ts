// journeys: what stories expect of an invoice: that it comes to a status, and that each of its outcomes is told once.
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { CallbackRecord } from '@staffetta/sandbox/callback-book.ts';
import assert from 'node:assert/strict';
import type { Answer, Invoice } from './client.ts';
import type { Estate } from './estate.ts';
import type { ArrivedMail } from './mailbox.ts';
import { until, type Patience } from './wait.ts';

/** The outcomes of an internal invoice that goes well, in order. */
export const goodOutcomes: readonly InvoiceStatus[] = ['INTERNAL_INVOICE_TOBE_SENT', 'INTERNAL_INVOICE_SENT'];

/**
 * Waits until the one invoice of a correlation id has a status.
 * @throws Error where there comes to be more than one
 */
export async function untilStatus(
  { client }: Estate,
  correlationId: string,
  status: InvoiceStatus,
  patience?: Patience,
): Promise<Invoice> {
  const look = () => client.invoicesOf(correlationId);
  const isThere = (all: readonly Invoice[]) => all.some(({ invoiceStatus }) => invoiceStatus === status);
  const found = await until(`the invoice of ${correlationId} to be ${status}`, look, isThere, patience);
  assert.equal(found.length, 1, `one request became ${found.length} invoices`);
  return client.invoice(found[0]?.invoiceNumber ?? 0);
}

/** Waits until the callbacks of a correlation id that were answered 200 tell these outcomes, each once; gives them in order of arrival. */
export async function untilTold(
  { sandbox }: Estate,
  correlationId: string,
  statuses: readonly InvoiceStatus[],
  patience?: Patience,
): Promise<readonly CallbackRecord[]> {
  const look = () => sandbox.callbacks({ correlationId, answered: 200 });
  const enough = (told: readonly CallbackRecord[]) => told.length >= statuses.length;
  const told = await until(`callbacks of ${correlationId} about ${statuses.join(', ')}`, look, enough, patience);
  const inOrder = told.toSorted((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0));
  assert.deepEqual(
    inOrder.map(({ invoiceStatus }) => invoiceStatus),
    statuses,
  );
  return told;
}

/** Waits for the one mail of a correlation id. */
export async function untilMailed({ mailbox }: Estate, correlationId: string): Promise<ArrivedMail> {
  const look = () => mailbox.find(correlationId);
  const [mail, ...more] = await until(`a mail with ${correlationId}`, look, (mails) => mails.length > 0);
  assert.ok(mail);
  assert.equal(more.length, 0, 'one invoice was mailed more than once');
  return mail;
}

/**
 * Sends another invoice all the way through: what was to be done before it has had its turn then, so that what did not happen
 * until now can be looked for without waiting for a time.
 */
export async function passTime(estate: Estate): Promise<void> {
  const callback = estate.sandbox.callbackUrl('pass-time');
  const correlationId = await estate.client.accept({ callback });
  await untilTold(estate, correlationId, goodOutcomes);
}

/** Expects an error in the contract's shape. */
export function expectError(answer: Answer, status: number, errorCode: string, apiPath?: string): string {
  assert.equal(answer.status, status, answer.text);
  const body = answer.json as Record<string, unknown> | undefined;
  assert.ok(body, `the error is no JSON: ${answer.text}`);
  assert.equal(body['errorCode'], errorCode, answer.text);
  if (apiPath !== undefined) assert.equal(body['apiPath'], apiPath);
  assert.match(String(body['errorTime']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/);
  assert.ok(typeof body['errorMessage'] === 'string' && body['errorMessage'].length > 10, answer.text);
  return body['errorMessage'];
}

/** Expects the contract's 202. */
export function expectAccepted(answer: Answer): void {
  assert.equal(answer.status, 202, answer.text);
  assert.deepEqual(answer.json, { statusCode: '202', statusMsg: 'Richiesta accettata e in elaborazione' });
  assert.match(String(answer.headers['content-type']), /^application\/json/);
}
