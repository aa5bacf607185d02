// platform: a world for tests: a fresh database, the Postgres face of the bus in it, a clock that turns, silent logs.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createPostgresBus } from './bus/postgres/postgres-bus.ts';
import { turnableClock } from './clock.ts';
import type { World } from './service.ts';
import { openStore } from './store/store.ts';
import { createLog } from './telemetry/log.ts';
import { Metrics } from './telemetry/metrics.ts';

/** A world whose clock turns and which can be taken down. */
export interface TestWorld extends World {
  readonly clock: World['clock'] & { turn(ms: number): void };
  /** Closes bus and store, drops the database, removes the folder. */
  end(): Promise<void>;
}

const baseUrl = process.env['STAFFETTA_TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: baseUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/**
 * Makes a world on a database of its own.
 * @param changes what the test wants otherwise (a port, a profile, addresses)
 * @returns the world; call `end()` when done
 */
export async function testWorld(changes: Partial<World> = {}): Promise<TestWorld> {
  const name = `staffetta_test_${randomBytes(6).toString('hex')}`;
  await administer(`CREATE DATABASE ${name}`);
  const url = new URL(baseUrl);
  url.pathname = `/${name}`;
  const store = openStore(url.href, { name: 'test' });
  const bus = await createPostgresBus(store, { name: 'test' });
  const dataDir = await mkdtemp(join(tmpdir(), 'staffetta-'));
  return {
    profile: 'dev',
    clock: turnableClock(),
    log: createLog(process.env['STAFFETTA_TEST_LOG'] ?? 'silent'),
    metrics: Metrics.ofService('test', { keepMs: 0, timeoutMs: 2000 }),
    host: '127.0.0.1',
    port: 0,
    callerSecret: 'test-secret',
    trustDirectCalls: true,
    dataDir,
    addressOf: (service) => `http://${service}.invalid`,
    store,
    storeIfAny: store,
    bus,
    busIfAny: bus,
    version: '0.0.0',
    tell: () => undefined,
    ...changes,
    async end() {
      await bus.close();
      await store.close();
      await administer(`DROP DATABASE ${name} WITH (FORCE)`);
      await rm(dataDir, { recursive: true, force: true });
    },
  } as TestWorld;
}
