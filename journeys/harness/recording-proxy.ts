// journeys: stands between two that talk by HTTP, passes everything on, and keeps what was asked and answered.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { request } from 'undici';

/** One call that went through. */
export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** A proxy that runs. */
export interface RecordingProxy {
  readonly url: string;
  readonly calls: readonly RecordedCall[];
  stop(): Promise<void>;
}

const hopHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host']);

/**
 * Starts a proxy.
 * @param target the base that calls go on to, without a slash at its end
 * @param look is awaited before an answer is passed back: a chance to look at the target as it is then
 */
export async function startRecordingProxy(
  target: string,
  look: (call: RecordedCall) => Promise<void> = () => Promise.resolve(),
): Promise<RecordingProxy> {
  const calls: RecordedCall[] = [];
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/' } = incoming;
    const headers = withoutHops(incoming.headers);
    const body = await buffer(incoming);
    const answer = await request(target + path, { method, headers, ...(body.length > 0 && { body }) });
    const call = { method, path, status: answer.statusCode };
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    calls.push(call);
    await look(call);
    outgoing.writeHead(answer.statusCode, withoutHops(answer.headers)).end(bytes);
  };
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing).catch(() => incoming.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, calls, stop };
}

type Headers = Record<string, string | string[]>;

function withoutHops(given: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const kept = Object.entries(given).filter(([name, value]) => value !== undefined && !hopHeaders.has(name));
  return Object.fromEntries(kept) as Headers;
}
