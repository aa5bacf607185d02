// dbmanager: tells of moves whom they concern: a change of status always, of the detail alone where the customer wants it or must act.
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import type { Answered } from './apply-moves.ts';
import { wantDetails } from './detail-wishes.ts';
import type { InvoiceState } from './invoices.ts';
import { tellMoves, type ToldMove } from './tell-moves.ts';

/** A move that may ask somebody to act: then the customer is called back whatever changed. */
export interface AskingMove extends ToldMove {
  readonly asks: boolean;
}

/**
 * Makes the events that tell of moves.
 * @param tx the transaction that made them
 * @param answered what `applyMoves` gave
 * @param states the invoices, as they were before
 */
export async function tellWanted(
  tx: Tx,
  answered: readonly Answered<AskingMove>[],
  states: readonly InvoiceState[],
): Promise<EncodedEvent[]> {
  const customers = new Map(states.map(({ invoiceId, customerId }) => [invoiceId, customerId]));
  const wanting = await wantDetails(tx, [...new Set([...customers.values()].filter((id) => id !== null))]);
  const isTold = ({ answer, move }: Answered<AskingMove>): boolean => {
    const customerId = customers.get(move.invoiceId) ?? null;
    return answer.kind === 'moved' || move.asks || (customerId !== null && wanting.has(customerId));
  };
  return tellMoves(tx, answered.filter(isTold));
}
