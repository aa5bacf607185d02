// platform: reads one event of a Kafka topic again by its place, outside of any group.
import { HubError } from '@staffetta/flow/errors.ts';
import { Consumer, type FetchOptions } from '@platformatic/kafka';
import type { ConsumedEvent } from '../bus.ts';
import { toHeaders } from './kafka-reading.ts';
import { recordBytesMax, type KafkaSettings } from './kafka-settings.ts';
import { busAway, has } from './kafka-topics.ts';

type RawAnswer = Awaited<ReturnType<Consumer['fetch']>>;
type RawBatch = NonNullable<RawAnswer['responses'][number]['partitions'][number]['records']>[number];

/**
 * Reads the event at a place of the log.
 * @returns undefined where the log does not have it: deleted by age, or not written yet
 * @throws HubError BUS_AWAY
 */
export async function readAt(
  settings: KafkaSettings,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<ConsumedEvent | undefined> {
  // A client of its own: fetches of one client share a session with the broker and would end one another's.
  const consumer = new Consumer({ ...settings.client, groupId: 'staffetta-read-at', retries: 2, retryDelay: 200 });
  try {
    consumer.topics.trackAll(topic);
    const { topics } = await consumer.metadata({ topics: [topic] });
    const found = topics.get(topic);
    const leader = found?.partitions[partition]?.leader;
    if (!found || leader === undefined) return undefined;
    const answer = await consumer.fetch(fetchOf(leader, found.id, partition, offset));
    const batches = answer.responses.flatMap((one) => one.partitions.flatMap((at) => at.records ?? []));
    return batches.map((batch) => eventOf(batch, topic, partition, offset)).find((event) => event !== undefined);
  } catch (error) {
    if (has(error, 'OFFSET_OUT_OF_RANGE')) return undefined;
    if (error instanceof HubError) throw error;
    throw busAway(`Reading ${topic} ${partition} ${offset}`, error);
  } finally {
    await consumer.close(true).catch((error: unknown) => settings.onTrouble('Closing a reader', error));
  }
}

function fetchOf(
  node: number,
  topicId: string,
  partition: number,
  offset: bigint,
): FetchOptions<Buffer, Buffer, Buffer, Buffer> {
  // A broker gives the whole batch that holds the offset, however small the limit.
  const at = { partition, currentLeaderEpoch: -1, fetchOffset: offset, lastFetchedEpoch: -1, partitionMaxBytes: 1 };
  return { node, maxWaitTime: 200, minBytes: 1, maxBytes: recordBytesMax, topics: [{ topicId, partitions: [at] }] };
}

function eventOf(batch: RawBatch, topic: string, partition: number, offset: bigint): ConsumedEvent | undefined {
  const record = batch.records.find(({ offsetDelta }) => batch.firstOffset + BigInt(offsetDelta) === offset);
  if (!record) return undefined;
  return {
    topic,
    partition,
    offset,
    key: record.key?.toString('utf8') ?? '',
    value: record.value ?? Buffer.alloc(0),
    headers: toHeaders(record.headers),
    timestamp: new Date(Number(batch.firstTimestamp + record.timestampDelta)),
  };
}
