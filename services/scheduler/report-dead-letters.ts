// scheduler: the report of dead letters that are still open.
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { Store } from '@staffetta/platform/store/store.ts';
import { listDeadLetters, type DeadLetter } from './dead-letters.ts';
import { showPayload } from './show-payload.ts';
import type { Report } from './write-report.ts';

const typeOfTopic: Readonly<Record<string, string>> = {
  dsiNotification: 'SdiNotificationDto',
  customerCommand: 'CustomerCommand',
  invoiceCommand: 'InvoiceCommand',
  savedCustomer: 'SavedCustomer',
};

function rowOf(letter: DeadLetter): (string | number)[] {
  return [
    toRomeWallTime(letter.happenedAt),
    letter.topic,
    typeOfTopic[letter.originalTopic] ?? 'InvoiceDto',
    letter.partition,
    letter.offset,
    letter.key,
    JSON.stringify(letter.headers),
    showPayload(letter),
  ];
}

async function* rowsOf(store: Store, size: number): AsyncGenerator<(string | number)[]> {
  for (let page = 0; ; page++) {
    const { letters } = await listDeadLetters(store, { state: 'open', page, size });
    yield* letters.map((letter) => rowOf(letter));
    if (letters.length < size) return;
  }
}

/**
 * Makes the report of open dead letters, in the contract's columns.
 * @param store the scheduler's tables
 * @param pageSize how many are read at once
 */
export function deadLetterReport(store: Store, pageSize: number): Report {
  const columns = ['Timestamp', 'Topic_DLT', 'Type', 'Partition', 'Offset', 'Key', 'Headers', 'Payload'];
  return { name: 'dead-letters', columns, rows: rowsOf(store, Math.min(pageSize, 100)) };
}
