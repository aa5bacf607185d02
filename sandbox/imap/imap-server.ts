// sandbox: an IMAP server over the sandbox's mailboxes, so that the hub, or a mail program, reads them.
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { MailBoxes } from '../pec/mail-boxes.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { startSwitchable, type Listening, type Switchable } from '../switchable.ts';
import { CommandReader } from './command-reader.ts';
import { handlerOf } from './imap-commands.ts';
import { capabilityLine, ClientGone } from './imap-no.ts';
import type { ImapRules } from './imap-rules.ts';
import { ImapSession } from './imap-session.ts';

/** What the server needs. */
export interface ImapServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly boxes: MailBoxes;
  readonly rules: ImapRules;
  readonly log: SandboxLog;
  /** How long a client may take nothing, or say nothing, in milliseconds; thirty minutes and one minute by default. */
  readonly patience?: { readonly silentMs: number; readonly stuckMs: number };
}

/** An IMAP server that can be switched off and on again. */
export interface ImapServer extends Switchable {
  /** Cuts the connections of whoever signed in for an address; without one, everybody's. */
  cut(address: string | undefined): void;
}

const connectionsMax = 200;
const usualPatience = { silentMs: 30 * 60_000, stuckMs: 60_000 };
const readerLimits = { lineBytesMax: 64 * 1024, mailBytesMax: 64 * 1024 * 1024, literalBytesMax: 64 * 1024 };

/**
 * Starts the server. Everybody signs in as the address of a mailbox, by any password unless the rules say otherwise.
 * @param options where to listen, which mailboxes, how to misbehave
 * @throws Error with code EADDRINUSE where the port is taken
 */
export async function startImapServer(options: ImapServerOptions): Promise<ImapServer> {
  const server = await startSwitchable((port) => listen(options, port), options.port);
  return {
    port: server.port,
    get isDown() {
      return server.isDown;
    },
    goDown: () => server.goDown(),
    comeUp: () => server.comeUp(),
    cut: (address) => server.listening?.cut(address),
  };
}

interface CuttableListening extends Listening {
  readonly cut: (address: string | undefined) => void;
}

async function listen(options: ImapServerOptions, port: number): Promise<CuttableListening> {
  const sockets = new Map<Socket, ImapSession>();
  // A client that has said all it wants to say still gets its answers.
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    const session = sessionOn(socket, options);
    sockets.set(socket, session);
    socket.once('close', () => sockets.delete(socket));
    void serve(socket, session, options.log);
  });
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, options.host, () => resolve());
  });
  server.on('error', (error) => options.log.debug({ reason: error.message }, 'sandbox.imap.error'));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the IMAP server has no port');
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets.keys()) socket.destroy();
    await closed;
  };
  const cut = (user: string | undefined): void => {
    for (const [socket, session] of sockets) {
      if (user === undefined || session.user === user.toLowerCase()) socket.destroy();
    }
  };
  return { port: address.port, stop, cut };
}

function sessionOn(socket: Socket, options: ImapServerOptions): ImapSession {
  const { boxes, rules, log, patience = usualPatience } = options;
  socket.on('error', () => socket.destroy());
  socket.setNoDelay(true);
  socket.setTimeout(patience.silentMs, () => socket.destroy());
  const write = (bytes: string | Buffer): Promise<void> => writeTo(socket, bytes, patience.stuckMs);
  return new ImapSession({ handlerOf, boxes, rules, log, write, hangUp: () => socket.destroySoon() });
}

async function serve(socket: Socket, session: ImapSession, log: SandboxLog): Promise<void> {
  const reader = new CommandReader(readerLimits);
  try {
    await session.send(`* OK [CAPABILITY ${capabilityLine}] Staffetta sandbox`);
    // Ending the loop must not cut off what is still being written.
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      for (const event of reader.push(chunk as Buffer)) {
        await session.take(event);
        if (session.isOver) return;
      }
    }
  } catch (error) {
    // The client has gone, or takes nothing: nobody is left to be told.
    log.debug({ reason: error instanceof Error ? error.message : String(error) }, 'sandbox.imap.cut');
  } finally {
    session.close();
    socket.destroySoon();
  }
}

/** Writes, and waits while the client takes nothing; one that takes nothing for too long is cut off. */
async function writeTo(socket: Socket, bytes: string | Buffer, stuckMs: number): Promise<void> {
  if (socket.destroyed) throw new ClientGone();
  const hasRoom = typeof bytes === 'string' ? socket.write(bytes, 'latin1') : socket.write(bytes);
  if (hasRoom) return;
  await new Promise<void>((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      socket.off('drain', settle).off('close', settle);
      if (socket.destroyed) reject(new ClientGone());
      else resolve();
    };
    const timer = setTimeout(() => socket.destroy(), stuckMs);
    socket.once('drain', settle).once('close', settle);
  });
}
