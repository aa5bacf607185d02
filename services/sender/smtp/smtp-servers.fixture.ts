// sender: mail servers for its tests: npm's smtp-server, and one that follows a script line by line.
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

/** A running server; `stop` cuts its connections. */
export interface TestServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** A mail as a test server received it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: Buffer;
}

/** What `startRealServer` gives besides the port. */
export interface RealServer extends TestServer {
  readonly mails: ReceivedMail[];
  /** How many connections were ever made. */
  readonly connections: () => number;
}

/** An error by which smtp-server's handlers answer with a given code. */
export function answer(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

/**
 * Starts an smtp-server on a free port of 127.0.0.1 that keeps what it receives.
 * Takes further options; `afterData` decides each mail's answer (an Error refuses).
 * A port other than 0 is taken as it is, to come back where an earlier server was.
 */
export async function startRealServer(
  options: SMTPServerOptions = {},
  afterData: (mail: ReceivedMail) => Promise<Error | undefined> | Error | undefined = () => undefined,
  port = 0,
): Promise<RealServer> {
  const mails: ReceivedMail[] = [];
  let connections = 0;
  const server = new SMTPServer({
    logger: false,
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 1,
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const mail = { from, to: rcptTo.map((each) => each.address), content: Buffer.concat(chunks) };
        void Promise.resolve(afterData(mail)).then((error) => {
          if (error === undefined) mails.push(mail);
          done(error ?? null);
        });
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listening = server.listen(port, '127.0.0.1');
  await new Promise((resolve) => listening.once('listening', resolve));
  const stop = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return { port: portOf(listening), stop, mails, connections: () => connections };
}

/**
 * What a scripted server does on a line: text to answer (`354 deaf` then reads no more), `hang`, or `cut` to hang up.
 */
export type Step = string;

/**
 * Starts a server that answers by a script.
 * Takes the greeting and a function from the client's line (in `data` mode only the final dot) and the connection's
 * number (from 0) to what to do; gives the running server and every line it heard.
 */
export async function startScriptedServer(
  greeting: Step,
  onLine: (line: string, connection: number) => Step,
): Promise<TestServer & { readonly heard: string[] }> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    const connection = count;
    count += 1;
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket)).on('close', () => sockets.delete(socket));
    let rest = '';
    let isData = false;
    play(socket, greeting);
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (isData && line !== '.') continue;
        isData = false;
        heard.push(line);
        const step = onLine(line, connection);
        if (step.startsWith('354')) isData = true;
        play(socket, step);
        if (step === '354 deaf') socket.pause();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { port: portOf(server), heard, stop: () => stopScripted(server, sockets) };
}

/** The answers of a server that takes everything, without extensions but those named. */
export function politely(line: string, extensions: readonly string[] = []): string {
  if (line.startsWith('EHLO'))
    return ['hello', ...extensions]
      .map((text, at, all) => `250${at === all.length - 1 ? ' ' : '-'}${text}`)
      .join('\r\n');
  if (line === 'DATA') return '354 go on';
  if (line === 'QUIT') return '221 bye';
  return line === '.' ? '250 2.0.0 taken' : '250 2.1.0 fine';
}

function play(socket: Socket, step: Step): void {
  if (step === 'hang') return;
  if (step === 'cut') socket.destroy();
  else socket.write(`${step}\r\n`);
}

function stopScripted(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server does not listen on a port');
  return address.port;
}

/** A self-made certificate for localhost and 127.0.0.1, good for a hundred years and for nothing but these tests. */
export const testCertificate = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUUfa73UYzTmD++FWDUmh+a3Wbzi8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzA5MDA1NVoYDzIxMjYxMDMw
MDkwMDU1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASkffEYjp1fmkaAB7V6HU7KQbMTpCQruBVGBMk/4nQBmux2SuuTB6NC
MKPELudzGwa0kkcZYVhkkLEdIpLCxbi7o28wbTAdBgNVHQ4EFgQUq5COLi4XwL3T
1ncxamrC0V00138wHwYDVR0jBBgwFoAUq5COLi4XwL3T1ncxamrC0V00138wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgQCyZkqXg19BASCfenAqlWlHsQqLF6wbc5z7PnUe3JbgCIBi4
r2YHfHEtjVQt3RVigFA6DWFzbGKWchF8G/LWeYJ9
-----END CERTIFICATE-----
`;

/** Its key. */
export const testKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPkYH5GnAIpdc5wK6
7K4rqqgzIyKfv0ObVzZ3ssJq/TChRANCAASkffEYjp1fmkaAB7V6HU7KQbMTpCQr
uBVGBMk/4nQBmux2SuuTB6NCMKPELudzGwa0kkcZYVhkkLEdIpLCxbi7
-----END PRIVATE KEY-----
`;
