// platform: spans of events that a step takes: one of each in its own trace, and one of the batch, linked to all of them.
import { isSampled, type TraceContext } from '@staffetta/flow/trace-context.ts';
import { within, type OpenSpan, type SpanFacts, type Tracing } from './tracing.ts';

/** What is known of an event that was read. */
export interface ReadEvent {
  readonly message: unknown;
  readonly eventId: string;
  readonly correlationId: string;
  readonly trace: TraceContext | undefined;
  readonly record: { readonly topic: string; readonly partition: number; readonly offset: bigint };
}

/** Who reads, and from what. */
export interface Reader {
  readonly service: string;
  readonly group: string;
  /** The bus' face. */
  readonly system: string;
}

/** An event that failed alone. */
interface FailedOne<E> {
  readonly event: E;
  readonly error: unknown;
}

/** A step that takes events and gives back those that failed alone. */
type Step<E> = (batch: readonly E[]) => Promise<readonly FailedOne<E>[] | void>;

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

interface Known {
  readonly invoiceId?: unknown;
  readonly invoiceNumber?: unknown;
  readonly transmissionId?: unknown;
  readonly invoiceStatus?: unknown;
  readonly transmission?: { readonly transmissionId?: unknown };
  readonly customer?: { readonly customerId?: unknown };
}

/**
 * Picks what a message says of its invoice by ids of ours: all else may name a taxpayer.
 * @param message any flow's
 */
export function invoiceFacts(message: unknown): SpanFacts {
  const { invoiceId, invoiceNumber, transmissionId, invoiceStatus, transmission, customer } = (message ?? {}) as Known;
  return {
    'staffetta.invoice.id': text(invoiceId),
    'staffetta.invoice.number': number(invoiceNumber),
    'staffetta.invoice.status': text(invoiceStatus),
    'staffetta.transmission.id': text(transmissionId ?? transmission?.transmissionId),
    'staffetta.customer.id': number(customer?.customerId),
  };
}

function readerFacts({ group, system }: Reader, topic: string, operation: string): SpanFacts {
  return {
    'messaging.system': system,
    'messaging.operation.name': operation,
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.consumer.group.name': group,
  };
}

function eventFacts(event: ReadEvent, reader: Reader): SpanFacts {
  const { topic, partition, offset } = event.record;
  return {
    ...readerFacts(reader, topic, 'process'),
    'messaging.destination.partition.id': String(partition),
    'messaging.message.id': event.eventId,
    'staffetta.offset': Number(offset),
    'staffetta.correlation_id': event.correlationId,
    ...invoiceFacts(event.message),
  };
}

function isRecorded({ trace }: ReadEvent): boolean {
  return trace !== undefined && isSampled(trace);
}

function beginOne(tracing: Tracing, event: ReadEvent, reader: Reader, batch: TraceContext | undefined): OpenSpan {
  return tracing.begin(reader.service, `process ${event.record.topic}`, {
    kind: 'consumer',
    parent: event.trace ?? 'none',
    links: batch ? [{ trace: batch }] : [],
    facts: eventFacts(event, reader),
  });
}

/** Each event with a span in its own trace, from which whatever comes of it goes on. */
async function takeEach<E extends ReadEvent>(
  tracing: Tracing,
  batch: readonly E[],
  reader: Reader,
  step: Step<E>,
  whole: OpenSpan | undefined,
): Promise<readonly FailedOne<E>[] | void> {
  const begun = batch.map((event) => beginOne(tracing, event, reader, whole?.trace));
  const spans = new Map<E, OpenSpan>();
  const events = batch.map((event, index) => {
    const span = begun[index]!;
    const traced = { ...event, trace: span.trace };
    spans.set(traced, span);
    return traced;
  });
  const [only] = begun;
  try {
    const failed = await (begun.length === 1 && only ? only.run(() => step(events)) : step(events));
    for (const { event, error } of failed ?? []) spans.get(event)?.fail(error);
    return failed;
  } catch (error) {
    for (const span of begun) span.fail(error);
    throw error;
  } finally {
    for (const span of begun) span.end();
  }
}

/**
 * Has a step take a batch with a span for each event, and for a batch of several one more, which is the active one and is linked to them
 * (OpenTelemetry's semantic conventions for messaging, "process" of batches). A batch of which nothing is recorded is taken as it is.
 * @param tracing makes the spans
 * @param batch at least one event of one topic
 * @param reader who reads
 * @param step takes events whose `trace` is that of their span
 */
export async function takeWithin<E extends ReadEvent>(
  tracing: Tracing,
  batch: readonly E[],
  reader: Reader,
  step: Step<E>,
): Promise<readonly FailedOne<E>[] | void> {
  const recorded = batch.filter(isRecorded);
  const foreign = batch.some(({ trace }) => trace === undefined);
  if (recorded.length === 0 && !foreign) return step(batch);
  if (batch.length === 1) return takeEach(tracing, batch, reader, step, undefined);
  const topic = batch[0]?.record.topic ?? '';
  const links = recorded.flatMap(({ trace, eventId }) =>
    trace ? [{ trace, facts: { 'messaging.message.id': eventId } }] : [],
  );
  const facts = { ...readerFacts(reader, topic, 'process_batch'), 'messaging.batch.message_count': batch.length };
  const wish = { kind: 'consumer', parent: 'none', links, facts } as const;
  return within(reader.service, `process_batch ${topic}`, wish, (whole) =>
    takeEach(tracing, batch, reader, step, whole),
  );
}
