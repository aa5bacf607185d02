// platform: topics, appending and reading, with no statement per event. Store: the log's tables.
import { isUtf8 } from 'node:buffer';
import type { Queryable } from '../../store/store.ts';
import type { ConsumedEvent, EventHeaders, GroupReader } from '../bus.ts';

/** An event with its place in the log. */
export interface LogRow {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer;
  readonly headers: string;
  readonly isText: boolean;
  readonly value: Buffer;
}

/** How many events are to be appended to one partition. */
export interface Reservation {
  readonly topic: string;
  readonly partition: number;
  readonly count: number;
}

/** From where a partition is read on. */
export interface ReadPosition {
  readonly partition: number;
  readonly next: bigint;
}

/** Creates the topics that are missing, with their partitions; those that exist stay as they are. */
export async function createTopics(db: Queryable, topics: readonly string[], partitions: number): Promise<void> {
  await db.query({
    // Sorted names: two processes that create the same topics at once never wait for one another in a circle.
    text: `WITH made AS (
        INSERT INTO bus.topic (name, partitions) SELECT name, $2 FROM unnest($1::text[]) AS name ORDER BY name
        ON CONFLICT DO NOTHING RETURNING name, partitions)
      INSERT INTO bus.head (topic, partition)
      SELECT name, number FROM made, generate_series(0, partitions - 1) AS number`,
    values: [[...new Set(topics)].sort(), partitions],
  });
}

/** The number of partitions of those of the topics that exist. */
export async function readTopics(db: Queryable, topics: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ name: string; partitions: number }>({
    text: 'SELECT name, partitions FROM bus.topic WHERE name = ANY($1)',
    values: [topics],
  });
  return new Map(rows.map((row) => [row.name, row.partitions]));
}

/**
 * Takes offsets and locks the partitions until the transaction ends, in one order for all writers.
 * @param wanted each partition at most once
 * @returns the first offset of each, by `topic/partition`
 */
export async function reserveOffsets(db: Queryable, wanted: readonly Reservation[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ topic: string; partition: number; first: number }>({
    name: 'bus_reserve',
    text: `WITH wanted AS (
        SELECT * FROM unnest($1::text[], $2::integer[], $3::integer[]) AS w (topic, partition, events)),
      locked AS MATERIALIZED (
        SELECT h.topic, h.partition FROM bus.head h JOIN wanted w USING (topic, partition)
        ORDER BY h.topic, h.partition FOR UPDATE OF h)
      UPDATE bus.head h SET next_offset = h.next_offset + w.events
      FROM locked l JOIN wanted w USING (topic, partition)
      WHERE h.topic = l.topic AND h.partition = l.partition
      RETURNING h.topic, h.partition, h.next_offset - w.events AS first`,
    values: [wanted.map((one) => one.topic), wanted.map((one) => one.partition), wanted.map((one) => one.count)],
  });
  return new Map(rows.map((row) => [`${row.topic}/${row.partition}`, row.first]));
}

const columns = 7;
const insertTexts = new Map<number, string>();

function insertText(rows: number): string {
  let text = insertTexts.get(rows);
  if (text === undefined) {
    const tuples = Array.from({ length: rows }, (_, row) => {
      const places = Array.from({ length: columns }, (_place, column) => `$${row * columns + column + 1}`);
      return `(${places.join(', ')})`;
    });
    text = `INSERT INTO bus.log (topic, partition, "offset", key, headers, is_text, value) VALUES ${tuples.join(', ')}`;
    insertTexts.set(rows, text);
  }
  return text;
}

/**
 * Writes rows at offsets that were reserved. The statement is prepared once per number of rows: let that be a power of two.
 */
export async function insertRows(db: Queryable, rows: readonly LogRow[]): Promise<void> {
  await db.query({
    name: `bus_append_${rows.length}`,
    text: insertText(rows.length),
    values: rows.flatMap((row) => [row.topic, row.partition, row.offset, row.key, row.headers, row.isText, row.value]),
  });
}

interface ReadRow {
  readonly partition: number;
  readonly offset: number;
  readonly published_at: Date;
  readonly key: Buffer;
  readonly headers: Record<string, StoredHeader>;
  readonly words: string | null;
  readonly bytes: Buffer | null;
}

/**
 * Reads on from several partitions of a topic with one statement.
 * @param topic the topic
 * @param from where each partition is read on
 * @param countMax events per partition
 * @param bytesMax bytes of values per partition, after which no further event is read
 * @returns events by partition, in the order of their offsets
 */
export async function readEvents(
  db: Queryable,
  topic: string,
  from: readonly ReadPosition[],
  countMax: number,
  bytesMax: number,
): Promise<Map<number, ConsumedEvent[]>> {
  const { rows } = await db.query<ReadRow>({
    name: 'bus_read',
    // Offsets have no gaps, so a range of them is the limit: no plan, however ill-informed, can read the whole backlog.
    // Most values are JSON; as text they travel in half the bytes of hexadecimal and cost a third of the work.
    text: `SELECT w.partition, l."offset", l.published_at, l.key, l.headers,
        CASE WHEN l.is_text THEN convert_from(l.value, 'UTF8') END AS words, CASE WHEN NOT l.is_text THEN l.value END AS bytes
      FROM unnest($2::integer[], $3::bigint[]) AS w (partition, next_offset)
      CROSS JOIN LATERAL (
        SELECT p.*, sum(octet_length(p.value)) OVER (ORDER BY p."offset") - octet_length(p.value) AS bytes_before
        FROM bus.log p
        WHERE p.topic = $1 AND p.partition = w.partition
          AND p."offset" >= w.next_offset AND p."offset" < w.next_offset + $4::integer) l
      WHERE l.bytes_before < $5::bigint`,
    values: [topic, from.map((one) => one.partition), from.map((one) => String(one.next)), countMax, bytesMax],
  });
  return groupByPartition(topic, rows);
}

