// platform: the levels of a process' logs, read and changed while it runs: one by one, or all together under the name ROOT.
import type { Logger as Log } from 'pino';

/** Levels as Spring's actuator writes them, the quietest first. */
export const shownLevels = ['OFF', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'] as const;

/** One of them. */
export type ShownLevel = (typeof shownLevels)[number];

/** The name of all logs of the process together. */
export const rootName = 'ROOT';

/** A process' logs: the first one, from which the others were made, and those. */
interface Family {
  readonly root: Log;
  readonly children: Set<WeakRef<Log>>;
  /** The level that the settings gave. */
  level: string;
}

const families = new WeakMap<Log, Family>();
/** The levels that settings gave to single logs. */
const configured = new WeakMap<Log, string>();

/**
 * Remembers a process' first log.
 * @param root it
 * @param level as the settings say
 */
export function noteRoot(root: Log, level: string): void {
  families.set(root, { root, children: new Set(), level });
}

/**
 * Remembers a log that was made from another, so that both are found by either.
 * @param child the new one
 * @param parent a known one; any other is passed over
 */
export function noteChild(child: Log, parent: Log): void {
  const family = families.get(parent);
  if (!family) return;
  families.set(child, family);
  family.children.add(new WeakRef(child));
}

function pinoLevel(shown: ShownLevel): string {
  return shown === 'OFF' ? 'silent' : shown.toLowerCase();
}

/**
 * Reads a log's level.
 * @param log a service's
 * @param name `ROOT` for that of its process
 */
export function levelOf(log: Log, name: string): ShownLevel {
  const level = (name === rootName ? families.get(log)?.root : log)?.level ?? log.level;
  return shownLevels.find((shown) => pinoLevel(shown) === level) ?? 'INFO';
}

/**
 * Sets a log's level until the process ends.
 * @param log a service's
 * @param name `ROOT` for all logs of its process
 * @param level undefined for that of the settings (LOG_LEVEL)
 */
export function setLevel(log: Log, name: string, level: ShownLevel | undefined): void {
  const family = families.get(log);
  const wanted = level === undefined ? (configured.get(log) ?? family?.level ?? 'info') : pinoLevel(level);
  log.level = wanted;
  if (name !== rootName || !family) return;
  family.root.level = wanted;
  for (const reference of family.children) {
    const child = reference.deref();
    if (child) child.level = wanted;
    else family.children.delete(reference);
  }
}

/**
 * Sets the level that the settings give to a log, in place of whatever it has.
 * @param log a service's
 * @param level as pino has it
 * @param all whether all logs of its process get it: where no other service runs there
 */
export function setConfiguredLevel(log: Log, level: string, all: boolean): void {
  const family = families.get(log);
  configured.set(log, level);
  log.level = level;
  if (!all || !family) return;
  family.level = level;
  setLevel(family.root, rootName, undefined);
}
