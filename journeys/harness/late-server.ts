// journeys: a server that is not there yet: nobody answers at its address until it is told to come; then it is the real one.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A server that may come. */
export interface LateServer {
  /** `host:port` at which it will answer. */
  readonly address: string;
  /** Comes, or comes back. */
  come(): Promise<void>;
  /** Goes away for a while, with all connections. */
  go(): Promise<void>;
  /** Goes for good. */
  close(): void;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no port was given');
  return address.port;
}

/**
 * Finds an address for a server that comes later.
 * @param host of the real one
 * @param port of the real one
 */
export async function lateServer(host: string, port: number): Promise<LateServer> {
  const at = await freePort();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    const real = connect(port, host);
    for (const [one, other] of [
      [socket, real],
      [real, socket],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const cut = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${at}`,
    async come() {
      server.listen(at, '127.0.0.1');
      await once(server, 'listening');
    },
    async go() {
      const gone = once(server, 'close');
      cut();
      await gone;
    },
    close: cut,
  };
}
