// configserver: tells every service by the bus, where there is one, that settings may have changed.
import { broadcasts, type SettingsChanged } from '@staffetta/flow/broadcasts.ts';
import type { World } from '@staffetta/platform/service.ts';

const { topic } = broadcasts.settingsChanged;

/**
 * Makes the function that tells.
 * @param world the bus where there is one, clock and log
 * @returns takes the services that it concerns (`*`: all); never rejects: who is not told finds it when he asks again
 */
export function serviceTeller(world: World): (services: readonly string[]) => Promise<void> {
  return async (services) => {
    const { busIfAny: bus, log, clock } = world;
    const news: SettingsChanged = { services: [...services], at: clock.now().toISOString() };
    log.info({ services, byBus: bus !== undefined }, 'settings.changed');
    if (!bus) return;
    try {
      await bus.ensureTopics([topic], 1);
      await bus.publish([{ topic, key: 'settings', value: Buffer.from(JSON.stringify(news)), headers: {} }]);
    } catch (error) {
      log.warn({ err: error }, 'settings.notTold');
    }
  };
}
