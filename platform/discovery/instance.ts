// platform: an instance as discovery servers tell it (Netflix Eureka), brought from every spelling into one form.

/** The states of an instance. */
export const instanceStatuses = ['UP', 'DOWN', 'STARTING', 'OUT_OF_SERVICE', 'UNKNOWN'] as const;

/** A state of an instance. */
export type InstanceStatus = (typeof instanceStatuses)[number];

/** What happened to an instance last. */
export type ActionType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** A port as Eureka's JSON writes it; the flag is a text there. */
export interface Port {
  readonly $: number;
  readonly '@enabled': string;
}

/** An instance in Eureka's JSON; what a client sent besides is kept as it is. Timestamps are Unix milliseconds. */
export interface Instance {
  readonly instanceId: string;
  readonly hostName: string;
  /** The application's name, in capitals. */
  readonly app: string;
  readonly ipAddr: string;
  readonly status: InstanceStatus;
  /** What a person or a deployment tool set over the instance's own word; UNKNOWN for nothing. */
  readonly overriddenStatus: InstanceStatus;
  readonly port: Port;
  readonly securePort: Port;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly leaseInfo: Readonly<Record<string, number>>;
  readonly lastUpdatedTimestamp: string;
  readonly lastDirtyTimestamp: string;
  readonly vipAddress?: string;
  readonly secureVipAddress?: string;
  readonly actionType?: ActionType;
  readonly [field: string]: unknown;
}

/** Something with fields, as JSON gives it. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Looks whether something has fields.
 * @param given anything that JSON may hold
 * @returns it, or undefined for a list, a text, a number or nothing
 */
export function fieldsOf(given: unknown): Fields | undefined {
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Fields) : undefined;
}

/**
 * Reads a text of the wire; numbers stand where some writers quote and others do not.
 * @param given anything
 * @returns the text without blanks around it; empty where there is none
 */
export function textOf(given: unknown): string {
  return typeof given === 'string' ? given.trim() : typeof given === 'number' ? String(given) : '';
}

/**
 * Reads a list of the wire: some writers leave the brackets out around one thing.
 * @param given a list, one thing, or nothing
 */
export function listOf(given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given;
  return given === undefined || given === null || given === '' ? [] : [given];
}

/**
 * Reads a status.
 * @param given a text; what is none of the known ones is UNKNOWN, as for the original
 * @param absent what nothing stands for
 */
export function statusOf(given: unknown, absent: InstanceStatus): InstanceStatus {
  const text = textOf(given).toUpperCase();
  if (text === '') return absent;
  return instanceStatuses.find((known) => known === text) ?? 'UNKNOWN';
}

function portOf(given: unknown, fallback: number, enabled: boolean): Port {
  const port = fieldsOf(given);
  const number = Number(textOf(port ? port['$'] : given) || fallback);
  const fits = Number.isInteger(number) && number >= 0 && number <= 65_535;
  return {
    $: fits ? number : fallback,
    '@enabled': String(port?.['@enabled'] ?? enabled) === 'true' ? 'true' : 'false',
  };
}

function positive(given: unknown): number | undefined {
  const number = Number(given);
  return Number.isFinite(number) && number > 0 ? number : undefined;
}

/** Eureka's own defaults, in seconds: a heartbeat each 30, and whoever is silent for 90 is gone. */
export const leaseDefaults = { renewalIntervalInSecs: 30, durationInSecs: 90 };

function leaseOf(given: unknown, durationSeconds: number): Record<string, number> {
  const lease = fieldsOf(given) ?? {};
  return {
    renewalIntervalInSecs: positive(lease['renewalIntervalInSecs']) ?? leaseDefaults.renewalIntervalInSecs,
    durationInSecs: positive(lease['durationInSecs']) ?? durationSeconds,
    registrationTimestamp: positive(lease['registrationTimestamp']) ?? 0,
    // Eureka 1 wrote the second name.
    lastRenewalTimestamp: positive(lease['lastRenewalTimestamp'] ?? lease['renewalTimestamp']) ?? 0,
    evictionTimestamp: positive(lease['evictionTimestamp']) ?? 0,
    serviceUpTimestamp: positive(lease['serviceUpTimestamp']) ?? 0,
  };
}

