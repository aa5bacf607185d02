// sender: the warm connections to its mail server, shared fairly by all mails that wait.
import { openSmtpConnection } from './smtp-connection.ts';
import type { SmtpConnection, SmtpConnectionOptions, SmtpMail, SmtpReceipt } from './smtp-connection.ts';
import { SmtpError, unusable } from './smtp-errors.ts';

/** How the pool connects and how many connections it keeps; read at each connection, so it may be a view of settings. */
export interface SmtpPoolOptions extends SmtpConnectionOptions {
  /** At most so many connections at once; default 4. */
  readonly connectionsMax?: number | undefined;
  /** A connection unused for so long is closed; default 30 s. */
  readonly idleCloseMs?: number | undefined;
}

/** What the pool is doing and has done. */
export interface SmtpPoolStats {
  readonly open: number;
  readonly idle: number;
  readonly opening: number;
  readonly queued: number;
  /** Since the pool was made. */
  readonly sent: number;
  readonly failed: number;
}

/** A pool of connections to one mail server. */
export interface SmtpPool {
  /**
   * Sends one mail, waiting for a free connection; throws an SmtpError whose `kind` says what to do next.
   * `onBegin` is called and waited for when a connection takes the mail (once more where it needs a second one); where it fails,
   * nothing is sent, and `send` throws its error.
   */
  send(mail: SmtpMail, onBegin?: () => void | Promise<void>): Promise<SmtpReceipt>;
  /** Connects, or asks an idle connection, whether mails could be sent now; throws an SmtpError if not. */
  verify(): Promise<void>;
  /** Lets what was handed over finish for so many milliseconds (default 10 s), then closes; later sends are refused. */
  close(graceMs?: number): Promise<void>;
  readonly stats: SmtpPoolStats;
}

interface Job {
  readonly run: (connection: SmtpConnection) => Promise<void>;
  readonly fail: (error: unknown) => void;
}

const connectionsMaxDefault = 4;
const idleCloseMsDefault = 30_000;
const closeGraceMsDefault = 10_000;
// A server that refuses one connection more, while others work, is not asked again for this long.
const reopenPauseMs = 5_000;

/**
 * Makes a pool; connects only when there is something to send.
 * Mails are served first come, first served, one at a time on each connection: a connection's next mail starts after
 * the answer to the one before, so that "250 before the next" holds for whoever keeps a journal. When no connection
 * can be had at all, everything that waits fails at once with the reason, so that the caller can pause as a whole.
 */
export function createSmtpPool(options: SmtpPoolOptions): SmtpPool {
  return new WarmConnections(options);
}

class WarmConnections implements SmtpPool {
  #options: SmtpPoolOptions;
  #queue: Job[] = [];
  #open = new Set<SmtpConnection>();
  // The last one used is taken first, so that those not needed grow old and are closed.
  #idle: SmtpConnection[] = [];
  #idleTimers = new Map<SmtpConnection, NodeJS.Timeout>();
  #opening = 0;
  #noMoreBefore = 0;
  #sent = 0;
  #failed = 0;
  #closing = false;
  #closed = false;
  #onQuiet: () => void = () => undefined;

  constructor(options: SmtpPoolOptions) {
    this.#options = options;
    if (!Number.isInteger(this.#connectionsMax) || this.#connectionsMax < 1) {
      throw new RangeError(`connectionsMax is ${this.#connectionsMax}: it must be a whole number from 1`);
    }
  }

  get #connectionsMax(): number {
    return this.#options.connectionsMax ?? connectionsMaxDefault;
  }

