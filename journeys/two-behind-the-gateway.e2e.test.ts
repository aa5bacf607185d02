// journeys: two receivers and two dbmanagers behind the gateway; one of each is killed under load, and nobody's request fails.
import type { ServiceName } from '@staffetta/flow/services.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Estate } from './harness/estate.ts';
import { untilAllWell } from './harness/flood.ts';
import { splitOnPostgresSetUp, splitSetUp, tellPromise } from './harness/set-ups.ts';
import { startSteadyLoad, triesAt, untilAnswered } from './harness/steady.ts';
import { until } from './harness/wait.ts';

const doubled = ['receiver', 'dbmanager'] as const;
const atOnce = 8;
const settings = { DATABASE_CONNECTIONS: '4' };

async function goodTries({ client }: Estate, service: ServiceName): Promise<Map<string, number>> {
  const tries = await triesAt(client, service);
  return new Map([...tries].map(([address, { good = 0 }]) => [address, good]));
}

async function untilBothShare(estate: Estate, service: ServiceName): Promise<void> {
  const look = () => goodTries(estate, service);
  await until(
    `both instances of ${service} to be asked`,
    look,
    (good) => [...good.values()].filter((n) => n > 10).length === 2,
  );
}

tellPromise('the same code grows', [splitSetUp, splitOnPostgresSetUp], { mail: 'sandbox', settings }, (estate) => {
  test('kill -9 of one of two receivers and one of two dbmanagers under load fails no request, and doubles nothing', async () => {
    await Promise.all(doubled.map((service) => estate().addInstance(service)));
    const load = startSteadyLoad(estate(), { atOnce });
    for (const service of doubled) await untilBothShare(estate(), service);

    await Promise.all(doubled.map((service) => estate().process(service).kill9()));
    const dead = new Map(doubled.map((service) => [service, estate().client.addressOf(service)]));
    const before = new Map<string, number>();
    for (const [service, address] of dead) before.set(service, (await goodTries(estate(), service)).get(address) ?? 0);
    await untilAnswered(load, 300);

    for (const [service, address] of dead) {
      const tries = await triesAt(estate().client, service);
      const { good = 0, failed = 0, refused = 0 } = tries.get(address) ?? {};
      assert.equal(good, before.get(service), `nothing is answered by the dead ${service}`);
      assert.ok(failed <= atOnce, `${failed} requests were in its hands when it died`);
      // Those on their way when it died, and a trial now and then.
      assert.ok(refused <= 3 * atOnce, `${refused} of 300 requests met the dead ${service}`);
      const [[, other] = ['', {}]] = [...tries].filter(([at]) => at !== address);
      assert.ok((other['good'] ?? 0) > 100, `the other ${service} does the work`);
    }
    const flood = await load.end();
    assert.deepEqual(load.failures(), []);
    await Promise.all(doubled.map((service) => estate().startAgain(service)));
    await untilAllWell(estate(), flood, { repeatsMax: 0 });
  });

  test('who is back is asked again', async () => {
    const load = startSteadyLoad(estate(), { atOnce });
    for (const service of doubled) {
      const address = estate().client.addressOf(service);
      const before = (await goodTries(estate(), service)).get(address) ?? 0;
      const look = () => goodTries(estate(), service);
      await until(`${service} to be asked again`, look, (good) => (good.get(address) ?? 0) > before + 5);
    }
    const flood = await load.end();
    assert.deepEqual(load.failures(), []);
    await untilAllWell(estate(), flood, { repeatsMax: 0 });
  });
});
