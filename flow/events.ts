// flow: how a message becomes a record of the log and back; what does not fit its flow's schema is poison.
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { HubError } from './errors.ts';
import { eventHeaders, flows, type FlowName, type MessageOf, type PublishedBy } from './flows.ts';
import type { ServiceName } from './services.ts';
import { readTraceContext, type TraceContext } from './trace-context.ts';

/** What an event carries besides its message. */
export interface EventMeta {
  /** Unique for the event; the same again when the very same event is published again. */
  readonly eventId: string;
  readonly correlationId: string;
  /** The event that caused this one. */
  readonly causationId?: string;
  /** The trace that it belongs to. */
  readonly trace?: TraceContext | undefined;
  /** More headers in plain text (see `eventHeaders`). */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the value can be built again from (see the bus' outbox). */
  readonly reference?: string;
}

/** An event ready for the log. */
export interface EncodedEvent {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly reference?: string;
}

/** A record of the log, as far as this room needs to know it. */
export interface LogRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string | Buffer>>;
}

/** An event understood: its message and what came with it. */
export interface FlowEvent<F extends FlowName, R extends LogRecord = LogRecord> {
  readonly flow: F;
  readonly message: MessageOf<F>;
  readonly key: string;
  readonly eventId: string;
  readonly correlationId: string;
  readonly causationId: string | undefined;
  readonly trace: TraceContext | undefined;
  readonly record: R;
}

/** The schema version that we write. */
export const schemaVersion = '1';

const validators = new Map<FlowName, Validator>();

function validatorOf(flow: FlowName): Validator {
  let validator = validators.get(flow);
  if (!validator) {
    const schema: TSchema = flows[flow].message;
    validator = Compile(schema);
    validators.set(flow, validator);
  }
  return validator;
}

/**
 * Gives a service its voice: it can only speak on the flows that name it under `from`.
 * @param _service the speaker's name, which fixes the type
 * @returns a function that makes an event of a flow, with the key that keeps its order
 */
export function speakAs<S extends ServiceName>(
  _service: S,
): <F extends PublishedBy<S>>(flow: F, key: string, message: MessageOf<F>, meta: EventMeta) => EncodedEvent {
  return (flow, key, message, meta) => encodeEvent(flow, key, Buffer.from(JSON.stringify(message)), meta);
}

/**
 * Makes an event of a flow from a value that is JSON already.
 * @param flow the flow, which is the topic
 * @param key keeps the order of what belongs together (see `flows`)
 * @param value the message as JSON, UTF-8
 * @param meta ids and headers
 */
export function encodeEvent(flow: FlowName, key: string, value: Buffer, meta: EventMeta): EncodedEvent {
  const headers: Record<string, string> = {
    [eventHeaders.correlationId]: meta.correlationId,
    [eventHeaders.eventId]: meta.eventId,
    [eventHeaders.schemaVersion]: schemaVersion,
    ...meta.headers,
  };
  if (meta.causationId !== undefined) headers[eventHeaders.causationId] = meta.causationId;
  if (meta.trace !== undefined) {
    headers[eventHeaders.traceparent] = meta.trace.traceparent;
    if (meta.trace.tracestate !== undefined) headers[eventHeaders.tracestate] = meta.trace.tracestate;
  }
  const event = { topic: flows[flow].topic, key, value, headers };
  return meta.reference === undefined ? event : { ...event, reference: meta.reference };
}

/**
 * Reads one header as text, whatever case its name was written in (Java writes what it likes).
 * @param headers a record's headers
 * @param name the header's name
 */
export function headerText(headers: LogRecord['headers'], name: string): string | undefined {
  const exact = headers[name] ?? headers[name.toLowerCase()];
  if (exact !== undefined) return exact.toString();
  const wanted = name.toLowerCase();
  for (const [other, value] of Object.entries(headers)) if (other.toLowerCase() === wanted) return value.toString();
  return undefined;
}

/**
 * Reads the trace context of a record; the names of its headers are in lower case whoever writes them (W3C Trace Context §3.2.1).
 * @param headers a record's headers
 * @returns undefined where there is none, or none that is valid
 */
export function traceOf(headers: LogRecord['headers']): TraceContext | undefined {
  const traceparent = headers[eventHeaders.traceparent];
  if (traceparent === undefined) return undefined;
  return readTraceContext(traceparent.toString(), headers[eventHeaders.tracestate]?.toString());
}

/**
 * Understands a record of a flow.
 * @param flow the flow whose topic it was read from
 * @param record the record
 * @param place where it lies in the log (`topic-partition@offset`), which stands in for an event id where a foreign writer gave none
 * @throws HubError MESSAGE_NOT_READABLE for what is no JSON or does not fit the flow's schema, with the place in the message
 */
export function decodeEvent<F extends FlowName, R extends LogRecord>(
  flow: F,
  record: R,
  place: string,
): FlowEvent<F, R> {
  const message = parse(record.value, place);
  const validator = validatorOf(flow);
  if (!validator.Check(message)) {
    const [first] = validator.Errors(message);
    const where = first ? `${first.instancePath || '/'} ${first.message}` : 'it does not fit the schema';
    throw new HubError('MESSAGE_NOT_READABLE', `The message at ${place} is no ${flow}: ${where}.`);
  }
  const eventId = headerText(record.headers, eventHeaders.eventId) ?? place;
  return {
    flow,
    message: message as MessageOf<F>,
    key: record.key,
    eventId,
    correlationId: headerText(record.headers, eventHeaders.correlationId) ?? correlationOf(message) ?? eventId,
    causationId: headerText(record.headers, eventHeaders.causationId),
    trace: traceOf(record.headers),
    record,
  };
}

function parse(value: Buffer, place: string): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch (error) {
    throw new HubError('MESSAGE_NOT_READABLE', `The message at ${place} is no JSON.`, error);
  }
}

function correlationOf(message: unknown): string | undefined {
  const id = (message as { correlationId?: unknown }).correlationId;
  return typeof id === 'string' && id !== '' ? id : undefined;
}
