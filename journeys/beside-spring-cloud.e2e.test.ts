// journeys: our registry and settings in an estate of Spring Cloud, and our services at Spring's own servers; two lines of releases.
import { servers } from '@staffetta/tools/servers/available.ts';
import { freshDatabase } from '@staffetta/tools/servers/postgres.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { keys } from './harness/client.ts';
import { startOurService } from './harness/our-service.ts';
import { startRecordingProxy, type RecordedCall } from './harness/recording-proxy.ts';
import { ask, instanceAt } from './harness/registry-view.ts';
import { applications, nightly, secretWords, startSpringWorld, type SpringWorld } from './harness/spring-world.ts';
import { springLines, type SpringLine } from './harness/spring.ts';
import { until } from './harness/wait.ts';

const missing = servers.javac.missing || servers.git.missing || servers.postgres.missing;

/** What our client says to a registry between its start and its end, heartbeats left out. */
const lifeOfAService = [
  // Whether an earlier life of it left its OUT_OF_SERVICE behind.
  'GET {itself} 404',
  'POST /eureka/apps/SCHEDULER 204',
  'PUT {itself}/metadata?staffetta.draining=true 200',
  'PUT {itself}/status?value=OUT_OF_SERVICE 200',
  'DELETE {itself} 200',
];

