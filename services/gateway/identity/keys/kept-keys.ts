// gateway: the keys that it keeps, as rows. Store: gateway.api_key.
import type { Role } from '@staffetta/platform/http/caller.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { RateRule } from '../../limits/rate-limit.ts';
import type { Scope } from '../../route-table.ts';

/** What may be said of a key when it is made; the rest follows. */
export interface KeyTerms {
  readonly name: string;
  readonly role: Role;
  readonly customerId: number | null;
  /** Null: all that its role may. */
  readonly scopes: readonly Scope[] | null;
  /** Networks (`10.0.0.0/8`, `2001:db8::/32`) or addresses; null: from anywhere. */
  readonly networks: readonly string[] | null;
  /** Its own limit; null: the common one. */
  readonly rateRule: RateRule | null;
  readonly expiresAt: Date | null;
}

/** A key as it is kept: never the key itself. */
export interface KeptKey extends KeyTerms {
  readonly keyId: string;
  readonly digest: Buffer;
  readonly pepperId: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly successorId: string | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly lastUsedFrom: string | null;
}

/** When and from where a key was used last; with its digest anew where it was kept under an old pepper. */
export interface KeyUse {
  readonly keyId: string;
  readonly at: Date;
  readonly from: string;
  readonly fresh: { readonly digest: Buffer; readonly pepperId: string } | undefined;
}

/** Where gateways hear that a key changed; the payload is its id. */
export const keyChannel = 'gateway_key';

interface KeyRow extends Omit<KeptKey, 'rateRule'> {
  readonly perSecond: number | null;
  readonly burst: number | null;
}

const columns = `key_id "keyId", digest, pepper_id "pepperId", name, role, customer_id "customerId", scopes, networks,
  rate_per_second "perSecond", rate_burst burst, created_at "createdAt", created_by "createdBy", expires_at "expiresAt",
  successor_id "successorId", revoked_at "revokedAt", last_used_at "lastUsedAt", last_used_from "lastUsedFrom"`;

function keyOf({ perSecond, burst, ...rest }: KeyRow): KeptKey {
  return { ...rest, rateRule: perSecond === null || burst === null ? null : { perSecond, burst } };
}

/** Tells all gateways that a key changed, once the transaction is committed. */
async function tellChange(db: Queryable, keyId: string): Promise<void> {
  await db.query({ text: `SELECT pg_notify('${keyChannel}', $1)`, values: [keyId] });
}

