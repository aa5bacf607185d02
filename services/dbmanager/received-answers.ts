// dbmanager: what public bodies answered to received invoices, and how far each answer came. Store: dbmanager.received_answer.
import type { AnswerMail, AnswerOutcome } from '@staffetta/flow/received-details.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';

/** An answer that was given. */
export interface ReceivedAnswer {
  /** The file that carries it to SdI. */
  readonly transmissionId: string;
  readonly invoiceId: string;
  /** From 1. */
  readonly counter: number;
  /** The invoice of the lot that it is about; null for all of them. */
  readonly position: number | null;
  readonly outcome: AnswerOutcome;
  readonly description: string | null;
  /** MessageIdCommittente. */
  readonly messageId: string;
  readonly mail: AnswerMail;
  readonly discardedAt: Date | null;
  readonly createdAt: Date;
  readonly createdBy: string;
}

const columns = `transmission_id AS "transmissionId", invoice_id AS "invoiceId", counter, position, outcome, description,
  message_id AS "messageId", mail, discarded_at AS "discardedAt", created_at AS "createdAt", created_by AS "createdBy"`;

/**
 * Keeps an answer.
 * @param db a transaction that holds the invoice's row
 * @param answer the answer, which waits to be mailed
 */
export async function insertAnswer(db: Queryable, answer: Omit<ReceivedAnswer, 'mail' | 'discardedAt'>): Promise<void> {
  await db.query({
    text: `INSERT INTO dbmanager.received_answer
        (transmission_id, invoice_id, counter, position, outcome, description, message_id, mail, created_at, created_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7, 'TOBE_SENT', $8, $9)`,
    values: [
      answer.transmissionId,
      answer.invoiceId,
      answer.counter,
      answer.position,
      answer.outcome,
      answer.description,
      answer.messageId,
      answer.createdAt,
      answer.createdBy,
    ],
  });
}

/**
 * Reads the answers to an invoice, the oldest first.
 * @param db the store or a transaction
 * @param invoiceId the invoice
 */
export async function answersOf(db: Queryable, invoiceId: string): Promise<ReceivedAnswer[]> {
  const { rows } = await db.query<ReceivedAnswer>({
    text: `SELECT ${columns} FROM dbmanager.received_answer WHERE invoice_id = $1 ORDER BY counter`,
    values: [invoiceId],
  });
  return rows;
}

/**
 * Reads the answer that a file carries.
 * @param db the store or a transaction
 * @param transmissionId any transmission
 */
export async function findAnswer(db: Queryable, transmissionId: string): Promise<ReceivedAnswer | undefined> {
  const { rows } = await db.query<ReceivedAnswer>({
    text: `SELECT ${columns} FROM dbmanager.received_answer WHERE transmission_id = $1`,
    values: [transmissionId],
  });
  return rows[0];
}

/**
 * Notes how far an answer's mail came.
 * @param db a transaction that holds the invoice's row
 * @param transmissionId the file that carries it
 * @param mail how far
 */
export async function noteAnswerMail(db: Queryable, transmissionId: string, mail: AnswerMail): Promise<void> {
  await db.query({
    text: 'UPDATE dbmanager.received_answer SET mail = $2 WHERE transmission_id = $1',
    values: [transmissionId, mail],
  });
}

/**
 * Notes that SdI did not take an answer.
 * @param db a transaction that holds the invoice's row
 * @param transmissionId the file that carried it
 * @param at when that was told
 */
export async function noteAnswerDiscarded(db: Queryable, transmissionId: string, at: Date): Promise<void> {
  await db.query({
    text: 'UPDATE dbmanager.received_answer SET discarded_at = coalesce(discarded_at, $2) WHERE transmission_id = $1',
    values: [transmissionId, at],
  });
}
