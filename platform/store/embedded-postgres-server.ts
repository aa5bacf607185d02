// platform: one Postgres server process on a data directory: made, started, recognised and stopped.
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { codeOf } from './embedded-postgres-binaries.ts';
import type { PostgresBinaries } from './embedded-postgres-binaries.ts';
import type { PostgresUser } from './embedded-postgres-user.ts';

const pollMs = 15;
const sayEveryMs = 10_000;
const logBytesMax = 10 * 1024 * 1024;
const takeOverMs = 60_000;

/** Where everything of one data directory is; all paths absolute. */
export interface PostgresPlace {
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly logFile: string;
  readonly passwordFile: string;
}

/** What is needed to start a server. */
export interface PostgresTools {
  readonly binaries: PostgresBinaries;
  readonly user: PostgresUser;
  readonly log: (line: string) => void;
}

/** What `postmaster.pid` says of a server. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number | undefined;
  readonly status: string;
}

/**
 * Names the places in a data directory.
 * @param dataDir absolute path of the hub's data directory
 */
export function postgresPlace(dataDir: string): PostgresPlace {
  return {
    dataDir,
    clusterDir: join(dataDir, 'postgres'),
    logFile: join(dataDir, 'postgres.log'),
    passwordFile: join(dataDir, 'postgres-password'),
  };
}

// They go into postgresql.conf, where an operator may change them; a small machine and a budget of 400 MiB decide.
// No parallel helpers for reading and replication, and no shared memory files that systemd would clear at a log-out.
// wal_compression stays off: this build has pglz alone, which costs more than the disk it saves.
const settings = [
  'max_connections=200',
  'shared_buffers=128MB',
  'io_method=sync',
  'max_logical_replication_workers=0',
  'dynamic_shared_memory_type=mmap',
  'jit=off',
  'log_checkpoints=off',
  'timezone=UTC',
  'log_timezone=UTC',
];

/**
 * Makes the database cluster where there is none; a kill half-way leaves nothing that a later start would trip over.
 * Text sorts by code point everywhere and upper and lower case follow Unicode, whatever the machine's locale.
 * @param password of the superuser `staffetta`
 * @throws Error with what initdb said
 */
export async function initialiseCluster(place: PostgresPlace, tools: PostgresTools, password: string): Promise<void> {
  await removeLeftovers(place.dataDir);
  const fresh = join(place.dataDir, `postgres.new-${process.pid}`);
  const passwordFile = `${fresh}.password`;
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await tools.user.own(fresh);
  await tools.user.own(passwordFile);
  const identity = ['-D', fresh, '-U', 'staffetta', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const text = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const tuning = settings.flatMap((setting) => ['-c', setting]);
  await runInitdb(tools, [...identity, ...text, '--data-checksums', ...tuning]);
  await rm(passwordFile);
  await rename(fresh, place.clusterDir);
  await syncDirectory(place.dataDir);
}

async function removeLeftovers(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith('postgres.new-')) continue;
    // The initdb of a killed hub may still be writing; it gives up when its files go.
    await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

async function runInitdb(tools: PostgresTools, args: string[]): Promise<void> {
  const [file, allArgs] = tools.user.command(tools.binaries.initdb, args);
  try {
    await promisify(execFile)(file, allArgs, { ...tools.user.ids, env: cleanEnvironment() });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`The database could not be made. initdb says: ${said || String(error)}`, { cause: error });
  }
}

// PGDATA, PGPORT, PGOPTIONS and the like of the caller are meant for another server.
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^PG[A-Z]/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

/**
 * Makes a new or renamed entry of a directory outlive a power failure.
 * @param directory an existing directory
 */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows has no such call and needs none.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Starts a server in a session of its own (Ctrl-C in our terminal is not for it) and waits until it takes connections,
 * through crash recovery too, however long that takes.
 * @param wantedPort taken where it is free, else any free one is; 0 means any
 * @throws Error with the end of the server's log, where it gave up
 */
export async function startServer(place: PostgresPlace, tools: PostgresTools, wantedPort: number): Promise<Postmaster> {
  const since = performance.now();
  for (let port = await freePort(wantedPort); ;) {
    const end = await launch(place, tools, port);
    if (typeof end !== 'string') return end;
    // What a killed server leaves behind ends within moments: its children notice, and the kernel frees the memory.
    if (!/pre-existing shared memory block|could not bind|lock file .* already exists/.test(end))
      throw gaveUp(place, end);
    if (performance.now() - since > takeOverMs) throw gaveUp(place, end);
    await sleep(100);
    port = await freePort(/could not bind/.test(end) ? 0 : port);
  }
}

function gaveUp(place: PostgresPlace, said: string): Error {
  return new Error(`Postgres did not start on ${place.clusterDir}. The end of ${place.logFile}:\n${said.trim()}`);
}

