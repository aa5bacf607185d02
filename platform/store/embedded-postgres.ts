// platform: the Postgres that npm brings along, on the hub's data directory: started, joined, watched and stopped.
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { codeOf, exists, findPostgresBinaries } from './embedded-postgres-binaries.ts';
import { withPostgresLock } from './embedded-postgres-lock.ts';
import {
  initialiseCluster,
  isAlive,
  isServerOf,
  postgresPlace,
  readPostmaster,
  startServer,
  stopServer,
  syncDirectory,
} from './embedded-postgres-server.ts';
import type { PostgresPlace, PostgresTools, Postmaster } from './embedded-postgres-server.ts';
import { choosePostgresUser } from './embedded-postgres-user.ts';

const answerMs = 60_000;
const pollMs = 50;
const keeperPrefix = 'staffetta hub ';
const goodbyeMs = 1000;
const reviveMs = 1000;

/** What a start needs. */
export interface EmbeddedPostgresOptions {
  /** The hub's data directory; made where it is missing. */
  readonly dataDir: string;
  /** The wished TCP port on 127.0.0.1; any free one where it is taken or not given. A running server keeps its own. */
  readonly port?: number;
  /** Gets what an operator should know, one line each. */
  readonly log?: (line: string) => void;
}

/** A Postgres that runs for us. */
export interface EmbeddedPostgres {
  /** `postgres://staffetta:password@127.0.0.1:port/staffetta`; holds a secret, not for logs. */
  readonly url: string;
  /** Whether the server was running already: another hub's, or left over from a hub that was killed. */
  readonly adopted: boolean;
  /**
   * Says that this process needs the server no more; close your own connections first. The last one out stops it,
   * whoever started it: while any other client is connected (a hub, a service alone, psql, a backup) it runs on, to be
   * stopped by the last hub that leaves, or adopted by the next that comes. Calling it again changes nothing.
   */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres of a data directory, or adopts the one that runs there already; the first time it also makes the
 * database (`<dataDir>/postgres`, password in `<dataDir>/postgres-password`, output in `<dataDir>/postgres.log`).
 * Several processes may call it at the same moment. A server that is killed meanwhile is started again on its port.
 * @throws Error that says what is in the way and what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const place = postgresPlace(await madeDirectory(options.dataDir));
  return await withPostgresLock(place.dataDir, log, async () => {
    const binaries = await findPostgresBinaries();
    const user = await choosePostgresUser(place.dataDir, place.clusterDir, binaries.postgres);
    const running = new RunningPostgres(place, { binaries, user, log });
    await running.begin(options.port ?? 0);
    return running;
  });
}

/**
 * Finds the Postgres that a hub runs on the same data directory (for a service that is started alone); waits while a
 * hub is just starting or stopping it. Keep a connection open while you need it: a hub that leaves looks for clients.
 * @param dataDir the hub's data directory
 * @returns its URL, or undefined where none runs
 */
export async function findRunningPostgres(dataDir: string): Promise<string | undefined> {
  const place = postgresPlace(resolve(dataDir));
  if (!(await exists(join(place.dataDir, 'postgres.lock')))) return undefined;
  return await withPostgresLock(
    place.dataDir,
    () => undefined,
    async () => {
      const password = await readPassword(place);
      const postmaster = password === undefined ? undefined : await findServer(place);
      if (password === undefined || postmaster?.port === undefined) return undefined;
      const url = urlOf(password, postmaster.port);
      await (await greet(place, url, 'staffetta')).end();
      return url;
    },
  );
}

class RunningPostgres implements EmbeddedPostgres {
  url = '';
  adopted = false;
  readonly #place: PostgresPlace;
  readonly #tools: PostgresTools;
  #port = 0;
  // One open connection says that this hub is here: pools may be idle, and the last one out stops the server.
  #keeper: pg.Client | undefined;
  #stopping: Promise<void> | undefined;

  constructor(place: PostgresPlace, tools: PostgresTools) {
    this.#place = place;
    this.#tools = tools;
  }

