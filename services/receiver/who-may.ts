// receiver: for whom a caller may act.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Caller } from '@staffetta/platform/http/caller.ts';

/**
 * Refuses a customer that acts for another one; the platform's own systems act for all.
 * @param caller who calls
 * @param customerId for whom
 * @throws HubError NOT_YOURS
 */
export function needCustomer(caller: Caller, customerId: number): void {
  if (caller.roles.includes('ARUBA') || caller.customerId === customerId) return;
  throw new HubError('NOT_YOURS', `Customer ${customerId} is not yours.`);
}
