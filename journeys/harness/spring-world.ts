// journeys: an estate in which our registry and settings stand beside Spring's own, with an application of each line of its releases.
import { freePort } from '@staffetta/tools/servers/child.ts';
import { startOurService, type OurService } from './our-service.ts';
import { ask, instanceAt } from './registry-view.ts';
import { makeSettingsRepository, type SettingsRepository } from './settings-repository.ts';
import { springLines, startSpring, type SpringLine, type SpringProcess } from './spring.ts';
import { until } from './wait.ts';

/** Line → its application's name, the branch of the settings that it reads, and how it finds our server of settings. */
export const applications = {
  '2025.0': { name: 'gestionale', label: 'main', finds: 'by its address' },
  '2025.1': { name: 'magazzino', label: 'release/next', finds: 'by the registry' },
} as const satisfies Record<SpringLine, object>;

/** What lies encrypted in the repository. */
export const secretWords = 'la parola segreta: è "questa"';

/** When our scheduler cleans up, which lies there encrypted too. */
export const nightly = '4 3 * * *';

/** What runs of one line. */
export interface LineWorld {
  readonly registry: SpringProcess;
  readonly application: SpringProcess;
}

/** The estate. */
export interface SpringWorld {
  readonly ourRegistry: string;
  readonly ourSettings: string;
  readonly repository: SettingsRepository;
  readonly springSettings: SpringProcess;
  readonly lines: Readonly<Record<SpringLine, LineWorld>>;
  stop(): Promise<void>;
}

// Both servers of settings decrypt what either encrypted.
const encryptKey = 'only-for-tests';

/**
 * Starts ours first, then all of Spring's side by side.
 * @throws Error with the end of a log when one does not come up; nothing is left running then
 */
export async function startSpringWorld(): Promise<SpringWorld> {
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  const kept = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    ends.push(() => started.stop());
    return started;
  };
  try {
    return { ...(await startAll(kept)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Kept = <T extends { stop(): Promise<void> }>(starting: Promise<T>) => Promise<T>;

async function startAll(kept: Kept): Promise<Omit<SpringWorld, 'stop'>> {
  const repository = await kept(makeSettingsRepository());
  const ports: Ports = { '2025.0': await freePort(), '2025.1': await freePort() };
  const registry = await kept(startOurRegistry(ports));
  const settings = await kept(startOurSettings(repository, registry));
  await commitSettings(repository, settings);
  const addresses = { ourRegistry: registry.url, ourSettings: settings.url };
  const [springSettings, ...lines] = await allOrNone([
    kept(startSpringSettings(repository)),
    ...springLines.map(async (line) => {
      const parts = [kept(startRegistry(line, ports, registry)), kept(startApplication(line, addresses))] as const;
      const [original, application] = await allOrNone(parts);
      return [line, { registry: original, application }] as const;
    }),
  ] as const);
  const found = Object.fromEntries(lines) as Record<SpringLine, LineWorld>;
  return { ...addresses, repository, springSettings, lines: found };
}

type Ports = Readonly<Record<SpringLine, number>>;

/** As Promise.all, but it waits for every one before it fails: what started late would be left running. */
async function allOrNone<const T extends readonly unknown[]>(
  starting: T,
): Promise<{ -readonly [At in keyof T]: Awaited<T[At]> }> {
  await Promise.allSettled(starting);
  return Promise.all(starting);
}

function addressAt(port: number): string {
  return `http://127.0.0.1:${port}/eureka/`;
}

function startOurRegistry(ports: Ports): Promise<OurService> {
  const peers = Object.values(ports).map((port) => addressAt(port));
  return startOurService('eurekaserver', {
    EUREKA_PEERS: peers.join(','),
    // There is nobody yet who could have something to copy.
    EUREKA_SERVER_REGISTRY_SYNC_RETRIES: '0',
  });
}

async function startOurSettings(repository: SettingsRepository, registry: OurService): Promise<OurService> {
  const settings = await startOurService('configserver', {
    CONFIG_BACKEND: `${repository.folder}/.git`,
    ENCRYPT_KEY: encryptKey,
    EUREKA_URLS: `${registry.url}/eureka`,
    EUREKA_HEARTBEAT: '1s',
  });
  const registered = () => instanceAt(registry.url, 'configserver', settings.instanceId);
  await until('our configserver to be registered', registered, (instance) => instance?.status === 'UP');
  return settings;
}

/** Two branches: what differs between them, between services and profiles, and what is secret. */
async function commitSettings(repository: SettingsRepository, settings: OurService): Promise<void> {
  const encrypted = async (body: string) => {
    const { text } = await ask(`${settings.url}/encrypt`, { method: 'POST', body });
    return `'{cipher}${text}'`;
  };
  const secret = await encrypted(secretWords);
  await repository.commit('main', {
    'application.yml': `greeting: ciao\nopening:\n  hours:\n    - 9-13\n    - 15-19\nsecret: ${secret}\n`,
    'gestionale.yml': 'from: every profile\n---\nspring.config.activate.on-profile: prod\nfrom: its own document\n',
    'gestionale-prod.properties': 'from = main\nwith.placeholder = ${greeting}, ${from}\n',
    'magazzino-prod.yml': 'from: main\n',
    'gatewayserver.yml': Object.values(applications)
      .map(({ name }) => `  - { id: ${name}, path: /${name}/**, to: lb://${name}, who: signedIn, stripPrefix: 1 }\n`)
      .reduce((rows, row) => rows + row, 'gateway.routes:\n'),
    'scheduler.yml': `REPORT_PAGE_SIZE: 77\nCLEANUP_CRON: ${await encrypted(nightly)}\n`,
  });
  await repository.commit(applications['2025.1'].label, { 'magazzino-prod.yml': 'from: release/next\n' });
}

function startSpringSettings(repository: SettingsRepository): Promise<SpringProcess> {
  return startSpring({
    line: '2025.0',
    module: 'settings',
    settings: { 'spring.cloud.config.server.git.uri': repository.folder, 'encrypt.key': encryptKey },
  });
}

function startRegistry(line: SpringLine, ports: Ports, ours: OurService): Promise<SpringProcess> {
  const peers = [`${ours.url}/eureka/`, ...Object.values(ports).map((port) => addressAt(port))];
  return startSpring({
    line,
    module: 'registry',
    port: ports[line],
    settings: {
      'eureka.client.service-url.defaultZone': peers.join(','),
      // It knows itself by its host's name, and here all have the same.
      'eureka.server.my-url': addressAt(ports[line]),
    },
  });
}

function startApplication(
  line: SpringLine,
  { ourRegistry, ourSettings }: Pick<SpringWorld, 'ourRegistry' | 'ourSettings'>,
): Promise<SpringProcess> {
  const { name, label, finds } = applications[line];
  const byRegistry = { 'spring.config.import': 'configserver:', 'spring.cloud.config.discovery.enabled': 'true' };
  return startSpring({
    line,
    module: 'application',
    settings: {
      'spring.application.name': name,
      'spring.profiles.active': 'prod',
      'spring.cloud.config.label': label,
      'eureka.client.service-url.defaultZone': `${ourRegistry}/eureka/`,
      // It tells below the usual level that it reads the whole registry again.
      'logging.level.com.netflix.discovery.DiscoveryClient': 'DEBUG',
      ...(finds === 'by the registry' ? byRegistry : { 'spring.config.import': `configserver:${ourSettings}` }),
    },
  });
}
