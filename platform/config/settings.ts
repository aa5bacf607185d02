// platform: settings as a table: name, environment name, kind, default and the sentence that explains it.
import { HubError } from '@staffetta/flow/errors.ts';
import { hideSecret } from '../telemetry/hidden-values.ts';
import { treeText } from './settings-tree.ts';

/** How a setting's text is read. Durations are written `500ms`, `30s`, `5m`, `2h`, `1d`; sizes `512KiB`, `5MiB`. */
export interface SettingKinds {
  text: string;
  secret: string;
  url: string;
  integer: number;
  number: number;
  boolean: boolean;
  durationMs: number;
  durationsMs: readonly number[];
  bytes: number;
  list: readonly string[];
}

/** One row of a settings table. `default` absent means: not set unless somebody sets it. */
export interface Setting<K extends keyof SettingKinds = keyof SettingKinds> {
  readonly env: string;
  readonly kind: K;
  readonly default?: SettingKinds[K];
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** Whether a change counts while the service runs; otherwise from its next start. Whoever uses it reads it anew (see live-settings.ts). */
  readonly live?: boolean;
  /** The key under which a configuration server may give it as a list or a tree; it arrives as JSON then. */
  readonly tree?: string;
  readonly says: string;
}

/** A settings table: property name → row. */
export type SettingsTable = Readonly<Record<string, Setting>>;

/** The values that a table yields. */
export type SettingsOf<T extends SettingsTable> = {
  readonly [N in keyof T]: T[N] extends { default: infer D }
    ? D extends undefined
      ? SettingKinds[T[N]['kind']] | undefined
      : SettingKinds[T[N]['kind']]
    : SettingKinds[T[N]['kind']] | undefined;
};

/** Where a value came from, for the page that shows settings. */
export type SettingOrigin = 'default' | 'configserver' | 'environment';

const durationUnitsMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const byteUnits: Record<string, number> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

function withUnit(text: string, units: Record<string, number>, bare: string): number {
  const form = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim());
  const unit = form ? units[form[2] || bare] : undefined;
  return form && unit !== undefined ? Math.round(Number(form[1]) * unit) : Number.NaN;
}

function readBoolean(text: string): boolean {
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  throw new Error('write true or false');
}

function readNumber(value: number, row: Setting): number {
  if (!Number.isFinite(value)) throw new Error(`it is no ${row.kind}`);
  if (row.min !== undefined && value < row.min) throw new Error(`the least is ${row.min}`);
  if (row.max !== undefined && value > row.max) throw new Error(`the most is ${row.max}`);
  return value;
}

function readUrl(text: string): string {
  if (!URL.canParse(text)) throw new Error('it is no URL');
  return text;
}

function words(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function readInteger(text: string): number {
  const value = Number(text);
  return Number.isInteger(value) ? value : Number.NaN;
}

function readValue(row: Setting, text: string): SettingKinds[keyof SettingKinds] {
  switch (row.kind) {
    case 'boolean':
      return readBoolean(text);
    case 'integer':
      return readNumber(readInteger(text), row);
    case 'number':
      return readNumber(Number(text), row);
    case 'durationMs':
      return readNumber(withUnit(text, durationUnitsMs, 'ms'), row);
    case 'durationsMs':
      return words(text).map((word) => readNumber(withUnit(word, durationUnitsMs, 'ms'), row));
    case 'bytes':
      return readNumber(withUnit(text, byteUnits, 'B'), row);
    case 'list':
      return words(text);
    case 'url':
      return readUrl(text);
    case 'text':
    case 'secret':
      if (row.choices && !row.choices.includes(text)) throw new Error(`write one of ${row.choices.join(', ')}`);
      return text;
  }
}

/**
 * Checks a settings table at compile time and gives it back with its exact type.
 * @param table the rows
 */
export function defineSettings<const T extends SettingsTable>(table: T): T {
  return table;
}

/**
 * Reads the values of a table: the environment wins over the configuration server, which wins over the default.
 * @param table the rows
 * @param environment usually `process.env`; an empty text counts as not set
 * @param fromServer values by environment name, property name or a row's `tree`, from the configuration server
 * @returns the values, and where each came from
 * @throws HubError SETTING_WRONG with the setting's name, the value (unless secret) and what is expected
 */
export function readSettings<T extends SettingsTable>(
  table: T,
  environment: Readonly<Record<string, string | undefined>>,
  fromServer: Readonly<Record<string, string>> = {},
): { values: SettingsOf<T>; origins: Record<keyof T, SettingOrigin> } {
  const values: Record<string, unknown> = {};
  const origins: Record<string, SettingOrigin> = {};
  for (const [name, row] of Object.entries(table)) {
    const own = environment[row.env] || undefined;
    const served = fromServer[row.env] ?? fromServer[name] ?? treeText(fromServer, row.tree);
    const text = own ?? served;
    if (row.kind === 'secret' && text !== undefined) hideSecret(text);
    origins[name] = own !== undefined ? 'environment' : served !== undefined ? 'configserver' : 'default';
    values[name] = text === undefined ? row.default : readOrExplain(row, text);
  }
  return { values: values as SettingsOf<T>, origins: origins as Record<keyof T, SettingOrigin> };
}

function readOrExplain(row: Setting, text: string): SettingKinds[keyof SettingKinds] {
  try {
    return readValue(row, text);
  } catch (error) {
    const shown = row.kind === 'secret' ? '(secret)' : JSON.stringify(text);
    const why = error instanceof Error ? error.message : String(error);
    throw new HubError('SETTING_WRONG', `${row.env}=${shown}: ${why}. ${row.says}`, error);
  }
}
