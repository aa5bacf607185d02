// mailbox: what its tests share: mailboxes to put mails into, a receiver and a dbmanager that answer as told, a service that is quick.
import type { FetchedMail } from './imap-session.ts';
import { ImapFlow } from 'imapflow';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { attachment, pec } from '@staffetta/fatturapa/mail/pec-mail.fixture.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import type { Running, World } from '@staffetta/platform/service.ts';
import { Metrics } from '@staffetta/platform/telemetry/metrics.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { settings, type MailboxSettings } from './config.ts';
import { mailbox } from './mailbox.ts';
import type { MailView, MailboxView } from './views.ts';

/** Waits until a fact holds. @throws Error with `what` after 30 s */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`It did not come true within 30 s: ${what}`);
    await sleep(10);
  }
}

/** A mail address that nobody else uses. */
export function freshAddress(): string {
  return `fatture.${randomBytes(6).toString('hex')}@staffetta.example`;
}

/** `imap://host:port` with a login. */
export function imapUrlOf(server: string, user: string, password = 'prova'): string {
  const url = new URL(server);
  return `${url.protocol}//${encodeURIComponent(user)}:${encodeURIComponent(password)}@${url.host}`;
}

/** A person's own connection to a mailbox. */
export interface Postbox {
  /** Puts a mail into it; gives its UID. */
  put(bytes: Uint8Array, flags?: readonly string[]): Promise<number>;
  /** The number under which its UIDs hold. */
  validity(): Promise<number>;
  /** The UIDs of what is in it. */
  uids(): Promise<number[]>;
  /** The flags of a mail. */
  flags(uid: number): Promise<string[]>;
  /** Deletes a mail for good. */
  remove(uid: number): Promise<void>;
  /** Removes the folder and makes it again, so that its UIDs mean other mails. */
  renumber(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a mailbox as a person does. @param folder made where it is not there */
export async function openPostbox(url: string, folder = 'INBOX'): Promise<Postbox> {
  const { hostname, port, username, password } = new URL(url);
  const auth = { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  const options = {
    host: hostname,
    port: Number(port),
    secure: false,
    doSTARTTLS: false,
    auth,
    logger: false,
  } as const;
  const client = new ImapFlow({ ...options, disableAutoIdle: true });
  client.on('error', () => undefined);
  await client.connect();
  if (folder !== 'INBOX') await client.mailboxCreate(folder);
  const validity = async (): Promise<number> => {
    const said = (await client.status(folder, { uidValidity: true })) || undefined;
    return Number(said?.uidValidity);
  };
  return {
    validity,
    async put(bytes, flags = []) {
      const put = await client.append(folder, Buffer.from(bytes), [...flags]);
      return (put || undefined)?.uid ?? 0;
    },
    async uids() {
      await client.mailboxOpen(folder);
      return (await client.search({ all: true }, { uid: true })) || [];
    },
    async flags(uid) {
      await client.mailboxOpen(folder);
      const mail = await client.fetchOne(uid, { flags: true }, { uid: true });
      return mail ? [...(mail.flags ?? [])] : [];
    },
    async remove(uid) {
      await client.mailboxOpen(folder);
      await client.messageDelete(uid, { uid: true });
    },
    async renumber() {
      const before = await validity();
      // GreenMail's UIDVALIDITY is the second of the folder's making.
      do {
        await client.mailboxDelete(folder);
        await sleep(200);
        await client.mailboxCreate(folder);
      } while ((await validity()) === before);
    },
    async close() {
      await client.logout().catch(() => undefined);
      client.close();
    },
  };
}

/** A door in front of an IMAP server, which may be shut, refuse every login, or fall shut at a mail with `fatalMark` in it. */
export interface Door {
  /** `imap://host:port` */
  readonly url: string;
  /** Logins that were refused. */
  readonly refused: () => number;
  set(how: 'open' | 'shut' | 'refuses' | 'fatal'): void;
  close(): Promise<void>;
}

/** What a mail holds at which a door falls shut. */
export const fatalMark = 'SI-ROMPE-QUI';

/** Answers as a server does that knows neither user nor password. */
function refuseLogins(socket: Socket, onRefused: () => void): void {
  socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
  socket.on('data', (data) => {
    for (const line of data.toString().split('\r\n')) {
      const [tag = '', command = ''] = line.split(' ');
      if (/^(LOGIN|AUTHENTICATE)$/i.test(command)) {
        onRefused();
        socket.write(`${tag} NO [AUTHENTICATIONFAILED] Invalid credentials\r\n`);
      } else if (/^CAPABILITY$/i.test(command)) {
        socket.write(`* CAPABILITY IMAP4rev1\r\n${tag} OK done\r\n`);
      } else if (command !== '') {
        socket.write(`${tag} OK done\r\n`);
      }
    }
  });
}

/** Puts a door in front of an IMAP server. @param target `imap://host:port` */
export async function startDoor(target: string): Promise<Door> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let how: Parameters<Door['set']>[0] = 'open';
  let refused = 0;
  const server = createTcpServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
    if (how === 'shut') return socket.destroy();
    if (how === 'refuses') return refuseLogins(socket, () => (refused += 1));
    const through = connect(Number(port), hostname);
    through.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    through.on('data', (data: Buffer) => {
      if (how === 'fatal' && data.includes(fatalMark)) socket.destroy();
    });
    socket.on('close', () => through.destroy());
    return socket.pipe(through).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => open.forEach((socket) => socket.destroy());
  return {
    url: `imap://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused: () => refused,
    set(next) {
      how = next;
      cut();
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A call as a neighbour got it. */
export interface Call {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a neighbour answers: a status and a JSON body. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

/** A receiver or dbmanager that answers as told. */
export interface Neighbour {
  readonly url: string;
  readonly calls: Call[];
  /** What it answers from now on; ready probes are answered 200 while it is there. */
  reply: (call: Call) => Reply;
  /** Nobody listens from now on. */
  leave(): Promise<void>;
  /** Somebody listens again, at the same port; nothing changes where somebody does. */
  comeBack(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Starts a neighbour. */
export async function startNeighbour(reply: Neighbour['reply']): Promise<Neighbour> {
  let server: Server;
  const neighbour = { calls: [] as Call[], reply };
  const listen = (port: number): Promise<number> => {
    server = createServer((request, answer) => {
      void bodyOf(request).then((body) => {
        const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://here');
        if (path.startsWith('/actuator/')) return answer.writeHead(200).end('{}');
        const call = { path, query, headers: request.headers, body };
        neighbour.calls.push(call);
        const { status, body: told = {} } = neighbour.reply(call);
        return answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(told));
      });
    });
    return new Promise((resolve) => {
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  };
  const port = await listen(0);
  return Object.assign(neighbour, {
    url: `http://127.0.0.1:${port}`,
    async leave() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async comeBack() {
      if (!server.listening) await listen(port);
    },
  });
}

/** The answer of a receiver that takes everything. */
export const taken: Reply = { status: 202, body: { statusCode: '202' } };

/** Settings as a test wants them: quick looks, quick retries. */
export function quickSettings(environment: Readonly<Record<string, string>>): MailboxSettings {
  const quick = {
    MAILBOX_POLL: '100ms',
    MAILBOX_RETRY_DELAYS: '20ms',
    MAILBOX_RECIPIENT_RETRY: '50ms',
    IMAP_RECONNECT_DELAYS: '50ms',
    IMAP_LOGIN_RETRY: '50ms',
  };
  return readSettings(settings, { ...quick, ...environment }).values;
}

/** A world with neighbours. */
export interface TestHub {
  readonly world: TestWorld;
  readonly receiver: Neighbour;
  readonly dbmanager: Neighbour;
  end(): Promise<void>;
}

/** Makes a world whose receiver takes everything and whose dbmanager knows nobody. */
export async function startHub(): Promise<TestHub> {
  const receiver = await startNeighbour(() => taken);
  const dbmanager = await startNeighbour(() => ({ status: 404, body: { errorMessage: 'Nobody.' } }));
  const world = await testWorld({ addressOf: (name) => (name === 'receiver' ? receiver.url : dbmanager.url) });
  return {
    world,
    receiver,
    dbmanager,
    async end() {
      await Promise.all([receiver.leave().catch(() => undefined), dbmanager.leave().catch(() => undefined)]);
      await world.end();
    },
  };
}

/** A mailbox service that runs, and what its REST says. */
export interface TestService {
  readonly url: string;
  mails(query?: string): Promise<MailView[]>;
  mailboxes(): Promise<MailboxView[]>;
  /** What health says of a part; undefined where it is up. */
  trouble(part: string): Promise<string | undefined>;
  post(path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  stop(): Promise<void>;
}

/** Starts the service. */
export async function startService(world: World, environment: Readonly<Record<string, string>>): Promise<TestService> {
  const metrics = Metrics.ofService('mailbox', { keepMs: 0, timeoutMs: 2000 });
  const running: Running = await mailbox.start({ ...world, metrics }, quickSettings(environment));
  const url = `http://127.0.0.1:${running.port}`;
  const get = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();
  return {
    url,
    async mails(query = '') {
      return ((await get(`/api/mails?size=200&${query}`)) as { content: MailView[] }).content;
    },
    mailboxes: async () => (await get('/api/mailboxes')) as MailboxView[],
    async trouble(part) {
      const { components } = (await get('/actuator/health')) as {
        components: Record<string, { status: string; details?: { error: string } }>;
      };
      return components[part]?.details?.error;
    },
    async post(path, body) {
      const headers = { 'content-type': 'application/json' };
      const asked = body === undefined ? {} : { headers, body: JSON.stringify(body) };
      const answer = await fetch(`${url}${path}`, { method: 'POST', ...asked });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    stop: () => running.stop(),
  };
}

/** An IdentificativoSdI for a file. */
function sdiIdOf(name: string): string {
  return createHash('sha256').update(name).digest().readUInt32BE().toString();
}

/** A notice of SdI about a file, in its PEC to a mailbox; `number` tells notices about one file apart. */
export function noticeMail(name: string, to?: string, number = '001'): Buffer {
  const notice = `<?xml version="1.0"?><n:RicevutaConsegna xmlns:n="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0"
    versione="1.0"><IdentificativoSdI>${sdiIdOf(name)}</IdentificativoSdI><NomeFile>${name}.xml</NomeFile><MessageId>${number}</MessageId></n:RicevutaConsegna>`;
  return pec(
    'sdi03@pec.fatturapa.it',
    'Ricevuta di consegna 1',
    [attachment(`${name}_RC_${number}.xml`, notice)],
    [],
    to,
  );
}

/** A mail as the server would give it. */
export function fetched(uid: number, bytes: Buffer): FetchedMail {
  return { uid, size: bytes.length, receivedAt: new Date(), bytes, head: undefined };
}
