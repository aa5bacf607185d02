// journeys: the database as an operator's accident meets it. Store: its list of connections.
import { openStore } from '@staffetta/platform/store/store.ts';

/**
 * Ends every other connection to a database, in the middle of whatever it does.
 * @param url the database
 * @returns how many there were
 */
export async function cutConnections(url: string): Promise<number> {
  const store = openStore(url, { name: 'journey' });
  try {
    const { rowCount } = await store.query({
      text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    });
    return rowCount;
  } finally {
    await store.close();
  }
}
