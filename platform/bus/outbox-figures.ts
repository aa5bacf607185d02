// platform: how much lies in the outbox and since when, for figures. Store: bus.outbox.
import type { Queryable } from '../store/store.ts';

/** What one owner has there. */
export interface OutboxFigures {
  readonly owner: string;
  readonly rows: number;
  /** Age of the oldest, in milliseconds of the database's clock. */
  readonly oldestMs: number;
}

/**
 * Counts what waits to be relayed. On a healthy hub the table is all but empty; on the Postgres face rows there were left behind by a
 * hub that ran on Kafka before.
 * @param db the store
 */
export async function readOutbox(db: Queryable): Promise<OutboxFigures[]> {
  const { rows } = await db.query<OutboxFigures>({
    name: 'bus-outbox-figures',
    text: `SELECT owner, count(*) AS rows,
        greatest(0, extract(epoch FROM clock_timestamp() - min(created_at)) * 1000)::float8 AS "oldestMs"
      FROM bus.outbox GROUP BY owner`,
  });
  return rows;
}
