// platform: dead letters as Spring Kafka writes them (bytes) and as people read them (plain-text twins), both ways.
import type { ConsumedEvent, EventHeaders, OutgoingEvent } from './bus.ts';
import { headerBytes, headerText } from './event-headers.ts';
import { errorMessage } from './failure-kinds.ts';

const textBytesMax = 16 * 1024;
const originalTimestampType = 'CreateTime';
const binaryNames = /^(kafka_dlt-|retry_topic-)/;
const plainNames = new Set([
  'x-original-topic',
  'x-original-partition',
  'x-original-offset',
  'x-original-timestamp',
  'x-original-group',
  'x-error-code',
  'x-error-message',
  'x-attempts',
]);

/** Who gave up on an event, and after how many counted tries. */
export interface GivenUp {
  readonly group: string;
  readonly tries: number;
}

/** What a dead letter says about itself. Fields that its writer left out are undefined. */
export interface DeadLetter {
  readonly topic: string | undefined;
  readonly partition: number | undefined;
  readonly offset: bigint | undefined;
  readonly timestamp: Date | undefined;
  readonly group: string | undefined;
  /** A code of flow/errors.ts, or the class name that a Java consumer wrote. */
  readonly errorCode: string | undefined;
  readonly causeCode: string | undefined;
  readonly message: string | undefined;
  readonly stack: string | undefined;
  readonly attempts: number | undefined;
  /** The headers that the event had before it died; a replay sends these. */
  readonly kept: EventHeaders;
}

/**
 * Makes the dead letter of an event: topic `<topic>.DLT`, same partition number, key, value and headers, with Spring's
 * `kafka_dlt-*` headers (int32 and int64 big-endian; see Spring Kafka's `KafkaHeaders`) and plain-text twins.
 * An event that died before (a replayed letter) keeps only its last death.
 * @param event the event as it was read
 * @param error why it is given up
 * @param givenUp by whom and after how many tries
 */
export function toDeadLetter(event: ConsumedEvent, error: unknown, givenUp: GivenUp): OutgoingEvent {
  const headers = {
    ...keptHeaders(event.headers),
    ...springHeaders(event, error, givenUp),
    ...plainHeaders(event, error, givenUp),
  };
  return { topic: `${event.topic}.DLT`, partition: event.partition, key: event.key, value: event.value, headers };
}

/**
 * Reads what a dead letter says, from the bytes of Spring's headers or from their plain-text twins.
 * @param event a record of a dead-letter topic, ours or a Java service's
 */
export function readDeadLetter(event: Pick<ConsumedEvent, 'headers'>): DeadLetter {
  const { headers } = event;
  const text = (plain: string, spring: string): string | undefined =>
    headerText(headers, plain) ?? headerText(headers, spring);
  return {
    topic: text('x-original-topic', 'kafka_dlt-original-topic'),
    partition: plainInteger(headers, 'x-original-partition') ?? int32(headers, 'kafka_dlt-original-partition'),
    offset: plainOffset(headers) ?? int64(headers, 'kafka_dlt-original-offset'),
    timestamp: plainDate(headers) ?? dateOf(int64(headers, 'kafka_dlt-original-timestamp')),
    group: text('x-original-group', 'kafka_dlt-original-consumer-group'),
    errorCode: text('x-error-code', 'kafka_dlt-exception-fqcn'),
    causeCode: headerText(headers, 'kafka_dlt-exception-cause-fqcn'),
    message: text('x-error-message', 'kafka_dlt-exception-message'),
    stack: headerText(headers, 'kafka_dlt-exception-stacktrace'),
    attempts: plainInteger(headers, 'x-attempts') ?? int32(headers, 'retry_topic-attempts'),
    kept: keptHeaders(headers),
  };
}

/** Whether a header tells of a death rather than of the event itself. */
export function isDeathHeader(name: string): boolean {
  return binaryNames.test(name) || plainNames.has(name);
}

/**
 * Writes any header as readable text: Spring's numbers as decimals, timestamps as ISO 8601, other bytes as UTF-8 where they
 * are, else as base64.
 * @param headers the event's headers
 * @param name one of their names
 */
