// platform: a service's settings from its start to its end: read in their order, kept fresh, shown.
import type { ServiceName } from '@staffetta/flow/services.ts';
import type { Clock } from './clock.ts';
import { openConfigSource, type ConfigSource, type Served, type SourceOptions } from './config/config-source.ts';
import { keptSettings, type Kept, type KeptSettings } from './config/kept-settings.ts';
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
  /** To be called once the service started with them: what was served has proved good and is kept. */
  started(): void;
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

/** What a service begins with. */
interface Beginning<T extends SettingsTable> {
  readonly opened: Opened<T>;
  /** What a server served. */
  readonly served?: Served;
  /** Why none did, and when that was kept which is in force instead. */
  readonly failure?: unknown;
  readonly keptAt?: Date;
}

/** Begins with what was kept where that is still good: a newer version may refuse what an older one took. */
function openKept<T extends SettingsTable>(options: ServiceSettingsOptions<T>, kept: Kept): Opened<T> | undefined {
  const { service, log } = options;
  try {
    const opened = new Opened(options, kept.served);
    log.warn({ service, keptAt: kept.keptAt }, 'settings.keptInForce');
    return opened;
  } catch (error) {
    log.warn({ err: error, service }, 'settings.keptRefused');
    return undefined;
  }
}

async function begin<T extends SettingsTable>(
  options: ServiceSettingsOptions<T>,
  source: ConfigSource,
  keeper: KeptSettings,
): Promise<Beginning<T>> {
  const { service, world, log } = options;
  const { configFailFast: failFast, configWaitMs: waitMs } = world;
  const { served, failure } = await settingsAtStart(source, { service, failFast, waitMs, log });
  if (failure === undefined) return { opened: new Opened(options, served), served };
  const kept = await keeper.read();
  const opened = kept && openKept(options, kept);
  return opened ? { opened, failure, keptAt: kept.keptAt } : { opened: new Opened(options, served), failure };
}

function showsOnly<T extends SettingsTable>(options: ServiceSettingsOptions<T>): ServiceSettings<T> {
  const { service, rules } = options;
  const opened = new Opened(options, {});
  noteSettings(service, { settings: () => opened.shown(), rules });
  return { live: opened.own, started: () => undefined, stop: () => Promise.resolve() };
}

/**
 * Reads a service's settings (environment over configuration server over default), shows them, and keeps them fresh until stopped.
 * Where no configuration server answers at the start, what was served to an earlier life of the service counts.
 * @param options whose, and who is asked
 * @throws HubError SETTING_WRONG naming the setting; SERVICE_AWAY where it must have a configuration server and none answers
 */
export async function openServiceSettings<T extends SettingsTable>(
  options: ServiceSettingsOptions<T>,
): Promise<ServiceSettings<T>> {
  const { service, urls, world, rules, clock, log } = options;
  if (urls.length === 0) return showsOnly(options);
  const { configProfile: profile, configLabel: label, dataDir } = world;
  const source = openConfigSource({ urls, service, profile, label });
  const keeper = keptSettings({ service, profile, label, dataDir, secret: rules.callerSecret, clock, log });
  const { opened, served, failure, keptAt } = await begin(options, source, keeper);
  const refresh: SettingsRefresh = keepRefreshed({
    source,
    everyMs: () => opened.common.values.configPollMs,
    take: (news) => opened.take(news),
    onTaken: (news) => keeper.keep(news),
    ...(failure !== undefined && { failure, keptAt }),
    clock,
    log,
  });
  const deaf = options.onNews(() => void refresh.now().catch(() => undefined));
  noteSettings(service, { settings: () => opened.shown(), rules, refresh });
  return {
    live: opened.own,
    started: () => served && keeper.keep(served),
    async stop() {
      deaf();
      await refresh.stop();
      await keeper.done();
    },
  };
}
