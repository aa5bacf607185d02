// journeys: every connection to the database cut under load, again and again: nothing is lost and nothing doubled.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutConnections } from './harness/database.ts';
import { killRepeatsMax, startFlood, untilAccepted, untilAllWell } from './harness/flood.ts';
import { defaultSetUp, realSetUp, tellPromise } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

tellPromise('202 means kept', [defaultSetUp, realSetUp], { mail: 'sandbox' }, (estate) => {
  test('pg_terminate_backend of all backends, four times under 300 invoices, loses none and doubles none', async () => {
    const url = await estate().databaseUrl();
    const flood = startFlood(estate(), { count: 300 });
    for (const accepted of [30, 90, 180, 270]) {
      await untilAccepted(flood, accepted);
      await until(
        'connections to cut',
        () => cutConnections(url),
        (cut) => cut > 0,
      );
    }
    await untilAllWell(estate(), flood, { repeatsMax: killRepeatsMax });
    assert.equal(estate().process('hub').runs, true);
  });
});

tellPromise('202 means kept', [defaultSetUp], { mail: 'sandbox' }, (estate) => {
  test("kill -9 of the hub's own Postgres under 300 invoices: the hub starts it again and loses none", async () => {
    const flood = startFlood(estate(), { count: 300 });
    await untilAccepted(flood, 80);
    await estate().killPostgres();
    await untilAllWell(estate(), flood, { repeatsMax: killRepeatsMax });
    assert.equal(estate().process('hub').runs, true);
  });

  test('a power cut, hub and Postgres at once, loses none', async () => {
    const flood = startFlood(estate(), { count: 300 });
    await untilAccepted(flood, 80);
    await Promise.all([estate().process('hub').kill9(), estate().killPostgres()]);
    await estate().startAgain('hub');
    await untilAllWell(estate(), flood, { repeatsMax: killRepeatsMax });
  });
});
