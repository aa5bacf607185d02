// scheduler: dead letters and what became of them. Store: scheduler.dead_letter.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** What may have become of a dead letter; only open ones ask for somebody. */
export const deadLetterStates = ['open', 'replayed', 'discarded', 'closed'] as const;

/** One of the states of a dead letter. */
export type DeadLetterState = (typeof deadLetterStates)[number];

/** A dead letter as it is kept; `keptHeaders` are the original event's own. */
export interface DeadLetter {
  readonly deadLetterId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly eventId: string | null;
  readonly correlationId: string | null;
  readonly originalTopic: string;
  readonly originalPartition: number | null;
  readonly originalOffset: number | null;
  readonly originalGroup: string | null;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly errorStack: string | null;
  readonly tries: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly keptHeaders: Readonly<Record<string, string>>;
  readonly payload: Buffer;
  readonly happenedAt: Date;
  readonly state: DeadLetterState;
  readonly endedAt: Date | null;
  readonly endedBy: string | null;
  readonly reason: string | null;
}

const columns = `dead_letter_id AS "deadLetterId", topic, partition, "offset", event_id AS "eventId",
  correlation_id AS "correlationId", original_topic AS "originalTopic", original_partition AS "originalPartition",
  original_offset AS "originalOffset", original_group AS "originalGroup", error_code AS "errorCode",
  error_message AS "errorMessage", error_stack AS "errorStack", tries, key, headers, kept_headers AS "keptHeaders", payload,
  happened_at AS "happenedAt", state, ended_at AS "endedAt", ended_by AS "endedBy", reason`;

/** A dead letter that is new. */
export type NewDeadLetter = Omit<DeadLetter, 'state' | 'endedAt' | 'endedBy' | 'reason'>;

/**
 * Keeps dead letters; one that is known by its place in the log is left as it is.
 * @param db a transaction
 * @param letters the new ones
 */
export async function keepDeadLetters(db: Queryable, letters: readonly NewDeadLetter[]): Promise<void> {
  await db.query({
    text: `INSERT INTO scheduler.dead_letter (dead_letter_id, topic, partition, "offset", event_id, correlation_id,
        original_topic, original_partition, original_offset, original_group, error_code, error_message, error_stack, tries, key,
        headers, kept_headers, payload, happened_at)
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::int[],
        $9::bigint[], $10::text[], $11::text[], $12::text[], $13::text[], $14::int[], $15::text[], $16::jsonb[], $17::jsonb[],
        $18::bytea[], $19::timestamptz[])
      ON CONFLICT (topic, partition, "offset") DO NOTHING`,
    values: [
      letters.map((letter) => letter.deadLetterId),
      letters.map((letter) => letter.topic),
      letters.map((letter) => letter.partition),
      letters.map((letter) => letter.offset),
      letters.map((letter) => letter.eventId),
      letters.map((letter) => letter.correlationId),
      letters.map((letter) => letter.originalTopic),
      letters.map((letter) => letter.originalPartition),
      letters.map((letter) => letter.originalOffset),
      letters.map((letter) => letter.originalGroup),
      letters.map((letter) => letter.errorCode),
      letters.map((letter) => letter.errorMessage),
      letters.map((letter) => letter.errorStack),
      letters.map((letter) => letter.tries),
      letters.map((letter) => letter.key),
      letters.map((letter) => JSON.stringify(letter.headers)),
      letters.map((letter) => JSON.stringify(letter.keptHeaders)),
      letters.map((letter) => letter.payload),
      letters.map((letter) => letter.happenedAt),
    ],
  });
}

/** An event that was done after all. */
export interface DoneEvent {
  readonly eventId: string;
  /** The service that did it. */
  readonly by: string;
}

/**
 * Closes open dead letters whose event was done after all.
 * @param db a transaction
 * @param done the events
 * @param now the instant
 */
export async function closeDeadLetters(db: Queryable, done: readonly DoneEvent[], now: Date): Promise<void> {
  await db.query({
    text: `UPDATE scheduler.dead_letter SET state = 'closed', ended_at = $3, ended_by = done.by,
        reason = 'done after all, late'
      FROM unnest($1::text[], $2::text[]) AS done (id, by) WHERE event_id = done.id AND state = 'open'`,
    values: [done.map(({ eventId }) => eventId), done.map(({ by }) => by), now],
  });
}

/** Which dead letters are asked for, and which page of them (`page` from 0). */
export interface DeadLetterFilter {
  readonly state?: string | undefined;
  readonly topic?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly page: number;
  readonly size: number;
}

/**
 * Lists dead letters, the oldest first, with how many there are in all.
 * @param db the store
 * @param filter what to list; `topic` is the original topic or the dead-letter topic
 */
