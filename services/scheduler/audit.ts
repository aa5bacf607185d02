// scheduler: who did what to which dead letter, and why; only ever added to. Store: scheduler.audit.
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** One manual act. */
export interface Act {
  readonly at: Date;
  readonly who: string;
  readonly what: 'replay' | 'discard';
  readonly deadLetterId: string;
  readonly why: string | undefined;
}

/**
 * Notes a manual act.
 * @param db the transaction that does it
 * @param act who, when, what and why
 */
export async function noteAct(db: Queryable, act: Act): Promise<void> {
  await db.query({
    text: 'INSERT INTO scheduler.audit (at, who, what, dead_letter_id, why) VALUES ($1, $2, $3, $4, $5)',
    values: [act.at, act.who, act.what, act.deadLetterId, act.why ?? null],
  });
}
