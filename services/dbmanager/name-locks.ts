// dbmanager: makes an invoice and its notice that come at the same moment wait for each other. Store: locks alone, no table.
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** Apart from other locks of this kind. */
const lockSpace = 8008;

/**
 * Holds file names until the transaction ends: of two lanes that bring an invoice and its notice apart, the second sees what the first
 * has stored. They are taken in one order, so that two lanes never wait for each other.
 * @param db a transaction
 * @param names files' names; their case and extensions do not count
 */
export async function holdNames(db: Queryable, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const stems = [...new Set(names.map(fileStem))];
  await db.query({
    name: 'dbmanager-hold-names',
    text: `SELECT pg_advisory_xact_lock($2, place) FROM (
        SELECT DISTINCT hashtext(stem) AS place FROM unnest($1::text[]) AS stem ORDER BY place) AS ordered`,
    values: [stems, lockSpace],
  });
}
