// platform: a bus whose topics are waited for: brokers that are busy or just coming up are no reason for a service not to start.
import type { Bus } from './bus.ts';

/**
 * Makes the creation of topics wait; all else is the bus' own.
 * @param bus what it is about
 * @param wait asks again and again while the bus is away, and says so
 */
export function patientBus(bus: Bus, wait: (ask: () => Promise<void>) => Promise<void>): Bus {
  const own = new Map<PropertyKey, unknown>([
    ['ensureTopics', (...asked: Parameters<Bus['ensureTopics']>) => wait(() => bus.ensureTopics(...asked))],
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
