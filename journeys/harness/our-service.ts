// journeys: one of our services alone, as a process with ports and a folder of its own; whom it talks to is told by settings.
import { services, type ServiceName } from '@staffetta/flow/services.ts';
import { removeFolder } from '@staffetta/tools/servers/child.ts';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubProcess } from './hub-process.ts';
import { freePortOffset } from './ports.ts';
import { explainWith } from './wait.ts';

/** A service that runs. */
export interface OurService {
  readonly url: string;
  /** Its name within its application in a registry. */
  readonly instanceId: string;
  readonly pid: number;
  /** Asks it to stop and waits until it is gone; harmless when it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a service that can work alone and waits until it is ready.
 * @param service which
 * @param environment its settings; CONFIG_URL and EUREKA_URLS are `off` unless they say otherwise
 * @throws Error with the end of its log when it does not come up
 */
export async function startOurService(
  service: ServiceName,
  environment: Readonly<Record<string, string>>,
): Promise<OurService> {
  const [folder, offset] = [await mkdtemp(join(tmpdir(), `staffetta-${service}-`)), await freePortOffset()];
  const port = services[service].port + offset;
  const url = `http://127.0.0.1:${port}`;
  const own = { STAFFETTA_PORT_OFFSET: String(offset), STAFFETTA_DATA_DIR: join(folder, 'data') };
  const process = new HubProcess({
    name: service,
    command: ['hub/start.ts', services[service].folder],
    environment: { CONFIG_URL: 'off', EUREKA_URLS: 'off', ...own, ...environment },
    folder,
    // Alone it may lack what its work needs, and still answers for itself.
    readyUrl: `${url}/actuator/health/liveness`,
  });
  const forget = explainWith(() => process.tail());
  const stop = async (): Promise<void> => {
    forget();
    await process.stop();
    await removeFolder(folder);
  };
  try {
    await process.start();
    await process.untilReady();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, instanceId: `127.0.0.1:${service}:${port}`, pid: process.pid, stop };
}