  async begin(wantedPort: number): Promise<void> {
    const password = await preparedCluster(this.#place, this.#tools);
    const found = await findServer(this.#place);
    const postmaster = found ?? (await startServer(this.#place, this.#tools, wantedPort));
    this.adopted = found !== undefined;
    this.#port = postmaster.port ?? wantedPort;
    this.url = urlOf(password, this.#port);
    await this.#keep();
  }

  async #keep(): Promise<void> {
    const keeper = await greet(this.#place, this.url, `${keeperPrefix}${process.pid}`);
    this.#keeper = keeper;
    keeper.once('end', () => void this.#revive(keeper));
  }

  async #revive(lost: pg.Client): Promise<void> {
    if (this.#keeper !== lost) return;
    this.#keeper = undefined;
    while (!this.#stopping && !this.#keeper) {
      try {
        await withPostgresLock(this.#place.dataDir, this.#tools.log, () => this.#startAgain());
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.#tools.log(`Postgres is away and does not come back yet: ${why}`);
        await sleep(reviveMs, undefined, { ref: false });
      }
    }
  }

  async #startAgain(): Promise<void> {
    if (this.#stopping) return;
    const found = await findServer(this.#place);
    const postmaster = found ?? (await startServer(this.#place, this.#tools, this.#port));
    if (postmaster.port !== this.#port) {
      throw new Error(`it now runs on port ${postmaster.port} instead of ${this.#port}; restart this process`);
    }
    await this.#keep();
    if (!found) this.#tools.log('Postgres had gone away and was started again');
  }

  stop(): Promise<void> {
    this.#stopping ??= withPostgresLock(this.#place.dataDir, this.#tools.log, () => this.#leave());
    return this.#stopping;
  }

  async #leave(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = undefined;
    const others = keeper ? await othersThan(keeper) : [];
    await keeper?.end();
    if (others.length > 0) {
      this.#tools.log(`Postgres runs on for ${others.join(', ')}`);
      return;
    }
    const postmaster = await findServer(this.#place);
    if (postmaster) await stopServer(this.#place, this.#tools, postmaster);
  }
}

// Our own pools' connections take a moment to vanish from the list after they are closed.
async function othersThan(keeper: pg.Client): Promise<string[]> {
  const until = performance.now() + goodbyeMs;
  for (;;) {
    const names = await clientNames(keeper);
    if (names.length === 0 || performance.now() > until) return names;
    if (names.some((name) => name.startsWith(keeperPrefix))) return names;
    await sleep(pollMs);
  }
}

async function clientNames(keeper: pg.Client): Promise<string[]> {
  const text = `SELECT DISTINCT coalesce(nullif(application_name, ''), 'a client without a name') AS name
    FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
  try {
    return (await keeper.query<{ name: string }>(text)).rows.map((row) => row.name);
  } catch (error) {
    if (isNoAnswer(error)) return [];
    throw error;
  }
}

async function madeDirectory(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true });
    return await realpath(dataDir);
  } catch (error) {
    throw new Error(
      `The data directory ${resolve(dataDir)} cannot be made or entered. ` +
        'Set STAFFETTA_DATA_DIR to one that this user can write to.',
      { cause: error },
    );
  }
}

async function preparedCluster(place: PostgresPlace, tools: PostgresTools): Promise<string> {
  const known = await readPassword(place);
  const made = await exists(place.clusterDir);
  if (made && known === undefined) {
    throw new Error(
      `${place.passwordFile} is missing, and nobody can sign in to the database in ${place.clusterDir} without it. ` +
        'Put the file back from a backup; or, if the data may go, remove that directory.',
    );
  }
  const password = known ?? (await madePassword(place));
  if (!made) await initialiseCluster(place, tools, password);
  await tools.user.own(place.clusterDir);
  // Copies, backups and mounted volumes come with other rights, with which Postgres would not start.
  await chmod(place.clusterDir, 0o700);
  return password;
}

async function readPassword(place: PostgresPlace): Promise<string | undefined> {
  try {
    return (await readFile(place.passwordFile, 'utf8')).trim() || undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Error(`${place.passwordFile} cannot be read. Start as the user who owns ${place.dataDir}.`, {
      cause: error,
    });
  }
}

async function madePassword(place: PostgresPlace): Promise<string> {
  const password = randomBytes(24).toString('hex');
  const fresh = `${place.passwordFile}.new`;
  await rm(fresh, { force: true });
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(`${password}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, place.passwordFile);
  await syncDirectory(place.dataDir);
  return password;
}

// Waits for a server that is just starting, recovering or stopping, and clears what a dead one left.
async function findServer(place: PostgresPlace): Promise<Postmaster | undefined> {
  const since = performance.now();
  for (;;) {
    const postmaster = await readPostmaster(place.clusterDir);
    if (!postmaster) return undefined;
    if (!(await isServerOf(place.clusterDir, postmaster.pid))) {
      // Postgres itself sees that a number is nobody's; where it is now another process', it would not start.
      if (isAlive(postmaster.pid)) await rm(join(place.clusterDir, 'postmaster.pid'), { force: true });
      return undefined;
    }
    if (postmaster.status === 'ready') return postmaster;
    if (postmaster.status !== 'starting' && performance.now() - since > answerMs) {
      throw new Error(
        `Postgres (process ${postmaster.pid}) on ${place.clusterDir} has been "${postmaster.status}" for a minute. ` +
          `See ${place.logFile}; end that process (kill ${postmaster.pid}) and start again.`,
      );
    }
    await sleep(pollMs);
  }
}

// Connects to our database, which is made where it is missing; a server that recovers after a crash is waited for.
async function greet(place: PostgresPlace, url: string, name: string): Promise<pg.Client> {
  const until = performance.now() + answerMs;
  for (;;) {
    try {
      return await connect(url, name);
    } catch (error) {
      const code = codeOf(error);
      if (code === '3D000') await createDatabase(url);
      else if (code === '28P01') throw wrongPassword(place, error);
      else if (!isNoAnswer(error) || performance.now() > until) throw noAnswer(place, error);
      else await sleep(pollMs);
    }
  }
}

async function connect(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: name, connectionTimeoutMillis: 5000 });
  // A broken connection also ends, which is what is listened for; without a listener the error would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function createDatabase(url: string): Promise<void> {
  const client = await connect(url.replace(/staffetta$/, 'postgres'), 'staffetta');
  try {
    await client.query('CREATE DATABASE staffetta');
  } catch (error) {
    // Another process was quicker.
    if (!['42P04', '23505'].includes(codeOf(error))) throw error;
  } finally {
    await client.end();
  }
}

function isNoAnswer(error: unknown): boolean {
  const code = codeOf(error);
  return code === '' || /^(57P0|08|ECONN|EPIPE|ETIMEDOUT|53300)/.test(code);
}

function wrongPassword(place: PostgresPlace, cause: unknown): Error {
  return new Error(
    `The Postgres on ${place.clusterDir} refuses the password in ${place.passwordFile}. ` +
      'Put the right file back from a backup.',
    { cause },
  );
}

function noAnswer(place: PostgresPlace, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(`The Postgres on ${place.clusterDir} does not take connections: ${why}. See ${place.logFile}.`, {
    cause,
  });
}

function urlOf(password: string, port: number): string {
  return `postgres://staffetta:${password}@127.0.0.1:${port}/staffetta`;
}
