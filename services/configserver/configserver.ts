// configserver: the map; a service asks with its name and profile, the files of the folder answer, read anew each time.
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import type { ServiceDefinition } from '@staffetta/platform/service.ts';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { settings } from './config.ts';
import { addRoutes } from './routes.ts';

async function needFolder(folder: string): Promise<void> {
  const is = await stat(folder);
  if (!is.isDirectory()) throw new Error(`CONFIG_BACKEND=${folder} is no folder`);
}

/** The service that serves settings; it speaks Spring Cloud Config's HTTP. */
export const configserver: ServiceDefinition<typeof settings> = {
  name: 'configserver',
  says: "Settings per service and environment, in the words of Spring Cloud Config's HTTP.",
  settings,
  needs: [],
  async start(world, values) {
    const { backend } = values;
    const folder = backend ?? join(world.dataDir, 'config');
    const server = await createHttpServer({
      service: 'configserver',
      says: configserver.says,
      version: world.version,
      clock: world.clock,
      log: world.log,
      bodyBytesMax: 64 * 1024,
      // The default folder may be absent; one that was named should be there.
      health: backend === undefined ? [] : [{ name: 'folder', essential: false, check: () => needFolder(backend) }],
    });
    addRoutes(server.app, { folder, bytesMax: values.fileBytesMax });
    const port = await server.listen(world.port, world.host);
    return { port, stop: () => server.close() };
  },
};
