// dbmanager: who calls and what is theirs; the platform's own systems reach everything, a customer only what is its own.
import { realTime } from '@staffetta/platform/clock.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { callerOf } from '@staffetta/platform/http/caller.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyRequest } from 'fastify';

/** A caller as these paths see it: `only` names the one customer that it may reach; undefined means all. */
export interface Reach {
  readonly name: string;
  readonly only: number | undefined;
}

/**
 * Makes the function that says how far a request's caller reaches.
 * @param world the shared secret, whether direct calls are trusted, and the clock
 * @returns a function that throws KEY_WRONG for a caller nobody vouches for, ROLE_WRONG for one without a right to these paths
 */
export function reachOf(world: World): (request: FastifyRequest) => Reach {
  return (request) => {
    const { name, roles, customerId } = callerOf(request.headers, world, realTime(world.clock));
    if (roles.includes('ARUBA')) return { name, only: undefined };
    if (roles.includes('CUSTOMER') && customerId !== undefined) return { name, only: customerId };
    throw new HubError('ROLE_WRONG', 'This needs the role ARUBA or CUSTOMER.');
  };
}

/**
 * Insists on a caller that reaches everything.
 * @param reach the caller
 * @throws HubError ROLE_WRONG
 */
export function insistOnAll(reach: Reach): void {
  if (reach.only !== undefined) throw new HubError('ROLE_WRONG', 'This needs the role ARUBA.');
}

/**
 * Insists on a caller that reaches a customer; to others it does not exist.
 * @param reach the caller
 * @param customerId whom it asks for
 * @throws HubError CUSTOMER_UNKNOWN
 */
export function insistOnOwn(reach: Reach, customerId: number): void {
  if (reach.only === undefined || reach.only === customerId) return;
  throw new HubError('CUSTOMER_UNKNOWN', `There is no customer ${customerId}.`);
}
