// gateway: for its tests: a relay before Redis, which can be cut and mended.
import { redisUrl } from '@staffetta/tools/servers/available.ts';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/**
 * Stands between us and Redis; it can close, and open again at the same address.
 * @param t at whose end it closes
 */
export async function startRelay(t: TestContext) {
  const target = new URL(redisUrl());
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const redis = connect(Number(target.port || 6379), target.hostname);
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    client.pipe(redis).pipe(client);
  });
  const open = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await open(0);
  const { port } = server.address() as AddressInfo;
  t.after(() => (server.listening ? close() : undefined));
  return { url: `redis://127.0.0.1:${port}`, close, open: () => open(port) };
}
