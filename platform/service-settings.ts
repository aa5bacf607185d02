// platform: a service's settings from its start to its end: read in their order, kept fresh, shown.
import type { ServiceName } from '@staffetta/flow/services.ts';
import type { Clock } from './clock.ts';
import { openConfigSource, type Served, type SourceOptions } from './config/config-source.ts';
import { liveSettings, type LiveSettings, type OfferedSettings, type ReadSettings } from './config/live-settings.ts';
import { settingsAtStart } from './config/settings-at-start.ts';
import { noteSettings, shownSettings } from './config/settings-in-force.ts';
import { keepRefreshed, type SettingsRefresh } from './config/settings-refresh.ts';
import { readSettings, type SettingsTable } from './config/settings.ts';
import { worldSettings, type WorldSettings } from './config/world-settings.ts';
import type { CallerRules } from './http/caller.ts';
import type { Log } from './telemetry/log.ts';

type World = typeof worldSettings;

/** Whose settings they are, and who is asked for them. */
export interface ServiceSettingsOptions<T extends SettingsTable> {
  readonly service: ServiceName;
  readonly table: T;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The process' own, from its environment. */
  readonly world: WorldSettings;
  /** The configuration servers; none: the environment alone counts. */
  readonly urls: SourceOptions['urls'];
  readonly rules: CallerRules;
  readonly clock: Clock;
  /** The service's. */
  readonly log: Log;
  /** Sets how much is logged. */
  readonly setLogLevel: (level: string) => void;
  /** Calls a function whenever somebody tells that settings changed; gives what ends that. */
  readonly onNews: (hear: () => void) => () => void;
}

/** The settings of a service that runs. */
export interface ServiceSettings<T extends SettingsTable> {
  readonly live: LiveSettings<T>;
  stop(): Promise<void>;
}

/** What a configuration server may say of the shared settings: those that count while a service runs. The others are needed to ask it. */
function liveOnly(served: Served): Served {
  const names = Object.entries(worldSettings).flatMap(([name, row]) => ('live' in row ? [name, row.env] : []));
  return Object.fromEntries(names.flatMap((name) => (served[name] === undefined ? [] : [[name, served[name]]])));
}

interface Both<T extends SettingsTable> {
  readonly own: ReadSettings<T>;
  readonly common: ReadSettings<World>;
}

function readBoth<T extends SettingsTable>(options: ServiceSettingsOptions<T>, served: Served): Both<T> {
  const { table, environment } = options;
  const own = readSettings(table, environment, served);
  return { own, common: readSettings(worldSettings, environment, liveOnly(served)) };
}

class Opened<T extends SettingsTable> {
  readonly own: OfferedSettings<T>;
  readonly common: OfferedSettings<World>;
  readonly #options: ServiceSettingsOptions<T>;

  constructor(options: ServiceSettingsOptions<T>, served: Served) {
    const { own, common } = readBoth(options, served);
    this.#options = options;
    this.own = liveSettings(options.table, own);
    this.common = liveSettings(worldSettings, common);
    options.setLogLevel(common.values.logLevel);
    this.common.onChange(['logLevel'], ({ logLevel }) => options.setLogLevel(logLevel));
  }

  take(served: Served): readonly string[] {
    const { table } = this.#options;
    // All are read before any changes: a wrong one refuses the others too.
    const { own, common } = readBoth(this.#options, served);
    const changed = this.own.offer(own).map((name) => table[name]!.env);
    return [...changed, ...this.common.offer(common).map((name) => worldSettings[name].env)];
  }

  shown() {
    const { table } = this.#options;
    return [
      ...shownSettings(table, this.own.inForce(), this.own.waiting()),
      ...shownSettings(worldSettings, this.common.inForce(), this.common.waiting()),
    ];
  }
}

/**
 * Reads a service's settings (environment over configuration server over default), shows them, and keeps them fresh until stopped.
 * @param options whose, and who is asked
 * @throws HubError SETTING_WRONG naming the setting; SERVICE_AWAY where it must have a configuration server and none answers
 */
export async function openServiceSettings<T extends SettingsTable>(
  options: ServiceSettingsOptions<T>,
): Promise<ServiceSettings<T>> {
  const { service, urls, world, rules, clock, log } = options;
  const { configProfile: profile, configLabel: label, configFailFast: failFast, configWaitMs: waitMs } = world;
  const source = openConfigSource({ urls, service, profile, label });
  const { served, failure } = await settingsAtStart(source, { service, failFast, waitMs, log });
  const opened = new Opened(options, served);
  if (urls.length === 0) {
    noteSettings(service, { settings: () => opened.shown(), rules });
    return { live: opened.own, stop: () => Promise.resolve() };
  }
  const everyMs = (): number => opened.common.values.configPollMs;
  const refresh: SettingsRefresh = keepRefreshed({
    source,
    everyMs,
    take: (news) => opened.take(news),
    ...(failure !== undefined && { failure }),
    clock,
    log,
  });
  const deaf = options.onNews(() => void refresh.now().catch(() => undefined));
  noteSettings(service, { settings: () => opened.shown(), rules, refresh });
  return {
    live: opened.own,
    async stop() {
      deaf();
      await refresh.stop();
    },
  };
}
