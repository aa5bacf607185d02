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

/**
 * The checks of all services; discovery and configuration only show as degraded, for nothing waits for them.
 * @param addressOf gives a service's base URL
 */
export function servicesHealth(addressOf: (service: ServiceName) => string): HealthCheck[] {
  const check = (name: ServiceName, essential: boolean): HealthCheck => ({
    name,
    essential,
    check: () => askReadiness(addressOf(name)),
  });
  return [
    ...routedServices.map((name) => check(name, true)),
    // Wire: the signer never turns readiness off.
    check('signer', false),
    check('configserver', false),
    check('eurekaserver', false),
  ];
}
