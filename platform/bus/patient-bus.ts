// platform: a bus whose topics and first readings are waited for: what is busy or just coming up is no reason for a service not to start.
import type { Wait } from '../start-wait.ts';
import type { Bus } from './bus.ts';

/**
 * Makes the creation of topics and the beginning of a consumption wait; all else is the bus' own.
 * @param bus what it is about
 * @param wait asks again and again while the bus is away, and says so
 */
export function patientBus(bus: Bus, wait: Wait): Bus {
  const own = new Map<PropertyKey, unknown>([
    ['ensureTopics', (...asked: Parameters<Bus['ensureTopics']>) => wait(() => bus.ensureTopics(...asked))],
    ['consume', (...asked: Parameters<Bus['consume']>) => wait(() => bus.consume(...asked))],
  ]);
  return new Proxy(bus, {
    get(target, name) {
      if (own.has(name)) return own.get(name);
      const value: unknown = Reflect.get(target, name, target);
      // Bound once: a class with private fields works only on itself, and publishing is done for every invoice.
      if (typeof value !== 'function') return value;
      const bound: unknown = value.bind(target);
      own.set(name, bound);
      return bound;
    },
  });
}
