// hub: where each service's definition lies; loaded only when it is to run.
import type { ServiceName } from '@staffetta/flow/services.ts';
import type { ServiceDefinition } from '@staffetta/platform/service.ts';

const loaders: Record<ServiceName, () => Promise<unknown>> = {
  configserver: async () => (await import('@staffetta/configserver/configserver.ts')).configserver,
  eurekaserver: async () => (await import('@staffetta/eurekaserver/eurekaserver.ts')).eurekaserver,
  dbmanager: async () => (await import('@staffetta/dbmanager/dbmanager.ts')).dbmanager,
  receiver: async () => (await import('@staffetta/receiver/receiver.ts')).receiver,
  sender: async () => (await import('@staffetta/sender/sender.ts')).sender,
  signer: async () => (await import('@staffetta/signer/signer.ts')).signer,
  mailbox: async () => (await import('@staffetta/mailbox/mailbox.ts')).mailbox,
  scheduler: async () => (await import('@staffetta/scheduler/scheduler.ts')).scheduler,
  gatewayserver: async () => (await import('@staffetta/gateway/gateway.ts')).gateway,
};

/** The order of a start: what others ask comes first, the door to the outside last. */
export const startOrder: readonly (readonly ServiceName[])[] = [
  ['configserver', 'eurekaserver'],
  ['dbmanager', 'receiver', 'sender', 'signer', 'mailbox', 'scheduler'],
  ['gatewayserver'],
];

/**
 * Loads a service.
 * @param name its name in discovery
 */
export async function loadService(name: ServiceName): Promise<ServiceDefinition> {
  return (await loaders[name]()) as ServiceDefinition;
}
