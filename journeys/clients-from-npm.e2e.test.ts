// journeys: the clients that Node services of a Spring estate use: they register with our registry and read our settings.
import { npmPackages } from '@staffetta/tools/servers/npm-packages.ts';
import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startOurService, type OurService } from './harness/our-service.ts';
import { ask, instanceAt } from './harness/registry-view.ts';
import { until } from './harness/wait.ts';

/** What we use of `eureka-js-client`. */
interface EurekaClient extends EventEmitter {
  start(done: (error?: Error) => void): void;
  stop(done: (error?: Error) => void): void;
  getInstancesByAppId(app: string): readonly { readonly ipAddr: string }[];
}
type EurekaModule = { readonly Eureka: new (options: object) => EurekaClient };

/** What we use of `cloud-config-client`. */
type ConfigModule = {
  load(options: object): Promise<{ get(key: string): unknown; toObject(): Record<string, unknown> }>;
};

const packages = await npmPackages('clients', ['eureka-js-client@4.5.0', 'cloud-config-client@1.6.2']);
const secretWords = 'la parola segreta';
const password = 'p@ss/word';

describe('clients from npm', { skip: packages.missing }, () => {
  let folder: string;
  let registry: OurService;
  let settings: OurService;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'staffetta-settings-'));
    [registry, settings] = await Promise.all([
      startOurService('eurekaserver', {}),
      startOurService('configserver', {
        CONFIG_BACKEND: folder,
        ENCRYPT_KEY: 'only-for-tests',
        CONFIG_LOGIN: `ada:${password}`,
      }),
    ]);
  });
  after(async () => {
    await Promise.all([registry?.stop(), settings?.stop()]);
    await rm(folder, { recursive: true });
  });

  // The first is what it does unless told otherwise; the second reads changes only.
  for (const [app, how] of [
    ['FIRST', {}],
    ['SECOND', { shouldUseDelta: true, servicePath: '/eureka/apps/' }],
  ] as const) {
    test(`eureka-js-client registers, renews, sees who is there and leaves: ${JSON.stringify(how)}`, async (t) => {
      const client = eurekaClient(registry, how);
      t.after(() => new Promise<void>((done) => client.stop(() => done())));
      const heard: string[] = [];
      for (const event of ['registered', 'heartbeat', 'registryUpdated']) client.on(event, () => heard.push(event));
      await new Promise<void>((done, fail) => client.start((error) => (error ? fail(error) : done())));
      assert.equal((await instanceAt(registry.url, 'magazzino', 'magazzino:1'))?.status, 'UP');
      const newcomer = { app, hostName: 'h', ipAddr: '10.0.0.9', instanceId: 'n', status: 'UP' };
      const body = JSON.stringify({ instance: { ...newcomer, dataCenterInfo: { name: 'MyOwn' } } });
      const headers = { 'content-type': 'application/json' };
      await ask(`${registry.url}/eureka/apps/${app}`, { method: 'POST', body, headers });
      const seen = async () => client.getInstancesByAppId(app).map(({ ipAddr }) => ipAddr);
      await until('it to see who came', seen, (all) => all.includes('10.0.0.9'));
      await until(
        'two heartbeats',
        async () => heard,
        (all) => all.filter((event) => event === 'heartbeat').length > 1,
      );
      // Not registered again: no heartbeat failed.
      assert.equal(heard.filter((event) => event === 'registered').length, 1);
      await new Promise<void>((done) => client.stop(() => done()));
      assert.equal(await instanceAt(registry.url, 'magazzino', 'magazzino:1'), undefined);
    });
  }

  test('cloud-config-client reads what is for its service and profile, decrypted, signed in', async () => {
    const headers = { authorization: `Basic ${Buffer.from(`ada:${password}`).toString('base64')}` };
    const cipher = await ask(`${settings.url}/encrypt`, { method: 'POST', body: secretWords, headers });
    await writeFile(join(folder, 'application.yml'), `greeting: ciao\nsecret: '{cipher}${cipher.text}'\n`);
    await writeFile(join(folder, 'magazzino-prod.yml'), 'greeting: buongiorno\nlist: [uno, due]\n');
    const client = packages.load('cloud-config-client') as ConfigModule;
    const auth = { user: 'ada', pass: password };
    const config = await client.load({ endpoint: settings.url, name: 'magazzino', profiles: ['prod'], auth });
    assert.deepEqual(config.toObject(), { greeting: 'buongiorno', list: ['uno', 'due'], secret: secretWords });
    await assert.rejects(client.load({ endpoint: settings.url, name: 'magazzino', profiles: ['prod'] }), /401/);
  });
});

function eurekaClient(
  registry: OurService,
  { servicePath, ...how }: { servicePath?: string; shouldUseDelta?: boolean },
) {
  const { Eureka } = packages.load('eureka-js-client') as EurekaModule;
  const { hostname: host, port } = new URL(registry.url);
  const nobody = (): void => undefined;
  return new Eureka({
    ...how,
    instance: {
      app: 'magazzino',
      instanceId: 'magazzino:1',
      hostName: '127.0.0.1',
      ipAddr: '127.0.0.1',
      vipAddress: 'magazzino',
      port: { $: 1, '@enabled': true },
      dataCenterInfo: { '@class': 'com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo', name: 'MyOwn' },
    },
    eureka: {
      host,
      port: Number(port),
      heartbeatInterval: 100,
      registryFetchInterval: 100,
      ...(servicePath !== undefined && { servicePath }),
    },
    logger: { debug: nobody, info: nobody, warn: nobody, error: nobody },
  });
}
