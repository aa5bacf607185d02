// bench: the raw limits of this machine, measured in the same run. Store: a table of its own, for the raw insert.
import { openStore } from '@staffetta/platform/store/store.ts';
import { freshDatabase } from '@staffetta/tools/servers/postgres.ts';
import { burst } from './load.ts';
import { benchDocument } from './document.ts';
import { forkHelper } from './processes.ts';

/** What nothing of ours can beat. */
export interface RawLimits {
  readonly acceptPerSecond: number;
  readonly insertPerSecond: number;
}

async function rawAccept(count: number): Promise<number> {
  const { child, hello } = await forkHelper('./raw-server.ts');
  const origin = `http://127.0.0.1:${(hello as { http: number }).http}`;
  const target = { origin, path: '/', headers: {}, callback: 'http://127.0.0.1/x' };
  await burst(target, Math.ceil(count / 4), 64);
  const posted = await burst(target, count, 64);
  child.disconnect();
  return Math.round(posted.count / posted.seconds);
}

async function rawInsert(count: number): Promise<number> {
  const database = await freshDatabase();
  const store = openStore(database.url, { connectionsMax: 1 });
  await store.query({ text: 'CREATE TABLE raw (id bigint PRIMARY KEY, document bytea NOT NULL)' });
  const places = Array.from({ length: 100 }, (_, row) => `($${row * 2 + 1}, $${row * 2 + 2})`).join(', ');
  const text = `INSERT INTO raw VALUES ${places}`;
  const batches = Array.from({ length: Math.ceil(count / 100) }, (_, batch) =>
    Array.from({ length: 100 }, (_row, row) => [
      batch * 100 + row,
      Buffer.from(benchDocument(batch * 100 + row)),
    ]).flat(),
  );
  const startedAt = performance.now();
  for (const values of batches) await store.query({ name: 'raw', text, values });
  const seconds = (performance.now() - startedAt) / 1000;
  await store.close();
  await database.drop();
  return Math.round((batches.length * 100) / seconds);
}

/**
 * Measures the raw limits.
 * @param count requests and rows
 */
export async function measureRawLimits(count: number): Promise<RawLimits> {
  return { acceptPerSecond: await rawAccept(count), insertPerSecond: await rawInsert(count) };
}
