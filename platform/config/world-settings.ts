// platform: the settings that every service shares: profile, addresses, database, brokers, logs.
import { services, serviceNames, type ServiceName } from '@staffetta/flow/services.ts';
import { pecMailboxes } from './pec-mailboxes.ts';
import { defineSettings, type SettingsOf, type SettingsTable } from './settings.ts';
import { traceSettings } from './trace-settings.ts';

/** The shared settings' table. */
export const worldSettings = defineSettings({
  profile: {
    env: 'STAFFETTA_PROFILE',
    kind: 'text',
    default: 'dev',
    choices: ['dev', 'production'],
    says: 'The one switch between trying (dev) and serving (production).',
  },
  host: {
    env: 'STAFFETTA_HOST',
    kind: 'text',
    says: 'The address to listen on; 127.0.0.1 in profile dev, 0.0.0.0 in production.',
  },
  portOffset: {
    env: 'STAFFETTA_PORT_OFFSET',
    kind: 'integer',
    default: 0,
    min: 0,
    max: 50_000,
    says: 'Shifts every port alike, so that several hubs run on one machine.',
  },
  dataDir: {
    env: 'STAFFETTA_DATA_DIR',
    kind: 'text',
    default: 'data',
    says: 'The folder for everything that is kept in files; relative to the checkout.',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    kind: 'secret',
    says: 'A PostgreSQL 15 or later, postgres://user:password@host:5432/database; without it the hub starts its own.',
  },
  databaseConnections: {
    env: 'DATABASE_CONNECTIONS',
    kind: 'integer',
    default: 16,
    min: 4,
    max: 200,
    says: 'Connections to the database per process, at most.',
  },
  kafkaBrokers: {
    env: 'KAFKA_BROKERS',
    kind: 'list',
    default: [],
    says: 'Kafka brokers as host:port, comma separated; without them the bus lives in the database.',
  },
  kafkaTopicPrefix: {
    env: 'KAFKA_TOPIC_PREFIX',
    kind: 'text',
    default: '',
    says: "What every topic's name begins with on the brokers, so that several hubs share one Kafka.",
  },
  kafkaGroupProtocol: {
    env: 'KAFKA_GROUP_PROTOCOL',
    kind: 'text',
    default: 'classic',
    choices: ['classic', 'consumer'],
    says: 'How members of a group agree on partitions; `consumer` is the newer one of KIP-848.',
  },
  kafkaSessionTimeoutMs: {
    env: 'KAFKA_SESSION_TIMEOUT',
    kind: 'durationMs',
    default: 10_000,
    min: 6000,
    max: 300_000,
    says: 'After how long a silent member of a group loses its partitions.',
  },
  kafkaRetentionMs: {
    env: 'KAFKA_RETENTION',
    kind: 'durationMs',
    default: 30 * 86_400_000,
    min: 86_400_000,
    says: 'How long the topics that we create keep their events; dead letters are kept for ever.',
  },
  kafkaPartitions: {
    env: 'KAFKA_PARTITIONS',
    kind: 'integer',
    default: 6,
    min: 1,
    max: 1000,
    says: 'Partitions of the topics that we create, in the database too; a topic that exists keeps its own.',
  },
  kafkaReplicas: {
    env: 'KAFKA_REPLICAS',
    kind: 'integer',
    default: 3,
    min: 1,
    max: 32,
    says: 'Copies of the topics that we create, at most as many as there are brokers.',
  },
  callerSecret: {
    env: 'STAFFETTA_CALLER_SECRET',
    kind: 'secret',
    says: 'What the gateway signs callers with; the same for all services; needed where they run apart in production.',
  },
  trustDirectCalls: {
    env: 'TRUST_DIRECT_CALLS',
    kind: 'boolean',
    says: 'Whether services trust calls that did not come through the gateway; by default in profile dev only.',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    kind: 'text',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    live: true,
    says: 'How much is logged; from the configuration server it counts for the services that it serves it to.',
  },
  logFile: { env: 'LOG_FILE', kind: 'text', says: 'Logs go to this file instead of standard output.' },
  drainWaitMs: {
    env: 'STAFFETTA_DRAIN_WAIT',
    kind: 'durationMs',
    default: 500,
    min: 0,
    says:
      'How long a process that is to stop goes on taking requests once it told discovery that it leaves, so that whoever asks it ' +
      'learns of it first. Give it more where others ask discovery by the clock only (Spring: 30 s).',
  },
  stopTimeoutMs: {
    env: 'STAFFETTA_STOP_TIMEOUT',
    kind: 'durationMs',
    default: 25_000,
    min: 100,
    says:
      'How long a process that was asked to stop lets what is in hand end; what is then still in hand is cut, and the process ends ' +
      'with 1. Keep it below the time after which whoever stops it kills it.',
  },
  metricsKeepMs: {
    env: 'METRICS_KEEP',
    kind: 'durationMs',
    default: 5000,
    min: 0,
    says: 'How long a figure serves whose reading asks the database or the brokers, however often metrics are scraped.',
  },
  metricsTimeoutMs: {
    env: 'METRICS_TIMEOUT',
    kind: 'durationMs',
    default: 2000,
    min: 50,
    says: 'How long a scrape of metrics waits for such a figure before it goes without it.',
  },
  eurekaUrls: {
    env: 'EUREKA_URLS',
    kind: 'list',
    says: 'Discovery servers, comma separated; by default the eurekaserver at its port; `off` for none.',
  },
  eurekaHeartbeatMs: {
    env: 'EUREKA_HEARTBEAT',
    kind: 'durationMs',
    default: 30_000,
    min: 1000,
    says: 'How often a service tells the discovery servers that it runs; who is silent for three of these is forgotten.',
  },
  announcedHost: {
    env: 'STAFFETTA_ANNOUNCED_HOST',
    kind: 'text',
    says: 'The host by which others reach this service, as it is told to discovery; by default the one it listens on.',
  },
  configUrl: {
    env: 'CONFIG_URL',
    kind: 'text',
    says: 'Configuration servers, comma separated, asked in order; by default the configserver at its port; `off` for none.',
  },
  configProfile: {
    env: 'STAFFETTA_CONFIG_PROFILE',
    kind: 'text',
    default: 'default',
    says: 'The profile that is asked of the configuration server.',
  },
  configLabel: {
    env: 'STAFFETTA_CONFIG_LABEL',
    kind: 'text',
    says: 'The branch, tag or commit that is asked of the configuration server; by default its own.',
  },
  configPollMs: {
    env: 'STAFFETTA_CONFIG_POLL',
    kind: 'durationMs',
    default: 30_000,
    min: 0,
    live: true,
    says:
      'How often a service asks the configuration server whether something changed, besides being told by the bus; 0 for not at all. ' +
      'What is unchanged costs an answer without content.',
  },
  configFailFast: {
    env: 'STAFFETTA_CONFIG_FAIL_FAST',
    kind: 'boolean',
    default: false,
    says: 'Whether a service refuses to start without the configuration server; otherwise it starts with its other settings.',
  },
  configWaitMs: {
    env: 'STAFFETTA_CONFIG_WAIT',
    kind: 'durationMs',
    default: 60_000,
    min: 0,
    says: 'How long a service that must have the configuration server asks again and again at its start.',
  },
  ...traceSettings,
});

