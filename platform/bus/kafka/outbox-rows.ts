// platform: the rows of the outbox, the only place with SQL on it. Store: bus.outbox.
import type { Queryable, Tx } from '../../store/store.ts';
import type { EventHeaders, OutgoingEvent } from '../bus.ts';

/** An event as the outbox keeps it. */
export interface OutboxRow {
  readonly id: number;
  readonly topic: string;
  readonly key: Buffer;
  readonly partition: number | null;
  readonly headers: string;
  readonly reference: string | null;
  readonly value: Buffer | null;
}

/** Whose rows, written by which process. */
export interface OutboxOwner {
  readonly owner: string;
  readonly instance: string;
}

/** Which rows a sweep takes. */
export interface SweepScope {
  /** Also those of this very process, whatever their age. */
  readonly own: boolean;
  /** Age from which another process' rows count as left behind, in milliseconds. */
  readonly ageMs: number;
  /** Age from which another owner's rows count as left for good: it may never run again under that name. */
  readonly strangerAgeMs: number;
  /** Whether references of another owner can be rebuilt here. */
  readonly canRebuild: boolean;
  /** Only rows up to this id. */
  readonly idMax: number;
  readonly rowsMax: number;
  readonly bytesMax: number;
  /** `laneOf` what cannot be relayed now. */
  readonly blocked: readonly string[];
  /** Ids of rows to pass over. */
  readonly passedOver: readonly number[];
}

/** Names what keeps its order: a key within its topic. */
export function laneOf({ topic, key }: OutboxRow): string {
  return `${topic}/${key.toString('hex')}`;
}

/**
 * Writes headers as JSON text; bytes become `{"base64": …}`.
 */
export function writeHeaders(headers: EventHeaders): string {
  const written = Object.entries(headers).map(([name, value]) => {
    return [name, typeof value === 'string' ? value : { base64: value.toString('base64') }] as const;
  });
  return JSON.stringify(Object.fromEntries(written));
}

/** Reads what `writeHeaders` wrote. */
export function readHeaders(text: string): EventHeaders {
  const written = JSON.parse(text) as Record<string, string | { base64: string }>;
  // From entries, so that even a header called __proto__ is one (an assignment would set the prototype).
  return Object.fromEntries(
    Object.entries(written).map(([name, value]) => {
      return [name, typeof value === 'string' ? value : Buffer.from(value.base64, 'base64')];
    }),
  );
}

/**
 * Writes events as rows, in their order.
 * @param keepReferences whether a reference stands for its value; false where nobody here could rebuild it
 * @returns the rows' ids
 */
export async function insertRows(
  on: Queryable,
  { owner, instance }: OutboxOwner,
  events: readonly OutgoingEvent[],
  keepReferences: boolean,
): Promise<number[]> {
  const referenceOf = (event: OutgoingEvent): string | null => (keepReferences ? (event.reference ?? null) : null);
  const { rows } = await on.query<{ id: number }>({
    name: 'bus-outbox-insert',
    text: `INSERT INTO bus.outbox (owner, instance, topic, key, partition, headers, reference, value, bytes)
      SELECT $1, $2, topic, key, partition, headers, reference, value, bytes
      FROM unnest($3::text[], $4::bytea[], $5::integer[], $6::text[], $7::text[], $8::bytea[], $9::integer[])
        WITH ORDINALITY AS event (topic, key, partition, headers, reference, value, bytes, place)
      ORDER BY place
      RETURNING id`,
    values: [
      owner,
      instance,
      events.map((event) => event.topic),
      events.map((event) => Buffer.from(event.key)),
      events.map((event) => event.partition ?? null),
      events.map((event) => writeHeaders(event.headers)),
      events.map(referenceOf),
      events.map((event) => (referenceOf(event) === null ? event.value : null)),
      events.map((event) => event.value.length),
    ],
  });
  return rows.map((row) => row.id);
}

/**
 * Lets one process of an owner sweep at a time, until its transaction ends: two at once would mix up the order.
 * @returns whether it is our turn
 */
export async function takeSweepTurn(tx: Tx, owner: string): Promise<boolean> {
  const { rows } = await tx.query<{ taken: boolean }>({
    name: 'bus-outbox-turn',
    text: `SELECT pg_try_advisory_xact_lock(hashtext('bus.outbox'), hashtext($1)) AS taken`,
    values: [owner],
  });
  return rows[0]?.taken === true;
}

/** Takes the oldest rows of the scope, in order, until the transaction ends; at least one where there is any. */
export async function takeRows(tx: Tx, { owner, instance }: OutboxOwner, scope: SweepScope): Promise<OutboxRow[]> {
  const { rows } = await tx.query<OutboxRow>({
    name: 'bus-outbox-take',
    text: `WITH candidate AS (
        SELECT id, bytes FROM bus.outbox
        WHERE id <= $5
          AND (owner = $1
              AND (($3 AND instance = $2) OR (instance <> $2 AND created_at < clock_timestamp() - $4 * interval '1 ms'))
            OR owner <> $1 AND (reference IS NULL OR $10)
              AND created_at < clock_timestamp() - $9 * interval '1 ms')
          AND topic || '/' || encode(key, 'hex') <> ALL ($8)
          AND id <> ALL ($11::bigint[])
        ORDER BY id LIMIT $6),
      summed AS (SELECT id, bytes, sum(bytes) OVER (ORDER BY id) AS total FROM candidate)
      SELECT o.id, o.topic, o.key, o.partition, o.headers, o.reference, o.value
      FROM bus.outbox o JOIN summed s USING (id)
      WHERE s.total - s.bytes < $7
      ORDER BY o.id
      FOR UPDATE OF o SKIP LOCKED`,
    values: [
      owner,
      instance,
      scope.own,
      scope.ageMs,
      scope.idMax,
      scope.rowsMax,
      scope.bytesMax,
      scope.blocked,
      scope.strangerAgeMs,
      scope.canRebuild,
      scope.passedOver,
    ],
  });
  return rows;
}

/** The highest id of an owner's rows; 0 where there is none. */
export async function highestId(on: Queryable, owner: string): Promise<number> {
  const { rows } = await on.query<{ highest: number }>({
    name: 'bus-outbox-highest',
    text: 'SELECT coalesce(max(id), 0) AS highest FROM bus.outbox WHERE owner = $1',
    values: [owner],
  });
  return rows[0]?.highest ?? 0;
}

/** Removes rows whose events are in the log. */
export async function deleteRows(on: Queryable, ids: readonly number[]): Promise<void> {
  await on.query({
    name: 'bus-outbox-delete',
    text: 'DELETE FROM bus.outbox WHERE id = ANY ($1::bigint[])',
    values: [ids],
  });
}
