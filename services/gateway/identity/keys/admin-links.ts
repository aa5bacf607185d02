// gateway: one-time links that make an administrator's key, as rows. Store: gateway.admin_link.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** Why a link was made: at a start without any administrator, or by somebody on the machine. */
export type LinkKind = 'first' | 'asked';

/** A link that may still be used. */
export interface OpenLink {
  readonly kind: LinkKind;
  readonly madeBy: string;
}

/** Keeps all others from making or using links until the transaction ends: of two that use the last one, one comes late. */
export async function lockLinks(tx: Queryable): Promise<void> {
  await tx.query({ text: 'LOCK TABLE gateway.admin_link IN SHARE ROW EXCLUSIVE MODE' });
}

/** Stores a link's digest. */
export async function insertLink(
  tx: Queryable,
  link: { digest: Buffer; kind: LinkKind; madeAt: Date; madeBy: string; expiresAt: Date },
): Promise<void> {
  await tx.query({
    text: `INSERT INTO gateway.admin_link (digest, kind, made_at, made_by, expires_at) VALUES ($1, $2, $3, $4, $5)`,
    values: [link.digest, link.kind, link.madeAt, link.madeBy, link.expiresAt],
  });
}

/** Forgets the links that ended unused. */
export async function removeEndedLinks(tx: Queryable, now: Date): Promise<void> {
  await tx.query({
    text: 'DELETE FROM gateway.admin_link WHERE used_at IS NULL AND expires_at <= $1',
    values: [now],
  });
}

/** Whether a link has ever been used. */
export async function wasLinkUsed(db: Queryable): Promise<boolean> {
  const { rows } = await db.query({ text: 'SELECT 1 FROM gateway.admin_link WHERE used_at IS NOT NULL LIMIT 1' });
  return rows.length > 0;
}

/** Finds a link that was not used and has not ended. */
export async function findOpenLink(db: Queryable, digest: Buffer, now: Date): Promise<OpenLink | undefined> {
  const { rows } = await db.query<OpenLink>({
    text: `SELECT kind, made_by "madeBy" FROM gateway.admin_link
      WHERE digest = $1 AND used_at IS NULL AND expires_at > $2`,
    values: [digest, now],
  });
  return rows[0];
}

/** Notes that a link was used; all others that are open are void from now on. */
export async function closeLinks(tx: Queryable, digest: Buffer, now: Date, keyId: string): Promise<void> {
  await tx.query({ text: 'DELETE FROM gateway.admin_link WHERE used_at IS NULL AND digest <> $1', values: [digest] });
  await tx.query({
    text: 'UPDATE gateway.admin_link SET used_at = $2, key_id = $3 WHERE digest = $1',
    values: [digest, now, keyId],
  });
}
