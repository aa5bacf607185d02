// dbmanager: the funnel of the saga: counts each change of an invoice once it is committed, for whoever listens.
import type { Tx } from '@staffetta/platform/store/store.ts';

/** A change of an invoice, as far as it is counted. */
export interface ToldMove {
  /** What happened, in the words of the tables of moves. */
  readonly event: string;
  readonly status: string;
  readonly detail: string | null;
}

/** Hears of changes that are committed. */
export type MoveListener = (move: ToldMove) => void;

// The stores that write outcomes know nothing of a service's world; what they write is heard from here.
const listeners = new Set<MoveListener>();

/**
 * Listens to all changes that this process commits.
 * @param listener called for each
 * @returns a function that ends it
 */
export function hearMoves(listener: MoveListener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * Tells of changes once their transaction is committed; a transaction that is rolled back tells nothing.
 * @param tx it
 * @param moves the changes
 */
export function tellMoves(tx: Tx, moves: readonly ToldMove[]): void {
  tx.afterCommit(() => {
    for (const move of moves) for (const listener of listeners) listener(move);
  });
}
