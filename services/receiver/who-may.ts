// receiver: who calls and what it may; the gateway vouches for callers, direct calls are trusted only where a setting
// says so.
import { HubError } from '@staffetta/flow/errors.ts';
import { callerHeader, readCaller, type Caller, type Role } from '@staffetta/platform/http/caller.ts';
import type { IncomingHttpHeaders } from 'node:http';

/** What tells who may. */
export interface CallerRules {
  readonly callerSecret: string;
  readonly trustDirectCalls: boolean;
}

const directCaller: Caller = { name: 'receiver', roles: ['ARUBA', 'SDI'] };

/**
 * Finds out who calls.
 * @param headers the request's
 * @param rules the shared secret, and whether a call without the signed header is trusted
 * @param now the instant
 * @throws HubError KEY_WRONG for a signature that is wrong or old, and for a direct call that is not trusted
 */
export function callerOf(headers: IncomingHttpHeaders, rules: CallerRules, now: Date): Caller {
  const signed = headers[callerHeader];
  if (signed === undefined) {
    if (rules.trustDirectCalls) return directCaller;
    throw new HubError('KEY_WRONG', 'This call did not come through the gateway.');
  }
  const caller = typeof signed === 'string' ? readCaller(rules.callerSecret, signed, now) : undefined;
  if (!caller) throw new HubError('KEY_WRONG', 'The signature of the caller is wrong or older than five minutes.');
  return caller;
}

/**
 * Refuses callers without any of some roles.
 * @param caller who calls
 * @param roles one of them is enough
 * @throws HubError ROLE_WRONG
 */
export function needRole(caller: Caller, roles: readonly Role[]): void {
  if (caller.roles.some((role) => roles.includes(role))) return;
  throw new HubError('ROLE_WRONG', `This needs the role ${roles.join(' or ')}.`);
}

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
