// flow: the record that closes a dead letter: what was given up was done after all.
import type { EncodedEvent } from './events.ts';
import { deadLetterTopic, eventHeaders } from './flows.ts';
import type { ServiceName } from './services.ts';

/** What was done after all, though a dead letter says that it was not. */
export interface DoneAfterAll {
  /** The topic of the event that died, and its key. */
  readonly topic: string;
  readonly key: string;
  /** The dead letter's partition, so that this record is read after it; where it is left out the key decides, as for the event itself. */
  readonly partition?: number;
  readonly eventId: string;
  readonly correlationId: string;
  /** The event that did it. */
  readonly causationId?: string | undefined;
  /** The service that did it. */
  readonly by: ServiceName;
}

/** The record, with its partition where one was named. */
export interface ClosingRecord extends EncodedEvent {
  readonly partition?: number;
}

/**
 * Makes the record that closes the dead letter of an event.
 * @param done what was done
 */
export function closingRecord(done: DoneAfterAll): ClosingRecord {
  const { topic, key, partition, eventId, correlationId, causationId, by } = done;
  return {
    topic: deadLetterTopic(topic),
    ...(partition !== undefined && { partition }),
    key,
    value: Buffer.from(JSON.stringify({ closes: eventId })),
    headers: {
      [eventHeaders.correlationId]: correlationId,
      [eventHeaders.eventId]: `${eventId}:closed`,
      [eventHeaders.closes]: eventId,
      [eventHeaders.closedBy]: by,
      ...(causationId !== undefined && { [eventHeaders.causationId]: causationId }),
    },
  };
}
