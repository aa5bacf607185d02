// receiver: what it leans on: store and bus it cannot work without; standing flows and hosts left alone only show.
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import type { ConsumingFlows, World } from '@staffetta/platform/service.ts';
import type { HostSlots } from './host-slots.ts';

/** The parts to ask, and where to look once they run. */
export interface ReceiverHealth {
  readonly parts: readonly HealthCheck[];
  /** Tells where the consumers and the hosts' state are, once there are some. */
  watch(flows: ConsumingFlows, slots: HostSlots): void;
}

/**
 * Makes the receiver's health.
 * @param world store, bus and clock
 */
export function healthOf(world: World): ReceiverHealth {
  let watched: { flows: ConsumingFlows; slots: HostSlots } | undefined;
  const parts: HealthCheck[] = [
    { name: 'database', essential: true, check: () => world.store.ping() },
    { name: 'bus', essential: true, check: () => world.bus.ping() },
    {
      name: 'flows',
      essential: false,
      async check() {
        const reasons = Object.entries(watched?.flows.paused() ?? {});
        if (reasons.length > 0) throw new Error(reasons.map(([flow, why]) => `${flow}: ${why}`).join(' '));
      },
    },
    {
      name: 'callbackHosts',
      essential: false,
      async check() {
        const hosts = watched?.slots.paused(world.clock.now().getTime()) ?? [];
        if (hosts.length > 0) throw new Error(`left alone for a while: ${hosts.join(', ')}`);
      },
    },
  ];
  return {
    parts,
    watch(flows, slots) {
      watched = { flows, slots };
    },
  };
}
