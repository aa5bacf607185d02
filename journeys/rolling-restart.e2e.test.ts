// journeys: every service of a hub is stopped and started again under load, those of a pair one after the other: no request is lost.
import { serviceNames } from '@staffetta/flow/services.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HubClient } from './harness/client.ts';
import type { Estate, ProcessName } from './harness/estate.ts';
import { untilAllWell } from './harness/flood.ts';
import { splitOnPostgresSetUp, splitSetUp, tellPromise } from './harness/set-ups.ts';
import { startSteadyLoad, untilAnswered, type SteadyLoad } from './harness/steady.ts';
import { until } from './harness/wait.ts';

/** What answers requests has a second instance; the rest works through the log, and waits there. */
const doubled = ['receiver', 'dbmanager', 'gatewayserver'] as const;

const alone = serviceNames.filter((name) => !(doubled as readonly string[]).includes(name));

/** Who is restarted at once: first all that has no second instance, then one of each pair, then the other. */
const rounds: readonly (readonly ProcessName[])[] = [alone, doubled, doubled.map((service) => `${service} 2`)];

const settings = { DATABASE_CONNECTIONS: '4', EUREKA_HEARTBEAT: '1s' };

interface ShownUpstream {
  readonly name: string;
  readonly instances: readonly { readonly state: string }[];
}

/** Waits until each gateway asks two instances of what has two: the second one may go only when the first is back. */
async function untilBothAreAsked(gateways: readonly HubClient[]): Promise<void> {
  for (const gateway of gateways) {
    const look = async () => {
      const { json } = await gateway.ask('gatewayserver', { path: '/gateway/api/upstreams' });
      const { upstreams } = json as { readonly upstreams: readonly ShownUpstream[] };
      return upstreams.filter(({ name }) => (doubled as readonly string[]).includes(name));
    };
    await until('both instances of receiver and dbmanager to be asked', look, (shown) =>
      shown.every(({ instances }) => instances.filter(({ state }) => state === 'in').length === 2),
    );
  }
}

async function restart(estate: Estate, name: ProcessName, load: SteadyLoad): Promise<void> {
  const one = estate.process(name);
  assert.equal(await one.stop(), 0, `${name} ends what it has in hand, and exits 0`);
  await untilAnswered(load, 20);
  await one.start();
  await one.untilReady();
}

tellPromise('202 means kept', [splitSetUp, splitOnPostgresSetUp], { mail: 'sandbox', settings }, (estate) => {
  test('a rolling restart of every service under load loses no request', async () => {
    const [, , second] = await Promise.all(doubled.map((service) => estate().addInstance(service)));
    const gateways = [estate().client, second!];
    await untilBothAreAsked(gateways);
    const load = startSteadyLoad(estate(), { atOnce: 6, gateways });
    for (const names of rounds) {
      await Promise.all(names.map((name) => restart(estate(), name, load)));
      assert.deepEqual(load.failures(), [], `while ${names.join(', ')} were restarted`);
      await untilBothAreAsked(gateways);
    }
    const flood = await load.end();
    assert.deepEqual(load.failures(), []);
    assert.ok(flood.ids.length > 100, `${flood.ids.length} invoices came in meanwhile`);
    await untilAllWell(estate(), flood, { repeatsMax: 0 });
  });
});
