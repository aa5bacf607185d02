// journeys: SIGTERM drains and exits 0, and a start afterwards carries on where it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFlood, untilAccepted, untilAllWell } from './harness/flood.ts';
import { defaultSetUp, realSetUp, splitSetUp, tellPromise } from './harness/set-ups.ts';

tellPromise('202 means kept', [defaultSetUp, realSetUp], { mail: 'sandbox' }, (estate) => {
  test('a hub that is stopped under load exits 0; started again, it ends what it began and repeats no mail', async () => {
    const flood = startFlood(estate(), { count: 200 });
    await untilAccepted(flood, 80);
    assert.equal(await estate().process('hub').stop(), 0);
    await estate().startAgain('hub');
    await untilAllWell(estate(), flood, { repeatsMax: 0 });
  });

  test('an idle hub stops at once, with exit code 0, and has its invoices afterwards', async () => {
    const before = await estate().client.countInvoices();
    assert.equal(await estate().process('hub').stop(), 0);
    await estate().startAgain('hub');
    assert.equal(await estate().client.countInvoices(), before);
  });
});

tellPromise('202 means kept', [splitSetUp], { mail: 'sandbox' }, (estate) => {
  test('each service that is stopped under load exits 0, and nothing is lost or repeated', async () => {
    const flood = startFlood(estate(), { count: 300 });
    await untilAccepted(flood, 60);
    for (const service of ['sender', 'dbmanager', 'receiver', 'gatewayserver', 'scheduler'] as const) {
      assert.equal(await estate().process(service).stop(), 0, service);
      await estate().startAgain(service);
    }
    await untilAllWell(estate(), flood, { repeatsMax: 0 });
  });
});
