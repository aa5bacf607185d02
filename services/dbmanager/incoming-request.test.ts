// dbmanager: what makes two requests the same, and what a document's bytes are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import { documentOf, incoming, readNow } from './events.fixture.ts';

async function keyOf(changes: Partial<IncomingInvoice>): Promise<string | undefined> {
  return (await readNow(incoming(changes))).key;
}

test('a correlation id that we made is no key; one that was given counts with the document', async () => {
  const given = { correlationId: 'b-1', correlationGiven: true };
  assert.equal(await keyOf({ correlationId: 'b-1' }), undefined);
  assert.equal(await keyOf(given), await keyOf(given));
  assert.notEqual(await keyOf(given), await keyOf({ ...given, invoice: documentOf(['2']) }));
});

test('an Idempotency-Key counts by itself, per customer and kind', async () => {
  const keyed = { idempotencyKey: 'k', correlationId: 'b-1', correlationGiven: true };
  assert.equal(await keyOf(keyed), await keyOf({ ...keyed, correlationId: 'b-2', invoice: documentOf(['2']) }));
  assert.notEqual(await keyOf(keyed), await keyOf({ ...keyed, customer: { customerId: 3 } }));
  assert.notEqual(await keyOf(keyed), await keyOf({ ...keyed, invoiceStatus: 'EXTERNAL_INVOICE' }));
});

test('an empty Idempotency-Key is none', async () => {
  assert.equal(await keyOf({ idempotencyKey: '' }), undefined);
});

test('the same document as text and as base64 is the same document', async () => {
  const given = { correlationId: 'b-1', correlationGiven: true };
  const text = documentOf(['à']);
  const file = { ...given, file: Buffer.from(text).toString('base64') };
  assert.equal(await keyOf({ ...given, invoice: text }), await keyOf(file));
  assert.equal((await readNow(incoming(file))).isText, true);
});

test('an invoice id in capitals is the same id', async () => {
  const event = incoming();
  const again = incoming({ invoiceId: event.message.invoiceId.toUpperCase() });
  assert.equal((await readNow(again)).invoiceId, event.message.invoiceId);
});
