// platform: the Postgres face keeps the bus's promises (needs a PostgreSQL that may create databases).
import { servers } from '@staffetta/tools/servers/available.ts';
import { freshDatabase } from '@staffetta/tools/servers/postgres.ts';
import { describe } from 'node:test';
import { openStore } from '../../store/store.ts';
import { busConformance } from '../conformance.ts';
import { createPostgresBus } from './postgres-bus.ts';

describe('with PostgreSQL', { skip: servers.postgres.missing }, () => {
  busConformance('Postgres', async () => {
    const database = await freshDatabase();
    const store = openStore(database.url, { name: 'bus test' });
    const bus = await createPostgresBus(store, { name: 'test' });
    const stores = [store];
    return {
      bus,
      store,
      async otherBus() {
        const other = openStore(database.url, { name: 'bus test, other' });
        stores.push(other);
        return createPostgresBus(other, { name: 'other' });
      },
      async close() {
        await bus.close();
        for (const one of stores) await one.close();
        await database.drop();
      },
    };
  });
});
