// platform: builds the world of a process from the environment: database, bus, clock, logs, addresses.
import { HubError } from '@staffetta/flow/errors.ts';
import { services, type ServiceName } from '@staffetta/flow/services.ts';
import { randomBytes } from 'node:crypto';
import type { Bus } from './bus/bus.ts';
import { patientBus } from './bus/patient-bus.ts';
import { openHubClock, type HubClock } from './hub-clock.ts';
import type { SettingsTable } from './config/settings.ts';
import { addressOf, addressVariable, type WorldSettings } from './config/world-settings.ts';
import { openBus, openWantedBus } from './open-bus.ts';
import { configServersOf, eurekaServersOf, peersOf } from './servers-of-all.ts';
import { openServiceSettings, type ServiceSettings } from './service-settings.ts';
import type { Profile, Running, ServiceDefinition, World } from './service.ts';
import { settingsNews, type SettingsNews } from './settings-news.ts';
import { waitFor } from './start-wait.ts';
import { patientStore } from './store/patient-store.ts';
import type { Store } from './store/store.ts';
import { setConfiguredLevel } from './telemetry/log-levels.ts';
import type { Log } from './telemetry/log.ts';
import { Metrics } from './telemetry/metrics.ts';
import { processMetrics } from './telemetry/process-metrics.ts';
import { startTracing } from './telemetry/start-tracing.ts';
import { tracing } from './telemetry/tracing.ts';
import { tracedBus } from './bus/traced-bus.ts';

/** The version that services show; one for the whole hub. */
export const version = '0.1.0';

/** The parts that all services of a process share. */
export interface Shared {
  readonly settings: WorldSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly clock: HubClock;
  readonly callerSecret: string;
  readonly store: Store | undefined;
  readonly bus: Bus | undefined;
  /** The same, or one that nobody needs and that may come later. */
  busIfAny(): Bus | undefined;
  /** Tells the services that settings changed. */
  readonly news: SettingsNews;
  /** Whether one service alone runs in this process. */
  readonly alone: boolean;
  /** See `World.tell`. */
  tell(line: string): void;
  /** What the process itself counts, shown by one of its services. */
  readonly figures: { readonly metrics: Metrics; readonly shownBy: ServiceName | undefined };
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
  /** The hub's, which its sandbox has too; a process that has none yet opens its own, and closes it. */
  readonly clock?: HubClock;
  /** Told, once for each part, what the start waits for. */
  readonly onWait?: ((what: string) => void) | undefined;
  /** See `World.tell`; by default a line of standard output. */
  readonly tell?: ((line: string) => void) | undefined;
}

function secretOf(options: SharedOptions): string {
  const { callerSecret, profile } = options.settings;
  if (callerSecret !== undefined) return callerSecret;
  if (profile === 'dev') return 'staffetta-dev-caller-secret';
  if (options.definitions.length > 1) return randomBytes(32).toString('hex');
  const words = 'In production the gateway and the services behind it must share STAFFETTA_CALLER_SECRET.';
  throw new HubError('SETTING_WRONG', words);
}

/** Whether a service uses a database where there is one, itself or for its bus. */
export function wantsDatabase({ wants }: ServiceDefinition, { kafkaBrokers }: WorldSettings): boolean {
  return wants?.some((part) => part === 'store' || (part === 'bus' && kafkaBrokers.length === 0)) ?? false;
}

// Drivers are loaded only by processes that use them: the gateway is a third smaller without.
async function openDatabase(options: SharedOptions): Promise<Store | undefined> {
  const { definitions, databaseUrl, name, settings, log } = options;
  const isNeeded = definitions.some(({ needs }) => needs.length > 0);
  const isWanted = definitions.some((definition) => wantsDatabase(definition, settings));
  if (databaseUrl === undefined || !(isNeeded || isWanted)) return undefined;
  const { openStore } = await import('./store/store.ts');
  const { migratePlatform } = await import('./store/platform-tables.ts');
  const store = openStore(databaseUrl, {
    name: `staffetta ${name}`,
    connectionsMax: settings.databaseConnections,
    onIdleError: (error) => log.warn({ err: error }, 'database.connectionLost'),
  });
  if (!isNeeded) return store;
  const migrated = async (): Promise<void> => {
    await store.ping();
    await migratePlatform(store);
  };
  await waitFor('database', options)(migrated);
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
  const stopTracing = await startTracing({ settings, log, version });
  const store = await openDatabase(options);
  // The bus has tables of its own to bring up to date.
  const opened = await waitFor('database', options)(() => openBus(options, store, waitFor('brokers', options)));
  const bus = opened && patientBus(opened, waitFor(opened.face === 'kafka' ? 'brokers' : 'database', options));
  const metrics = processMetrics({
    name: options.name,
    version,
    limits: limitsOf(settings),
    store,
    hasBus: bus !== undefined,
    peers: peersOf({ settings, environment }),
  });
  const clock = options.clock ?? openHubClock(settings);
  const wanted = bus ? undefined : openWantedBus(options, store);
  const news = settingsNews(bus);
  return {
    settings,
    environment,
    log,
    clock,
    callerSecret,
    store,
    bus,
    busIfAny: () => bus ?? wanted?.now(),
    news,
    alone: options.definitions.length === 1,
    tell: options.tell ?? ((line) => void process.stdout.write(`${line}\n`)),
    figures: { metrics, shownBy: spokesman(options.definitions) },
    async close() {
      await news.stop();
      await wanted?.close();
      await bus?.close();
      await store?.close();
      if (!options.clock) clock.close();
      await stopTracing();
    },
  };
}

