// Real servers for tests: proves that a test's database is its own and goes away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { servers } from './available.ts';
import { freshDatabase } from './postgres.ts';

test('two fresh databases share nothing', { skip: servers.postgres.missing }, async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
  try {
    await query(one.url, 'CREATE TABLE invoice (number int)');
    await assert.rejects(query(other.url, 'TABLE invoice'), { code: '42P01' });
  } finally {
    await Promise.all([one.drop(), other.drop()]);
  }
});

test('a dropped database is gone, even with a connection left open', { skip: servers.postgres.missing }, async () => {
  const database = await freshDatabase();
  const forgotten = new pg.Client({ connectionString: database.url });
  forgotten.on('error', () => void forgotten.end());
  await forgotten.connect();
  await database.drop();
  await assert.rejects(query(database.url, 'SELECT 1'), { code: '3D000' });
});

test('a server that is not there is named in the error', async () => {
  await assert.rejects(freshDatabase('postgres://postgres@127.0.0.1:1/postgres'), /PostgreSQL at 127\.0\.0\.1:1/);
});

async function query(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
