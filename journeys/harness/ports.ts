// journeys: finds a shift by which all ports of a hub are free.
import { services } from '@staffetta/flow/services.ts';
import { sandboxPorts } from '@staffetta/platform/config/world-settings.ts';
import { createServer } from 'node:net';

const postgresPort = 15_432;
const ports = [...Object.values(services).map(({ port }) => port), ...Object.values(sandboxPorts), postgresPort];
// Above it lie the ports that the system gives to outgoing connections (from 32768 on).
const offsetMax = 32_767 - postgresPort;

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/**
 * Finds a free shift for all ports of a hub, its sandbox and its Postgres.
 * @throws Error when none was free in a hundred tries
 */
export async function freePortOffset(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const offset = 1000 + Math.floor(Math.random() * (offsetMax - 1000));
    const free = await Promise.all(ports.map((port) => canListen(port + offset)));
    if (free.every(Boolean)) return offset;
  }
  throw new Error('no port offset from 1000 on at which all ports of a hub are free; stop what fills them');
}
