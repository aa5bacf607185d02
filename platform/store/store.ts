// platform: the store's one face: PostgreSQL 15 or later, one pool, transactions with steps before and after the commit.
import { HubError } from '@staffetta/flow/errors.ts';
import pg from 'pg';

// bigint columns (invoice numbers, offsets) fit a double in this product's life; text would leak into every caller.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text));

/** A statement: its text, its values and, where it is worth preparing, a name that is unique for the text. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly name?: string;
}

/** What a statement gives back. */
export interface Rows<R> {
  readonly rows: R[];
  readonly rowCount: number;
}

/** Something that runs statements: the store itself, or a transaction. */
export interface Queryable {
  /**
   * Runs one statement.
   * @throws HubError DATABASE_AWAY where the server cannot be reached; pg's own error (with its `code`) otherwise
   */
  query<R = Record<string, unknown>>(statement: Statement): Promise<Rows<R>>;
}

/** A transaction under way. */
export interface Tx extends Queryable {
  /** Registers work to be done as the last thing before COMMIT, in the order of registration (short locks). */
  beforeCommit(step: () => Promise<void>): void;
  /** Registers work to be done once COMMIT succeeded; it must not throw, and nobody waits for it. */
  afterCommit(step: () => void): void;
}

/** A PostgreSQL database. */
export interface Store extends Queryable {
  readonly url: string;
  /**
   * Runs work in one transaction (read committed). Deadlocks and serialization failures run the work again, up to three times,
   * so the work must have no effects outside the database before it returns.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Takes a connection of its own (LISTEN, session locks); the caller releases it. */
  connection(): Promise<pg.PoolClient>;
  /** Asks the server for a sign of life. */
  ping(): Promise<void>;
  /** The connections of this moment, how many there may be, and how many statements wait for one. */
  pool(): PoolFigures;
  close(): Promise<void>;
}

/** A pool's connections, counted. */
export interface PoolFigures {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

/**
 * What passes when somebody mends the server, and is no fault of a statement: no connection (08), no login (28), no room or too
 * many connections (53), shut down (57P), I/O (58), read-only after a failover (25006), locked away (55P03). PostgreSQL, appendix A.
 */
const connectionCodes = /^(08|28|53|57P|58|25006|55P03|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_AGAIN)/;
const connectionWords =
  /terminat|Connection ended|timeout exceeded when trying to connect|Client has encountered|Client was closed/i;
const againCodes = new Set(['40001', '40P01']);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * Turns pg's connection troubles into DATABASE_AWAY and leaves every other error as it is.
 * @param error what pg threw
 */
export function explainDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HubError) return error;
  const away = connectionCodes.test(codeOf(error)) || (codeOf(error) === '' && connectionWords.test(error.message));
  return away ? new HubError('DATABASE_AWAY', `The database cannot be reached: ${error.message}`, error) : error;
}

async function run<R>(client: pg.Pool | pg.PoolClient, statement: Statement): Promise<Rows<R>> {
  try {
    const config: pg.QueryConfig = { text: statement.text };
    if (statement.values) config.values = statement.values as unknown[];
    if (statement.name) config.name = statement.name;
    const result = await client.query(config);
    return { rows: result.rows as R[], rowCount: result.rowCount ?? 0 };
  } catch (error) {
    throw explainDatabaseError(error);
  }
}

class PoolStore implements Store {
  readonly url: string;
  readonly #pool: pg.Pool;

  constructor(url: string, options: StoreOptions) {
    this.url = url;
    this.#pool = new pg.Pool({
      connectionString: url,
      max: options.connectionsMax ?? 10,
      idleTimeoutMillis: 30_000,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 5000,
      application_name: options.name ?? 'staffetta',
      statement_timeout: options.statementTimeoutMs ?? 60_000,
    });
    // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
    this.#pool.on('error', (error) => options.onIdleError?.(error));
    // One that breaks while it is lent out, between two statements, would end the process too; its next statement says it.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  query<R>(statement: Statement): Promise<Rows<R>> {
    return run<R>(this.#pool, statement);
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (attempt >= 3 || !againCodes.has(codeOf(error))) throw error;
      }
    }
  }

  async #once<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await this.connection();
    const before: (() => Promise<void>)[] = [];
    const after: (() => void)[] = [];
    const tx: Tx = {
      query: (statement) => run(client, statement),
      beforeCommit: (step) => before.push(step),
      afterCommit: (step) => after.push(step),
    };
    let broken: Error | undefined;
    try {
      await run(client, { text: 'BEGIN' });
      const result = await work(tx);
      for (const step of before) await step();
      await run(client, { text: 'COMMIT' });
      for (const step of after) step();
      return result;
    } catch (error) {
      broken = await rollBack(client);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async connection(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw explainDatabaseError(error);
    }
  }

  async ping(): Promise<void> {
    await this.query({ text: 'SELECT 1' });
  }

  pool(): PoolFigures {
    const { totalCount: total, idleCount: idle, waitingCount: waiting, options } = this.#pool;
    return { total, idle, waiting, max: options.max };
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** How a store connects. */
export interface StoreOptions {
  /** Shown in `pg_stat_activity`. */
  readonly name?: string;
  readonly connectionsMax?: number;
  readonly connectTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  readonly onIdleError?: (error: Error) => void;
}

/**
 * Opens a store; no connection is made before the first statement.
 * @param url `postgres://user:password@host:port/database`
 * @param options names, limits and time-outs
 */
export function openStore(url: string, options: StoreOptions = {}): Store {
  return new PoolStore(url, options);
}
