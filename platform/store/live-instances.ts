// platform: a process says on a connection of its own that it lives, so that others take over when it dies. Store: instances.
import { HubError } from '@staffetta/flow/errors.ts';
import { randomUUID } from 'node:crypto';
import type { Notification, PoolClient } from 'pg';
import { explainDatabaseError, type Queryable, type Rows, type Statement, type Store } from './store.ts';

/** How an instance registers. Times in milliseconds. */
export interface InstanceOptions {
  /** How long it counts as alive after its last heartbeat. Default 10 s; heartbeats come four times as often. */
  readonly aliveMs?: number;
  /** Channels to LISTEN on. */
  readonly channels?: readonly string[];
  readonly onNotification?: (channel: string, payload: string) => void;
  /** The connection or a heartbeat was lost: whatever it held may be somebody else's by now. */
  readonly onLost?: (reason: unknown) => void;
  /** It lives again, under a new id. */
  readonly onRegistered?: (id: string) => void;
}

/** A registered process. */
export interface LiveInstance extends Queryable {
  /** Its id; a new one after every loss, since an id that was dead once never lives again. */
  readonly id: string;
  /** Whether it counts as dead at the moment (its connection is being opened again). */
  isLost(): boolean;
  /** Takes the row away, so that others may take over at once. */
  close(): Promise<void>;
}

const reconnectMs = [50, 100, 250, 500, 1000, 2000] as const;