  get #idleCloseMs(): number {
    return this.#options.idleCloseMs ?? idleCloseMsDefault;
  }

  async send(mail: SmtpMail, onBegin?: () => void | Promise<void>): Promise<SmtpReceipt> {
    try {
      const receipt = await this.#onFreshOrWarm(async (connection) => {
        await onBegin?.();
        return connection.send(mail);
      });
      this.#sent += 1;
      return receipt;
    } catch (error) {
      this.#failed += 1;
      throw error;
    }
  }

  verify(): Promise<void> {
    return this.#onFreshOrWarm((connection) => connection.check());
  }

  get stats(): SmtpPoolStats {
    return {
      open: this.#open.size,
      idle: this.#idle.length,
      opening: this.#opening,
      queued: this.#queue.length,
      sent: this.#sent,
      failed: this.#failed,
    };
  }

  async close(graceMs = closeGraceMsDefault): Promise<void> {
    this.#closing = true;
    if (this.#isBusy()) await this.#quietWithin(graceMs);
    this.#closed = true;
    const late = unusable('connect', 'Sending was stopped while the mail waited', 'It is sent after the next start');
    for (const job of this.#queue.splice(0)) job.fail(late);
    const idle = new Set(this.#idle);
    for (const connection of this.#open) if (!idle.has(connection)) connection.destroy();
    await Promise.all([...idle].map((connection) => this.#retire(connection)));
  }

  /**
   * Runs work on a connection. A warm connection may have died unnoticed, or be told to go (421) after too many
   * mails: work that got no further than the envelope there is done once more, on another one.
   */
  async #onFreshOrWarm<T>(work: (connection: SmtpConnection) => Promise<T>): Promise<T> {
    let wasWarm = false;
    const once = (): Promise<T> =>
      this.#enqueue((connection) => {
        wasWarm = connection.uses > 0;
        return work(connection);
      });
    try {
      return await once();
    } catch (error) {
      if (!wasWarm || !isPartingWord(error) || this.#closing) throw error;
      return once();
    }
  }

  #enqueue<T>(work: (connection: SmtpConnection) => Promise<T>): Promise<T> {
    if (this.#closing) {
      return Promise.reject(unusable('connect', 'Sending has been stopped', 'The mail is sent after the next start'));
    }
    return new Promise<T>((resolve, reject) => {
      const run = (connection: SmtpConnection): Promise<void> => work(connection).then(resolve, reject);
      this.#queue.push({ run, fail: reject });
      this.#serve();
    });
  }

  #serve(): void {
    while (this.#queue.length > 0) {
      const connection = this.#takeIdle();
      if (connection === undefined) break;
      const job = this.#queue.shift();
      if (job !== undefined) void this.#work(connection, job);
    }
    const wanted = Math.min(this.#queue.length, this.#connectionsMax - this.#open.size) - this.#opening;
    const allowed = Date.now() >= this.#noMoreBefore || (this.#open.size === 0 && this.#opening === 0);
    for (let more = allowed ? wanted : 0; more > 0; more -= 1) void this.#openOne();
  }

  async #work(connection: SmtpConnection, job: Job): Promise<void> {
    await job.run(connection);
    this.#giveBack(connection);
    this.#serve();
    if (!this.#isBusy()) this.#onQuiet();
  }

  async #openOne(): Promise<void> {
    this.#opening += 1;
    try {
      const connection = await openSmtpConnection(this.#options);
      this.#noMoreBefore = 0;
      // Nobody waits for a connection that comes after the end.
      if (this.#closed) return connection.destroy();
      this.#open.add(connection);
      connection.onEnd = () => this.#forget(connection);
      this.#giveBack(connection);
    } catch (error) {
      this.#noMoreBefore = Date.now() + reopenPauseMs;
      // Connections that still work (or may yet come) will serve the queue; without any nobody would.
      if (this.#open.size === 0 && this.#opening === 1) for (const job of this.#queue.splice(0)) job.fail(error);
    } finally {
      this.#opening -= 1;
      this.#serve();
      if (!this.#isBusy()) this.#onQuiet();
    }
  }

  #takeIdle(): SmtpConnection | undefined {
    const connection = this.#idle.pop();
    if (connection === undefined) return undefined;
    clearTimeout(this.#idleTimers.get(connection));
    this.#idleTimers.delete(connection);
    return connection;
  }

  #giveBack(connection: SmtpConnection): void {
    if (!connection.isOpen) {
      this.#forget(connection);
      return;
    }
    this.#idle.push(connection);
    this.#idleTimers.set(
      connection,
      setTimeout(() => void this.#retire(connection), this.#idleCloseMs),
    );
  }

  async #retire(connection: SmtpConnection): Promise<void> {
    this.#forget(connection);
    await connection.quit();
  }

  #forget(connection: SmtpConnection): void {
    this.#open.delete(connection);
    this.#idle = this.#idle.filter((other) => other !== connection);
    clearTimeout(this.#idleTimers.get(connection));
    this.#idleTimers.delete(connection);
    if (!this.#closing) this.#serve();
  }

  #isBusy(): boolean {
    return this.#queue.length > 0 || this.#opening > 0 || this.#open.size > this.#idle.length;
  }

  async #quietWithin(graceMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#onQuiet = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function isPartingWord(error: unknown): boolean {
  if (!(error instanceof SmtpError)) return false;
  const early = error.phase === 'envelope' || error.phase === 'hello';
  return early && (error.code === undefined || error.code === 421) && error.kind !== 'permanent';
}
