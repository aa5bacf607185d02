// receiver: reads incomingInvoice too, to know which invoices wait to be saved.
import type { FlowStep, World } from '@staffetta/platform/service.ts';
import { waitFor } from './open-waiters.ts';

/**
 * Makes the step.
 * @param world store, clock and log
 * @param timeoutMs how long an invoice may take to be saved
 */
export function onIncomingInvoice(world: World, timeoutMs: () => number): FlowStep<'incomingInvoice'> {
  return (batch) => waitFor(world, batch, timeoutMs());
}
