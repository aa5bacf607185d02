// journeys: what SdI says of an invoice reaches its status and its customer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectAccepted, goodOutcomes, untilStatus } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

const answers = ['INTERNAL_INVOICE_DELIVERED', 'INTERNAL_INVOICE_DISCARDED', 'INTERNAL_INVOICE_NOT_DELIVERED'] as const;

tellOn([defaultSetUp, realSetUp], { mail: 'any' }, (estate) => {
  for (const status of answers) {
    test(`SdI's ${status} becomes the invoice's status and is called back once`, async () => {
      const { client, sandbox } = estate();
      const correlationId = await client.accept({ callback: sandbox.callbackUrl('sdi') });
      const { invoiceNumber } = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
      expectAccepted(await client.notify({ customerId: 2, invoiceNumber, status }));
      await untilStatus(estate(), correlationId, status);
      const look = () => sandbox.callbacks({ invoiceNumber, answered: 200 });
      const told = await until(`the callback about ${status}`, look, (all) => all.length >= 3);
      assert.deepEqual(
        told.map(({ invoiceStatus }) => invoiceStatus),
        [...goodOutcomes, status],
      );
    });
  }

  test('a notification about an invoice that nobody knows is accepted, changes nothing and leaves no dead letter', async () => {
    const { client } = estate();
    const known = await client.accept({});
    const { invoiceNumber } = await untilStatus(estate(), known, 'INTERNAL_INVOICE_SENT');
    const before = await client.countInvoices();
    const status = 'INTERNAL_INVOICE_DELIVERED';
    expectAccepted(await client.notify({ customerId: 2, invoiceNumber: 8_000_000, status, correlationId: 'nobody' }));
    // The right number under another customer's id is unknown too.
    expectAccepted(await client.notify({ customerId: 3, invoiceNumber, status, correlationId: 'not-yours' }));
    // Both went the same way before this one, which has an effect to wait for.
    const other = await client.accept({ customerId: 2, callback: estate().sandbox.callbackUrl('after') });
    const { invoiceNumber: otherNumber } = await untilStatus(estate(), other, 'INTERNAL_INVOICE_SENT');
    expectAccepted(await client.notify({ customerId: 2, invoiceNumber: otherNumber, status }));
    await untilStatus(estate(), other, status);
    assert.equal((await client.invoice(invoiceNumber)).invoiceStatus, 'INTERNAL_INVOICE_SENT');
    assert.equal(await client.countInvoices(), before + 1);
    assert.deepEqual(await client.deadLetters({ state: 'open' }), []);
  });
});
