// platform: which settings a service runs with and where each comes from, for people to look at; secrets never in it.
import type { CallerRules } from '../http/caller.ts';
import type { HealthCheck } from '../http/health.ts';
import type { ReadSettings } from './live-settings.ts';
import type { RefreshState } from './settings-refresh.ts';
import type { Setting, SettingOrigin, SettingsTable } from './settings.ts';

/** A setting as it is shown. */
export interface ShownSetting {
  readonly env: string;
  /** Readable; a secret is stars, and null is one that is not set. */
  readonly value: string | null;
  readonly origin: SettingOrigin;
  /** Whether a change counts at once. */
  readonly live: boolean;
  /** The value that counts from the next start on, where it is another one; readable as `value`. */
  readonly waits?: string | null;
  readonly says: string;
}

/** The settings of a service, how they are kept fresh, and who may look at them. */
export interface SettingsInForce {
  settings(): readonly ShownSetting[];
  readonly rules: CallerRules;
  /** Absent where no configuration server is asked. */
  readonly refresh?: {
    /** Asks at once; gives the environment names of the settings that changed. */
    now(): Promise<readonly string[]>;
    state(): RefreshState;
  };
}

/** Where they came from, in the order in which the first wins. */
const origins: readonly SettingOrigin[] = ['environment', 'configserver', 'default'];

const stars = '******';

function shownValue(row: Setting, value: unknown): string | null {
  if (value === undefined) return null;
  if (row.kind === 'secret') return stars;
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  // A login may stand in any address.
  const open = text.replaceAll(/(\w:\/\/)[^/\s]*@/g, `$1${stars}@`);
  if (row.kind === 'durationMs' || row.kind === 'durationsMs') return `${open} ms`;
  return row.kind === 'bytes' ? `${open} B` : open;
}

/**
 * Makes the rows of a table as they are shown.
 * @param table the settings
 * @param read the values in force, and where they came from
 * @param waiting rows that have another value from the next start on
 */
export function shownSettings<T extends SettingsTable>(
  table: T,
  read: ReadSettings<T>,
  waiting: ReadonlyMap<keyof T, unknown> = new Map(),
): ShownSetting[] {
  return Object.entries(table).map(([name, row]) => ({
    env: row.env,
    value: shownValue(row, read.values[name]),
    origin: read.origins[name]!,
    live: row.live === true,
    ...(waiting.has(name) && { waits: shownValue(row, waiting.get(name)) }),
    says: row.says,
  }));
}

const inForce = new Map<string, SettingsInForce>();

/**
 * Remembers what a service of this process runs with; its server shows it (`GET /actuator/env`).
 * @param service its name in discovery
 * @param settings its settings, and who may look at them
 */
export function noteSettings(service: string, settings: SettingsInForce): void {
  inForce.set(service, settings);
}

/** What a service of this process runs with; undefined for one that was started otherwise (tests). */
export function settingsInForce(service: string): SettingsInForce | undefined {
  return inForce.get(service);
}

/** A setting as `/actuator/env` answers it; all but `value` is ours. */
export interface ShownProperty {
  readonly value: string | null;
  readonly says: string;
  readonly live: boolean;
  /** Present where a restart would change it, to this value. */
  readonly waitsForRestart?: string | null;
}

/** What `/actuator/env` answers, in Spring's shape; `refresh` is ours. */
export interface EnvironmentView {
  readonly activeProfiles: readonly string[];
  readonly propertySources: readonly {
    readonly name: SettingOrigin;
    readonly properties: Readonly<Record<string, ShownProperty>>;
  }[];
  readonly refresh?: RefreshState;
}

function propertyOf({ value, says, live, waits }: ShownSetting): ShownProperty {
  return { value, says, live, ...(waits !== undefined && { waitsForRestart: waits }) };
}

/**
 * Puts settings into the shape of Spring's actuator: a source for each place they come from, the one that wins first.
 * @param known the settings in force
 */
export function environmentView(known: Pick<SettingsInForce, 'settings' | 'refresh'>): EnvironmentView {
  const settings = known.settings();
  const propertySources = origins.map((name) => ({
    name,
    properties: Object.fromEntries(
      settings.filter(({ origin }) => origin === name).map((setting) => [setting.env, propertyOf(setting)]),
    ),
  }));
  return { activeProfiles: [], propertySources, ...(known.refresh && { refresh: known.refresh.state() }) };
}

/**
 * The part of a service's health that says whether all that the configuration servers serve is in force; it never turns readiness off.
 * @param service its name in discovery
 * @returns nothing where no configuration server is asked
 */
export function settingsHealth(service: string): HealthCheck[] {
  const refresh = inForce.get(service)?.refresh;
  if (!refresh) return [];
  const check = async (): Promise<void> => {
    const { problem } = refresh.state();
    if (problem !== null) throw new Error(problem);
  };
  return [{ name: 'settings', essential: false, check }];
}
