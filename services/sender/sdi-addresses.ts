// sender: where SdI wants the files of each mailbox, as it said itself. Store: sender.sdi_address.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** What was learned for a mailbox. */
export interface LearnedAddress {
  /** In lower case. */
  readonly mailbox: string;
  readonly address: string;
  /** When the mail that says so came. */
  readonly learnedAt: Date;
  /** Under which the mailbox service keeps that mail. */
  readonly mailId: string;
}

/** What a mail says of the address. */
export interface SaidAddress extends LearnedAddress {
  /** An answer about a file of ours; else an incoming invoice, which comes from there too. */
  readonly byAnswer: boolean;
}

/**
 * Reads what was learned, by mailbox.
 * @param db the store or a transaction
 */
export async function readAddresses(db: Queryable): Promise<Map<string, LearnedAddress>> {
  const { rows } = await db.query<LearnedAddress>({
    name: 'sender-read-addresses',
    text: 'SELECT mailbox, address, learned_at AS "learnedAt", mail_id AS "mailId" FROM sender.sdi_address',
    values: [],
  });
  return new Map(rows.map((row) => [row.mailbox, row]));
}

/**
 * Keeps an address; what an older mail said changes nothing, and an incoming invoice only tells where nothing is known.
 * @param db a transaction
 * @param said what was learned
 */
export async function keepAddress(db: Queryable, said: SaidAddress): Promise<void> {
  const { mailbox, address, learnedAt, mailId, byAnswer } = said;
  await db.query({
    name: 'sender-keep-address',
    text: `INSERT INTO sender.sdi_address AS known (mailbox, address, learned_at, mail_id) VALUES ($1, $2, $3, $4)
      ON CONFLICT (mailbox) DO UPDATE
        SET address = excluded.address, learned_at = excluded.learned_at, mail_id = excluded.mail_id
        WHERE $5 AND known.learned_at < excluded.learned_at`,
    values: [mailbox, address, learnedAt, mailId, byAnswer],
  });
}

/**
 * Forgets what was learned for a mailbox.
 * @param db the store or a transaction
 * @param mailbox in lower case
 * @returns the address that was forgotten; undefined where none was known
 */
export async function forgetAddress(db: Queryable, mailbox: string): Promise<string | undefined> {
  const { rows } = await db.query<{ address: string }>({
    text: 'DELETE FROM sender.sdi_address WHERE mailbox = $1 RETURNING address',
    values: [mailbox],
  });
  return rows[0]?.address;
}
