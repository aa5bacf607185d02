// dbmanager: the numbers of file names, one sequence per transmitter and prefix (ADR-0006). Store: dbmanager.transmitter_sequence.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** How many names a transmitter wants. */
export interface NameWish {
  readonly transmitter: string;
  readonly count: number;
}

/**
 * Takes numbers for file names; the rows stay locked until the transaction ends, so this comes late in it. Rows are taken in the
 * transmitters' order, so that two batches never wait for each other.
 * @param db a transaction
 * @param prefix the prefix that the numbers belong to
 * @param start the least number to give
 * @param wishes each transmitter once
 * @returns transmitter → the last number taken (the first is `last - count + 1`)
 */
export async function takeNumbers(
  db: Queryable,
  prefix: string,
  start: number,
  wishes: readonly NameWish[],
): Promise<Map<string, number>> {
  const sorted = wishes.toSorted((a, b) => (a.transmitter < b.transmitter ? -1 : 1));
  const { rows } = await db.query<{ transmitter: string; last: number }>({
    name: 'dbmanager-take-numbers',
    text: `INSERT INTO dbmanager.transmitter_sequence AS known (transmitter, prefix, last_number)
      SELECT transmitter, $2, $3::bigint - 1 + count FROM unnest($1::text[], $4::bigint[]) AS wish (transmitter, count)
      ON CONFLICT (transmitter, prefix) DO UPDATE
        SET last_number = greatest(known.last_number, $3::bigint - 1) + excluded.last_number - $3::bigint + 1
      RETURNING transmitter, last_number AS last`,
    values: [sorted.map(({ transmitter }) => transmitter), prefix, start, sorted.map(({ count }) => count)],
  });
  return new Map(rows.map(({ transmitter, last }) => [transmitter, last]));
}
