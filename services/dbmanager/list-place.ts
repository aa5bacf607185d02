// dbmanager: where a list of invoices goes on: a text that nobody needs to understand. Pure.
import { HubError } from '@staffetta/flow/errors.ts';
import type { ListPlace } from './invoice-views.ts';

const form = /^(\d{1,15})\.(\d{1,16})$/;

/**
 * Writes a place.
 * @param place the last row of a piece
 */
export function writePlace({ createdAt, invoiceNumber }: ListPlace): string {
  return Buffer.from(`${createdAt.getTime()}.${invoiceNumber}`).toString('base64url');
}

/**
 * Reads a place that was written before.
 * @param text as it was written
 * @throws HubError BODY_NOT_VALID for what was not
 */
export function readPlace(text: string): ListPlace {
  const [, at, number] = form.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  const createdAt = new Date(Number(at));
  const invoiceNumber = Number(number);
  if (Number.isNaN(createdAt.getTime()) || !Number.isSafeInteger(invoiceNumber)) {
    throw new HubError('BODY_NOT_VALID', 'querystring/after is no place that this service wrote.');
  }
  return { createdAt, invoiceNumber };
}
