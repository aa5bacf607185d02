// gateway: its readiness is that of the services behind it, so that one answer tells whether the whole hub can work.
import type { ServiceName } from '@staffetta/flow/services.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import { request } from 'undici';
import { routedServices } from './route-table.ts';

async function askReadiness(address: string): Promise<void> {
  const { statusCode, body } = await request(`${address}/actuator/health/readiness`, {
    headersTimeout: 1500,
    bodyTimeout: 1500,
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`${address} answers ${statusCode}: it is not ready`);
}

/** One instance that is ready is enough; the first one's words tell where none is. */
async function askAny(addresses: readonly string[]): Promise<void> {
  try {
    await Promise.any(addresses.map((address) => askReadiness(address)));
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}

/**
 * The checks of all services; discovery and configuration only show as degraded, for nothing waits for them.
 * @param addressesOf gives the base URLs of a service's instances; one at least
 */
export function servicesHealth(addressesOf: (service: ServiceName) => readonly string[]): HealthCheck[] {
  const check = (name: ServiceName, essential: boolean): HealthCheck => ({
    name,
    essential,
    check: () => askAny(addressesOf(name)),
  });
  return [
    // Wire: neither the mailbox nor the signer turns readiness off.
    ...routedServices.map((name) => check(name, name !== 'mailbox')),
    check('signer', false),
    check('configserver', false),
    check('eurekaserver', false),
  ];
}
