// platform: settings that change while a service runs: which may, how a service learns of it, and how a wrong value is refused.
import { isDeepStrictEqual } from 'node:util';
import type { SettingOrigin, SettingsOf, SettingsTable } from './settings.ts';

/** What `readSettings` gives. */
export interface ReadSettings<T extends SettingsTable> {
  readonly values: SettingsOf<T>;
  readonly origins: Readonly<Record<keyof T, SettingOrigin>>;
}

/** The names of the rows of a table that say `live: true`. */
export type LiveName<T extends SettingsTable> = {
  [N in keyof T]: T[N] extends { readonly live: true } ? N : never;
}[keyof T];

/**
 * A service's settings as they are at each moment; the third argument of its `start`. Three ways to use them, from the simplest:
 * read `values.name` where it is used; let `derived` make something of them; be called by `onChange`.
 */
export interface LiveSettings<T extends SettingsTable = SettingsTable> {
  /**
   * A view: a row with `live: true` gives, at each reading of its property, the value in force; the others keep the value of the
   * start. So read it where it is used: what is copied out of it (spread, destructured at the start) stays as it was.
   */
  readonly values: SettingsOf<T>;
  /**
   * Makes something of the settings (parsed routes, a policy), now and again before each change comes into force.
   * @param make gets the whole values as a plain object; it only computes. What it throws (SETTING_WRONG) now stops the start, and
   *   later refuses the whole change: log and health say why, and everything stays as it was
   * @returns a function that gives what was made of the values in force
   */
  derived<D>(make: (values: SettingsOf<T>) => D): () => D;
  /**
   * Calls a function after each change of one of these settings has come into force, for what must be done to things that exist
   * (resize a pool, set a level). It is not called at the start. It must not throw.
   * @returns a function that ends it
   */
  onChange(names: readonly LiveName<T>[], apply: (values: SettingsOf<T>) => void): () => void;
}

/** The side of it that offers new values. */
export interface OfferedSettings<T extends SettingsTable = SettingsTable> extends LiveSettings<T> {
  /** The values in force with their origins. */
  inForce(): ReadSettings<T>;
  /** Rows that wait for the next start: their value of the last offer, which is not the one in force. */
  waiting(): ReadonlyMap<keyof T, unknown>;
  /**
   * Puts new values into force, all or none.
   * @param read the whole table, read anew
   * @returns the names of the rows that have a new value in force
   * @throws whatever a derivation throws; nothing has changed then
   */
  offer(read: ReadSettings<T>): readonly (keyof T)[];
}

interface Derivation {
  readonly make: (values: unknown) => unknown;
  made: unknown;
}

interface Listener {
  readonly names: ReadonlySet<unknown>;
  readonly apply: (values: never) => void;
}

/**
 * Makes a view of something that changes as a whole (what `derived` gives): each reading of a property reads the present one.
 * @param current gives the present one; it has the properties that it has now for ever
 */
export function viewOf<T extends object>(current: () => T): T {
  const view = {};
  for (const name of Object.keys(current())) {
    Object.defineProperty(view, name, { enumerable: true, get: () => current()[name as keyof T] });
  }
  return Object.freeze(view) as T;
}

/** What would be in force: rows that are not live stay as they are. */
function withLive<T extends SettingsTable>(table: T, now: ReadSettings<T>, read: ReadSettings<T>): ReadSettings<T> {
  const chosen = (name: string): ReadSettings<T> => (table[name]?.live === true ? read : now);
  const names = Object.keys(table);
  return {
    values: Object.fromEntries(names.map((name) => [name, chosen(name).values[name]])) as SettingsOf<T>,
    origins: Object.fromEntries(names.map((name) => [name, chosen(name).origins[name]])) as ReadSettings<T>['origins'],
  };
}

function differing<T extends SettingsTable>(table: T, one: SettingsOf<T>, other: SettingsOf<T>): (keyof T & string)[] {
  return Object.keys(table).filter((name) => !isDeepStrictEqual(one[name], other[name]));
}

/**
 * Makes the live settings of a table.
 * @param table the rows
 * @param start what `readSettings` gave at the start
 */
export function liveSettings<T extends SettingsTable>(table: T, start: ReadSettings<T>): OfferedSettings<T> {
  let now = start;
  let waiting: ReadonlyMap<keyof T, unknown> = new Map();
  const derivations: Derivation[] = [];
  const listeners = new Set<Listener>();
  return {
    values: viewOf(() => now.values),
    derived<D>(make: (values: SettingsOf<T>) => D): () => D {
      const derivation: Derivation = { make: make as (values: unknown) => unknown, made: make(now.values) };
      derivations.push(derivation);
      return () => derivation.made as D;
    },
    onChange(names, apply) {
      const listener: Listener = { names: new Set(names), apply };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    inForce: () => now,
    waiting: () => waiting,
    offer(read) {
      const next = withLive(table, now, read);
      const made = derivations.map(({ make }) => make(next.values));
      const changed = differing(table, now.values, next.values);
      waiting = new Map(differing(table, next.values, read.values).map((name) => [name, read.values[name]]));
      now = next;
      for (const [index, derivation] of derivations.entries()) derivation.made = made[index];
      for (const { names, apply } of listeners) {
        if (changed.some((name) => names.has(name))) apply(next.values as never);
      }
      return changed;
    },
  };
}

/**
 * Makes settings that never change, for a service that is started with values alone.
 * @param values as `readSettings` gave them
 */
export function fixedSettings<T extends SettingsTable>(values: SettingsOf<T>): LiveSettings<T> {
  return {
    values,
    derived(make) {
      const made = make(values);
      return () => made;
    },
    onChange: () => () => undefined,
  };
}
