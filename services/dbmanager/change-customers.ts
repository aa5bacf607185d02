// dbmanager: creating, changing and deleting customers, the same by REST and by message.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { noteAct } from './audit.ts';
import {
  countInvoicesOf,
  insertCustomer,
  lockCustomer,
  markCustomerDeleted,
  updateCustomer,
  type Customer,
  type CustomerFields,
  type CustomerType,
} from './customers.ts';
import { hashPassword } from './password.ts';
import { isStorable } from '@staffetta/platform/store/storable-text.ts';

/** What somebody wants a customer to be. */
export interface CustomerWish {
  readonly username?: string | undefined;
  readonly email?: string | undefined;
  readonly customerType?: CustomerType | undefined;
  readonly password?: string | undefined;
}

/** Who acts, and when. */
export interface Act {
  readonly by: string;
  readonly at: Date;
  readonly reason?: string | undefined;
}

const lengths = { username: 100, email: 320, password: 1000 } as const;

function insistOnTexts(wish: CustomerWish): void {
  for (const [field, lengthMax] of Object.entries(lengths) as [keyof typeof lengths, number][]) {
    const text = wish[field];
    if (text === undefined) continue;
    if (text.trim() === '') throw new HubError('BODY_NOT_VALID', `body/${field} is empty.`);
    if (!isStorable(text, lengthMax)) {
      throw new HubError('BODY_NOT_VALID', `body/${field} is longer than ${lengthMax} characters or no valid text.`);
    }
  }
  if (wish.email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(wish.email)) {
    throw new HubError('BODY_NOT_VALID', 'body/email is no e-mail address.');
  }
}

/**
 * Checks a wish and hashes its password; done before the transaction, since a hash takes its time.
 * @param wish what is wanted
 * @throws HubError BODY_NOT_VALID with the field
 */
export async function readCustomerWish(wish: CustomerWish): Promise<CustomerFields> {
  insistOnTexts(wish);
  return {
    username: wish.username,
    email: wish.email,
    customerType: wish.customerType,
    passwordHash: wish.password === undefined ? undefined : await hashPassword(wish.password),
  };
}

function taken(username: string | undefined): HubError {
  return new HubError('CUSTOMER_EXISTS', `The username ${username} is taken.`);
}

function unknown(customerId: number): HubError {
  return new HubError('CUSTOMER_UNKNOWN', `There is no customer ${customerId}.`);
}

function noteCustomer(tx: Tx, action: string, customerId: number, act: Act, fields?: CustomerFields): Promise<void> {
  const { passwordHash, ...shown } = fields ?? {};
  const details = { ...shown, ...(passwordHash !== undefined && { passwordChanged: true }) };
  return noteAct(tx, { ...act, action, subject: `customer ${customerId}`, details });
}

/**
 * Creates a customer; without a type it is ARUBA.
 * @param tx the transaction
 * @param fields from `readCustomerWish`; the username is required
 * @param act who and when
 * @throws HubError BODY_NOT_VALID, CUSTOMER_EXISTS
 */
export async function createCustomer(tx: Tx, fields: CustomerFields, act: Act): Promise<Customer> {
  if (fields.username === undefined) throw new HubError('BODY_NOT_VALID', 'body must have a username.');
  const row = { ...fields, customerType: fields.customerType ?? 'ARUBA' };
  const customer = await insertCustomer(tx, row, act.by, act.at);
  if (!customer) throw taken(fields.username);
  await noteCustomer(tx, 'customer.create', customer.customerId, act, row);
  return customer;
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

/**
 * Changes a customer; what the wish leaves out stays.
 * @param tx the transaction
 * @param customerId which one
 * @param fields from `readCustomerWish`
 * @param act who and when
 * @throws HubError CUSTOMER_UNKNOWN, CUSTOMER_EXISTS
 */
export async function changeCustomer(tx: Tx, customerId: number, fields: CustomerFields, act: Act): Promise<Customer> {
  try {
    const customer = await updateCustomer(tx, customerId, fields, act.by, act.at);
    if (!customer) throw unknown(customerId);
    await noteCustomer(tx, 'customer.update', customerId, act, fields);
    return customer;
  } catch (error) {
    throw isUniqueViolation(error) ? taken(fields.username) : error;
  }
}

/**
 * Deletes a customer that has no invoices (ADR-0008).
 * @param tx the transaction
 * @param customerId which one
 * @param act who and when
 * @throws HubError CUSTOMER_UNKNOWN, CUSTOMER_HAS_INVOICES
 */
export async function deleteCustomer(tx: Tx, customerId: number, act: Act): Promise<void> {
  if (!(await lockCustomer(tx, customerId))) throw unknown(customerId);
  const invoices = await countInvoicesOf(tx, customerId);
  if (invoices > 0) {
    throw new HubError('CUSTOMER_HAS_INVOICES', `Customer ${customerId} still has ${invoices} invoices.`);
  }
  await markCustomerDeleted(tx, customerId, act.by, act.at);
  await noteCustomer(tx, 'customer.delete', customerId, act);
}