/** The shared settings' values. */
export type WorldSettings = SettingsOf<typeof worldSettings>;

/**
 * Where a service answers: `<NAME>_URL` from the environment, else this machine at its port plus the offset.
 * @param service the service
 * @param portOffset the shift of all ports
 * @param environment usually `process.env`
 * @returns a base URL without a slash at its end
 */
export function addressOf(
  service: ServiceName,
  portOffset: number,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const given = environment[addressVariable(service)];
  return given ? given.replace(/\/+$/, '') : `http://127.0.0.1:${services[service].port + portOffset}`;
}

/** The environment variable that names a service's address, for example `RECEIVER_URL`. */
export function addressVariable(service: ServiceName): string {
  return `${service.toUpperCase()}_URL`;
}

/** Where the services find one another: a row for each, read by `addressOf`. */
export const addressSettings: SettingsTable = Object.fromEntries(
  serviceNames.map((name) => [
    name,
    {
      env: addressVariable(name),
      kind: 'url',
      says: `Where others reach the ${name}; by default this machine at port ${services[name].port} plus the offset.`,
    },
  ]),
);

/** The folders of the services by their names and the other way round (`gateway` is `gatewayserver` in discovery). */
export function serviceOfWord(word: string): ServiceName | undefined {
  return serviceNames.find((name) => name === word || services[name].folder === word);
}

/** The sandbox's ports before the offset: its mail server, its mailboxes and its page. */
export const sandboxPorts = { smtp: 1025, imap: 1143, page: 8025 } as const;

/** Where the mailbox of profile dev is read: that of PEC_ADDRESS at the sandbox of this machine. */
function sandboxMailbox(environment: Readonly<Record<string, string | undefined>>, portOffset: number): string {
  const address = environment['PEC_ADDRESS'] || pecMailboxes.pecAddress.default;
  return `imap://${encodeURIComponent(address)}:sandbox@127.0.0.1:${sandboxPorts.imap + portOffset}`;
}

/**
 * Fills in what profile dev may take for granted: mails go to the sandbox of this machine, and the company's mailbox is read there.
 * Where mails go to a real server, or the mailbox lies on one, no mailbox is taken for granted.
 * @param environment usually `process.env`
 * @param settings the shared settings
 */
export function withDevDefaults(
  environment: Readonly<Record<string, string | undefined>>,
  settings: WorldSettings,
): Readonly<Record<string, string | undefined>> {
  if (settings.profile !== 'dev' || environment['SMTP_URL']) return environment;
  return {
    ...environment,
    SMTP_URL: `smtp://127.0.0.1:${sandboxPorts.smtp + settings.portOffset}`,
    IMAP_URL: environment['IMAP_URL'] || sandboxMailbox(environment, settings.portOffset),
  };
}
