// journeys: an invoice whose customer or document is not right goes nowhere, and its customer hears why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dummyXml } from './harness/invoices.ts';
import { passTime, untilStatus, untilTold } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellOn } from './harness/set-ups.ts';

tellOn([defaultSetUp, realSetUp], { mail: 'any' }, (estate) => {
  test('an unknown customer makes an invoice INVALID: nothing is mailed, and the callback says so', async () => {
    const { client, sandbox, mailbox } = estate();
    const correlationId = await client.accept({ customerId: 987_654, callback: sandbox.callbackUrl('unknown') });
    await untilTold(estate(), correlationId, ['INTERNAL_INVOICE_INVALID']);
    await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_INVALID');
    await passTime(estate());
    assert.deepEqual(await mailbox.find(correlationId), []);
    assert.equal((await sandbox.callbacks({ correlationId })).length, 1);
  });

  test('a document that is no FatturaPA is INVALID, and the callback names what was found', async () => {
    const { client, sandbox, mailbox } = estate();
    const correlationId = await client.accept({ document: dummyXml, callback: sandbox.callbackUrl('no-invoice') });
    const [told] = await untilTold(estate(), correlationId, ['INTERNAL_INVOICE_INVALID']);
    assert.ok(Array.isArray(told?.body?.['findings']) && told.body['findings'].length > 0, JSON.stringify(told?.body));
    await passTime(estate());
    assert.deepEqual(await mailbox.find(correlationId), []);
  });

  test('an external invoice of an unknown customer is INVALID too', async () => {
    const { client, sandbox } = estate();
    const callback = sandbox.callbackUrl('unknown-external');
    const correlationId = await client.accept({ kind: 'external', customerId: 987_655, callback });
    await untilTold(estate(), correlationId, ['INTERNAL_INVOICE_INVALID']);
  });
});
