// dbmanager: a received invoice as REST shows it besides: what SdI says of it, until when it may be answered, what was answered.
import { mayAnswer, receivedDetails, type ReceivedDetail } from '@staffetta/flow/received-details.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { deadlineWords } from './alarm-words.ts';
import type { InvoiceView } from './invoice-views.ts';
import { answersOf, type ReceivedAnswer } from './received-answers.ts';
import { findReceivedFile, type ReceivedFile } from './received-files.ts';

function answerDto({
  invoiceId: _id,
  createdAt,
  discardedAt,
  position,
  description,
  outcome,
  ...answer
}: ReceivedAnswer) {
  return {
    ...answer,
    esito: outcome,
    ...(description !== null && { descrizione: description }),
    ...(position !== null && { posizione: position }),
    createdAt: toRomeWallTime(createdAt),
    ...(discardedAt && { discardedAt: toRomeWallTime(discardedAt) }),
  };
}

function isOpen(detail: string | null, answerBy: Date | null, at: Date): boolean {
  if (answerBy === null || at >= answerBy || detail === null || !Object.hasOwn(receivedDetails, detail)) return false;
  return mayAnswer(detail as ReceivedDetail);
}

function fileDto(
  { sdiId, fileName, format, mailbox, receivedAt, answerBy }: ReceivedFile,
  detail: string | null,
  at: Date,
) {
  return {
    sdiId,
    fileName,
    ...(format !== null && { format }),
    ...(mailbox !== null && { mailbox }),
    receivedAt: toRomeWallTime(receivedAt),
    ...(answerBy && { answerBy: toRomeWallTime(answerBy), mayBeAnswered: isOpen(detail, answerBy, at) }),
  };
}

/** The one clock that runs for a received invoice: until when it may be answered. */
function deadlinesOf({ receivedAt, answerBy }: ReceivedFile, detail: string | null, at: Date) {
  if (answerBy === null || !isOpen(detail, answerBy, at)) return [];
  const deadline = { kind: 'ANSWER_DUE', since: receivedAt, due: answerBy } as const;
  const { kind, since, due } = deadline;
  return [{ kind, since: toRomeWallTime(since), due: toRomeWallTime(due), words: deadlineWords(deadline) }];
}

/**
 * Shows what SdI and the receiver said of an invoice that SdI brought; times are Europe/Rome.
 * @param db the store
 * @param view the invoice
 * @param at the instant, by which an answer is still possible or not
 * @returns nothing to show for all other invoices
 */
export async function receivedDto(db: Queryable, { kind, invoiceId, detail }: InvoiceView, at: Date) {
  const file = kind === 'external' ? await findReceivedFile(db, invoiceId) : undefined;
  if (!file) return {};
  const answers = await answersOf(db, invoiceId);
  return {
    received: fileDto(file, detail, at),
    ...(answers.length > 0 && { answers: answers.map(answerDto) }),
    deadlines: deadlinesOf(file, detail, at),
  };
}
