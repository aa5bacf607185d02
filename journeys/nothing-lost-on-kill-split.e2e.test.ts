// journeys: each service in a process of its own, and each killed in turn under load: nothing is lost, nothing doubled.
import { serviceNames } from '@staffetta/flow/services.ts';
import { test } from 'node:test';
import { killRepeatsMax, startFlood, untilAccepted, untilAllWell } from './harness/flood.ts';
import { splitOnPostgresSetUp, splitSetUp, tellPromise } from './harness/set-ups.ts';

tellPromise('202 means kept', [splitSetUp, splitOnPostgresSetUp], { mail: 'sandbox' }, (estate) => {
  for (const service of serviceNames) {
    test(`kill -9 of ${service} with 300 invoices in flight loses none and doubles none`, async () => {
      const flood = startFlood(estate(), { count: 300 });
      await untilAccepted(flood, 80);
      await estate().process(service).kill9();
      await estate().startAgain(service);
      await untilAllWell(estate(), flood, { repeatsMax: service === 'sender' ? killRepeatsMax : 0 });
    });
  }
});
