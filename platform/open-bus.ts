// platform: opens the bus of a process: one that its services need, or one that they use where it is there.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Bus, Rebuild } from './bus/bus.ts';
import type { KafkaOptions } from './bus/kafka/kafka-settings.ts';
import type { WorldSettings } from './config/world-settings.ts';
import type { ServiceDefinition } from './service.ts';
import type { Store } from './store/store.ts';
import type { Log } from './telemetry/log.ts';
import { openLater, type Later } from './work/open-later.ts';

/** Whose bus it is. */
export interface BusOptions {
  readonly name: string;
  readonly settings: WorldSettings;
  readonly log: Log;
  readonly definitions: readonly ServiceDefinition[];
}

function rebuildAll(options: BusOptions, store: Store | undefined): Rebuild | undefined {
  const known = store ? options.definitions.flatMap((definition) => definition.rebuild?.(store) ?? []) : [];
  if (known.length === 0) return undefined;
  return async (reference) => {
    for (const rebuild of known) {
      const value = await rebuild(reference);
      if (value) return value;
    }
    return undefined;
  };
}

function kafkaOptionsOf(settings: WorldSettings): KafkaOptions {
  return {
    topicPrefix: settings.kafkaTopicPrefix,
    sessionTimeoutMs: settings.kafkaSessionTimeoutMs,
    groupProtocol: settings.kafkaGroupProtocol === 'consumer' ? 'consumer' : 'classic',
    retentionMs: settings.kafkaRetentionMs,
    partitions: settings.kafkaPartitions,
    replicas: settings.kafkaReplicas,
  };
}

async function createBus(options: BusOptions, store: Store | undefined): Promise<Bus> {
  const brokers = options.settings.kafkaBrokers;
  if (brokers.length > 0) {
    const rebuild = rebuildAll(options, store);
    const parts = { brokers, clientId: options.name, log: options.log, options: kafkaOptionsOf(options.settings) };
    const { createKafkaBus } = await import('./bus/kafka/kafka-bus.ts');
    return createKafkaBus({ ...parts, ...(rebuild && { rebuild }), ...(store && { store }) });
  }
  if (!store) throw new HubError('SETTING_WRONG', `${options.name} needs KAFKA_BROKERS or a database for its bus.`);
  const { createPostgresBus } = await import('./bus/postgres/postgres-bus.ts');
  return createPostgresBus(store, {
    name: options.name,
    log: options.log,
    partitions: options.settings.kafkaPartitions,
  });
}

/**
 * Opens the bus that services of this process cannot work without.
 * @param options whose
 * @param store the database, where there is one
 * @param waitFor waits until the brokers answer
 * @returns undefined where no service needs one
 * @throws HubError SETTING_WRONG where there is neither a broker nor a database for it
 */
export async function openBus(
  options: BusOptions,
  store: Store | undefined,
  waitFor: (ask: () => Promise<void>) => Promise<void>,
): Promise<Bus | undefined> {
  if (!options.definitions.some(({ needs }) => needs.includes('bus'))) return undefined;
  const bus = await createBus(options, store);
  if (bus.face === 'kafka') await waitFor(() => bus.ping());
  return bus;
}

/**
 * Opens, beside everything else, a bus that services of this process only want; on Kafka without the database, which may be away just
 * as well.
 * @param options whose
 * @param store the database, where there is one
 * @returns undefined where nobody wants one, or there can be none
 */
export function openWantedBus(options: BusOptions, store: Store | undefined): Later<Bus> | undefined {
  const isOnKafka = options.settings.kafkaBrokers.length > 0;
  const isWanted = options.definitions.some(({ wants }) => wants?.includes('bus'));
  if (!isWanted || !(isOnKafka || store)) return undefined;
  return openLater('bus', () => createBus(options, isOnKafka ? undefined : store), options.log);
}