class Instance implements LiveInstance {
  readonly #store: Store;
  readonly #name: string;
  readonly #options: InstanceOptions;
  readonly #aliveMs: number;
  #id: string = randomUUID();
  #client: PoolClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Ends when the statements given so far have ended: a connection takes one at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(store: Store, name: string, options: InstanceOptions) {
    this.#store = store;
    this.#name = name;
    this.#options = options;
    this.#aliveMs = options.aliveMs ?? 10_000;
  }

  get id(): string {
    return this.#id;
  }

  isLost(): boolean {
    return this.#client === undefined;
  }

  async query<R>(statement: Statement): Promise<Rows<R>> {
    const client = this.#client;
    if (!client) throw this.#away();
    // Its turn may come after the connection was given up.
    return this.#inTurn(() => (client === this.#client ? runOn<R>(client, statement) : Promise.reject(this.#away())));
  }

  #away(): HubError {
    return new HubError('DATABASE_AWAY', `The connection of instance ${this.#name} is being opened again`);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async register(): Promise<void> {
    const client = await this.#store.connection();
    const id = randomUUID();
    // Without a listener of its own, an error of a connection in use would end the process.
    client.on('error', (error) => this.#lose(client, error));
    client.on('end', () => this.#lose(client, new Error('the connection ended')));
    client.on('notification', (message) => this.#hear(message));
    try {
      await this.#introduce(client, id);
    } catch (error) {
      client.release(true);
      throw error;
    }
    this.#id = id;
    this.#client = client;
    this.#turn = Promise.resolve();
    this.#beatSoon(client);
    if (this.#closed) await this.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    try {
      await within(
        this.#aliveMs,
        this.#inTurn(() => deleteInstance(client, this.#id)),
      );
    } catch (error) {
      // Its connection ends in any case, and that alone says that it is dead.
      this.#options.onLost?.(error);
    } finally {
      client.release(true);
    }
  }

  async #introduce(client: PoolClient, id: string): Promise<void> {
    // Nothing on this connection needs to outlive a crash of the server: heartbeats, and marks that may be told again.
    await runOn(client, { text: 'SET synchronous_commit = off' });
    for (const channel of this.#options.channels ?? []) await runOn(client, { text: `LISTEN "${channel}"` });
    await insertInstance(client, id, this.#name, this.#aliveMs);
    await deleteLongDead(client);
  }

  #hear({ channel, payload }: Notification): void {
    this.#options.onNotification?.(channel, payload ?? '');
  }

  #beatSoon(client: PoolClient): void {
    this.#timer = setTimeout(() => void this.#beat(client), this.#aliveMs / 4);
    this.#timer.unref();
  }

  async #beat(client: PoolClient): Promise<void> {
    if (client !== this.#client) return;
    try {
      const alive = await within(
        this.#aliveMs / 2,
        this.#inTurn(() => renewInstance(client, this.#id, this.#aliveMs)),
      );
      if (!alive) return this.#lose(client, new Error('its heartbeat came too late'));
      if (client === this.#client) this.#beatSoon(client);
    } catch (error) {
      this.#lose(client, error);
    }
  }

  #lose(client: PoolClient, reason: unknown): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    clearTimeout(this.#timer);
    client.release(true);
    this.#options.onLost?.(reason);
    void this.#registerAgain();
  }

  async #registerAgain(): Promise<void> {
    for (let attempt = 0; !this.#closed && this.isLost(); attempt++) {
      const waitMs = reconnectMs[Math.min(attempt, reconnectMs.length - 1)];
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      try {
        if (!this.#closed) await this.register();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
      }
    }
    if (!this.#closed) this.#options.onRegistered?.(this.#id);
  }
}

async function runOn<R>(client: PoolClient, statement: Statement): Promise<Rows<R>> {
  try {
    const { text, values, name } = statement;
    const result = await client.query({ text, ...(values && { values: [...values] }), ...(name && { name }) });
    return { rows: result.rows as R[], rowCount: result.rowCount ?? 0 };
  } catch (error) {
    throw explainDatabaseError(error);
  }
}

/**
 * A connection that no longer answers would keep its caller waiting for as long as TCP hopes. Where this process itself was too busy to
 * look, the answer lies there already: it is read before the time counts as over.
 */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    // Timers come before what was received in a turn of the event loop: the second of these has seen all of it handled.
    setImmediate(() => setImmediate(() => late.reject(new Error(`no answer within ${limitMs} ms`))));
  }, limitMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

async function insertInstance(client: PoolClient, id: string, name: string, aliveMs: number): Promise<void> {
  await runOn(client, {
    text: `INSERT INTO platform.instance (id, name, backend_pid, backend_start, alive_until)
      SELECT $1, $2, a.pid, a.backend_start, clock_timestamp() + $3 * interval '1 millisecond'
      FROM pg_stat_get_activity(pg_backend_pid()) a`,
    values: [id, name, aliveMs],
  });
}

async function renewInstance(client: PoolClient, id: string, aliveMs: number): Promise<boolean> {
  const { rowCount } = await runOn(client, {
    name: 'instance_renew',
    text: `UPDATE platform.instance SET alive_until = clock_timestamp() + $2 * interval '1 millisecond'
      WHERE id = $1 AND alive_until > clock_timestamp()`,
    values: [id, aliveMs],
  });
  return rowCount === 1;
}

async function deleteInstance(client: PoolClient, id: string): Promise<void> {
  await runOn(client, { text: 'DELETE FROM platform.instance WHERE id = $1', values: [id] });
}

async function deleteLongDead(client: PoolClient): Promise<void> {
  await runOn(client, {
    text: `DELETE FROM platform.instance WHERE id IN (
      SELECT id FROM platform.instance WHERE alive_until < clock_timestamp() - interval '1 hour' FOR UPDATE SKIP LOCKED)`,
  });
}

/**
 * Registers this process as alive, on a connection of its own. Others see it in `platform.live_instance` until that connection
 * ends (then at once, as after kill -9) or its heartbeat is older than `aliveMs` (a frozen process). A lost connection is opened
 * again by itself, under a new id. The tables must exist (`migratePlatform`).
 * @param store the database
 * @param name what it is called, for people
 * @param options times, channels to listen on, and whom to tell
 * @throws HubError DATABASE_AWAY where the first connection fails
 */
export async function registerInstance(
  store: Store,
  name: string,
  options: InstanceOptions = {},
): Promise<LiveInstance> {
  const instance = new Instance(store, name, options);
  await instance.register();
  return instance;
}
