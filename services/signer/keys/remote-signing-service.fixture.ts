// signer: a remote signing service for tests, which speaks our protocol and can be told to misbehave.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Folder, runs, type MadeKey } from '@staffetta/fatturapa/signature/keys.fixture.ts';

/** Answers that a test wants instead of the right one; returns false for the right one. */
export type Misbehaviour = (request: IncomingMessage, answer: ServerResponse) => boolean;

/** A service that runs. */
export interface RemoteSigningService {
  readonly url: string;
  /** What it was asked, as `POST /sign`. */
  readonly asked: string[];
  misbehave(how: Misbehaviour | undefined): void;
  stop(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<{ digest?: string; algorithm?: string }> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return JSON.parse(text || '{}') as { digest?: string };
}

/** Signs a digest that is given, as a device does; Node itself always hashes first. */
async function signDigest({ privateKey }: MadeKey, digest: Buffer): Promise<Buffer> {
  const folder = await Folder.make();
  const key = await folder.write('key.pem', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  const file = await folder.write('digest', digest);
  const words = ['-sign', '-inkey', key, '-in', file, '-out', folder.of('signature'), '-pkeyopt', 'digest:sha256'];
  const { ok, output } = await runs('openssl', 'pkeyutl', ...words);
  if (!ok) throw new Error(output);
  const signature = await folder.read('signature');
  await folder.remove();
  return signature;
}

/**
 * Starts one.
 * @param key what it signs with
 * @param secret the bearer token that it wants
 * @param certificate what it shows; the key's own by default
 */
export async function startRemoteSigningService(
  key: MadeKey,
  secret: string,
  certificate: Uint8Array = key.certificate,
): Promise<RemoteSigningService> {
  let misbehaviour: Misbehaviour | undefined;
  const asked: string[] = [];
  const answers = async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
    asked.push(`${request.method} ${request.url}`);
    if (misbehaviour?.(request, answer)) return;
    const json = (status: number, body: object): void => {
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${secret}`) return json(401, {});
    if (request.url === '/v1/certificate')
      return json(200, { certificate: Buffer.from(certificate).toString('base64') });
    const { digest = '' } = await bodyOf(request);
    return json(200, { signature: (await signDigest(key, Buffer.from(digest, 'base64'))).toString('base64') });
  };
  const server = createServer((request, answer) => void answers(request, answer));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    misbehave: (how) => (misbehaviour = how),
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}
