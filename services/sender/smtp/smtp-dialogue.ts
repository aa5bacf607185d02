// sender: one socket to a mail server; write, then wait for as many replies as were asked for.
import { connect as connectPlain } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { lostIn } from './smtp-errors.ts';
import type { SmtpPhase } from './smtp-errors.ts';
import { createReplyReader } from './smtp-reply.ts';
import type { SmtpReply, SmtpReplyReader } from './smtp-reply.ts';
import type { SmtpUrl } from './smtp-url.ts';

/** What TLS needs besides the URL: private authorities, client certificates. */
export type SmtpTlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'minVersion'>;

interface Waiter {
  readonly wake: () => void;
}

interface Ending {
  readonly clause: string;
  readonly cause: unknown;
}

/**
 * Connects to a mail server.
 * Takes the URL, a time-out in milliseconds for everything up to the (encrypted) connection, and TLS options; gives the
 * dialogue, the greeting still unread. Throws an SmtpError of kind `unreachable`.
 */
export function openDialogue(url: SmtpUrl, timeoutMs: number, tls: SmtpTlsOptions): Promise<SmtpDialogue> {
  return new Promise((resolve, reject) => {
    const target = { host: url.host, port: url.port, noDelay: true, keepAlive: true };
    const socket = url.implicitTls ? connectTls({ ...target, ...tlsFor(url, tls) }) : connectPlain(target);
    const fail = (clause: string, cause?: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(lostIn('connect', `${url.host}:${url.port}: ${clause}`, cause));
    };
    const timer = setTimeout(() => fail(`no connection within ${sayMs(timeoutMs)}`), timeoutMs);
    const onError = (error: Error): void => fail(wordsOf(error), error);
    const onClose = (): void => fail('the connection was closed');
    socket.once('error', onError).once('close', onClose);
    socket.once(url.implicitTls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.off('error', onError).off('close', onClose);
      resolve(new SmtpDialogue(socket, url.implicitTls));
    });
  });
}

/** A connected socket, its replies in order, and how it ended. */
export class SmtpDialogue {
  #socket: Socket;
  #encrypted: boolean;
  #reader: SmtpReplyReader = createReplyReader();
  // The greeting is the one reply that comes without a question.
  #outstanding = 1;
  #replies: SmtpReply[] = [];
  #waiter: Waiter | undefined;
  #ending: Ending | undefined;
  #onEnd: () => void = () => undefined;
  #onData = (chunk: Buffer): void => this.#hear(chunk);
  #onClose = (): void => this.#end('the connection was closed');
  #onError = (error: Error): void => this.#end(wordsOf(error), error);

  constructor(socket: Socket, encrypted: boolean) {
    this.#socket = socket;
    this.#encrypted = encrypted;
    this.#listen(socket);
  }

  /** False once the connection is over. */
  get isOpen(): boolean {
    return this.#ending === undefined;
  }

  get isEncrypted(): boolean {
    return this.#encrypted;
  }

