// receiver: puts the parts of the delivery of callbacks together.
import type { World } from '@staffetta/platform/service.ts';
import { registerInstance, type LiveInstance } from '@staffetta/platform/store/live-instances.ts';
import { createCallbackClient, type CallbackClient } from './callback-client.ts';
import { callbackTime } from './callback-schedule.ts';
import type { ReceiverOptions } from './config.ts';
import { CallbackDelivery } from './deliver-callbacks.ts';
import { HostSlots } from './host-slots.ts';
import type { ReceiverMetrics } from './metrics.ts';
import { SettlementWriter } from './settle-callbacks.ts';
import { callbackTries } from './try-callback.ts';

/** The delivery with what others look at. */
export interface OpenDelivery {
  readonly delivery: CallbackDelivery;
  /** This process as the database sees it; its death frees what it holds. */
  readonly instance: LiveInstance;
  readonly slots: HostSlots;
}

const stopMsMax = 20_000;

/**
 * Opens the delivery of callbacks; `delivery.start()` begins it.
 * @param world store, bus, clock and log
 * @param options limits and credentials
 * @param metrics what is counted
 * @param client another client than over the network, for tests
 */
export async function openDelivery(
  world: World,
  options: ReceiverOptions,
  metrics: ReceiverMetrics,
  client: CallbackClient = createCallbackClient({
    policy: options.policy,
    timeoutMs: options.callbackTimeoutMs,
    connectionsPerHost: options.callbackHostConcurrency,
  }),
): Promise<OpenDelivery> {
  const instance = await registerInstance(world.store, 'receiver', {
    onLost(reason) {
      world.log.warn({ err: reason }, 'instance.lost');
      delivery.dropQueued();
    },
    onRegistered: () => delivery.wake(),
  });
  const slots = new HostSlots({
    hostMax: options.callbackHostConcurrency,
    totalMax: options.callbackConcurrency,
    breakerFailures: options.callbackBreakerFailures,
    breakerOpenMs: options.callbackBreakerOpenMs,
  });
  const delivery: CallbackDelivery = new CallbackDelivery({
    world,
    instance,
    slots,
    client,
    tryCallback: callbackTries({ world, options, client, metrics }),
    writer: new SettlementWriter(world, callbackTime(options.callbackScheduleMs)),
    pollMs: options.callbackPollMs,
    hostMax: options.callbackHostConcurrency,
    stopMs: Math.min(options.callbackTimeoutMs + 1000, stopMsMax),
  });
  return { delivery, instance, slots };
}
