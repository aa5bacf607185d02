// journeys: a supplier's invoice for one of our customers is stored and told, and never goes to SdI.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoiceXml } from './harness/invoices.ts';
import { passTime, untilStatus, untilTold } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellOn } from './harness/set-ups.ts';

tellOn([defaultSetUp, realSetUp], { mail: 'any' }, (estate) => {
  test('an external invoice is stored as it came, told once and mailed to nobody', async () => {
    const { client, sandbox, mailbox } = estate();
    const document = invoiceXml();
    const callback = sandbox.callbackUrl('external');
    const correlationId = await client.accept({ kind: 'external', document, customerId: 3, callback });
    await untilTold(estate(), correlationId, ['EXTERNAL_INVOICE']);
    const invoice = await untilStatus(estate(), correlationId, 'EXTERNAL_INVOICE');
    assert.equal(invoice.invoice, document);
    assert.equal(invoice.customer.customerId, 3);
    await passTime(estate());
    assert.deepEqual(await mailbox.find(correlationId), []);
    assert.equal((await sandbox.callbacks({ correlationId })).length, 1);
  });
});