/** What an empty map is on the wire; clients in Java read the class. */
const emptyMap = { '@class': 'java.util.Collections$EmptyMap' };

/**
 * Gives metadata its form on the wire.
 * @param given a map, or nothing
 */
export function metadataOf(given: unknown): Fields {
  const { '@class': _, ...entries } = fieldsOf(given) ?? {};
  return Object.keys(entries).length > 0 ? entries : emptyMap;
}

function dataCenterOf(given: unknown): Fields {
  const center = fieldsOf(given) ?? {};
  const kind = center['name'] === 'Amazon' ? 'AmazonInfo' : 'InstanceInfo$DefaultDataCenterInfo';
  const form = { '@class': `com.netflix.appinfo.${kind}`, name: textOf(center['name']) || 'MyOwn' };
  return center['metadata'] === undefined ? form : { ...form, metadata: center['metadata'] };
}

/** Some clients write null for what they do not set; the original leaves it out. */
function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** Amazon's own id of an instance, by which old clients there call themselves. */
function amazonId(given: Fields): string {
  return textOf(fieldsOf(fieldsOf(given['dataCenterInfo'])?.['metadata'])?.['instance-id']);
}

/**
 * Finds the id of an instance as the original does: its own, else Amazon's, else its host.
 * @param given the instance as it came
 */
export function idOf(given: Fields): string {
  return textOf(given['instanceId']) || amazonId(given) || textOf(given['hostName']);
}

/**
 * Brings an instance into the form that every client expects.
 * @param given the instance as it came: numbers as texts or not, `overriddenstatus` in Eureka 1's spelling, ports left out
 * @param nowMs the instant that stands for timestamps that are missing, in Unix milliseconds
 * @param durationSeconds the lease where the instance names none
 */
export function shapeInstance(
  given: Fields,
  nowMs: number,
  durationSeconds: number = leaseDefaults.durationInSecs,
): Instance {
  const { overriddenstatus, actionType, ...rest } = given;
  return inOrder({
    ...withoutNulls(rest),
    countryId: positive(rest['countryId']) ?? 1,
    isCoordinatingDiscoveryServer: String(rest['isCoordinatingDiscoveryServer'] ?? false),
    instanceId: idOf(given),
    hostName: textOf(given['hostName']),
    app: textOf(given['app']).toUpperCase(),
    ipAddr: textOf(given['ipAddr']),
    status: statusOf(given['status'], 'UP'),
    overriddenStatus: statusOf(given['overriddenStatus'] ?? overriddenstatus, 'UNKNOWN'),
    port: portOf(given['port'], 7001, true),
    securePort: portOf(given['securePort'], 7002, false),
    dataCenterInfo: dataCenterOf(given['dataCenterInfo']),
    metadata: metadataOf(given['metadata']),
    leaseInfo: leaseOf(given['leaseInfo'], durationSeconds),
    lastUpdatedTimestamp: String(positive(given['lastUpdatedTimestamp']) ?? nowMs),
    lastDirtyTimestamp: String(positive(given['lastDirtyTimestamp']) ?? nowMs),
    ...(actionType !== undefined && { actionType: actionOf(actionType) }),
  });
}

/** The order in which the original writes, in JSON and in XML; what it does not know comes after. */
const order = (
  'instanceId hostName app ipAddr sid status overriddenStatus port securePort countryId dataCenterInfo leaseInfo metadata ' +
  'appGroupName homePageUrl statusPageUrl healthCheckUrl secureHealthCheckUrl vipAddress secureVipAddress ' +
  'isCoordinatingDiscoveryServer lastUpdatedTimestamp lastDirtyTimestamp actionType asgName'
).split(' ');

function inOrder(instance: Instance): Instance {
  const known = order.flatMap((name) => (instance[name] === undefined ? [] : [[name, instance[name]] as const]));
  return { ...Object.fromEntries(known), ...instance };
}

function actionOf(given: unknown): ActionType {
  return given === 'DELETED' || given === 'MODIFIED' ? given : 'ADDED';
}
