// platform: builds the world of a process from the environment: database, bus, clock, logs, addresses.
import { HubError } from '@staffetta/flow/errors.ts';
import { services, type ServiceName } from '@staffetta/flow/services.ts';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchServedSettings } from './config/config-client.ts';
import type { Bus, Rebuild } from './bus/bus.ts';
import type { KafkaOptions } from './bus/kafka/kafka-settings.ts';
import { systemClock } from './clock.ts';
import { readSettings, type SettingsTable } from './config/settings.ts';
import { addressOf, type WorldSettings } from './config/world-settings.ts';
import type { Profile, Running, ServiceDefinition, World } from './service.ts';
import type { Store } from './store/store.ts';
import type { Log } from './telemetry/log.ts';

/** The version that services show; one for the whole hub. */
export const version = '0.1.0';

/** The parts that all services of a process share. */
export interface Shared {
  readonly settings: WorldSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly callerSecret: string;
  readonly store: Store | undefined;
  readonly bus: Bus | undefined;
  close(): Promise<void>;
}

/** What a process is made of. */
export interface SharedOptions {
  readonly name: string;
  readonly settings: WorldSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly definitions: readonly ServiceDefinition[];
  /** The database's URL where a service needs one. */
  readonly databaseUrl: string | undefined;
  /** Told, once for each part, what the start waits for. */
  readonly onWait?: ((what: string) => void) | undefined;
}

function secretOf(options: SharedOptions): string {
  const { callerSecret, profile } = options.settings;
  if (callerSecret !== undefined) return callerSecret;
  if (profile === 'dev') return 'staffetta-dev-caller-secret';
  if (options.definitions.length > 1) return randomBytes(32).toString('hex');
  const words = 'In production the gateway and the services behind it must share STAFFETTA_CALLER_SECRET.';
  throw new HubError('SETTING_WRONG', words);
}

/** Waits, with back-off, until a part answers; says so once. */
async function waitFor(part: string, ask: () => Promise<void>, { log, onWait }: SharedOptions): Promise<void> {
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 5000)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof HubError) || error.kind !== 'unavailable') throw error;
      if (waitMs === 100) onWait?.(`Waiting for the ${part}. ${error.message} ${error.help}`);
      log.warn({ err: error, part }, 'start.waits');
      await sleep(waitMs);
    }
  }
}

function rebuildAll(options: SharedOptions, store: Store | undefined): Rebuild | undefined {
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

async function openBus(options: SharedOptions, store: Store | undefined): Promise<Bus | undefined> {
  if (!options.definitions.some((definition) => definition.needs.includes('bus'))) return undefined;
  const brokers = options.settings.kafkaBrokers;
  if (brokers.length > 0) {
    const rebuild = rebuildAll(options, store);
    const parts = { brokers, clientId: options.name, log: options.log, options: kafkaOptionsOf(options.settings) };
    const { createKafkaBus } = await import('./bus/kafka/kafka-bus.ts');
    const bus = await createKafkaBus({ ...parts, ...(rebuild && { rebuild }), ...(store && { store }) });
    await waitFor('brokers', () => bus.ping(), options);
    return bus;
  }
  if (!store) throw new HubError('SETTING_WRONG', `${options.name} needs KAFKA_BROKERS or a database for its bus.`);
  const { createPostgresBus } = await import('./bus/postgres/postgres-bus.ts');
  return createPostgresBus(store, {
    name: options.name,
    log: options.log,
    partitions: options.settings.kafkaPartitions,
  });
}

// Drivers are loaded only by processes that use them: the gateway is a third smaller without.
async function openDatabase(options: SharedOptions): Promise<Store | undefined> {
  const { definitions, databaseUrl, name, settings, log } = options;
  if (databaseUrl === undefined || definitions.every((definition) => definition.needs.length === 0)) return undefined;
  const { openStore } = await import('./store/store.ts');
  const { migratePlatform } = await import('./store/platform-tables.ts');
  const store = openStore(databaseUrl, {
    name: `staffetta ${name}`,
    connectionsMax: settings.databaseConnections,
    onIdleError: (error) => log.warn({ err: error }, 'database.connectionLost'),
  });
  await waitFor('database', () => store.ping(), options);
  await migratePlatform(store);
  return store;
}

/**
 * Opens what the services of this process share; waits for the database, with back-off, and says so in the log.
 * @param options settings, logs and the services that will run
 * @throws HubError SETTING_WRONG where something that is needed was not given
 */
export async function openShared(options: SharedOptions): Promise<Shared> {
  const { settings, environment, log } = options;
  const callerSecret = secretOf(options);
  const store = await openDatabase(options);
  const bus = await openBus(options, store);
  return {
    settings,
    environment,
    log,
    callerSecret,
    store,
    bus,
    async close() {
      await bus?.close();
      await store?.close();
    },
  };
}

function notNeeded(service: ServiceName, part: string): never {
  throw new Error(`${service} does not name ${part} among its needs`);
}

/**
 * Makes a service's world out of what the process shares.
 * @param shared the process's parts
 * @param service the service's name
 */
export function worldOf(shared: Shared, service: ServiceName): World {
  const { settings, environment } = shared;
  const profile = settings.profile as Profile;
  return {
    profile,
    clock: systemClock,
    log: shared.log.child({ service }),
    host: settings.host ?? (profile === 'dev' ? '127.0.0.1' : '0.0.0.0'),
    port: services[service].port + settings.portOffset,
    callerSecret: shared.callerSecret,
    trustDirectCalls: settings.trustDirectCalls ?? profile === 'dev',
    dataDir: settings.dataDir,
    addressOf: (other) => addressOf(other, settings.portOffset, environment),
    get store() {
      return shared.store ?? notNeeded(service, 'store');
    },
    get bus() {
      return shared.bus ?? notNeeded(service, 'bus');
    },
    version,
  };
}

/** The address of the configuration server, or undefined where it is switched off. */
export function configServerOf(shared: Shared): string | undefined {
  const { configUrl, portOffset } = shared.settings;
  if (configUrl === 'off') return undefined;
  return configUrl ?? addressOf('configserver', portOffset, shared.environment);
}

/** The addresses of the discovery servers; none where discovery is switched off. */
export function eurekaServersOf(shared: Shared): readonly string[] {
  const { eurekaUrls, portOffset } = shared.settings;
  if (eurekaUrls?.[0] === 'off') return [];
  return eurekaUrls ?? [`${addressOf('eurekaserver', portOffset, shared.environment)}/eureka`];
}

/** The services that others are found and configured by: they neither ask nor register. */
const foundation: readonly ServiceName[] = ['configserver', 'eurekaserver'];

async function servedSettings(shared: Shared, service: ServiceName): Promise<Record<string, string>> {
  const url = configServerOf(shared);
  if (url === undefined || foundation.includes(service)) return {};
  try {
    return await fetchServedSettings({ url, service, profile: shared.settings.configProfile, timeoutMs: 1500 });
  } catch (error) {
    shared.log.warn({ err: error, service }, 'settings.configserverAway');
    return {};
  }
}

/**
 * Starts one service: reads its settings (environment over configuration server over default) and opens it.
 * @param shared the process's parts
 * @param definition the service
 * @throws HubError SETTING_WRONG naming the setting
 */
export async function startService<T extends SettingsTable>(
  shared: Shared,
  definition: ServiceDefinition<T>,
): Promise<Running> {
  const served = await servedSettings(shared, definition.name);
  const { values } = readSettings(definition.settings, shared.environment, served);
  const running = await definition.start(worldOf(shared, definition.name), values);
  shared.log.info({ service: definition.name, port: running.port }, 'service.started');
  return running;
}
