// dbmanager: tells what became of moves: an outcome where the invoice moved, its present state where somebody waits for an answer.
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import type { Finding } from '@staffetta/flow/messages.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import type { Answered, Move } from './apply-moves.ts';
import { outcomeEvent, repeatedEvent, type Cause } from './invoice-events.ts';
import { asTold, documentJson } from './invoice-value.ts';
import { readInvoices, type FullInvoiceView } from './invoice-views.ts';

/** A move that knows what caused it, and whether somebody waits for an answer even where nothing changed. */
export interface ToldMove extends Move {
  readonly cause: Cause;
  readonly answerAlways: boolean;
}

function refusal({ answer, move }: Answered<ToldMove>): Finding[] {
  if (answer.kind !== 'refused') return [];
  const message = {
    it: `L'evento "${move.event}" non è ammesso dallo stato ${answer.status}.`,
    en: `The event "${move.event}" is not allowed from ${answer.status}.`,
  };
  return [{ code: 'MOVE_REFUSED', severity: 'warning', message }];
}

function eventOf(answered: Answered<ToldMove>, view: FullInvoiceView, document: string): EncodedEvent[] {
  const { outcome, move } = answered;
  if (outcome) return [outcomeEvent(asTold(view, outcome), document, move.cause)];
  return move.answerAlways ? [repeatedEvent(view, document, move.cause, refusal(answered))] : [];
}

/**
 * Makes the events that tell of moves; the documents are read again in one statement for the batch.
 * @param tx the transaction that made the moves
 * @param answered what `applyMoves` gave
 */
export async function tellMoves(tx: Queryable, answered: readonly Answered<ToldMove>[]): Promise<EncodedEvent[]> {
  const told = answered.filter(({ outcome, move }) => outcome !== undefined || move.answerAlways);
  if (told.length === 0) return [];
  const views = await readInvoices(tx, [...new Set(told.map(({ move }) => move.invoiceId))]);
  const documents = new Map([...views].map(([id, view]) => [id, documentJson(view, view.bytes)]));
  return told.flatMap((one) => {
    const view = views.get(one.move.invoiceId);
    const document = documents.get(one.move.invoiceId);
    return view && document ? eventOf(one, view, document) : [];
  });
}
