// platform: what each service cannot work without, in one table: only this turns its readiness off. Pure.
import type { ServiceName } from '@staffetta/flow/services.ts';

/**
 * Service → the parts of `/actuator/health/readiness`. All else shows in `/actuator/health` as degraded and is tried again by itself:
 * mail servers, mailboxes, signing keys, callback hosts, Redis, identity providers, configuration, discovery, further repositories.
 */
export const readyParts: Readonly<Record<ServiceName, readonly string[]>> = {
  receiver: ['db', 'bus'],
  dbmanager: ['db', 'bus'],
  sender: ['db', 'bus'],
  mailbox: ['db', 'bus'],
  scheduler: ['db', 'bus'],
  // Without a key it is as ready as it can be: a document that must be signed waits, and says so.
  signer: ['bus'],
  // Ready when the services behind it are, so that nobody is sent to a hub that cannot answer (GATEWAY_WAIT_FOR_SERVICES).
  gatewayserver: ['receiver', 'dbmanager', 'sender', 'scheduler'],
  configserver: [],
  eurekaserver: [],
};

function isKnown(service: string): service is ServiceName {
  return Object.hasOwn(readyParts, service);
}

/**
 * Holds a service to the table when it opens its server.
 * @param service its name; others than ours are not in the table
 * @param essential the parts that would turn its readiness off
 * @throws Error where the table does not name one of them
 */
export function insistOnReadyParts(service: string, essential: readonly string[]): void {
  if (!isKnown(service)) return;
  const stray = essential.filter((part) => !readyParts[service].includes(part));
  if (stray.length > 0)
    throw new Error(`The table of readiness does not know that ${service} needs ${stray.join(', ')}.`);
}
