// gateway: for tests of its traffic: a registry whose instances the test names, and a gateway that finds services there.
import type { ServiceName } from '@staffetta/flow/services.ts';
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { settings } from '../config.ts';
import { arubaKey, refusedUrl, startGateway, startService, type TestGateway } from '../gateway-test-kit.ts';
import type { UpstreamView } from './traffic-view.ts';

/** A registry in Eureka's JSON. */
export interface TestRegistry {
  readonly url: string;
  /** Names the instances of an application anew, by their base URLs. */
  set(app: string, urls: readonly string[]): void;
  stop(): Promise<void>;
}

function instanceOf(app: string, url: string) {
  const { hostname, port, protocol } = new URL(url);
  const open = { $: Number(port), '@enabled': 'true' };
  const shut = { $: 1, '@enabled': 'false' };
  const ports = protocol === 'https:' ? { port: shut, securePort: open } : { port: open, securePort: shut };
  return {
    instanceId: url,
    app,
    hostName: hostname,
    ipAddr: hostname,
    status: 'UP',
    lastDirtyTimestamp: '1',
    ...ports,
  };
}

/** Starts a registry that is empty; it tells who left, as one does that was asked before. */
export async function startRegistry(): Promise<TestRegistry> {
  const apps = new Map<string, readonly string[]>();
  const gone = new Map<string, { app: string; url: string }>();
  const changes = () => [...gone.values()].map(({ app, url }) => ({ ...instanceOf(app, url), actionType: 'DELETED' }));
  const service = await startService((incoming, response) => {
    if (!incoming.url?.startsWith('/apps')) return void response.writeHead(404).end();
    const there = [...apps].flatMap(([app, urls]) => urls.map((url) => instanceOf(app, url)));
    const instances = incoming.url === '/apps/delta' ? [...changes(), ...there] : there;
    const application = instances.map((instance) => ({ name: instance.app, instance: [instance] }));
    const apps__hashcode = there.length === 0 ? '' : `UP_${there.length}_`;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ applications: { versions__delta: '1', apps__hashcode, application } }));
  });
  return {
    url: service.url,
    set(app, urls) {
      for (const url of apps.get(app) ?? []) gone.set(url, { app, url });
      for (const url of urls) gone.delete(url);
      apps.set(app, urls);
    },
    stop: () => service.stop(),
  };
}

/** A gateway with a registry behind it. */
export interface BalancedGateway extends TestGateway {
  readonly registry: TestRegistry;
  /** What the gateway shows of a service. */
  view(name: string): Promise<UpstreamView>;
  /** Waits until the gateway knows just these instances of a service. */
  untilKnown(name: string, urls: readonly string[]): Promise<void>;
}

/**
 * Waits until something is so.
 * @throws Error after 10 s
 */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`waited in vain until ${what}`);
    await sleep(5);
  }
}

/** Nobody comes back while a slow machine looks elsewhere: the clock of the test decides. */
const patient = { discoveryPollMs: 20, ejectMs: 600_000, ejectMsMax: 3_600_000 };

/**
 * Starts a gateway that finds services in a registry, and waits until it knows them.
 * @param instances by service
 * @param changes settings that the test wants otherwise
 */
export async function startBalanced(
  instances: Partial<Record<ServiceName, readonly string[]>>,
  changes: Partial<SettingsOf<typeof settings>> = {},
): Promise<BalancedGateway> {
  const registry = await startRegistry();
  for (const [name, urls] of Object.entries(instances)) registry.set(name.toUpperCase(), urls);
  const discovery = { serverUrls: [registry.url], givenAddressOf: () => undefined };
  const gateway = await startGateway(await refusedUrl(), { ...patient, ...changes }, { discovery });
  const view = async (name: string): Promise<UpstreamView> => {
    const { text } = await gateway.ask('GET', '/gateway/api/upstreams', arubaKey);
    const found = (JSON.parse(text) as { upstreams: UpstreamView[] }).upstreams.find((one) => one.name === name);
    if (!found) throw new Error(`${name} is not shown: ${text}`);
    return found;
  };
  const untilKnown = async (name: string, urls: readonly string[]): Promise<void> => {
    await eventually(`${name} is at ${urls.join(', ')}`, async () => {
      const known = (await view(name)).instances.filter(({ state }) => state !== 'leaving');
      return known.map(({ address }) => address).join() === urls.join();
    });
  };
  for (const [name, urls] of Object.entries(instances)) await untilKnown(name, urls);
  return {
    ...gateway,
    registry,
    view,
    untilKnown,
    async stop() {
      await gateway.stop();
      await registry.stop();
    },
  };
}
