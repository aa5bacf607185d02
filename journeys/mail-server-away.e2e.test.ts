// journeys: the mail server away, or refusing: nothing is lost, and what SdI never saw is said to be so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invoiceXml } from './harness/invoices.ts';
import { goodOutcomes, untilMailed, untilStatus, untilTold } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellPromise } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

tellPromise('no component blocks another', [defaultSetUp, realSetUp], { mail: 'sandbox' }, (estate) => {
  test('invoices accepted while the mail server is away are all SENT once it is back, each mailed once', async () => {
    const { client, sandbox, mailbox } = estate();
    await sandbox.misbehaveSmtp({ down: true });
    const callback = sandbox.callbackUrl('away');
    const ids = await Promise.all(Array.from({ length: 25 }, () => client.accept({ callback })));
    const look = () => client.countInvoices({ status: 'INTERNAL_INVOICE_TOBE_SENT' });
    await until('25 invoices that wait to be sent', look, (count) => count === 25);
    const health = () => client.ask('sender', { path: '/actuator/health', direct: true });
    await until('the sender to show that mail is degraded', health, ({ text }) => text.includes('DEGRADED'));
    assert.equal((await client.ask('sender', { path: '/actuator/health/readiness', direct: true })).status, 200);
    assert.deepEqual(await client.deadLetters({ state: 'open' }), []);

    await sandbox.misbehaveSmtp({ down: false });
    const sent = () => client.countInvoices({ status: 'INTERNAL_INVOICE_SENT' });
    await until('25 invoices SENT', sent, (count) => count === 25);
    for (const correlationId of ids) {
      await untilMailed(estate(), correlationId);
      await untilTold(estate(), correlationId, goodOutcomes);
    }
    assert.equal(new Set(await mailbox.fileNames()).size, 25);
    assert.deepEqual(await client.deadLetters({ state: 'open' }), []);
  });

  test("a mail refused with 5xx is NOT_SENT at once, with the server's words, and its customer is told", async () => {
    const { client, sandbox, mailbox } = estate();
    await sandbox.misbehaveSmtp({ match: 'IT03123450672', code: 554, text: '5.7.1 not from here', times: 1 });
    const document = invoiceXml({ transmitter: '03123450672' });
    const correlationId = await client.accept({ document, callback: sandbox.callbackUrl('refused') });
    const invoice = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_NOT_SENT');
    assert.match(JSON.stringify(invoice), /5\.7\.1 not from here/);
    await untilTold(estate(), correlationId, ['INTERNAL_INVOICE_TOBE_SENT', 'INTERNAL_INVOICE_NOT_SENT']);
    assert.deepEqual(await mailbox.find(correlationId), []);
  });

  test('a mail refused with 4xx is tried again and SENT, mailed once, and holds nobody back', async () => {
    const { client, sandbox } = estate();
    await sandbox.misbehaveSmtp({ match: 'IT07654321095', code: 451, text: '4.7.1 later', times: 3 });
    const document = invoiceXml({ transmitter: '07654321095' });
    const greylisted = await client.accept({ document, callback: sandbox.callbackUrl('later') });
    const other = await client.accept({ callback: sandbox.callbackUrl('other') });
    await untilTold(estate(), other, goodOutcomes);
    await untilTold(estate(), greylisted, goodOutcomes);
    await untilMailed(estate(), greylisted);
  });

  test('a connection cut after DATA repeats the mail under the same name and Message-ID, or not at all', async () => {
    const { client, sandbox, mailbox } = estate();
    await sandbox.misbehaveSmtp({ match: 'IT02222222222', cut: true, keep: true, times: 1 });
    const document = invoiceXml({ transmitter: '02222222222' });
    const correlationId = await client.accept({ document, callback: sandbox.callbackUrl('cut') });
    await untilTold(estate(), correlationId, goodOutcomes);
    const mails = await mailbox.find(correlationId);
    assert.ok(mails.length === 1 || mails.length === 2, `${mails.length} mails`);
    assert.equal(new Set(mails.map(({ fileName, messageId }) => `${fileName} ${messageId}`)).size, 1);
  });
});
