// dbmanager: SdI's notices as they came, each once. Store: dbmanager.notice.
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { namedFile } from './arrived-notices.ts';
import type { MatchedNotice } from './match-notices.ts';
import { storableText } from './storable-text.ts';

/**
 * Keeps notices verbatim, each once. One that was kept without a transmission and fits one now is told of as new.
 * @param db a transaction
 * @param notices each key once; they are written in the order of their keys, so that two lanes never wait for each other
 * @param at when they came
 * @returns the keys of those that are new, or fit a transmission for the first time
 */
export async function keepNotices(db: Queryable, notices: readonly MatchedNotice[], at: Date): Promise<Set<string>> {
  const rows = notices.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const kept = await db.query<{ sdiId: string; kind: string; messageId: string }>({
    name: 'dbmanager-keep-notices',
    text: `INSERT INTO dbmanager.notice AS known (notice_id, transmission_id, kind, sdi_id, message_id, file_name, sha256, bytes,
        received_at, given_name, source, created_by, doubt)
      SELECT id, transmission_id, kind, sdi_id, message_id, file_name, sha256, bytes, $13, given_name, source, created_by, doubt
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[],
        $9::text[], $10::text[], $11::text[], $12::text[])
        AS fresh (id, transmission_id, kind, sdi_id, message_id, file_name, sha256, bytes, given_name, source, created_by, doubt)
      ON CONFLICT (sdi_id, kind, message_id) DO UPDATE SET transmission_id = excluded.transmission_id, doubt = NULL
        WHERE known.transmission_id IS NULL AND excluded.transmission_id IS NOT NULL
      RETURNING sdi_id AS "sdiId", kind, message_id AS "messageId"`,
    values: [
      rows.map(({ noticeId }) => noticeId),
      rows.map(({ file }) => file?.transmissionId ?? null),
      rows.map(({ notice }) => notice.kind),
      rows.map(({ sdiId }) => sdiId),
      rows.map(({ messageId }) => messageId),
      rows.map(({ notice }) => namedFile(notice) ?? null),
      rows.map(({ sha256 }) => sha256),
      rows.map(({ bytes }) => Buffer.from(bytes)),
      rows.map(({ givenName }) => givenName),
      rows.map(({ event }) => event.message.source),
      rows.map(({ event }) => storableText(event.message.createdBy ?? '', 200)),
      rows.map(({ doubt }) => doubt),
      at,
    ],
  });
  return new Set(kept.rows.map(({ sdiId, kind, messageId }) => JSON.stringify([sdiId, kind, messageId])));
}
