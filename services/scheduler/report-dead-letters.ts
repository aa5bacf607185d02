// scheduler: the report of dead letters that are still open.
import type { FlowName } from '@staffetta/flow/flows.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { Store } from '@staffetta/platform/store/store.ts';
import { openDeadLettersAfter, type DeadLetter } from './dead-letters.ts';
import { showPayload } from './show-payload.ts';
import type { Report } from './write-report.ts';

const typeOfTopic: Readonly<Record<FlowName, string>> = {
  incomingInvoice: 'InvoiceDto',
  savedInvoice: 'InvoiceDto',
  unsignedInvoice: 'InvoiceDto',
  signedInvoice: 'SignedInvoice',
  outgoingInvoice: 'InvoiceDto',
  sentInvoice: 'InvoiceDto',
  dsiNotification: 'SdiNotificationDto',
  sdiNotice: 'SdiNotice',
  pecReceipt: 'PecReceipt',
  sdiAddress: 'SdiAddress',
  customerCommand: 'CustomerCommand',
  savedCustomer: 'SavedCustomer',
  invoiceCommand: 'InvoiceCommand',
};

/** The name of what a topic carries; a topic that is none of ours (a Java service's) is shown by its own name. */
function typeOf(topic: string): string {
  return typeOfTopic[topic as FlowName] ?? topic;
}

function rowOf(letter: DeadLetter): (string | number)[] {
  return [
    toRomeWallTime(letter.happenedAt),
    letter.topic,
    typeOf(letter.originalTopic),
    letter.partition,
    letter.offset,
    letter.key,
    JSON.stringify(letter.headers),
    showPayload(letter),
  ];
}

async function* rowsOf(store: Store, size: number): AsyncGenerator<(string | number)[]> {
  for (let last: DeadLetter | undefined; ;) {
    const letters = await openDeadLettersAfter(store, last, size);
    yield* letters.map((letter) => rowOf(letter));
    last = letters.at(-1);
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
