// receiver: reads dsiNotification too, to know which notifications wait to be applied.
import type { FlowStep, World } from '@staffetta/platform/service.ts';
import { waitFor } from './open-waiters.ts';

/**
 * Makes the step.
 * @param world store, clock and log
 * @param timeoutMs how long a notification may take to be applied
 */
export function onDsiNotification(world: World, timeoutMs: () => number): FlowStep<'dsiNotification'> {
  return (batch) => waitFor(world, batch, timeoutMs());
}
