// platform: forward-only migrations under an advisory lock; each room keeps its own numbered files. Store: migration.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Store, Tx } from './store.ts';

/** One migration file of a room: `0001-name.sql`, never edited once merged. */
interface Migration {
  readonly id: string;
  readonly sql: string;
  readonly sha256: string;
}

const lockNumber = 7_310_447_001;

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(fileURLToPath(folder))).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (id) => {
      const sql = await readFile(new URL(id, folder), 'utf8');
      return { id, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function lockMigrations(tx: Tx): Promise<void> {
  await tx.query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [lockNumber] });
}

async function createLedger(tx: Tx): Promise<void> {
  await tx.query({
    text: `CREATE TABLE IF NOT EXISTS public.staffetta_migration (
      room text NOT NULL, id text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (room, id))`,
  });
}

async function appliedMigrations(tx: Tx, room: string): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ id: string; sha256: string }>({
    text: 'SELECT id, sha256 FROM public.staffetta_migration WHERE room = $1',
    values: [room],
  });
  return new Map(rows.map((row) => [row.id, row.sha256]));
}

async function recordMigration(tx: Tx, room: string, migration: Migration): Promise<void> {
  await tx.query({
    text: 'INSERT INTO public.staffetta_migration (room, id, sha256) VALUES ($1, $2, $3)',
    values: [room, migration.id, migration.sha256],
  });
}

/**
 * Brings a room's tables up to date; several processes at once are safe, and a second run changes nothing.
 * @param store the database
 * @param room the owner of the tables, which is also their schema's name
 * @param folder where the files `NNNN-name.sql` lie (`new URL('./migrations/', import.meta.url)`)
 * @returns the ids that were applied now
 * @throws Error where a file that was applied has been edited since
 */
export async function migrate(store: Store, room: string, folder: URL): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return store.transaction(async (tx) => {
    await lockMigrations(tx);
    await createLedger(tx);
    const applied = await appliedMigrations(tx, room);
    const fresh = migrations.filter((migration) => !applied.has(migration.id));
    for (const migration of migrations) {
      const before = applied.get(migration.id);
      if (before !== undefined && before !== migration.sha256) {
        throw new Error(`${room}/${migration.id} was edited after it was applied; add a new file instead`);
      }
    }
    for (const migration of fresh) {
      await tx.query({ text: migration.sql });
      await recordMigration(tx, room, migration);
    }
    return fresh.map((migration) => migration.id);
  });
}
