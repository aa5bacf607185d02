// dbmanager: SdI's notices as they came, each once. Store: dbmanager.notice.
import { caseOf } from '@staffetta/fatturapa/notices/notice-words.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { namedFile } from './arrived-notices.ts';
import type { MatchedNotice } from './match-notices.ts';
import { storableText } from '@staffetta/platform/store/storable-text.ts';

/**
 * Keeps notices verbatim, each once. One that was kept without a file or a received invoice and fits one now is told of as new, and its bytes take the
 * place of those that fitted none: the copy that is about our file is the one to be shown.
 * @param db a transaction
 * @param notices each key once; they are written in the order of their keys, so that two lanes never wait for each other
 * @param received key → the received invoice that it is about, where it is about one
 * @param at when they came
 * @returns the keys of those that are new, or fit a transmission for the first time
 */
export async function keepNotices(
  db: Queryable,
  notices: readonly MatchedNotice[],
  received: ReadonlyMap<string, string>,
  at: Date,
): Promise<Set<string>> {
  const rows = notices.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const kept = await db.query<{ sdiId: string; kind: string; messageId: string }>({
    name: 'dbmanager-keep-notices',
    text: `INSERT INTO dbmanager.notice AS known (notice_id, transmission_id, kind, sdi_id, message_id, file_name, sha256, bytes,
        received_at, given_name, source, created_by, doubt, notice_case, invoice_id, signature)
      SELECT id, transmission_id, kind, sdi_id, message_id, file_name, sha256, bytes, $13, given_name, source, created_by, doubt, notice_case,
        invoice_id, signature
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[],
        $9::text[], $10::text[], $11::text[], $12::text[], $14::text[], $15::uuid[], $16::text[])
        AS fresh (id, transmission_id, kind, sdi_id, message_id, file_name, sha256, bytes, given_name, source, created_by, doubt,
          notice_case, invoice_id, signature)
      ON CONFLICT (sdi_id, kind, message_id) DO UPDATE SET transmission_id = coalesce(excluded.transmission_id, known.transmission_id),
          invoice_id = coalesce(excluded.invoice_id, known.invoice_id), doubt = NULL,
          file_name = excluded.file_name, sha256 = excluded.sha256, bytes = excluded.bytes, received_at = excluded.received_at,
          given_name = excluded.given_name, source = excluded.source, created_by = excluded.created_by,
          notice_case = excluded.notice_case, signature = excluded.signature
        WHERE (known.transmission_id IS NULL AND excluded.transmission_id IS NOT NULL)
          OR (known.invoice_id IS NULL AND excluded.invoice_id IS NOT NULL)
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
      rows.map(({ key, doubt }) => (received.has(key) ? null : doubt)),
      at,
      rows.map(({ notice }) => caseOf(notice)),
      rows.map(({ key }) => received.get(key) ?? null),
      rows.map(({ event }) => event.message.signature ?? null),
    ],
  });
  return new Set(kept.rows.map(({ sdiId, kind, messageId }) => JSON.stringify([sdiId, kind, messageId])));
}