/** The service that tells of its process: the door to the outside where that is in it, else the only one. */
function spokesman(definitions: readonly ServiceDefinition[]): ServiceName | undefined {
  const names = definitions.map(({ name }) => name);
  return names.includes('gatewayserver') ? 'gatewayserver' : names[0];
}

function limitsOf({ metricsKeepMs: keepMs, metricsTimeoutMs: timeoutMs }: WorldSettings) {
  return { keepMs, timeoutMs };
}

/** A service's view of the bus: what it publishes is its own doing, where traces are on. */
function busOf(bus: Bus, service: ServiceName): Bus {
  const traces = tracing();
  return traces ? tracedBus(bus, service, traces) : bus;
}

function notNeeded(service: ServiceName, part: string): never {
  throw new Error(`${service} does not name ${part} among its needs`);
}

/** The worlds of services that came to the end of their start. */
const started = new WeakSet<World>();

/**
 * Makes a service's world out of what the process shares.
 * @param shared the process's parts
 * @param service the service's name
 */
export function worldOf(shared: Shared, service: ServiceName): World {
  const { settings, environment } = shared;
  const profile = settings.profile as Profile;
  const bus = shared.bus && busOf(shared.bus, service);
  const waiting = waitFor('database', { name: service, log: shared.log });
  const store = shared.store && patientStore(shared.store, () => !started.has(world), waiting);
  const world: World = {
    profile,
    clock: shared.clock,
    hasStarted: () => started.has(world),
    log: shared.log.child({ service }),
    metrics: Metrics.ofService(
      service,
      limitsOf(settings),
      shared.figures.shownBy === service ? shared.figures.metrics : undefined,
    ),
    host: settings.host ?? (profile === 'dev' ? '127.0.0.1' : '0.0.0.0'),
    port: services[service].port + settings.portOffset,
    callerSecret: shared.callerSecret,
    trustDirectCalls: settings.trustDirectCalls ?? profile === 'dev',
    dataDir: settings.dataDir,
    addressOf: (other) => addressOf(other, settings.portOffset, environment),
    discovery: {
      serverUrls: eurekaServersOf(shared),
      givenAddressOf: (other) =>
        environment[addressVariable(other)] ? addressOf(other, settings.portOffset, environment) : undefined,
    },
    get store() {
      return store ?? notNeeded(service, 'store');
    },
    storeIfAny: shared.store,
    get bus() {
      return bus ?? notNeeded(service, 'bus');
    },
    get busIfAny() {
      return shared.busIfAny();
    },
    version,
    tell: (line) => shared.tell(line),
  };
  return world;
}

/** The services that others are found and configured by: they neither ask nor register. */
const foundation: readonly ServiceName[] = ['configserver', 'eurekaserver'];

function openSettings<T extends SettingsTable>(
  shared: Shared,
  { name: service, settings: table }: ServiceDefinition<T>,
  { log, callerSecret, trustDirectCalls }: World,
): Promise<ServiceSettings<T>> {
  return openServiceSettings({
    service,
    table,
    environment: shared.environment,
    world: shared.settings,
    urls: foundation.includes(service) ? [] : configServersOf(shared),
    rules: { callerSecret, trustDirectCalls },
    clock: shared.clock,
    log,
    setLogLevel: (level) => setConfiguredLevel(log, level, shared.alone),
    onNews: (hear) => shared.news.onNews(hear),
  });
}

/**
 * Starts one service: reads its settings (environment over configuration server over default), keeps them fresh, and opens it.
 * @param shared the process's parts
 * @param definition the service
 * @throws HubError SETTING_WRONG naming the setting; SERVICE_AWAY where it must have a configuration server and none answers
 */
export async function startService<T extends SettingsTable>(
  shared: Shared,
  definition: ServiceDefinition<T>,
): Promise<Running> {
  const world = worldOf(shared, definition.name);
  const settings = await openSettings(shared, definition, world);
  try {
    const running = await definition.start(world, settings.live.values, settings.live);
    settings.started();
    started.add(world);
    shared.log.info({ service: definition.name, port: running.port }, 'service.started');
    return {
      port: running.port,
      async stop() {
        await settings.stop();
        await running.stop();
      },
    };
  } catch (error) {
    await settings.stop();
    throw error;
  }
}
