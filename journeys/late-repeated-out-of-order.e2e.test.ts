// journeys: one effect: what comes twice, late or out of order changes nothing more.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { invoiceXml } from './harness/invoices.ts';
import { goodOutcomes, passTime, untilMailed, untilStatus, untilTold } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

const delivered = 'INTERNAL_INVOICE_DELIVERED';

tellOn([defaultSetUp, realSetUp], { mail: 'sandbox' }, (estate) => {
  describe('one effect', () => {
    test('the same notification three times is one outcome and one callback', async () => {
      const { client, sandbox } = estate();
      const correlationId = await client.accept({ callback: sandbox.callbackUrl('thrice') });
      const { invoiceNumber } = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
      for (let times = 0; times < 3; times += 1)
        await client.notify({ customerId: 2, invoiceNumber, status: delivered });
      await untilStatus(estate(), correlationId, delivered);
      await passTime(estate());
      const told = await sandbox.callbacks({ invoiceNumber });
      assert.deepEqual(
        told.map(({ invoiceStatus }) => invoiceStatus),
        [...goodOutcomes, delivered],
      );
      const { history } = await client.invoice(invoiceNumber);
      assert.equal(history?.length, 3);
    });
  });

  describe('no transmission goes backwards', () => {
    test('NOT_DELIVERED and DISCARDED after DELIVERED change nothing', async () => {
      const { client } = estate();
      const correlationId = await client.accept({});
      const { invoiceNumber } = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
      await client.notify({ customerId: 2, invoiceNumber, status: delivered });
      await untilStatus(estate(), correlationId, delivered);
      await client.notify({ customerId: 2, invoiceNumber, status: 'INTERNAL_INVOICE_NOT_DELIVERED' });
      await client.notify({ customerId: 2, invoiceNumber, status: 'INTERNAL_INVOICE_DISCARDED' });
      await passTime(estate());
      const { invoiceStatus, history } = await client.invoice(invoiceNumber);
      assert.equal(invoiceStatus, delivered);
      assert.equal(history?.length, 3);
    });

    test('a SENT that comes after DELIVERED does not undo it', async () => {
      const { client, sandbox, mailbox } = estate();
      const correlationId = `late-${randomUUID()}`;
      // The mail server takes its time with this one, so that SdI's answer overtakes the sender's.
      await sandbox.misbehaveSmtp({ match: 'IT03123450672', delayMs: 1500, times: 1 });
      const document = invoiceXml({ transmitter: '03123450672' });
      await client.accept({ document, correlationId, callback: sandbox.callbackUrl('late') });
      const { invoiceNumber } = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_TOBE_SENT');
      await client.notify({ customerId: 2, invoiceNumber, status: delivered });
      await untilStatus(estate(), correlationId, delivered);
      assert.deepEqual(await mailbox.find(correlationId), []);
      await untilMailed(estate(), correlationId);
      await passTime(estate());
      assert.equal((await client.invoice(invoiceNumber)).invoiceStatus, delivered);
      const told = await sandbox.callbacks({ invoiceNumber });
      assert.deepEqual(
        told.map(({ invoiceStatus }) => invoiceStatus),
        ['INTERNAL_INVOICE_TOBE_SENT', delivered],
      );
    });
  });

  describe('one effect', () => {
    test('the same Idempotency-Key twice is one invoice, and the 202 does not differ', async () => {
      const { client, sandbox } = estate();
      const [first, second] = [`key-${randomUUID()}`, `key-${randomUUID()}`];
      const posting = { document: invoiceXml(), idempotencyKey: randomUUID(), callback: sandbox.callbackUrl('key') };
      const one = await client.post({ ...posting, correlationId: first });
      const other = await client.post({ ...posting, correlationId: second });
      assert.deepEqual([one.status, one.text], [202, other.text]);
      await untilStatus(estate(), first, 'INTERNAL_INVOICE_SENT');
      await passTime(estate());
      assert.deepEqual(await client.invoicesOf(second), []);
      assert.equal((await sandbox.callbacks({ path: '/key' })).length, 2);
    });

    test('the same customer, correlation id and document twice is one invoice', async () => {
      const { client, sandbox } = estate();
      const posting = {
        document: invoiceXml(),
        correlationId: `same-${randomUUID()}`,
        callback: sandbox.callbackUrl('same'),
      };
      await Promise.all([client.accept(posting), client.accept(posting), client.accept(posting)]);
      await untilTold(estate(), posting.correlationId, goodOutcomes);
      await passTime(estate());
      assert.equal((await client.invoicesOf(posting.correlationId)).length, 1);
      assert.equal((await sandbox.callbacks({ path: '/same' })).length, 2);
      await untilMailed(estate(), posting.correlationId);
    });

    test('a correlation id alone is no key: a batch may share one', async () => {
      const { client, mailbox } = estate();
      const correlationId = `batch-${randomUUID()}`;
      await Promise.all([1, 2, 3].map(() => client.accept({ correlationId })));
      const look = () => client.invoices({ correlationId, status: 'INTERNAL_INVOICE_SENT' });
      const { content } = await until('three invoices SENT', look, ({ totalElements }) => totalElements === 3);
      assert.equal(new Set(content.map(({ invoiceNumber }) => invoiceNumber)).size, 3);
      const mails = await mailbox.find(correlationId);
      assert.equal(new Set(mails.map(({ fileName }) => fileName)).size, 3);
    });
  });
});