  /** The server's address, for deciding whether the line leaves this machine. */
  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? '';
  }

  get localAddress(): string {
    return this.#socket.localAddress ?? '127.0.0.1';
  }

  /** True when a reply is there already. */
  get hasReply(): boolean {
    return this.#replies.length > 0;
  }

  /** Takes what to call, once, when the connection ends for whatever reason. */
  set onEnd(listener: () => void) {
    this.#onEnd = listener;
  }

  /**
   * Sends bytes.
   * Takes them and how many replies they call for; gives false when the caller should await `drained` before it sends
   * more.
   */
  write(data: string | Buffer, replies: number): boolean {
    this.#outstanding += replies;
    return this.#ending === undefined ? this.#socket.write(data) : true;
  }

  /**
   * Waits for the next reply.
   * Takes the phase it belongs to and a time-out in milliseconds; throws an SmtpError by that phase when the
   * connection ends or stays silent (a silent connection is destroyed: a late reply would be taken for the next one).
   */
  async reply(phase: SmtpPhase, timeoutMs: number): Promise<SmtpReply> {
    const woken = await this.#until(() => this.#replies.length > 0, timeoutMs);
    const reply = this.#replies.shift();
    if (reply !== undefined) return reply;
    if (!woken) this.#end(`no answer within ${sayMs(timeoutMs)}`);
    throw this.#lost(phase);
  }

  /** Sends one command line and waits for its one reply. */
  ask(phase: SmtpPhase, line: string, timeoutMs: number): Promise<SmtpReply> {
    this.write(`${line}\r\n`, 1);
    return this.reply(phase, timeoutMs);
  }

  /**
   * Waits until the socket takes more bytes or a reply has come before its time.
   * Takes the phase and a time-out in milliseconds; throws an SmtpError when the connection ends or nothing moves.
   */
  async drained(phase: SmtpPhase, timeoutMs: number): Promise<void> {
    const wake = (): void => this.#waiter?.wake();
    this.#socket.once('drain', wake);
    const done = await this.#until(() => !this.#socket.writableNeedDrain || this.hasReply, timeoutMs);
    this.#socket.off('drain', wake);
    if (done && this.#ending === undefined) return;
    this.#end(`it took no bytes for ${sayMs(timeoutMs)}`);
    throw this.#lost(phase);
  }

  /**
   * Encrypts the connection after the server agreed to STARTTLS (RFC 3207).
   * Takes the URL, a time-out in milliseconds and TLS options. Throws an SmtpError of kind `unreachable`, also when the
   * server (or somebody on the way) slipped in bytes ahead of the encryption.
   */
  async encrypt(url: SmtpUrl, timeoutMs: number, tls: SmtpTlsOptions): Promise<void> {
    if (this.hasReply || this.#reader.hasRest()) this.#end('it sent bytes ahead of the encryption');
    if (this.#ending !== undefined) throw this.#lost('starttls');
    const plain = this.#socket;
    this.#unlisten(plain);
    const socket = connectTls({ socket: plain, ...tlsFor(url, tls) });
    this.#socket = socket;
    this.#reader = createReplyReader();
    this.#listen(socket);
    // What goes wrong on the plain socket below must not go unheard while TLS has not taken over.
    plain.on('error', this.#onError);
    socket.once('secureConnect', () => {
      this.#encrypted = true;
      this.#waiter?.wake();
    });
    const done = await this.#until(() => this.#encrypted, timeoutMs);
    if (!done) this.#end(`no encryption within ${sayMs(timeoutMs)}`);
    if (this.#ending !== undefined) throw this.#lost('starttls');
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#end('we ended the connection');
  }

  #listen(socket: Socket): void {
    socket.on('data', this.#onData).on('end', this.#onClose).on('close', this.#onClose).on('error', this.#onError);
  }

  #unlisten(socket: Socket): void {
    socket.off('data', this.#onData).off('end', this.#onClose).off('close', this.#onClose).off('error', this.#onError);
  }

  #hear(chunk: Buffer): void {
    try {
      for (const reply of this.#reader.push(chunk)) this.#take(reply);
    } catch (error) {
      this.#end(`it does not speak SMTP: ${wordsOf(error)}`, error);
    }
    this.#waiter?.wake();
  }

  #take(reply: SmtpReply): void {
    if (this.#ending !== undefined) return;
    if (this.#outstanding === 0) {
      this.#end(`it said "${reply.code} ${reply.text}" unasked`);
      return;
    }
    this.#outstanding -= 1;
    this.#replies.push(reply);
  }

  /** Waits for a condition; true when it holds or the connection ended, false when time ran out. */
  #until(holds: () => boolean, timeoutMs: number): Promise<boolean> | true {
    if (holds() || this.#ending !== undefined) return true;
    if (this.#waiter !== undefined) throw new Error('two waits on one SMTP connection');
    return new Promise((resolve) => {
      const finish = (value: boolean): void => {
        clearTimeout(timer);
        this.#waiter = undefined;
        resolve(value);
      };
      const timer = setTimeout(() => finish(false), timeoutMs);
      const wake = (): void => {
        if (holds() || this.#ending !== undefined) finish(true);
      };
      this.#waiter = { wake };
    });
  }

  #lost(phase: SmtpPhase): Error {
    return lostIn(phase, this.#ending?.clause ?? 'the connection was closed', this.#ending?.cause);
  }

  #end(clause: string, cause?: unknown): void {
    if (this.#ending !== undefined) return;
    this.#ending = { clause, cause };
    this.#socket.destroy();
    this.#waiter?.wake();
    this.#onEnd();
  }
}

function tlsFor(url: SmtpUrl, tls: SmtpTlsOptions): ConnectionOptions {
  // A name is needed for the certificate's check; an address must not be sent as one (RFC 6066 §3).
  const isAddress = /^[0-9.]+$/.test(url.host) || url.host.includes(':');
  return {
    ...tls,
    host: url.host,
    rejectUnauthorized: url.rejectUnauthorized,
    ...(isAddress ? {} : { servername: url.host }),
  };
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A failed try of several addresses (AggregateError) has a code but no message.
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}

function sayMs(ms: number): string {
  return ms >= 1_000 ? `${Math.round(ms / 1_000)} s` : `${ms} ms`;
}
