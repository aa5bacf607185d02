// sender: transmissions in hand, so that no second sender mails one at the same moment. Store: locks of the sender's own connection.
import type { Queryable } from '@staffetta/platform/store/store.ts';

// The first of the two numbers of an advisory lock; "mail" in ASCII tells it from the locks of other parts.
const lockSpace = 0x6d_61_69_6c;

/**
 * Takes transmissions that nobody has in hand; they are let go by `letGoTransmissions`, or by the end of the connection.
 * @param session a connection of its own, the same for taking and letting go (a `LiveInstance`)
 * @param transmissionIds UUIDs, each once
 * @returns those taken; another sender mails the others right now
 */
export async function holdTransmissions(session: Queryable, transmissionIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await session.query<{ id: string }>({
    name: 'sender-hold-transmissions',
    text: `SELECT id FROM unnest($2::text[]) AS id WHERE pg_try_advisory_lock($1, hashtext(id))`,
    values: [lockSpace, transmissionIds],
  });
  return new Set(rows.map(({ id }) => id));
}

/**
 * Lets transmissions go.
 * @param session the connection that took them
 * @param transmissionIds those taken
 */
export async function letGoTransmissions(session: Queryable, transmissionIds: readonly string[]): Promise<void> {
  await session.query({
    name: 'sender-let-go-transmissions',
    text: `SELECT pg_advisory_unlock($1, hashtext(id)) FROM unnest($2::text[]) AS id`,
    values: [lockSpace, transmissionIds],
  });
}