export function describeHeader(headers: EventHeaders, name: string): string {
  const value = headerBytes(headers, name) ?? Buffer.alloc(0);
  if (/^kafka_dlt-original-timestamp$/.test(name) && value.length === 8) {
    return dateOf(value.readBigInt64BE())?.toISOString() ?? value.readBigInt64BE().toString();
  }
  if (/^(kafka_dlt-original-(partition|offset)|retry_topic-)/.test(name)) {
    if (value.length === 4) return String(value.readInt32BE());
    if (value.length === 8) return String(value.readBigInt64BE());
  }
  const text = value.toString('utf8');
  return Buffer.from(text, 'utf8').equals(value) ? text : `base64:${value.toString('base64')}`;
}

function springHeaders(event: ConsumedEvent, error: unknown, { group, tries }: GivenUp): EventHeaders {
  const cause = error instanceof Error && error.cause !== undefined ? { cause: error.cause } : undefined;
  return {
    'kafka_dlt-original-topic': bytes(event.topic),
    'kafka_dlt-original-partition': int32Bytes(event.partition),
    'kafka_dlt-original-offset': int64Bytes(event.offset),
    'kafka_dlt-original-timestamp': int64Bytes(BigInt(event.timestamp.getTime())),
    'kafka_dlt-original-timestamp-type': bytes(originalTimestampType),
    'kafka_dlt-original-consumer-group': bytes(group),
    'kafka_dlt-exception-fqcn': bytes(className(error)),
    ...(cause ? { 'kafka_dlt-exception-cause-fqcn': bytes(className(cause.cause)) } : {}),
    'kafka_dlt-exception-message': bytes(cut(errorMessage(error))),
    'kafka_dlt-exception-stacktrace': bytes(cut(stackOf(error))),
    'retry_topic-attempts': int32Bytes(tries),
  };
}

function plainHeaders(event: ConsumedEvent, error: unknown, { group, tries }: GivenUp): EventHeaders {
  return {
    'x-original-topic': event.topic,
    'x-original-partition': String(event.partition),
    'x-original-offset': String(event.offset),
    'x-original-timestamp': event.timestamp.toISOString(),
    'x-original-group': group,
    'x-error-code': errorCodeOf(error),
    'x-error-message': cut(errorMessage(error)),
    'x-attempts': String(tries),
  };
}

function keptHeaders(headers: EventHeaders): EventHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isDeathHeader(name)));
}

function className(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function errorCodeOf(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error && error.code !== undefined;
  return hasCode ? String(error.code) : className(error);
}

function stackOf(error: unknown): string {
  const parts: string[] = [];
  for (let one: unknown = error; one !== undefined && parts.length < 5;) {
    parts.push(one instanceof Error ? (one.stack ?? String(one)) : String(one));
    one = one instanceof Error ? one.cause : undefined;
  }
  return parts.join('\nCaused by: ');
}

function cut(text: string): string {
  const all = Buffer.from(text, 'utf8');
  // A header that outgrows its record would make the letter itself undeliverable.
  return all.length <= textBytesMax ? text : `${all.toString('utf8', 0, textBytesMax).replace(/\uFFFD$/, '')}…`;
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

function int32Bytes(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeInt32BE(value);
  return out;
}

function int64Bytes(value: bigint): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigInt64BE(value);
  return out;
}

function int32(headers: EventHeaders, name: string): number | undefined {
  const value = headerBytes(headers, name);
  return value?.length === 4 ? value.readInt32BE() : undefined;
}

function int64(headers: EventHeaders, name: string): bigint | undefined {
  const value = headerBytes(headers, name);
  return value?.length === 8 ? value.readBigInt64BE() : undefined;
}

function plainInteger(headers: EventHeaders, name: string): number | undefined {
  const text = headerText(headers, name);
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function plainOffset(headers: EventHeaders): bigint | undefined {
  const text = headerText(headers, 'x-original-offset');
  return text !== undefined && /^\d{1,18}$/.test(text) ? BigInt(text) : undefined;
}

function plainDate(headers: EventHeaders): Date | undefined {
  const text = headerText(headers, 'x-original-timestamp');
  const date = text === undefined ? undefined : new Date(text);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

function dateOf(ms: bigint | undefined): Date | undefined {
  const date = ms === undefined ? undefined : new Date(Number(ms));
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}
