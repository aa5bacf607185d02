// receiver: puts the parts of the delivery of callbacks together.
import { viewOf } from '@staffetta/platform/config/live-settings.ts';
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

function clientLimits(options: ReceiverOptions) {
  const { policy, callbackTimeoutMs: timeoutMs, callbackHostConcurrency: connectionsPerHost } = options;
  return { policy, timeoutMs, connectionsPerHost };
}

function slotLimits(options: ReceiverOptions) {
  return {
    hostMax: options.callbackHostConcurrency,
    totalMax: options.callbackConcurrency,
    breakerFailures: options.callbackBreakerFailures,
    breakerOpenMs: options.callbackBreakerOpenMs,
  };
}

function times({ callbackPollMs: pollMs, callbackHostConcurrency: hostMax, callbackTimeoutMs }: ReceiverOptions) {
  return { pollMs, hostMax, stopMs: Math.min(callbackTimeoutMs + 1000, stopMsMax) };
}

/**
 * Opens the delivery of callbacks; `delivery.start()` begins it.
 * @param world store, bus, clock and log
 * @param options limits and credentials; where it is a view, what changes in it counts from the next try on
 * @param metrics what is counted
 * @param client another client than over the network, for tests
 */
export async function openDelivery(
  world: World,
  options: ReceiverOptions,
  metrics: ReceiverMetrics,
  client: CallbackClient = createCallbackClient(viewOf(() => clientLimits(options))),
): Promise<OpenDelivery> {
  const instance = await registerInstance(world.store, 'receiver', {
    onLost(reason) {
      world.log.warn({ err: reason }, 'instance.lost');
      delivery.dropQueued();
    },
    onRegistered: () => delivery.wake(),
  });
  const slots = new HostSlots(viewOf(() => slotLimits(options)));
  const delivery: CallbackDelivery = new CallbackDelivery({
    world,
    instance,
    slots,
    client,
    tryCallback: callbackTries({ world, options, client, metrics }),
    writer: new SettlementWriter(
      world,
      viewOf(() => callbackTime(options.callbackScheduleMs)),
    ),
    times: viewOf(() => times(options)),
  });
  return { delivery, instance, slots };
}
