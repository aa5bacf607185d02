// sender: who may ask it; the gateway vouches for callers, direct calls are trusted only where a setting says so.
import { HubError } from '@staffetta/flow/errors.ts';
import { callerHeader, readCaller } from '@staffetta/platform/http/caller.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { IncomingHttpHeaders } from 'node:http';

/** What tells who may. */
export interface CallerRules {
  readonly world: Pick<World, 'callerSecret' | 'clock'>;
  readonly trustDirectCalls: boolean;
}

/**
 * Refuses whoever is not an operator (role ARUBA).
 * @param headers the request's
 * @param rules the shared secret, the clock, and whether a call without the signed header is trusted
 * @throws HubError KEY_WRONG for a signature that is wrong or old and for a direct call that is not trusted; ROLE_WRONG
 */
export function needOperator(headers: IncomingHttpHeaders, { world, trustDirectCalls }: CallerRules): void {
  const signed = headers[callerHeader];
  if (signed === undefined) {
    if (trustDirectCalls) return;
    throw new HubError('KEY_WRONG', 'This call did not come through the gateway.');
  }
  const caller = typeof signed === 'string' ? readCaller(world.callerSecret, signed, world.clock.now()) : undefined;
  if (!caller) throw new HubError('KEY_WRONG', 'The signature of the caller is wrong or older than five minutes.');
  if (!caller.roles.includes('ARUBA')) throw new HubError('ROLE_WRONG', 'This needs the role ARUBA.');
}
