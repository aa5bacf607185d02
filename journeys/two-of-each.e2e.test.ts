// journeys: the same code grows: two of each working service share the load and double nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killRepeatsMax, startFlood, untilAccepted, untilAllWell } from './harness/flood.ts';
import { splitOnPostgresSetUp, splitSetUp, tellPromise } from './harness/set-ups.ts';

const settings = { LOG_LEVEL: 'debug' };
const working = ['receiver', 'dbmanager', 'sender'] as const;

tellPromise('the same code grows', [splitSetUp, splitOnPostgresSetUp], { mail: 'sandbox', settings }, (estate) => {
  test('two receivers, two dbmanagers and two senders share the work and double nothing', async () => {
    const [second] = await Promise.all(working.map((service) => estate().addInstance(service)));
    if (!second) throw new Error('there is no second receiver');
    const flood = startFlood(estate(), { count: 300, receivers: [estate().client, second] });
    await untilAllWell(estate(), flood, { repeatsMax: 0 });
    for (const [service, word] of [
      ['receiver', 'invoice.accepted'],
      ['receiver', 'outcomes.read'],
      ['sender', 'mail.tried'],
    ] as const) {
      for (const name of [service, `${service} 2`]) {
        const lines = await estate().process(name).logged(word);
        assert.ok(lines.length > 0, `${name} says ${word} at least once`);
      }
    }
  });

  test('when the second ones leave in the middle, the first ones carry on', async () => {
    const flood = startFlood(estate(), { count: 300 });
    await untilAccepted(flood, 100);
    await Promise.all(working.map((service) => estate().process(`${service} 2`).stop()));
    await untilAllWell(estate(), flood, { repeatsMax: 0 });
  });

  test('when the first ones are killed, the second ones do all the work', async () => {
    const [receiver] = await Promise.all(working.map((service) => estate().addInstance(service)));
    if (!receiver) throw new Error('there is no second receiver');
    const flood = startFlood(estate(), { count: 300, receivers: [receiver] });
    await untilAccepted(flood, 100);
    await Promise.all(working.map((service) => estate().process(service).kill9()));
    await flood.done;
    await untilAllWell(estate(), flood, { repeatsMax: killRepeatsMax });
  });
});
