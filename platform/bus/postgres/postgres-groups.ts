// platform: members, leases of partitions, committed offsets; all times are the database's. Store: the groups' tables.
import type { Queryable } from '../../store/store.ts';

/** A member of a group that reads one topic. */
export interface MemberName {
  readonly id: string;
  readonly group: string;
  readonly topic: string;
}

/** One partition of the group as a member sees it. */
export interface LeaseSeen {
  readonly partition: number;
  readonly epoch: number;
  /** The row names this member as its owner. */
  readonly mine: boolean;
  /** Nobody that lives owns it. */
  readonly free: boolean;
}

/** A group as a member sees it; `rank` counts from 0, and is undefined while the member itself counts as dead. */
export interface GroupSeen {
  readonly members: number;
  readonly rank: number | undefined;
  readonly leases: readonly LeaseSeen[];
}

/** A partition that was taken: from where to read, and the epoch that its commits must carry. */
export interface LeaseTaken {
  readonly partition: number;
  readonly epoch: number;
  readonly committed: bigint;
}

const liveMembers = `live AS MATERIALIZED (
  SELECT m.id, row_number() OVER (ORDER BY m.joined_at, m.id) - 1 AS rank, count(*) OVER () AS members
  FROM bus.member m
  WHERE m.group_name = $1 AND m.topic = $2 AND m.instance IN (SELECT id FROM platform.live_instance))`;

/** Gives the group a place in every partition of the topic: a new group starts at the earliest event. */
export async function createLeases(db: Queryable, group: string, topic: string): Promise<void> {
  await db.query({
    // The share lock keeps events from being deleted between the reading of the first offset and this group's being seen.
    text: `INSERT INTO bus.lease (group_name, topic, partition, committed)
      SELECT $1, h.topic, h.partition, h.first_offset
      FROM (SELECT * FROM bus.head WHERE topic = $2 ORDER BY partition FOR SHARE) h
      WHERE NOT EXISTS (SELECT FROM bus.lease l WHERE l.group_name = $1 AND l.topic = $2 AND l.partition = h.partition)
      ON CONFLICT DO NOTHING`,
    values: [group, topic],
  });
}

/** Makes the member known, or tells under which instance it lives now. */
export async function joinGroup(db: Queryable, member: MemberName, instance: string): Promise<void> {
  await db.query({
    text: `INSERT INTO bus.member (id, group_name, topic, instance) VALUES ($1, $2, $3, $4)
      ON CONFLICT (id) DO UPDATE SET instance = excluded.instance`,
    values: [member.id, member.group, member.topic, instance],
  });
}

/** Removes the members of the group whose process is dead. */
export async function forgetDeadMembers(db: Queryable, group: string, topic: string): Promise<void> {
  await db.query({
    text: `DELETE FROM bus.member WHERE id IN (
      SELECT id FROM bus.member WHERE group_name = $1 AND topic = $2 AND joined_at < clock_timestamp() - interval '1 minute'
        AND instance NOT IN (SELECT id FROM platform.live_instance) FOR UPDATE SKIP LOCKED)`,
    values: [group, topic],
  });
}

interface SeenRow extends LeaseSeen {
  readonly members: number | null;
  readonly rank: number | null;
}

/** Reads who is alive in the group and who has what. */
export async function readGroup(db: Queryable, { id, group, topic }: MemberName): Promise<GroupSeen> {
  const { rows } = await db.query<SeenRow>({
    name: 'bus_group',
    text: `WITH ${liveMembers}
      SELECT l.partition, l.epoch, coalesce(l.owner = $3, false) AS mine,
        l.owner IS NULL OR NOT EXISTS (SELECT FROM live WHERE live.id = l.owner) AS free,
        (SELECT max(members) FROM live) AS members, (SELECT rank FROM live WHERE live.id = $3) AS rank
      FROM bus.lease l WHERE l.group_name = $1 AND l.topic = $2 ORDER BY l.partition`,
    values: [group, topic, id],
  });
  return { members: rows[0]?.members ?? 0, rank: rows[0]?.rank ?? undefined, leases: rows };
}

/**
 * Takes partitions that nobody alive owns, or that this member owns in name only; each under a new epoch.
 * @returns those that were still to be had
 */
export async function takeLeases(
  db: Queryable,
  { id, group, topic }: MemberName,
  partitions: readonly number[],
): Promise<LeaseTaken[]> {
  const { rows } = await db.query<{ partition: number; epoch: number; committed: number }>({
    name: 'bus_take',
    text: `WITH ${liveMembers}, chosen AS MATERIALIZED (
        SELECT l.partition FROM bus.lease l
        WHERE l.group_name = $1 AND l.topic = $2 AND l.partition = ANY($4::integer[])
          AND (l.owner IS NULL OR l.owner = $3 OR NOT EXISTS (SELECT FROM live WHERE live.id = l.owner))
        ORDER BY l.partition FOR UPDATE OF l)
      UPDATE bus.lease l SET owner = $3, epoch = l.epoch + 1, committed = greatest(l.committed, h.first_offset)
      FROM chosen c JOIN bus.head h ON h.topic = $2 AND h.partition = c.partition
      WHERE l.group_name = $1 AND l.topic = $2 AND l.partition = c.partition
        AND EXISTS (SELECT FROM live WHERE live.id = $3)
      RETURNING l.partition, l.epoch, l.committed`,
    values: [group, topic, id, partitions],
  });
  return rows.map((row) => ({ ...row, committed: BigInt(row.committed) }));
}

/** Lets partitions go, so that others may take them. */
export async function releaseLeases(
  db: Queryable,
  { id, group, topic }: MemberName,
  partitions: readonly number[],
): Promise<void> {
  await db.query({
    text: `UPDATE bus.lease SET owner = NULL
      WHERE group_name = $1 AND topic = $2 AND owner = $3 AND partition = ANY($4::integer[])`,
    values: [group, topic, id, partitions],
  });
}

/** A mark with the epoch under which it was reached. */
export interface FencedMark {
  readonly partition: number;
  readonly epoch: number;
  readonly next: bigint;
}

/**
 * Commits marks, each only while its partition is still this member's under that epoch.
 * @returns the partitions that were
 */
export async function commitMarks(
  db: Queryable,
  { id, group, topic }: MemberName,
  marks: readonly FencedMark[],
): Promise<Set<number>> {
  const { rows } = await db.query<{ partition: number }>({
    name: 'bus_commit',
    text: `UPDATE bus.lease l SET committed = greatest(l.committed, m.next)
      FROM unnest($4::integer[], $5::bigint[], $6::bigint[]) AS m (partition, epoch, next)
      WHERE l.group_name = $1 AND l.topic = $2 AND l.partition = m.partition AND l.owner = $3 AND l.epoch = m.epoch
      RETURNING l.partition`,
    values: [
      group,
      topic,
      id,
      marks.map((mark) => mark.partition),
      marks.map((mark) => mark.epoch),
      marks.map((mark) => String(mark.next)),
    ],
  });
  return new Set(rows.map((row) => row.partition));
}

/** Takes the member away. */
export async function leaveGroup(db: Queryable, id: string): Promise<void> {
  await db.query({ text: 'DELETE FROM bus.member WHERE id = $1', values: [id] });
}
