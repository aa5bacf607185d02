// platform: what the tests of the Kafka face share: databases of their own.
import { randomBytes } from 'node:crypto';
import { databaseUrl } from '@staffetta/tools/servers/available.ts';
import { openStore, type Store } from '../../store/store.ts';

/** Makes an empty database; `drop` closes the store and removes it. */
export async function newDatabase(): Promise<{ store: Store; drop(): Promise<void> }> {
  const name = `staffetta_bus_${randomBytes(5).toString('hex')}`;
  const server = openStore(databaseUrl(), { connectionsMax: 1 });
  await server.query({ text: `CREATE DATABASE ${name}` });
  const url = new URL(databaseUrl());
  url.pathname = `/${name}`;
  const store = openStore(url.href, { connectionsMax: 8 });
  return {
    store,
    async drop() {
      await store.close();
      await server.query({ text: `DROP DATABASE ${name} WITH (FORCE)` });
      await server.close();
    },
  };
}
