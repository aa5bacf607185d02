// platform: brings the tables that every service shares (live instances, inbox) up to date.
import { migrate } from './migrate.ts';
import type { Store } from './store.ts';

/**
 * Migrates the schema `platform`; several processes at once are safe.
 * @param store the database
 * @returns the migrations that were applied now
 */
export function migratePlatform(store: Store): Promise<string[]> {
  return migrate(store, 'platform', new URL('./migrations/', import.meta.url));
}
