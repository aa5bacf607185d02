// journeys: 202 means kept: the whole hub is killed with hundreds of invoices in flight, and each comes to its end all the same.
import { test } from 'node:test';
import { killRepeatsMax, startFlood, untilAccepted, untilAllWell } from './harness/flood.ts';
import { defaultSetUp, realSetUp, tellPromise } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

tellPromise('202 means kept', [defaultSetUp, realSetUp], { mail: 'sandbox' }, (estate) => {
  test('kill -9 of the hub with 300 invoices in flight, twice, loses none and doubles none', async () => {
    const before = (await estate().sandbox.mails()).length;
    const flood = startFlood(estate(), { count: 300 });
    await untilAccepted(flood, 100);
    await estate().process('hub').kill9();
    await estate().startAgain('hub');

    const mails = async () => (await estate().sandbox.mails()).length - before;
    await until('100 mails to have gone out', mails, (count) => count >= 100, { timeoutMs: 60_000 });
    await estate().process('hub').kill9();
    await estate().startAgain('hub');
    await untilAllWell(estate(), flood, { repeatsMax: killRepeatsMax });
  });
});
