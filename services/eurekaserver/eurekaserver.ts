// eurekaserver: the map; instances register and send heartbeats, clients ask who runs, the silent ones are dropped.
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import type { ServiceDefinition } from '@staffetta/platform/service.ts';
import { settings } from './config.ts';
import { createRegistry } from './registry.ts';
import { addRoutes } from './routes.ts';

/** The service that knows who runs where; it speaks Netflix Eureka's REST and keeps everything in memory. */
export const eurekaserver: ServiceDefinition<typeof settings> = {
  name: 'eurekaserver',
  says: "Who runs where: discovery in the words of Netflix Eureka's REST.",
  settings,
  needs: [],
  async start(world, values) {
    const registry = createRegistry({
      ...values,
      clock: world.clock,
      onEvicted: (app, id) => world.log.warn({ app, id }, 'instance.evicted'),
    });
    const server = await createHttpServer({
      service: 'eurekaserver',
      says: eurekaserver.says,
      version: world.version,
      clock: world.clock,
      log: world.log,
      bodyBytesMax: 256 * 1024,
      health: [],
    });
    await addRoutes(server.app, registry, world);
    const port = await server.listen(world.port, world.host);
    return { port, stop: () => server.close() };
  },
};
