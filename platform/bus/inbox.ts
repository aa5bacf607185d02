// platform: consumers remember what they have done, so that a repeated event changes nothing. Store: inbox.
import type { Queryable, Store } from '../store/store.ts';

/**
 * Remembers events as handled. Two transactions that remember the same id at once wait for one another; after a rollback the id
 * counts as not seen.
 * @param tx the transaction of the effects
 * @param group the consumer group
 * @param eventIds ids from the events' headers; one that appears twice counts once
 * @returns the ids that were not seen before: only their events may have an effect
 */
export async function rememberEvents(tx: Queryable, group: string, eventIds: readonly string[]): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  // Sorted, so that two batches with the same ids never wait for one another in a circle.
  const ids = [...new Set(eventIds)].sort();
  const { rows } = await tx.query<{ event_id: string }>({
    name: 'inbox_remember',
    text: `INSERT INTO platform.inbox (group_name, event_id) SELECT $1, id FROM unnest($2::text[]) AS id
      ON CONFLICT DO NOTHING RETURNING event_id`,
    values: [group, ids],
  });
  return new Set(rows.map((row) => row.event_id));
}

/**
 * Forgets what was remembered before an instant; keep at least as long as the log keeps events, or a replay has effects again.
 * @param store the database
 * @param before an instant, by the database's clock
 * @returns how many ids were forgotten
 */
export async function forgetOldEvents(store: Store, before: Date): Promise<number> {
  const { rowCount } = await store.query({
    text: 'DELETE FROM platform.inbox WHERE seen_at < $1',
    values: [before],
  });
  return rowCount;
}
