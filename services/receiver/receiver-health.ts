// receiver: what it leans on: store and bus it cannot work without; standing flows and hosts left alone only show.
import { realTime } from '@staffetta/platform/clock.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import { flowsHealth, type ConsumingFlows, type World } from '@staffetta/platform/service.ts';
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
    { name: 'db', essential: true, check: () => world.store.ping() },
    { name: 'bus', essential: true, check: () => world.bus.ping() },
    flowsHealth(() => watched?.flows),
    {
      name: 'callbackHosts',
      essential: false,
      async check() {
        const hosts = watched?.slots.paused(realTime(world.clock).getTime()) ?? [];
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
