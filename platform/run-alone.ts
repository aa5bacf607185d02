// platform: runs one service in a process of its own, until a signal asks it to drain.
import { HubError } from '@staffetta/flow/errors.ts';
import { services } from '@staffetta/flow/services.ts';
import { readSettings, type SettingsTable } from './config/settings.ts';
import { withDevDefaults, worldSettings, type WorldSettings } from './config/world-settings.ts';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerWithEureka, type Registration } from './discovery/eureka-client.ts';
import { onStopSignal } from './stop-signal.ts';
import { scrubLine } from './telemetry/hidden-values.ts';
import type { Running, ServiceDefinition } from './service.ts';
import { createLog } from './telemetry/log.ts';
import { isTraced } from './telemetry/start-tracing.ts';
import { eurekaServersOf } from './servers-of-all.ts';
import { openShared, startService, wantsDatabase, type Shared } from './world.ts';

async function databaseUrlOf(definition: ServiceDefinition, settings: WorldSettings): Promise<string | undefined> {
  const { databaseUrl, kafkaBrokers } = settings;
  const onKafkaAlone = !definition.needs.includes('store') && kafkaBrokers.length > 0;
  const isWanted = wantsDatabase(definition, settings);
  if (databaseUrl !== undefined || (definition.needs.length === 0 && !isWanted) || onKafkaAlone) return databaseUrl;
  const { findRunningPostgres } = await import('./store/embedded-postgres.ts');
  const found = await findRunningPostgres(settings.dataDir);
  if (found !== undefined || definition.needs.length === 0) return found;
  const words = `${definition.name} needs a database: set DATABASE_URL, or start the hub first (npm start) on the data`;
  throw new HubError('SETTING_WRONG', `${words} directory ${settings.dataDir}, whose Postgres it then joins.`);
}

/**
 * Registers a running service with the discovery servers; never blocks, never turns readiness off.
 * @param shared the process's parts
 * @param definition the service
 * @param running where it listens
 */
export function announce(shared: Shared, definition: ServiceDefinition, running: Running): Registration | undefined {
  const serverUrls = eurekaServersOf(shared);
  if (serverUrls.length === 0 || definition.name === 'eurekaserver') return undefined;
  const { log, settings } = shared;
  const { eurekaHeartbeatMs: heartbeatMs } = settings;
  const listensOn = settings.host ?? (settings.profile === 'dev' ? '127.0.0.1' : '0.0.0.0');
  // What listens everywhere has no one address; the machine's name is what others most likely know.
  const host = settings.announcedHost ?? (listensOn === '0.0.0.0' ? hostname() : listensOn);
  return registerWithEureka({ serverUrls, service: definition.name, host, port: running.port, log, heartbeatMs });
}

/** Says in plain words why a start failed; a stack trace only where it is our own fault. */
export function explainFailedStart(error: unknown): string {
  if (error instanceof HubError) return scrubLine(`Staffetta cannot start. ${error.message} ${error.help}`);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const words = error instanceof Error ? error.message : '';
    return `Staffetta cannot start: a port is taken (${words}). Is it running already? STAFFETTA_PORT_OFFSET=100 shifts all ports.`;
  }
  return scrubLine(
    `Staffetta cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
}

/**
 * Runs a service alone until SIGTERM or SIGINT, then drains and exits 0.
 * @param definition the service
 */
export async function runAlone<T extends SettingsTable>(definition: ServiceDefinition<T>): Promise<void> {
  try {
    const { values: settings } = readSettings(worldSettings, process.env);
    const log = createLog(settings.logLevel, settings.logFile, isTraced(settings));
    const plain = definition as unknown as ServiceDefinition;
    const { name: service } = definition;
    // While it still waits for its parts there is nothing in hand.
    const stop = {
      drain: async (): Promise<void> => log.info({ service }, 'service.stopped'),
      timeoutMs: settings.stopTimeoutMs,
      onCut: (why: string): void => log.error({ service, why }, 'service.cut'),
    };
    onStopSignal(stop);
    const databaseUrl = await databaseUrlOf(plain, settings);
    const name = services[definition.name].folder;
    const shared = await openShared({
      name,
      settings,
      environment: withDevDefaults(process.env, settings),
      log,
      definitions: [plain],
      databaseUrl,
    });
    const running = await startService(shared, plain);
    const registration = announce(shared, plain, running);
    stop.drain = async () => {
      log.info({ service }, 'service.draining');
      await registration?.drain();
      if (registration) await sleep(settings.drainWaitMs);
      await running.stop();
      await registration?.stop();
      await shared.close();
      log.info({ service }, 'service.stopped');
    };
  } catch (error) {
    process.stderr.write(`${explainFailedStart(error)}\n`);
    process.exit(1);
  }
}
