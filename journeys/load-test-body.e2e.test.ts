// journeys: the contract's load tests: their dummy body runs through all three endpoints, direct and through the gateway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keys } from './harness/client.ts';
import { dummyXml } from './harness/invoices.ts';
import { expectAccepted, goodOutcomes, untilStatus, untilTold } from './harness/outcomes.ts';
import { defaultSetUp, realSetUp, tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

tellOn([defaultSetUp, realSetUp], { mail: 'any', settings: { VALIDATION: 'customer' } }, (estate) => {
  for (const direct of [true, false]) {
    const way = direct ? 'directly' : 'through the gateway';

    test(`the dummy invoice goes ${way} all the way to SENT`, async () => {
      const correlationId = await post('/api/salvaFatturaInterna', direct);
      await untilTold(estate(), correlationId, goodOutcomes);
    });

    test(`the dummy external invoice is stored ${way}`, async () => {
      const correlationId = await post('/api/salvaFatturaEsterna', direct);
      await untilTold(estate(), correlationId, ['EXTERNAL_INVOICE']);
    });

    test(`the dummy notification goes ${way}`, async () => {
      const sent = await post('/api/salvaFatturaInterna', direct);
      const { invoiceNumber } = await untilStatus(estate(), sent, 'INTERNAL_INVOICE_SENT');
      const body = JSON.stringify({ customerId: 2, invoiceNumber, status: 'INTERNAL_INVOICE_DELIVERED' });
      const headers = { 'content-type': 'application/json' };
      const ask = { method: 'POST', path: '/api/notificaSdI', headers, body, direct, key: keys.sdi } as const;
      expectAccepted(await estate().client.ask('receiver', ask));
      await untilStatus(estate(), sent, 'INTERNAL_INVOICE_DELIVERED');
    });
  }

  test('a thousand dummy invoices with the same document are a thousand invoices', async () => {
    const before = await estate().client.countInvoices();
    const callback = estate().sandbox.callbackUrl('load');
    const body = JSON.stringify({ invoice: dummyXml, customer: { customerId: 2, username: 'test_user_1' }, callback });
    const ask = {
      method: 'POST',
      path: '/api/salvaFatturaEsterna',
      headers: { 'content-type': 'application/json' },
      body,
    } as const;
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => estate().client.ask('receiver', { ...ask, direct: true })),
      );
      for (const answer of answers) assert.equal(answer.status, 202, answer.text);
    }
    await until(
      'a thousand more rows',
      () => estate().client.countInvoices(),
      (count) => count === before + 1000,
    );
    const told = () => estate().sandbox.callbacks({ path: '/load', answered: 200 });
    const all = await until('a thousand callbacks', told, (callbacks) => callbacks.length >= 1000);
    assert.equal(new Set(all.map(({ webhookId }) => webhookId)).size, 1000);
  });

  async function post(path: string, direct: boolean): Promise<string> {
    const callback = estate().sandbox.callbackUrl('dummy');
    const body = JSON.stringify({ invoice: dummyXml, customer: { customerId: 2, username: 'test_user_1' }, callback });
    const headers = { 'content-type': 'application/json' };
    const answer = await estate().client.ask('receiver', { method: 'POST', path, headers, body, direct });
    expectAccepted(answer);
    return String(answer.headers['x-correlation-id']);
  }
});
