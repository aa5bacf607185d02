// journeys: a customer with a key of its own sends and sees what is its own, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectAccepted, expectError, untilStatus } from './harness/outcomes.ts';
import { defaultSetUp, tellOn } from './harness/set-ups.ts';

const key = 'acme-key';
const settings = { STAFFETTA_API_KEYS: `acme:${key}:CUSTOMER:3` };

tellOn([defaultSetUp], { mail: 'sandbox', settings }, (estate) => {
  test('a customer sends invoices of its own; those in the name of another are 403 and not stored', async () => {
    const { client } = estate();
    const correlationId = 'own';
    expectAccepted(await client.post({ customerId: 3, correlationId, key }));
    await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
    for (const raw of [false, true]) {
      expectError(await client.post({ customerId: 2, correlationId: 'of-another', key, raw }), 403, 'FORBIDDEN');
    }
    assert.deepEqual(await client.invoicesOf('of-another'), []);
  });

  test("a customer sees its own invoices only; another's number is as unknown as none", async () => {
    const { client } = estate();
    const [own, other] = [await client.accept({ customerId: 3 }), await client.accept({ customerId: 2 })];
    const mine = await untilStatus(estate(), own, 'INTERNAL_INVOICE_SENT');
    const theirs = await untilStatus(estate(), other, 'INTERNAL_INVOICE_SENT');
    const list = await client.ask('dbmanager', { path: '/api/invoices?size=200', key });
    const { content } = list.json as { content: { customer: { customerId: number } }[] };
    assert.ok(content.length > 0 && content.every(({ customer }) => customer.customerId === 3), list.text);
    assert.equal((await client.ask('dbmanager', { path: `/api/invoices/${mine.invoiceNumber}`, key })).status, 200);
    const foreign = await client.ask('dbmanager', { path: `/api/invoices/${theirs.invoiceNumber}`, key });
    assert.ok(foreign.status === 404 || foreign.status === 403, foreign.text);
    const gone = await client.ask('dbmanager', {
      method: 'DELETE',
      path: `/api/invoices/${theirs.invoiceNumber}`,
      key,
    });
    assert.ok(gone.status === 404 || gone.status === 403, gone.text);
  });

  test('a customer may not speak for SdI, nor look at dead letters', async () => {
    const { client } = estate();
    const body = JSON.stringify({ customerId: 3, invoiceNumber: 1, status: 'INTERNAL_INVOICE_DELIVERED' });
    const headers = { 'content-type': 'application/json' };
    const asSdi = await client.ask('receiver', { method: 'POST', path: '/api/notificaSdI', key, headers, body });
    expectError(asSdi, 403, 'FORBIDDEN');
    expectError(await client.ask('scheduler', { path: '/api/dead-letters', key }), 403, 'FORBIDDEN');
  });

  test('everybody may see whether the hub is well, and ask for support', async () => {
    const { client } = estate();
    const health = await client.ask('gatewayserver', { path: '/actuator/health', key: null });
    assert.equal(health.status, 200, health.text);
    expectError(await client.ask('gatewayserver', { path: '/contactSupport', key: null }), 503, 'SERVICE_UNAVAILABLE');
  });
});