function groupByPartition(topic: string, rows: readonly ReadRow[]): Map<number, ConsumedEvent[]> {
  const events = new Map<number, ConsumedEvent[]>();
  for (const row of rows.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)) {
    let of = events.get(row.partition);
    if (!of) events.set(row.partition, (of = []));
    of.push({
      topic,
      partition: row.partition,
      offset: BigInt(row.offset),
      key: row.key.toString('utf8'),
      value: row.bytes ?? Buffer.from(row.words ?? '', 'utf8'),
      headers: decodeHeaders(row.headers),
      timestamp: row.published_at,
    });
  }
  return events;
}

/** Tells everybody who listens on a channel. */
export async function notifyAll(db: Queryable, channel: string, payloads: readonly string[]): Promise<void> {
  await db.query({
    name: 'bus_notify',
    text: 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload',
    values: [channel, payloads],
  });
}

/** The encoding of the database. */
export async function readEncoding(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ encoding: string }>({
    text: `SELECT current_setting('server_encoding') AS encoding`,
  });
  return rows[0]?.encoding ?? '';
}

/**
 * Counts what groups have still to handle; one that never read has everything before it.
 * @returns a number for each reader, in their order
 */
export async function countLags(db: Queryable, readers: readonly GroupReader[]): Promise<number[]> {
  const { rows } = await db.query<{ lag: number }>({
    name: 'bus_lags',
    text: `SELECT coalesce(sum(h.next_offset - greatest(l.committed, h.first_offset)), 0)::bigint AS lag
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r (group_name, topic, place)
      LEFT JOIN bus.head h ON h.topic = r.topic
      LEFT JOIN bus.lease l ON l.topic = h.topic AND l.partition = h.partition AND l.group_name = r.group_name
      GROUP BY r.place ORDER BY r.place`,
    values: [readers.map(({ group }) => group), readers.map(({ topic }) => topic)],
  });
  return rows.map(({ lag }) => lag);
}

/** Names the partitions that hold events, with or without those of the dead-letter topics. */
export async function listPartitions(
  db: Queryable,
  deadLetters: boolean,
): Promise<{ topic: string; partition: number }[]> {
  const { rows } = await db.query<{ topic: string; partition: number }>({
    text: `SELECT topic, partition FROM bus.head
      WHERE next_offset > first_offset AND ($1 OR topic NOT LIKE '%.DLT') ORDER BY topic, partition`,
    values: [deadLetters],
  });
  return rows;
}

/**
 * Deletes a bounded number of a partition's oldest events: those published before an instant which every group has committed.
 * @returns how many were deleted
 */
export async function deleteOldest(
  db: Queryable,
  place: { readonly topic: string; readonly partition: number },
  before: Date,
  countMax: number,
): Promise<number> {
  const { rows } = await db.query<{ deleted: number }>({
    text: `WITH head AS MATERIALIZED (
        SELECT first_offset, next_offset FROM bus.head WHERE topic = $1 AND partition = $2 FOR UPDATE),
      read_by_all AS (
        SELECT coalesce(min(committed), (SELECT next_offset FROM head)) AS below
        FROM bus.lease WHERE topic = $1 AND partition = $2),
      gone AS (
        DELETE FROM bus.log l USING head h, read_by_all r
        WHERE l.topic = $1 AND l.partition = $2 AND l."offset" < least(r.below, h.first_offset + $4)
          AND l.published_at < $3
        RETURNING l."offset"),
      counted AS (SELECT count(*)::integer AS deleted, max("offset") + 1 AS first_left FROM gone)
      UPDATE bus.head h SET first_offset = greatest(h.first_offset, c.first_left)
      FROM counted c WHERE h.topic = $1 AND h.partition = $2 RETURNING c.deleted`,
    values: [place.topic, place.partition, before, countMax],
  });
  return rows[0]?.deleted ?? 0;
}

/** Where each partition of a topic ends: the offset that its next event gets. */
export async function readEnds(db: Queryable, topic: string): Promise<ReadPosition[]> {
  const { rows } = await db.query<{ partition: number; next_offset: number }>({
    text: 'SELECT partition, next_offset FROM bus.head WHERE topic = $1 ORDER BY partition',
    values: [topic],
  });
  return rows.map((row) => ({ partition: row.partition, next: BigInt(row.next_offset) }));
}

/** Whether a value may travel as the database's text: UTF-8 without U+0000. */
export function isStorableText(value: Buffer): boolean {
  return isUtf8(value) && !value.includes(0);
}

type StoredHeader = string | { readonly b64: string } | { readonly t64: string };

/** Writes headers as JSON: text as it is, bytes as `{"b64"}`, text that JSONB cannot hold (U+0000) as `{"t64"}`. */
export function encodeHeaders(headers: EventHeaders): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, encodeHeader(value)])),
  );
}

function encodeHeader(value: string | Buffer): StoredHeader {
  if (typeof value !== 'string') return { b64: value.toString('base64') };
  return value.includes('\0') ? { t64: Buffer.from(value, 'utf8').toString('base64') } : value.toWellFormed();
}

/** Reads headers as `encodeHeaders` wrote them. */
export function decodeHeaders(stored: Readonly<Record<string, StoredHeader>>): EventHeaders {
  // From entries, so that even a header called __proto__ is one.
  return Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, decodeHeader(value)]));
}

function decodeHeader(value: StoredHeader): string | Buffer {
  if (typeof value === 'string') return value;
  return 'b64' in value ? Buffer.from(value.b64, 'base64') : Buffer.from(value.t64, 'base64').toString('utf8');
}
