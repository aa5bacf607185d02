// platform: the registry as a client keeps it: read from Eureka's JSON, changed by deltas, checked by the hash code. Pure.
import { fieldsOf, listOf, shapeInstance, textOf, type Instance } from './instance.ts';

/** An application with its instances, as Eureka's JSON has it. */
export interface Application {
  readonly name: string;
  readonly instance: readonly Instance[];
}

/** A registry that was read, or what changed in it. */
export interface ReadApplications {
  readonly instances: readonly Instance[];
  /** The hash code of the whole registry, as the server counts it; undefined where it named none. */
  readonly hashcode: string | undefined;
  /** False where the server says that it has no changes to tell (version -1). */
  readonly isDelta: boolean;
}

/** A registry by `APP/id`. */
export type Instances = ReadonlyMap<string, Instance>;

/**
 * The name of an instance within a registry.
 * @param app the application, in any letter case
 * @param id the instance
 */
export function keyOf(app: string, id: string): string {
  return `${app.toUpperCase()}/${id}`;
}

/**
 * Counts the statuses as Eureka does (`DOWN_1_UP_4_`, statuses in alphabetical order), by which a client notices that it missed a
 * change.
 * @param instances the whole registry
 * @returns the code; empty for an empty registry
 */
export function hashcodeOf(instances: Iterable<Pick<Instance, 'status'>>): string {
  const counts = new Map<string, number>();
  for (const { status } of instances) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts.keys()]
    .sort()
    .map((status) => `${status}_${counts.get(status)}_`)
    .join('');
}

/**
 * Groups instances by their application, in the order in which the applications first come.
 * @param instances any
 */
export function byApplication(instances: Iterable<Instance>): Application[] {
  const groups = new Map<string, Instance[]>();
  for (const instance of instances) {
    const group = groups.get(instance.app);
    if (group) group.push(instance);
    else groups.set(instance.app, [instance]);
  }
  return [...groups].map(([name, instance]) => ({ name, instance }));
}

/** Some servers write the two fields with other numbers of underscores; the original's client goes by how they begin. */
function startingWith(fields: Readonly<Record<string, unknown>>, start: string): unknown {
  const name = Object.keys(fields).find((key) => key.startsWith(start) && key !== 'application');
  return name === undefined ? undefined : fields[name];
}

function instancesOf(application: unknown, nowMs: number): Instance[] {
  const fields = fieldsOf(application) ?? {};
  const name = textOf(fields['name']);
  return listOf(fields['instance']).flatMap((given) => {
    const instance = fieldsOf(given);
    if (!instance) return [];
    const shaped = shapeInstance({ app: name, ...instance }, nowMs);
    return shaped.instanceId === '' || shaped.app === '' ? [] : [shaped];
  });
}

/**
 * Reads `{"applications":{…}}`; one application or instance may stand without the brackets of a list.
 * @param body the JSON, parsed
 * @param nowMs the instant for timestamps that are missing
 * @returns what it holds, or undefined where it is of another form
 */
export function readApplications(body: unknown, nowMs: number): ReadApplications | undefined {
  const fields = fieldsOf(fieldsOf(body)?.['applications']);
  if (!fields) return undefined;
  const hashcode = startingWith(fields, 'apps');
  return {
    instances: listOf(fields['application']).flatMap((application) => instancesOf(application, nowMs)),
    hashcode: typeof hashcode === 'string' ? hashcode : undefined,
    isDelta: textOf(startingWith(fields, 'version')) !== '-1',
  };
}

/**
 * Makes a registry of a full answer.
 * @param instances the answer's
 */
export function indexed(instances: readonly Instance[]): Instances {
  return new Map(instances.map((instance) => [keyOf(instance.app, instance.instanceId), instance]));
}

/**
 * Applies changes to a registry.
 * @param known the registry before; it stays as it is
 * @param changes each with its `actionType`; without one it counts as ADDED
 */
export function applyDelta(known: Instances, changes: readonly Instance[]): Instances {
  const next = new Map(known);
  for (const instance of changes) {
    const key = keyOf(instance.app, instance.instanceId);
    if (instance.actionType === 'DELETED') next.delete(key);
    else next.set(key, instance);
  }
  return next;
}

/**
 * Tells whether a vip address (a comma-separated list) names a given one.
 * @param list the instance's `vipAddress` or `secureVipAddress`
 * @param vip the one that is looked for, in its exact letters
 */
export function namesVip(list: unknown, vip: string): boolean {
  return textOf(list)
    .split(',')
    .some((entry) => entry.trim() === vip);
}
