// gateway: for its tests: a gateway on a free port, services to stand behind it, and raw requests.
import { turnableClock } from '@staffetta/platform/clock.ts';
import type { LiveSettings } from '@staffetta/platform/config/live-settings.ts';
import { readSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { Metrics } from '@staffetta/platform/telemetry/metrics.ts';
import type { World } from '@staffetta/platform/service.ts';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, connect, type AddressInfo, type Socket } from 'node:net';
import { request } from 'undici';
import { settings } from './config.ts';
import { gateway } from './gateway.ts';

/** The development keys. */
export const sdiKey = { 'x-api-key': 'sdi-secret-token' };
/** The platform's own systems. */
export const arubaKey = { 'x-api-key': 'aruba-secret-token' };
/** A customer's key, which `startGateway` adds. */
export const customerKey = { 'x-api-key': 'acme-key' };

/** A gateway under test. */
export interface TestGateway {
  readonly url: string;
  readonly port: number;
  readonly clock: ReturnType<typeof turnableClock>;
  ask(method: string, path: string, headers?: Record<string, string>, body?: string | Buffer): Promise<TestAnswer>;
  stop(): Promise<void>;
}

/** What the client got. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

async function ask(url: string, method: string, headers: Record<string, string>, body?: string | Buffer) {
  const answer = await request(url, { method, headers, body: body ?? null });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

/**
 * Starts a gateway.
 * @param upstream the address of every service behind it
 * @param changes settings that the test wants otherwise
 * @param world parts of the world that the test wants otherwise
 * @param live settings that change while it runs, in place of all others
 */
export async function startGateway(
  upstream: string,
  changes: Partial<SettingsOf<typeof settings>> = {},
  world: Partial<World> = {},
  live?: LiveSettings<typeof settings>,
): Promise<TestGateway> {
  const clock = turnableClock();
  const { values } = readSettings(settings, {});
  const running = await gateway.start(
    {
      profile: 'dev',
      clock,
      log: createLog(process.env['STAFFETTA_TEST_LOG'] ?? 'silent'),
      host: '127.0.0.1',
      port: 0,
      callerSecret: 'test-secret',
      dataDir: '.',
      addressOf: () => upstream,
      version: '0.0.0',
      metrics: Metrics.ofService('gatewayserver'),
      ...world,
    } as World,
    live?.values ?? { ...values, apiKeys: 'acme:acme-key:CUSTOMER:2', waitForServices: false, ...changes },
    live,
  );
  const url = `http://127.0.0.1:${running.port}`;
  return {
    url,
    port: running.port,
    clock,
    ask: (method, path, headers = {}, body) => ask(url + path, method, headers, body),
    stop: () => running.stop(),
  };
}

/** A stand-in for a service. */
export interface TestService {
  readonly url: string;
  /** The requests it got, in order. */
  readonly seen: IncomingMessage[];
  stop(): Promise<void>;
}

/** Answers with what was asked: path, headers and the body's length. */
export async function echo(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  let bytes = 0;
  for await (const chunk of incoming) bytes += (chunk as Buffer).length;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ method: incoming.method, url: incoming.url, headers: incoming.headers, bytes }));
}

/**
 * Starts a stand-in for a service.
 * @param listener what it does with a request
 */
export async function startService(listener: RequestListener): Promise<TestService> {
  const seen: IncomingMessage[] = [];
  const server = createServer((incoming, response) => {
    seen.push(incoming);
    listener(incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * Starts a service that speaks TCP as the test likes.
 * @param onData what it does with the first bytes of a connection
 */
export async function startRawService(onData: (socket: Socket) => void): Promise<TestService> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.once('data', () => onData(socket));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port on which nobody listens: connections to it are refused. */
export async function refusedUrl(): Promise<string> {
  const service = await startRawService((socket) => socket.destroy());
  await service.stop();
  return service.url;
}

/**
 * Sends a request as it is written, for paths that no client library would send.
 * @param port the gateway's
 * @param head request line and headers, without the empty line
 * @returns the whole answer as text
 */
export async function sendRaw(port: number, head: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${head}\r\nhost: gateway\r\nconnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