/** Stores a new key. @param db the transaction */
export async function insertKey(db: Queryable, key: KeptKey): Promise<void> {
  await db.query({
    text: `INSERT INTO gateway.api_key (key_id, digest, pepper_id, name, role, customer_id, scopes, networks,
      rate_per_second, rate_burst, created_at, created_by, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    values: [
      key.keyId,
      key.digest,
      key.pepperId,
      key.name,
      key.role,
      key.customerId,
      key.scopes,
      key.networks,
      key.rateRule?.perSecond ?? null,
      key.rateRule?.burst ?? null,
      key.createdAt,
      key.createdBy,
      key.expiresAt,
    ],
  });
  await tellChange(db, key.keyId);
}

/** Finds a key by its id. */
export async function findKey(db: Queryable, keyId: string): Promise<KeptKey | undefined> {
  const text = `SELECT ${columns} FROM gateway.api_key WHERE key_id = $1`;
  const { rows } = await db.query<KeyRow>({ name: 'gateway_key_find', text, values: [keyId] });
  return rows[0] && keyOf(rows[0]);
}

/** Finds a key and keeps others from changing it until the transaction ends. */
export async function lockKey(db: Queryable, keyId: string): Promise<KeptKey | undefined> {
  const text = `SELECT ${columns} FROM gateway.api_key WHERE key_id = $1 FOR UPDATE`;
  const { rows } = await db.query<KeyRow>({ text, values: [keyId] });
  return rows[0] && keyOf(rows[0]);
}

/** The keys to know from the start: those that count, the last used first. @param limit at most so many */
export async function keysThatCount(db: Queryable, now: Date, limit: number): Promise<KeptKey[]> {
  const { rows } = await db.query<KeyRow>({
    text: `SELECT ${columns} FROM gateway.api_key WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
      ORDER BY last_used_at DESC NULLS LAST, created_at DESC LIMIT $2`,
    values: [now, limit],
  });
  return rows.map(keyOf);
}

/**
 * The keys that changed since the last look, and the database's time to give the next time. It looks back a minute further: a change
 * shows only once its transaction is committed, and none takes as long.
 * @param since the database's time at the last look; null gives no keys
 */
export async function keysChangedSince(
  db: Queryable,
  since: Date | null,
): Promise<{ readonly keys: readonly KeptKey[]; readonly lookedAt: Date }> {
  const { rows } = await db.query<KeyRow & { readonly lookedAt: Date }>({
    name: 'gateway_key_changed',
    text: `SELECT now.at "lookedAt", k.* FROM (SELECT clock_timestamp() AS at) now
      LEFT JOIN (SELECT ${columns} FROM gateway.api_key WHERE changed_at > $1::timestamptz - interval '1 minute') k ON true`,
    values: [since],
  });
  const lookedAt = rows[0]?.lookedAt ?? new Date();
  return { lookedAt, keys: rows.filter(({ keyId }) => keyId !== null).map(keyOf) };
}

/** Ends a key at an instant, because another follows it. */
export async function endKey(db: Queryable, keyId: string, expiresAt: Date, successorId: string): Promise<void> {
  await db.query({
    text: `UPDATE gateway.api_key SET expires_at = $2, successor_id = $3, changed_at = clock_timestamp() WHERE key_id = $1`,
    values: [keyId, expiresAt, successorId],
  });
  await tellChange(db, keyId);
}

/** Revokes a key. */
export async function setRevoked(db: Queryable, keyId: string, at: Date): Promise<void> {
  await db.query({
    text: `UPDATE gateway.api_key SET revoked_at = $2, changed_at = clock_timestamp() WHERE key_id = $1`,
    values: [keyId, at],
  });
  await tellChange(db, keyId);
}

/** Forgets a key. */
export async function removeKey(db: Queryable, keyId: string): Promise<void> {
  await db.query({ text: 'DELETE FROM gateway.api_key WHERE key_id = $1', values: [keyId] });
  await tellChange(db, keyId);
}

/** Writes uses down, many at once; one that another gateway noted later stays. A fresh digest replaces the old one. */
export async function noteKeyUses(db: Queryable, uses: readonly KeyUse[]): Promise<void> {
  await db.query({
    text: `UPDATE gateway.api_key k SET
        last_used_at = CASE WHEN k.last_used_at >= u.at THEN k.last_used_at ELSE u.at END,
        last_used_from = CASE WHEN k.last_used_at >= u.at THEN k.last_used_from ELSE u.place END,
        digest = COALESCE(u.digest, k.digest), pepper_id = COALESCE(u.pepper_id, k.pepper_id),
        changed_at = CASE WHEN u.digest IS NULL THEN k.changed_at ELSE clock_timestamp() END
      FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::bytea[], $5::text[]) AS u (key_id, at, place, digest, pepper_id)
      WHERE k.key_id = u.key_id`,
    values: [
      uses.map(({ keyId }) => keyId),
      uses.map(({ at }) => at),
      uses.map(({ from }) => from),
      uses.map(({ fresh }) => fresh?.digest ?? null),
      uses.map(({ fresh }) => fresh?.pepperId ?? null),
    ],
  });
}

/** Whether a key counts that may do all, other keys included. */
export async function hasAdministratorKey(db: Queryable, now: Date): Promise<boolean> {
  const { rows } = await db.query({
    text: `SELECT 1 FROM gateway.api_key WHERE role = 'ARUBA' AND (scopes IS NULL OR 'admin' = ANY (scopes))
      AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1) LIMIT 1`,
    values: [now],
  });
  return rows.length > 0;
}

/** Which keys somebody wants to see. */
export interface KeyFilter {
  readonly state: 'active' | 'ended' | 'all';
  readonly customerId: number | undefined;
  readonly now: Date;
}

/** Where a page ends: the next begins after it. */
export type KeyPlace = Pick<KeptKey, 'createdAt' | 'keyId'>;

/**
 * Lists keys, the newest first; a page stays right whatever is made or deleted meanwhile.
 * @param after the last one of the page before
 * @param size at most so many
 */
export async function listKeys(
  db: Queryable,
  { state, customerId, now }: KeyFilter,
  after: KeyPlace | undefined,
  size: number,
): Promise<KeptKey[]> {
  const ended = 'COALESCE(revoked_at IS NOT NULL OR expires_at <= $1::timestamptz, false)';
  const { rows } = await db.query<KeyRow>({
    text: `SELECT ${columns} FROM gateway.api_key
      WHERE ($6 = 'all' OR ($6 = 'ended') = ${ended}) AND ($2::bigint IS NULL OR customer_id = $2)
      AND ($3::timestamptz IS NULL OR (created_at, key_id) < ($3, $4::text))
      ORDER BY created_at DESC, key_id DESC LIMIT $5`,
    values: [now, customerId ?? null, after?.createdAt ?? null, after?.keyId ?? null, size, state],
  });
  return rows.map(keyOf);
}
