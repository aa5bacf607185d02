// platform: tests of the embedded Postgres with the real server: starts, crashes, adoption and sharing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isServerOf } from './embedded-postgres-server.ts';
import { findRunningPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';

const isRoot = process.geteuid?.() === 0;
let template = '';
let dataDir = '';
let running: EmbeddedPostgres[] = [];
let starters: ChildProcess[] = [];

before(async () => {
  template = mkdtempSync(join(tmpdir(), 'staffetta-postgres-template-'));
  const made = await startEmbeddedPostgres({ dataDir: template });
  await made.stop();
});

after(() => rmSync(template, { recursive: true }));

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'staffetta-postgres-'));
});

afterEach(async () => {
  for (const starter of starters) starter.kill('SIGKILL');
  for (const postgres of running) await postgres.stop();
  const left = serverPid();
  if (left && (await isServer(left))) process.kill(left, 'SIGKILL');
  running = [];
  starters = [];
  rmSync(dataDir, { recursive: true, maxRetries: 5 });
});

/** Saves a test the making of its own database. */
function useTemplate(): void {
  cpSync(template, dataDir, { recursive: true });
}

async function start(port?: number): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres(port === undefined ? { dataDir } : { dataDir, port });
  running.push(postgres);
  return postgres;
}

/** Another process that starts Postgres on the data directory and prints its URL. */
async function startElsewhere(): Promise<{ starter: ChildProcess; url: string }> {
  const starter = spawnStarter();
  const failed = once(starter, 'exit').then(() => assert.fail('the other process ended before Postgres was there'));
  const [line] = (await Promise.race([once(starter.stdout!, 'data'), failed])) as [Buffer];
  failed.catch(() => 'it may end from here on');
  return { starter, url: line.toString().trim() };
}

function spawnStarter(): ChildProcess {
  const module = JSON.stringify(new URL('embedded-postgres.ts', import.meta.url).href);
  const script = `import { startEmbeddedPostgres } from ${module};
    const postgres = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    process.once('SIGTERM', () => void postgres.stop());
    console.log(postgres.url);`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  starters.push(starter);
  return starter;
}

async function killed(starter: ChildProcess): Promise<void> {
  starter.kill('SIGKILL');
  await once(starter, 'exit');
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'a test' });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function serverPid(): number | undefined {
  try {
    return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}

function isServer(pid: number): Promise<boolean> {
  return isServerOf(join(dataDir, 'postgres'), pid);
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await holds()) return;
    await sleep(20);
  }
  assert.fail(`never came true: ${what}`);
}

test('the first start makes the database, a restart keeps its rows', async () => {
  const first = await start();
  assert.equal(first.adopted, false);
  await query(first.url, 'CREATE TABLE kept (what text)');
  await query(first.url, "INSERT INTO kept VALUES ('PERCHÉ')");
  await first.stop();
  assert.equal(serverPid(), undefined);
  const second = await start();
  assert.deepEqual(await query(second.url, 'SELECT lower(what) AS what FROM kept'), [{ what: 'perché' }]);
});

test('the server is reachable on loopback only, with a password that only its owner can read', async () => {
  useTemplate();
  const { url } = await start();
  const [row] = await query(url, "SELECT current_setting('listen_addresses') AS on, current_setting('fsync') AS fsync");
  assert.deepEqual(row, { on: '127.0.0.1', fsync: 'on' });
  assert.equal(statSync(join(dataDir, 'postgres-password')).mode & 0o777, 0o600);
  await assert.rejects(query(url.replace(/:[0-9a-f]{48}@/, ':wrong@'), 'SELECT 1'), { code: '28P01' });
});

test('the wished port is taken where it is free, and another where it is not', async () => {
  useTemplate();
  const occupant = createServer();
  occupant.listen(0, '127.0.0.1');
  await once(occupant, 'listening');
  const { port } = occupant.address() as AddressInfo;
  const elsewhere = await start(port);
  assert.notEqual(new URL(elsewhere.url).port, String(port));
  await elsewhere.stop();
  occupant.close();
  await once(occupant, 'close');
  assert.equal(new URL((await start(port)).url).port, String(port));
});

test('the server has a session of its own, so that Ctrl-C in the terminal is not for it', async () => {
  useTemplate();
  await start();
  const ps = spawn('ps', ['-o', 'pgid=', '-p', String(serverPid())]);
  const [group] = (await once(ps.stdout, 'data')) as [Buffer];
  assert.equal(Number(group.toString()), serverPid());
});

test('a server left over from a killed hub is adopted, and stopped by the hub that adopted it', async () => {
  useTemplate();
  const { starter, url } = await startElsewhere();
  const left = serverPid();
  await killed(starter);
  const postgres = await start();
  assert.equal(postgres.adopted, true);
  assert.equal(postgres.url, url);
  assert.equal(serverPid(), left);
  await postgres.stop();
  assert.equal(await isServer(left!), false);
});

