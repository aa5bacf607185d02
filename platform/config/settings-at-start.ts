// platform: asks configuration servers for a service's settings when it starts, again and again where it must have them.
import type { ServiceName } from '@staffetta/flow/services.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../telemetry/log.ts';
import type { ConfigSource, Served } from './config-source.ts';

/** How much the settings matter to whom. */
export interface StartOptions {
  readonly service: ServiceName;
  /** Whether the service refuses to start without them. */
  readonly failFast: boolean;
  /** How long it then asks, in milliseconds. */
  readonly waitMs: number;
  readonly log: Log;
}

const callMsMax = 1500;
const pauseMsMax = 5000;

async function askUntil(source: ConfigSource, options: StartOptions, until: number): Promise<Served> {
  for (let pauseMs = 200; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
    try {
      return (await source.ask(callMsMax)) ?? {};
    } catch (error) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) throw error;
      if (pauseMs === 200) options.log.warn({ err: error, service: options.service }, 'settings.waits');
      await sleep(Math.min(pauseMs, leftMs));
    }
  }
}

/**
 * Gets what configuration servers say of a service.
 * @param source the servers
 * @param options how much it matters
 * @returns flat keys with their values; what went wrong where nobody answers, and that is no reason to stay down
 * @throws HubError SERVICE_AWAY where no server answered for as long as set, and the service must have its settings
 */
export async function settingsAtStart(
  source: ConfigSource,
  options: StartOptions,
): Promise<{ readonly served: Served; readonly failure?: unknown }> {
  const { failFast, waitMs, log, service } = options;
  if (source.shown.length === 0) return { served: {} };
  if (failFast) return { served: await askUntil(source, options, performance.now() + waitMs) };
  try {
    return { served: (await source.ask(callMsMax)) ?? {} };
  } catch (error) {
    log.warn({ err: error, service }, 'settings.configserverAway');
    return { served: {}, failure: error };
  }
}
