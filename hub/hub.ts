// hub: all services in one process, on their ports, with the Postgres and the sandbox that come along.
import { serviceNames, type ServiceName } from '@staffetta/flow/services.ts';
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';
import { sandboxPorts, withDevDefaults, type WorldSettings } from '@staffetta/platform/config/world-settings.ts';
import { openHubClock, type HubClock } from '@staffetta/platform/hub-clock.ts';
import { announce } from '@staffetta/platform/run-alone.ts';
import type { Running, ServiceDefinition } from '@staffetta/platform/service.ts';
import { startEmbeddedPostgres } from '@staffetta/platform/store/embedded-postgres.ts';
import { createLog, type Log } from '@staffetta/platform/telemetry/log.ts';
import { isTraced } from '@staffetta/platform/telemetry/start-tracing.ts';
import { openShared, startService, type Shared } from '@staffetta/platform/world.ts';
import { failuresTo } from '@staffetta/sandbox/sandbox-log.ts';
import { startSandbox, type Sandbox } from '@staffetta/sandbox/sandbox.ts';
import { companyMailbox, pecWishes } from '@staffetta/sandbox/settings.ts';
import { join } from 'node:path';
import { loadService, startOrder } from './services.ts';
import type { settings as hubSettings } from './settings.ts';

/** A hub that runs, with what its banner tells. */
export interface Hub {
  readonly ports: Readonly<Record<ServiceName, number>>;
  readonly database: { readonly url: string; readonly own: boolean; readonly adopted: boolean };
  readonly bus: 'kafka' | 'postgres';
  readonly sandbox: Omit<Sandbox, 'stop'> | undefined;
  readonly logFile: string;
  readonly log: Log;
  /** Drains everything, in the opposite order of the start. */
  stop(): Promise<void>;
}

/** How a hub is started. */
export interface HubOptions {
  readonly world: WorldSettings;
  readonly hub: SettingsOf<typeof hubSettings>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told, once for each part, what the start waits for. */
  readonly onWait: (what: string) => void;
  /** Told what belongs on the terminal and in no log (the first administrator's link). */
  readonly tell: (line: string) => void;
}

/**
 * What was opened so far, in layers: the last layer closes first, what lies in one layer closes at once, and a failure keeps
 * nothing else from being closed. Also where the start fails half-way.
 */
class Opened {
  readonly #layers: (() => Promise<unknown>)[][] = [[]];

  add(close: () => Promise<unknown>): void {
    this.#layers.at(-1)?.push(close);
  }

  /** What is added from now on closes before all that was added so far. */
  nextLayer(): void {
    this.#layers.push([]);
  }

  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const layer of this.#layers.toReversed()) {
      const ends = await Promise.allSettled(layer.map((close) => close()));
      failures.push(...ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : [])));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some parts did not close well');
  }
}

async function openDatabase(options: HubOptions, opened: Opened): Promise<Hub['database']> {
  const { databaseUrl, dataDir, portOffset } = options.world;
  if (databaseUrl !== undefined) return { url: databaseUrl, own: false, adopted: false };
  const postgres = await startEmbeddedPostgres({ dataDir, port: options.hub.postgresPort + portOffset });
  opened.add(() => postgres.stop());
  return { url: postgres.url, own: true, adopted: postgres.adopted };
}

/** What the sandbox lives by, besides its settings. */
type SandboxNeeds = HubOptions & { readonly clock: HubClock; readonly log: Log };

async function openSandbox(options: SandboxNeeds, opened: Opened): Promise<Hub['sandbox']> {
  const { clock, log } = options;
  const { profile, portOffset, dataDir, host } = options.world;
  if (!(options.hub.sandbox ?? profile === 'dev')) return undefined;
  const sandbox = await startSandbox({
    dir: join(dataDir, 'sandbox'),
    smtpPort: sandboxPorts.smtp + portOffset,
    imapPort: sandboxPorts.imap + portOffset,
    pagePort: sandboxPorts.page + portOffset,
    host: host ?? '127.0.0.1',
    clock,
    pec: pecWishes(options.hub),
    mailbox: companyMailbox(options.environment),
    mailboxMax: options.hub.sandboxMailboxMax,
    log: failuresTo((facts, event) => log.error({ service: 'sandbox', ...facts }, event)),
  });
  opened.add(() => sandbox.stop());
  return sandbox;
}

async function startOne(shared: Shared, definition: ServiceDefinition, opened: Opened): Promise<Running> {
  const running = await startService(shared, definition);
  const registration = announce(shared, definition, running);
  opened.add(async () => {
    await registration?.drain();
    await running.stop();
    await registration?.stop();
  });
  return running;
}

/** Waits for all, also when one fails: what is still opening could not be closed. Then throws the first failure. */
async function allEnded(all: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(all);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

async function startServices(
  shared: Shared,
  definitions: ReadonlyMap<ServiceName, ServiceDefinition>,
  opened: Opened,
): Promise<Record<ServiceName, number>> {
  const ports = {} as Record<ServiceName, number>;
  for (const stage of startOrder) {
    opened.nextLayer();
    await allEnded(
      stage.map(async (name) => {
        const running = await startOne(shared, definitions.get(name)!, opened);
        ports[name] = running.port;
      }),
    );
  }
  return ports;
}

/**
 * Starts the whole hub in this process.
 * @param options settings and environment
 * @throws HubError SETTING_WRONG, or the first service's own error; whatever was opened is closed again
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const opened = new Opened();
  try {
    const logFile = options.world.logFile ?? join(options.world.dataDir, 'staffetta.log');
    const log = createLog(options.world.logLevel, logFile, isTraced(options.world));
    const clock = openHubClock(options.world);
    opened.add(async () => clock.close());
    const opening = [openDatabase(options, opened), openSandbox({ ...options, clock, log }, opened)] as const;
    const loading = Promise.all(serviceNames.map(async (name) => [name, await loadService(name)] as const));
    await allEnded([...opening, loading]);
    const [database, sandbox] = await Promise.all(opening);
    const definitions = new Map(await loading);
    const shared = await openShared({
      name: 'hub',
      settings: options.world,
      environment: withDevDefaults(options.environment, options.world),
      log,
      definitions: [...definitions.values()],
      databaseUrl: database.url,
      clock,
      onWait: options.onWait,
      tell: options.tell,
    });
    opened.nextLayer();
    opened.add(() => shared.close());
    const ports = await startServices(shared, definitions, opened);
    const bus = options.world.kafkaBrokers.length > 0 ? 'kafka' : 'postgres';
    return { ports, database, bus, sandbox, logFile, log, stop: () => opened.close() };
  } catch (error) {
    // The first trouble is the one to tell; a second one on the way out would hide it.
    await Promise.allSettled([opened.close()]);
    throw error;
  }
}