test('hub and server both killed: the next start recovers what was committed', async () => {
  useTemplate();
  const { starter, url } = await startElsewhere();
  await query(url, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
  const left = serverPid();
  await killed(starter);
  process.kill(left!, 'SIGKILL');
  const postgres = await start();
  assert.equal(postgres.adopted, false);
  assert.deepEqual(await query(postgres.url, 'SELECT count(*)::int AS n FROM kept'), [{ n: 1000 }]);
});

test('a server that is killed under a running hub comes back on its port', async () => {
  useTemplate();
  const { url } = await start();
  await query(url, 'CREATE TABLE kept (n int)');
  process.kill(serverPid()!, 'SIGKILL');
  await until('the table is there again', async () => {
    try {
      return (await query(url, 'SELECT n FROM kept')).length === 0;
    } catch (error) {
      assert.match(String(error instanceof Error && 'code' in error ? error.code : error), /ECONN|57P0|terminated/);
      return false;
    }
  });
});

test('several starts at the same moment share one new database, and the last one out stops it', async () => {
  const [here, elsewhere, there] = await Promise.all([start(), startElsewhere(), start()]);
  assert.equal(here.url, elsewhere.url);
  assert.equal(here.url, there.url);
  const pid = serverPid();
  await here.stop();
  elsewhere.starter.kill('SIGTERM');
  await once(elsewhere.starter, 'exit');
  await query(there.url, 'SELECT 1');
  assert.equal(serverPid(), pid);
  await Promise.all([there.stop(), there.stop()]);
  assert.equal(await isServer(pid!), false);
});

test('a server that somebody else still uses is not stopped', async () => {
  useTemplate();
  const postgres = await start();
  const guest = new pg.Client({ connectionString: postgres.url, application_name: 'a backup' });
  await guest.connect();
  await postgres.stop();
  assert.equal((await guest.query('SELECT 1 AS one')).rowCount, 1);
  await guest.end();
  const next = await start();
  assert.equal(next.adopted, true);
});

test('a hub killed while it makes the database leaves nothing that hinders the next start', async () => {
  const starter = spawnStarter();
  await until('initdb is at work', () => readdirSync(dataDir).some((name) => name.startsWith('postgres.new-')));
  await sleep(150);
  await killed(starter);
  await query((await start()).url, 'SELECT 1');
  assert.deepEqual(readdirSync(dataDir).toSorted(), ['postgres', 'postgres-password', 'postgres.lock', 'postgres.log']);
});

test('a stale pid file that names another living process does not stop the start', async () => {
  useTemplate();
  const stale = [process.pid, join(dataDir, 'postgres'), 1, 1, '', '127.0.0.1', '1 1', 'ready', ''].join('\n');
  writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), stale);
  assert.equal(await findRunningPostgres(dataDir), undefined);
  writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), stale);
  await query((await start()).url, 'SELECT 1');
});

test('a directory that only its owner can enter will do', async () => {
  useTemplate();
  chmodSync(dataDir, 0o700);
  const outer = dataDir;
  dataDir = join(outer, 'deeper', 'data');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  await query((await start()).url, 'SELECT 1');
  await running[0]!.stop();
  dataDir = outer;
});

test('a service alone finds the Postgres of a running hub, and none where no hub runs', async () => {
  assert.equal(await findRunningPostgres(join(dataDir, 'not-there')), undefined);
  assert.equal(await findRunningPostgres(dataDir), undefined);
  useTemplate();
  assert.equal(await findRunningPostgres(dataDir), undefined);
  const postgres = await start();
  assert.equal(await findRunningPostgres(dataDir), postgres.url);
});

test('data whose password file is lost says so', async () => {
  useTemplate();
  rmSync(join(dataDir, 'postgres-password'));
  await assert.rejects(start(), /postgres-password is missing.*backup/);
});

test('a server that gives up is quoted', async () => {
  useTemplate();
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '12\n');
  await assert.rejects(start(), /did not start.*postgres\.log:[^]*initialized by PostgreSQL version 12/);
});

if (isRoot) {
  test('as root, data that belongs to another user stays that user’s, and its server runs as that user', async () => {
    useTemplate();
    chmodSync(dataDir, 0o755);
    for (const name of ['', ...readdirSync(join(dataDir, 'postgres'), { recursive: true })]) {
      chownSync(join(dataDir, 'postgres', String(name)), 65534, 65534);
    }
    const { url } = await start();
    await query(url, 'CREATE TABLE kept (n int)');
    assert.equal(statSync(`/proc/${serverPid()}`).uid, 65534);
    const names = readdirSync(join(dataDir, 'postgres'), { recursive: true });
    assert.ok(names.every((name) => statSync(join(dataDir, 'postgres', String(name))).uid === 65534));
  });

  test('as root, data of a user who cannot reach it any more becomes root’s', async () => {
    useTemplate();
    chmodSync(dataDir, 0o700);
    chownSync(join(dataDir, 'postgres'), 65534, 65534);
    await query((await start()).url, 'SELECT 1');
    assert.equal(statSync(join(dataDir, 'postgres')).uid, 0);
  });

  test('as root, where user namespaces are refused and no other user can enter, the error says what to do', async () => {
    chmodSync(dataDir, 0o700);
    const path = process.env['PATH'];
    process.env['PATH'] = '';
    try {
      await assert.rejects(start(), /does not run as root.*cannot reach .*DATABASE_URL/);
    } finally {
      process.env['PATH'] = path;
    }
  });
}
