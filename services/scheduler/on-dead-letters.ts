// scheduler: takes what was set aside anywhere, and the word that one of them was done after all.
import { eventHeaders } from '@staffetta/flow/flows.ts';
import { headerText } from '@staffetta/flow/events.ts';
import type { ServiceName } from '@staffetta/flow/services.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import { describeHeader, readDeadLetter } from '@staffetta/platform/bus/dead-letter.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { storableText } from '@staffetta/platform/store/storable-text.ts';
import type { World } from '@staffetta/platform/service.ts';
import { closeDeadLetters, keepDeadLetters, type DoneEvent, type NewDeadLetter } from './dead-letters.ts';

/** The payload keeps every byte, so nothing is lost here. */
function storable(text: string): string {
  return storableText(text, Infinity);
}

function storableOrNull(text: string | undefined): string | null {
  return text === undefined ? null : storable(text);
}

/** A foreign header may hold any number; one beyond what a double holds exactly would name another event. */
function offsetOrNull(offset: bigint | undefined): number | null {
  return offset !== undefined && offset >= 0n && offset <= Number.MAX_SAFE_INTEGER ? Number(offset) : null;
}

function showHeaders(headers: ConsumedEvent['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.keys(headers).map((name) => [storable(name), storable(describeHeader(headers, name))]),
  );
}

function understand(event: ConsumedEvent): NewDeadLetter {
  const letter = readDeadLetter(event);
  return {
    deadLetterId: uuidv7(),
    topic: event.topic,
    partition: event.partition,
    offset: Number(event.offset),
    eventId: storableOrNull(headerText(event.headers, eventHeaders.eventId)),
    correlationId: storableOrNull(headerText(event.headers, eventHeaders.correlationId)),
    originalTopic: storable(letter.topic ?? event.topic.replace(/\.DLT$/, '')),
    originalPartition: letter.partition ?? null,
    originalOffset: offsetOrNull(letter.offset),
    originalGroup: storableOrNull(letter.group),
    errorCode: storable(letter.errorCode ?? 'UNKNOWN'),
    errorMessage: storable(letter.message ?? ''),
    errorStack: storableOrNull(letter.stack),
    tries: letter.attempts ?? 1,
    key: storable(event.key),
    headers: showHeaders(event.headers),
    keptHeaders: showHeaders(letter.kept),
    payload: event.value,
    happenedAt: event.timestamp,
  };
}

/** Until others did so, only the receiver closed letters, and did not say that it was it. */
const closerBefore: ServiceName = 'receiver';

function doneIn({ headers }: ConsumedEvent): DoneEvent[] {
  const eventId = headerText(headers, eventHeaders.closes);
  if (eventId === undefined) return [];
  return [{ eventId: storable(eventId), by: storable(headerText(headers, eventHeaders.closedBy) ?? closerBefore) }];
}

/**
 * Makes the step for all dead-letter topics: keeps the letters, closes those that a later record names.
 * @param world store and clock
 */
export function takeDeadLetters(world: World) {
  return async (batch: readonly ConsumedEvent[]): Promise<void> => {
    const closing = batch.flatMap(doneIn);
    const letters = batch
      .filter((event) => headerText(event.headers, eventHeaders.closes) === undefined)
      .map((event) => understand(event));
    await world.store.transaction(async (tx) => {
      if (letters.length > 0) await keepDeadLetters(tx, letters);
      if (closing.length > 0) await closeDeadLetters(tx, closing, world.clock.now());
    });
    for (const { topic, errorCode, correlationId } of letters) {
      world.log.warn({ topic, errorCode, correlationId }, 'deadLetter.kept');
    }
  };
}
