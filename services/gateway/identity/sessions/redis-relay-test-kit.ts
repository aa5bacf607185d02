// gateway: for its tests: a relay before Redis, which can be cut and mended.
import { redisUrl } from '@staffetta/tools/servers/available.ts';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/**
 * Stands between us and Redis; it can close, open again at the same address, and fall silent without closing or losing anything.
 * `heard()` tells how many pieces of questions came.
 * @param t at whose end it closes
 */
export async function startRelay(t: TestContext) {
  const target = new URL(redisUrl());
  const sockets = new Set<Socket>();
  let silent = false;
  const held: (() => void)[] = [];
  let heard = 0;
  const server = createServer((client) => {
    const redis = connect(Number(target.port || 6379), target.hostname);
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    client.on('data', () => (heard += 1)).pipe(redis);
    redis.on('data', (chunk) => {
      const pass = (): unknown => client.write(chunk);
      if (silent) held.push(pass);
      else pass();
    });
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
  const fallSilent = (): void => {
    silent = true;
  };
  const speakAgain = (): void => {
    silent = false;
    for (const pass of held.splice(0)) pass();
  };
  return {
    fallSilent,
    speakAgain,
    heard: () => heard,
    url: `redis://127.0.0.1:${port}`,
    close,
    open: () => open(port),
  };
}
