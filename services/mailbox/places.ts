// mailbox: where the reading of each mailbox stands, and what is wrong with it right now. Store: mailbox.place.
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { Trouble } from './troubles.ts';

/** Where the reading of a folder stands. */
export interface Place {
  readonly address: string;
  readonly folder: string;
  /** Null before the first look. */
  readonly uidvalidity: number | null;
  readonly lastUid: number;
  readonly renumberedAt: Date | null;
  readonly lookedAt: Date | null;
  readonly troubles: Readonly<Record<string, Trouble>>;
  readonly quotaUsed: number | null;
  readonly quotaLimit: number | null;
}

const columns = `address, folder, uidvalidity, last_uid AS "lastUid", renumbered_at AS "renumberedAt", looked_at AS "lookedAt",
  troubles, quota_used AS "quotaUsed", quota_limit AS "quotaLimit"`;

/**
 * Makes sure that a mailbox has its row.
 * @param db the store
 * @param address the mailbox
 * @param folder its folder
 */
export async function insertPlace(db: Queryable, address: string, folder: string): Promise<void> {
  await db.query({
    text: `INSERT INTO mailbox.place (address, folder) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    values: [address, folder],
  });
}

/**
 * Finds where the reading of a folder stands.
 * @param db the store
 * @param address the mailbox
 * @param folder its folder
 */
export async function findPlace(db: Queryable, address: string, folder: string): Promise<Place | undefined> {
  const { rows } = await db.query<Place>({
    text: `SELECT ${columns} FROM mailbox.place WHERE address = $1 AND folder = $2`,
    values: [address, folder],
  });
  return rows[0];
}

/**
 * Lists the places of all mailboxes that were ever read.
 * @param db the store
 */
export async function listPlaces(db: Queryable): Promise<Place[]> {
  const { rows } = await db.query<Place>({ text: `SELECT ${columns} FROM mailbox.place ORDER BY address, folder` });
  return rows;
}

/**
 * Notes up to which UID mails are here. UIDs of another numbering than the place's say nothing: an instance that has just lost the
 * mailbox may still be at the old one.
 * @param db the transaction that inserts the mail
 * @param at mailbox, folder, and the UIDVALIDITY that the UID was read under
 * @param uid the last one
 */
export async function advancePlace(
  db: Queryable,
  at: { readonly mailbox: string; readonly folder: string; readonly uidvalidity: number },
  uid: number,
): Promise<void> {
  await db.query({
    name: 'mailbox-advance-place',
    text: `UPDATE mailbox.place SET last_uid = greatest(last_uid, $4)
      WHERE address = $1 AND folder = $2 AND coalesce(uidvalidity, $3) = $3`,
    values: [at.mailbox, at.folder, at.uidvalidity, uid],
  });
}

/**
 * Begins a folder anew: its UIDs mean other mails than before, or it is looked at for the first time.
 * @param db the store
 * @param place mailbox, folder and UIDVALIDITY
 * @param renumberedAt when a change was seen, by the hub's clock; undefined at the first look
 */
export async function renumberPlace(
  db: Queryable,
  place: Pick<Place, 'address' | 'folder'> & { readonly uidvalidity: number },
  renumberedAt: Date | undefined,
): Promise<void> {
  await db.query({
    text: `UPDATE mailbox.place SET uidvalidity = $3, last_uid = 0, renumbered_at = coalesce($4, renumbered_at)
      WHERE address = $1 AND folder = $2`,
    values: [place.address, place.folder, place.uidvalidity, renumberedAt ?? null],
  });
}

/**
 * Notes a look at a mailbox that went well.
 * @param db the store
 * @param place mailbox and folder
 * @param at by the hub's clock
 */
export async function noteLook(db: Queryable, place: Pick<Place, 'address' | 'folder'>, at: Date): Promise<void> {
  await db.query({
    name: 'mailbox-note-look',
    text: `UPDATE mailbox.place SET looked_at = $3 WHERE address = $1 AND folder = $2`,
    values: [place.address, place.folder, at],
  });
}

/**
 * Notes how full a mailbox is.
 * @param db the store
 * @param place mailbox and folder
 * @param quota in bytes
 */
export async function noteQuota(
  db: Queryable,
  place: Pick<Place, 'address' | 'folder'>,
  quota: { readonly used: number; readonly limit: number },
): Promise<void> {
  await db.query({
    text: `UPDATE mailbox.place SET quota_used = $3, quota_limit = $4 WHERE address = $1 AND folder = $2`,
    values: [place.address, place.folder, quota.used, quota.limit],
  });
}

/**
 * Notes what is wrong with a mailbox right now.
 * @param db the store
 * @param place mailbox and folder
 * @param troubles by their codes
 */
export async function noteTroubles(
  db: Queryable,
  place: Pick<Place, 'address' | 'folder'>,
  troubles: Place['troubles'],
): Promise<void> {
  await db.query({
    text: `UPDATE mailbox.place SET troubles = $3 WHERE address = $1 AND folder = $2`,
    values: [place.address, place.folder, JSON.stringify(troubles)],
  });
}