describe('an estate of Spring Cloud', { skip: missing }, () => {
  let world: SpringWorld;
  before(async () => {
    world = await startSpringWorld();
  });
  after(() => world?.stop());

  const applicationOf = (line: SpringLine) => world.lines[line].application;
  const atRegistry = (registry: string, line: SpringLine) => {
    const { name } = applications[line];
    return instanceAt(registry, name, `${name}:${applicationOf(line).port}`);
  };
  const untilStatus = (registry: string, line: SpringLine, status: string | undefined) =>
    until(
      `${applications[line].name} to be ${status ?? 'gone'} at ${registry}`,
      () => atRegistry(registry, line),
      (instance) => instance?.status === status,
    );

  for (const line of springLines) {
    const { name, label, finds } = applications[line];
    const [other] = springLines.filter((one) => one !== line) as [SpringLine];

    describe(`an application of ${line}`, () => {
      test('registers with our registry and renews its lease', async () => {
        const first = await untilStatus(world.ourRegistry, line, 'UP');
        const before = first?.leaseInfo.lastRenewalTimestamp ?? assert.fail('it is not registered');
        await until(
          'a later heartbeat',
          () => atRegistry(world.ourRegistry, line),
          (instance) => (instance?.leaseInfo.lastRenewalTimestamp ?? 0) > before,
        );
      });

      test('is found by an application of the other line, and called by its name', async () => {
        const neighbour = applicationOf(other).url;
        const seen = () => ask(`${neighbour}/seen/${name}`);
        await until('the neighbour to see it', seen, ({ json }) => [json].flat().includes(applicationOf(line).url));
        assert.equal((await ask(`${neighbour}/ask/${name}?path=/greeting`)).text, 'ciao');
      });

      test('finds one of our services, and calls it by its name', async () => {
        const { url } = applicationOf(line);
        const seen = () => ask(`${url}/seen/configserver`);
        await until('it to see our service', seen, ({ json }) => [json].flat().includes(world.ourSettings));
        const health = await ask(`${url}/ask/configserver?path=/actuator/health`);
        assert.equal((health.json as { status: string }).status, 'UP');
      });

      test(`reads its settings from our server, found ${finds}: of its branch, in order, decrypted`, async () => {
        const setting = async (key: string) =>
          (await ask(`${applicationOf(line).url}/setting/${encodeURIComponent(key)}`)).text;
        assert.equal(await setting('from'), label);
        assert.equal(await setting('opening.hours[1]'), '15-19');
        assert.equal(await setting('secret'), secretWords);
      });

      test('takes up what was committed since, once it is told to refresh', async () => {
        const { url } = applicationOf(line);
        const greeting = `ciao da ${label}`;
        await world.repository.commit(label, { [`${name}.properties`]: `greeting=${greeting}\n` });
        const refreshed = await ask(`${url}/actuator/refresh`, { method: 'POST' });
        assert.ok((refreshed.json as string[]).includes('greeting'), refreshed.text);
        assert.equal((await ask(`${url}/greeting`)).text, greeting);
      });
    });

    describe(`an original registry of ${line}`, () => {
      test('and ours tell each other of instances and of the status that people set', async () => {
        const original = world.lines[line].registry.url;
        await untilStatus(original, line, 'UP');
        const status = `/eureka/apps/${name.toUpperCase()}/${name}:${applicationOf(line).port}/status`;
        await ask(`${world.ourRegistry}${status}?value=OUT_OF_SERVICE`, { method: 'PUT' });
        await untilStatus(original, line, 'OUT_OF_SERVICE');
        await ask(`${original}${status}?value=UP`, { method: 'DELETE' });
        await untilStatus(world.ourRegistry, line, 'UP');
      });

      test('and Spring’s settings carry our gateway to a Spring application', async (t) => {
        const gateway = await startOurService('gatewayserver', {
          CONFIG_URL: world.springSettings.url,
          EUREKA_URLS: `${world.lines[line].registry.url}/eureka`,
          GATEWAY_DISCOVERY_POLL: '1s',
        });
        t.after(() => gateway.stop());
        const call = () => ask(`${gateway.url}/${name}/setting/from`, { headers: { 'x-api-key': keys.platform } });
        const answer = await until('the gateway to find it', call, ({ status }) => status === 200);
        assert.equal(answer.text, label);
        assert.equal((await ask(`${gateway.url}/${name}/setting/from`)).status, 401);
      });

      test('takes our service: it registers, renews, drains and leaves, and ours hears of it', async (t) => {
        const original = world.lines[line].registry.url;
        let drained: string | undefined;
        const look = async ({ path }: RecordedCall): Promise<void> => {
          if (path.includes('/status?')) drained = (await at(original))?.status;
        };
        const proxy = await startRecordingProxy(original, look);
        t.after(() => proxy.stop());
        const database = await freshDatabase();
        t.after(() => database.drop());
        const settings = { DATABASE_URL: database.url, EUREKA_URLS: `${proxy.url}/eureka`, EUREKA_HEARTBEAT: '1s' };
        const scheduler = await startOurService('scheduler', settings);
        t.after(() => scheduler.stop());
        const at = (registry: string) => instanceAt(registry, 'scheduler', scheduler.instanceId);
        const itself = `/eureka/apps/SCHEDULER/${encodeURIComponent(scheduler.instanceId)}`;
        const isHeartbeat = ({ method, path }: RecordedCall) => method === 'PUT' && path.startsWith(`${itself}?`);
        const heartbeats = async () => proxy.calls.filter((call) => isHeartbeat(call)).map(({ status }) => status);
        await until('two heartbeats', heartbeats, (all) => all.length > 1);
        assert.equal((await at(original))?.status, 'UP');
        await until(
          'ours to know it',
          () => at(world.ourRegistry),
          (instance) => instance?.status === 'UP',
        );
        await scheduler.stop();
        assert.equal(drained, 'OUT_OF_SERVICE');
        assert.equal(await at(original), undefined);
        await until(
          'ours to know that it left',
          () => at(world.ourRegistry),
          (instance) => instance === undefined,
        );
        assert.deepEqual([...new Set(await heartbeats())], [200]);
        const others = proxy.calls.filter((call) => !isHeartbeat(call));
        const told = others.map(
          ({ method, path, status }) => `${method} ${path.replace(itself, '{itself}')} ${status}`,
        );
        assert.deepEqual(told, lifeOfAService);
      });
    });
  }

  describe('an original server of settings', () => {
    test('serves the same values as ours, from the same repository', async () => {
      for (const path of [
        'gestionale/prod',
        'gestionale/prod/main',
        'magazzino/prod/release(_)next',
        'other/default',
      ]) {
        const [ours, theirs] = await Promise.all(
          [world.ourSettings, world.springSettings.url].map((server) => ask(`${server}/${path}`)),
        );
        assert.deepEqual(valuesOf(ours?.json), valuesOf(theirs?.json), path);
      }
    });

    test('is asked by our service at its start, and again: what is committed since counts too', async (t) => {
      const database = await freshDatabase();
      t.after(() => database.drop());
      const settings = { DATABASE_URL: database.url, CONFIG_URL: world.springSettings.url };
      const scheduler = await startOurService('scheduler', { ...settings, STAFFETTA_CONFIG_POLL: '200ms' });
      t.after(() => scheduler.stop());
      const served = async (): Promise<readonly string[]> => {
        const { json } = await ask(`${scheduler.url}/actuator/env`);
        const { propertySources } = json as { propertySources: { name: string; properties: object }[] };
        const properties = propertySources.find(({ name }) => name === 'configserver')?.properties ?? {};
        return Object.entries(properties).map(([name, { value }]) => `${name} ${value}`);
      };
      assert.deepEqual((await served()).toSorted(), [`CLEANUP_CRON ${nightly}`, 'REPORT_PAGE_SIZE 77']);
      await world.repository.commit('main', { 'scheduler-default.yml': 'LOG_LEVEL: debug\n' });
      await until('the new setting to be in force', served, (all) => all.includes('LOG_LEVEL debug'));
    });
  });

  test('no Spring client missed a heartbeat or had to reconcile, though instances came and went', async () => {
    for (const line of springLines) {
      const application = applicationOf(line);
      assert.ok((await application.said(/Got delta update|delta processing/)).length > 0, 'it tells what it does');
      assert.deepEqual(
        await application.said(/Reconcile hashcodes do not match|unable to send heartbeat|Re-registering/),
        [],
      );
    }
  });

  test('an application that ends leaves our registry and the originals at once', async () => {
    for (const line of springLines) {
      await applicationOf(line).stop();
      await untilStatus(world.ourRegistry, line, undefined);
      for (const one of springLines) await untilStatus(world.lines[one].registry.url, line, undefined);
    }
  });
});

function valuesOf(json: unknown) {
  const { name, profiles, label, version, propertySources } = json as Record<string, unknown>;
  const values = (propertySources as { source: unknown }[]).map(({ source }) => source);
  return { name, profiles, label, version, values };
}
