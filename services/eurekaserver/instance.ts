// eurekaserver: an instance as it is registered, checked and brought into the form that every client expects.

/** The states of an instance. */
export const instanceStatuses = ['UP', 'DOWN', 'STARTING', 'OUT_OF_SERVICE', 'UNKNOWN'] as const;

/** An instance in Eureka's JSON; what a client sent besides is kept as it is. */
export interface Instance {
  readonly instanceId: string;
  readonly hostName: string;
  readonly app: string;
  readonly ipAddr: string;
  readonly status: string;
  readonly lastDirtyTimestamp: string;
  readonly leaseInfo: Readonly<Record<string, number>>;
  readonly [field: string]: unknown;
}

/** Something with fields, as JSON gives it. */
type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(given: unknown): Fields | undefined {
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Fields) : undefined;
}

function textOf(given: unknown): string {
  return typeof given === 'string' ? given.trim() : typeof given === 'number' ? String(given) : '';
}

function missing(instance: Fields, app: string): string | undefined {
  const dataCenter = fieldsOf(instance['dataCenterInfo']);
  const given = textOf(instance['app']);
  if (textOf(instance['instanceId']) === '' && textOf(instance['hostName']) === '') return 'Missing instanceId';
  if (textOf(instance['hostName']) === '') return 'Missing hostname';
  if (textOf(instance['ipAddr']) === '') return 'Missing ip address';
  if (given === '') return 'Missing appName';
  if (given.toUpperCase() !== app) return `Mismatched appName, expecting ${app} but was ${given}`;
  if (!dataCenter) return 'Missing dataCenterInfo';
  if (textOf(dataCenter['name']) === '') return 'Missing dataCenterInfo Name';
  const status = textOf(instance['status']) || 'UP';
  if (instanceStatuses.every((known) => known !== status)) return `Unknown status ${status}`;
  return undefined;
}

function portOf(given: unknown, fallback: number, enabled: boolean): Fields {
  const port = fieldsOf(given);
  const number = Number(port ? port['$'] : (given ?? fallback));
  return { $: Number.isInteger(number) ? number : fallback, '@enabled': String(port?.['@enabled'] ?? enabled) };
}

function secondsOf(given: unknown, fallback: number): number {
  const seconds = Number(given);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : fallback;
}

const emptyMap = { '@class': 'java.util.Collections$EmptyMap' };
const dataCenterClass = { '@class': 'com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo' };

function completed(given: Fields, app: string, nowMs: number): Instance {
  const lease = fieldsOf(given['leaseInfo']) ?? {};
  const metadata = fieldsOf(given['metadata']) ?? {};
  const { overriddenstatus, ...rest } = given;
  const hostName = textOf(given['hostName']);
  return {
    countryId: 1,
    isCoordinatingDiscoveryServer: 'false',
    ...rest,
    instanceId: textOf(given['instanceId']) || hostName,
    hostName,
    app,
    ipAddr: textOf(given['ipAddr']),
    status: textOf(given['status']) || 'UP',
    overriddenStatus: textOf(given['overriddenStatus'] ?? overriddenstatus) || 'UNKNOWN',
    port: portOf(given['port'], 7001, true),
    securePort: portOf(given['securePort'], 7002, false),
    dataCenterInfo: { ...dataCenterClass, ...fieldsOf(given['dataCenterInfo']) },
    metadata: Object.keys(metadata).length > 0 ? metadata : emptyMap,
    leaseInfo: {
      renewalIntervalInSecs: secondsOf(lease['renewalIntervalInSecs'], 30),
      durationInSecs: secondsOf(lease['durationInSecs'], 0),
      registrationTimestamp: nowMs,
      lastRenewalTimestamp: nowMs,
      evictionTimestamp: 0,
      serviceUpTimestamp: nowMs,
    },
    lastUpdatedTimestamp: String(nowMs),
    lastDirtyTimestamp: String(secondsOf(given['lastDirtyTimestamp'], nowMs)),
  };
}

/**
 * Reads the body of a registration (platform's wire: `{"instance":{…}}`).
 * @param body the JSON, parsed
 * @param app the application of the path, in capitals
 * @param nowMs the instant, in Unix milliseconds
 * @returns the instance with every field that clients expect, or the words in which Eureka refuses it
 */
export function readInstance(body: unknown, app: string, nowMs: number): Instance | string {
  const given = fieldsOf(fieldsOf(body)?.['instance']);
  if (!given) return 'The body must be JSON of the form {"instance":{...}}';
  return missing(given, app) ?? completed(given, app, nowMs);
}