async function launch(place: PostgresPlace, tools: PostgresTools, port: number): Promise<Postmaster | string> {
  await rotateLog(place.logFile);
  const log = await open(place.logFile, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
  try {
    const { size } = await log.stat();
    const child = spawnServer(place, tools, port, log.fd);
    return (await untilReady(place, tools, child)) ?? (await readFile(place.logFile, 'utf8')).slice(size);
  } finally {
    await log.close();
  }
}

async function rotateLog(file: string): Promise<void> {
  try {
    if ((await stat(file)).size > logBytesMax) await rename(file, `${file}.1`);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function spawnServer(place: PostgresPlace, tools: PostgresTools, port: number, logFd: number): ChildProcess {
  const args = ['-D', place.clusterDir, '-p', String(port)];
  args.push('-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=');
  const [file, allArgs] = tools.user.command(tools.binaries.postgres, args);
  const child = spawn(file, allArgs, {
    ...tools.user.ids,
    env: cleanEnvironment(),
    cwd: place.dataDir,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', logFd, logFd],
  });
  child.unref();
  return child;
}

async function untilReady(
  place: PostgresPlace,
  tools: PostgresTools,
  child: ChildProcess,
): Promise<Postmaster | undefined> {
  let failure: Error | undefined;
  let ended = false;
  child.once('error', (error) => (failure = error));
  child.once('exit', () => (ended = true));
  let sayAt = performance.now() + sayEveryMs;
  for (;;) {
    if (failure) {
      throw new Error(
        `Postgres cannot be run on this machine: ${failure.message}. Set DATABASE_URL to a PostgreSQL of your own.`,
        { cause: failure },
      );
    }
    if (ended) return undefined;
    const postmaster = await readPostmaster(place.clusterDir);
    if (postmaster?.pid === child.pid && postmaster?.status === 'ready') return postmaster;
    if (performance.now() > sayAt) {
      tools.log(`Postgres is still starting (after a crash it first recovers its data); see ${place.logFile}`);
      sayAt += sayEveryMs;
    }
    await sleep(pollMs);
  }
}

/**
 * Finds a free TCP port on 127.0.0.1.
 * @param wanted taken where nobody listens on it; 0 means any
 */
export async function freePort(wanted: number): Promise<number> {
  const port = await listenOnce(wanted);
  return port ?? (await listenOnce(0)) ?? 0;
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const found = (server.address() as AddressInfo).port;
      server.close(() => resolve(found));
    });
  });
}

/**
 * Reads `postmaster.pid` (its lines: pid, data directory, start, port, socket directory, address, memory, status).
 * @param clusterDir Postgres' data directory
 * @returns undefined where there is no such file, or none that names a process
 */
export async function readPostmaster(clusterDir: string): Promise<Postmaster | undefined> {
  try {
    const lines = (await readFile(join(clusterDir, 'postmaster.pid'), 'utf8')).split('\n');
    const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
    const port = Number.parseInt(lines[3] ?? '', 10);
    return pid > 0 ? { pid, port: port > 0 ? port : undefined, status: (lines[7] ?? '').trim() } : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Says whether a process is the server of this directory, and not another that got a dead server's number.
 * @param clusterDir Postgres' data directory
 * @param pid from `postmaster.pid`
 */
export async function isServerOf(clusterDir: string, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  try {
    if (process.platform === 'linux') return await worksIn(clusterDir, pid);
    const list = promisify(execFile);
    const { stdout } =
      process.platform === 'win32'
        ? await list('tasklist', ['/NH', '/FI', `PID eq ${pid}`])
        : await list('ps', ['-p', String(pid), '-o', 'command=']);
    return /postgres/i.test(stdout);
  } catch (error) {
    // It ended while we looked.
    if (['ENOENT', 'ESRCH', '1'].includes(codeOf(error))) return false;
    throw error;
  }
}

async function worksIn(clusterDir: string, pid: number): Promise<boolean> {
  try {
    const [there, here] = [await stat(`/proc/${pid}/cwd`), await stat(clusterDir)];
    return there.ino === here.ino && there.dev === here.dev;
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw error;
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('postgres');
  }
}

/**
 * Says whether a process of this number exists.
 * @param pid a process number
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Stops a server at once but cleanly ("fast": sessions are ended, everything is written) and waits for its end.
 * @param postmaster the server of this directory (see isServerOf)
 */
export async function stopServer(place: PostgresPlace, tools: PostgresTools, postmaster: Postmaster): Promise<void> {
  if (process.platform === 'win32') {
    await promisify(execFile)(tools.binaries.pgCtl, ['stop', '-D', place.clusterDir, '-m', 'fast', '-w']);
    return;
  }
  try {
    process.kill(postmaster.pid, 'SIGINT');
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
  let sayAt = performance.now() + sayEveryMs;
  while (await isServerOf(place.clusterDir, postmaster.pid)) {
    if (performance.now() > sayAt) {
      tools.log(`Postgres (process ${postmaster.pid}) is still writing its data`);
      sayAt += sayEveryMs;
    }
    await sleep(pollMs);
  }
}
