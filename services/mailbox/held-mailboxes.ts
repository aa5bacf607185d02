// mailbox: which instance reads a mailbox; the others wait for their turn. Store: locks of the instance's own connection.
import type { LiveInstance } from '@staffetta/platform/store/live-instances.ts';

// The first of the two numbers of an advisory lock; "pecb" in ASCII tells it from the locks of other parts.
const lockSpace = 0x70_65_63_62;

/**
 * Takes a mailbox that nobody has; it is let go by `letGoMailbox`, or by the end of the connection.
 * @param instance whose connection holds it
 * @param address the mailbox
 * @returns whether it is taken; another instance reads it right now otherwise
 * @throws HubError DATABASE_AWAY
 */
export async function holdMailbox(instance: LiveInstance, address: string): Promise<boolean> {
  const { rows } = await instance.query<{ held: boolean }>({
    text: 'SELECT pg_try_advisory_lock($1, hashtext($2)) AS held',
    values: [lockSpace, address],
  });
  return rows[0]?.held ?? false;
}

/**
 * Lets a mailbox go.
 * @param instance whose connection took it
 * @param address the mailbox
 */
export async function letGoMailbox(instance: LiveInstance, address: string): Promise<void> {
  await instance.query({
    text: 'SELECT pg_advisory_unlock($1, hashtext($2))',
    values: [lockSpace, address],
  });
}
