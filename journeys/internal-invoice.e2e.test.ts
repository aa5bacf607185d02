// journeys: the main road: an invoice of ours goes to SdI, and its customer hears of each step.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { invoiceXml } from './harness/invoices.ts';
import { expectAccepted, goodOutcomes, passTime, untilMailed, untilStatus, untilTold } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, splitSetUp, tellOn } from './harness/set-ups.ts';

tellOn([defaultSetUp, realSetUp, splitSetUp], { mail: 'any' }, (estate) => {
  test('an accepted invoice is stored, numbered, mailed byte for byte and ends as SENT', async () => {
    const document = invoiceXml();
    const correlationId = `road-${randomUUID()}`;
    const answer = await estate().client.post({ document, correlationId });
    expectAccepted(answer);
    assert.equal(answer.headers['x-correlation-id'], correlationId);

    const invoice = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
    assert.ok(invoice.invoiceNumber >= 1);
    assert.equal(invoice.invoice, document);
    assert.equal(invoice.customer.username, 'test_user_1');
    const mail = await untilMailed(estate(), correlationId);
    assert.match(mail.fileName, /^IT01234567897_[A-Za-z0-9]{1,5}\.xml$/);
    assert.equal(mail.content.toString(), document);
    const [transmission] = invoice.transmissions ?? [];
    assert.equal(transmission?.fileName, mail.fileName);
    assert.ok(mail.messageId.includes(mail.fileName), mail.messageId);
  });

  describe('one effect', () => {
    test('each outcome is called back once, in order, with the correlation id and without a password', async () => {
      const { client, sandbox } = estate();
      const correlationId = await client.accept({ callback: sandbox.callbackUrl('road') });
      const told = await untilTold(estate(), correlationId, goodOutcomes);
      await passTime(estate());
      const all = await sandbox.callbacks({ correlationId });
      assert.deepEqual(
        all.map(({ invoiceStatus }) => invoiceStatus),
        goodOutcomes,
      );
      const [invoice] = await client.invoicesOf(correlationId);
      for (const { invoiceId, invoiceNumber, sequence, webhookId, headers, body, path } of told) {
        assert.equal(path, '/road');
        assert.equal(invoiceNumber, invoice?.invoiceNumber);
        assert.equal(webhookId, `${invoiceId}:${sequence}`);
        assert.equal(headers['x-correlation-id'], correlationId);
        assert.equal(body?.['correlationId'], correlationId);
        assert.doesNotMatch(JSON.stringify(body), /password/i);
      }
    });

    test('the history shows each step once', async () => {
      const correlationId = await estate().client.accept({});
      const invoice = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
      assert.deepEqual(
        invoice.history?.map(({ sequence, status }) => [sequence, status]),
        goodOutcomes.map((status, index) => [index + 1, status]),
      );
    });
  });

  test('raw bytes arrive at SdI as they came, whatever their encoding', async () => {
    const text = invoiceXml().replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').replaceAll('\n', '\r\n');
    const document = Buffer.from(text, 'latin1');
    const correlationId = await estate().client.accept({ document, raw: true });
    await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
    assert.deepEqual((await untilMailed(estate(), correlationId)).content, document);
  });

  test('a document of almost 5 MiB passes', async () => {
    const document = invoiceXml({ padding: 5_200_000 });
    const callback = estate().sandbox.callbackUrl('large');
    const correlationId = await estate().client.accept({ document, callback });
    await untilTold(estate(), correlationId, goodOutcomes);
    const { content } = await untilMailed(estate(), correlationId);
    assert.ok(content.equals(Buffer.from(document)), 'the bytes differ');
  });

  test('without a correlation id one is made, echoed and carried', async () => {
    const answer = await estate().client.post({});
    expectAccepted(answer);
    const made = String(answer.headers['x-correlation-id']);
    assert.match(made, /^[0-9a-f-]{36}$/);
    await untilStatus(estate(), made, 'INTERNAL_INVOICE_SENT');
    await untilMailed(estate(), made);
  });
});