export async function listDeadLetters(
  db: Queryable,
  filter: DeadLetterFilter,
): Promise<{ letters: DeadLetter[]; total: number }> {
  const { rows } = await db.query<DeadLetter & { total: number }>({
    text: `SELECT ${columns}, count(*) OVER () AS total FROM scheduler.dead_letter
      WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR $2 IN (topic, original_topic))
        AND ($3::text IS NULL OR correlation_id = $3)
      ORDER BY happened_at, dead_letter_id LIMIT $4 OFFSET $5`,
    values: [
      filter.state ?? null,
      filter.topic ?? null,
      filter.correlationId ?? null,
      filter.size,
      filter.page * filter.size,
    ],
  });
  return { letters: rows, total: rows[0]?.total ?? 0 };
}

/**
 * Lists the open dead letters behind one, the oldest first: pages that shift nothing when a letter closes meanwhile.
 * @param db the store
 * @param after the last one of the page before
 * @param size how many
 */
export async function openDeadLettersAfter(
  db: Queryable,
  after: Pick<DeadLetter, 'happenedAt' | 'deadLetterId'> | undefined,
  size: number,
): Promise<DeadLetter[]> {
  const { rows } = await db.query<DeadLetter>({
    text: `SELECT ${columns} FROM scheduler.dead_letter
      WHERE state = 'open' AND ($1::timestamptz IS NULL OR (happened_at, dead_letter_id) > ($1, $2::uuid))
      ORDER BY happened_at, dead_letter_id LIMIT $3`,
    values: [after?.happenedAt ?? null, after?.deadLetterId ?? null, size],
  });
  return rows;
}

/**
 * Finds one dead letter.
 * @param db the store
 * @param deadLetterId its UUID
 */
export async function findDeadLetter(db: Queryable, deadLetterId: string): Promise<DeadLetter | undefined> {
  const { rows } = await db.query<DeadLetter>({
    text: `SELECT ${columns} FROM scheduler.dead_letter WHERE dead_letter_id = $1`,
    values: [deadLetterId],
  });
  return rows[0];
}

/**
 * Ends an open dead letter by hand.
 * @param db a transaction
 * @param end which one, how, who and why
 * @returns whether it was open (somebody else may have been faster)
 */
export async function endDeadLetter(
  db: Queryable,
  end: { deadLetterId: string; state: 'replayed' | 'discarded'; by: string; reason: string | undefined; at: Date },
): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `UPDATE scheduler.dead_letter SET state = $2, ended_at = $3, ended_by = $4, reason = $5
      WHERE dead_letter_id = $1 AND state = 'open'`,
    values: [end.deadLetterId, end.state, end.at, end.by, end.reason ?? null],
  });
  return rowCount === 1;
}

/**
 * Closes the other open dead letters of the same event: it was set aside by one and missed by another.
 * @param db the transaction that ends the first
 * @param ended the one that was ended by hand
 * @param by who ended it
 * @param at the instant
 */
export async function closeTwins(
  db: Queryable,
  ended: Pick<DeadLetter, 'deadLetterId' | 'eventId' | 'originalTopic'>,
  by: string,
  at: Date,
): Promise<void> {
  await db.query({
    text: `UPDATE scheduler.dead_letter SET state = 'closed', ended_at = $4, ended_by = $3, reason = 'with ' || $1::text
      WHERE event_id = $2 AND original_topic = $5 AND dead_letter_id <> $1::uuid AND state = 'open'`,
    values: [ended.deadLetterId, ended.eventId, by, at, ended.originalTopic],
  });
}

/**
 * Forgets dead letters that ended before an instant.
 * @param db the store
 * @param before the instant
 * @returns how many
 */
export async function forgetEndedDeadLetters(db: Queryable, before: Date): Promise<number> {
  const { rowCount } = await db.query({
    text: `DELETE FROM scheduler.dead_letter WHERE state <> 'open' AND ended_at < $1`,
    values: [before],
  });
  return rowCount;
}

/** The open letters of one topic. */
export interface OpenLetters {
  readonly topic: string;
  readonly count: number;
  readonly oldest: Date;
}

/**
 * Counts open dead letters by topic, for figures.
 * @param db the store
 * @returns topics without open ones are not in it
 */
export async function countOpen(db: Queryable): Promise<ReadonlyMap<string, OpenLetters>> {
  const { rows } = await db.query<OpenLetters>({
    name: 'scheduler-count-open',
    text: `SELECT topic, count(*) AS count, min(happened_at) AS oldest FROM scheduler.dead_letter
      WHERE state = 'open' GROUP BY topic`,
  });
  return new Map(rows.map((row) => [row.topic, row]));
}
