// Real servers for tests: a PostgreSQL database of its own for each test file.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { databaseUrl } from './available.ts';

export type TestDatabase = {
  readonly url: string;
  /** Removes the database, cutting what is still connected to it. */
  drop(): Promise<void>;
};

/**
 * Creates an empty database with a name that nobody else has.
 * @param base - any database of the server, with a role that may create databases; by default
 *   STAFFETTA_TEST_DATABASE_URL, else the superuser on 127.0.0.1:5432
 * @throws Error that names the server when it cannot be reached or refuses.
 */
export async function freshDatabase(base: string = databaseUrl()): Promise<TestDatabase> {
  // The day in the name lets a later run remove what a killed one left.
  const name = `${namePrefix}${today()}_${randomBytes(6).toString('hex')}`;
  await runOn(base, `CREATE DATABASE ${name}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await runOn(base, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** Removes databases that test runs of earlier days left behind; gives their number. */
export async function dropForgottenDatabases(base: string = databaseUrl()): Promise<number> {
  const rows = await runOn(base, 'TABLE pg_catalog.pg_database');
  const forgotten = rows.map((row) => String(row.datname)).filter((name) => isOfAnEarlierDay(name));
  for (const name of forgotten) await runOn(base, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  return forgotten.length;
}

const namePrefix = 'staffetta_test_';

function isOfAnEarlierDay(name: string): boolean {
  const day = new RegExp(`^${namePrefix}(\\d{8})_`).exec(name)?.[1];
  return day !== undefined && day < today();
}

function today(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '');
}

async function runOn(base: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: base });
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } catch (cause) {
    const host = new URL(base).host;
    throw new Error(`PostgreSQL at ${host} did not run "${statement}": ${(cause as Error).message}`, { cause });
  } finally {
    await client.end();
  }
}
