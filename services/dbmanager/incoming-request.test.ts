// dbmanager: what makes two requests the same, and what a document's bytes are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import { documentOf, incoming } from './events.fixture.ts';
import { readIncoming } from './incoming-request.ts';

function keyOf(changes: Partial<IncomingInvoice>): string | undefined {
  return readIncoming(incoming(changes), 'document').key;
}

test('a correlation id that we made is no key; one that was given counts with the document', () => {
  const given = { correlationId: 'b-1', correlationGiven: true };
  assert.equal(keyOf({ correlationId: 'b-1' }), undefined);
  assert.equal(keyOf(given), keyOf(given));
  assert.notEqual(keyOf(given), keyOf({ ...given, invoice: documentOf(['2']) }));
});

test('an Idempotency-Key counts by itself, per customer and kind', () => {
  const keyed = { idempotencyKey: 'k', correlationId: 'b-1', correlationGiven: true };
  assert.equal(keyOf(keyed), keyOf({ ...keyed, correlationId: 'b-2', invoice: documentOf(['2']) }));
  assert.notEqual(keyOf(keyed), keyOf({ ...keyed, customer: { customerId: 3 } }));
  assert.notEqual(keyOf(keyed), keyOf({ ...keyed, invoiceStatus: 'EXTERNAL_INVOICE' }));
});

test('an empty Idempotency-Key is none', () => {
  assert.equal(keyOf({ idempotencyKey: '' }), undefined);
});

test('the same document as text and as base64 is the same document', () => {
  const given = { correlationId: 'b-1', correlationGiven: true };
  const text = documentOf(['à']);
  const file = { ...given, file: Buffer.from(text).toString('base64') };
  assert.equal(keyOf({ ...given, invoice: text }), keyOf(file));
  assert.equal(readIncoming(incoming(file), 'document').isText, true);
});

test('an invoice id in capitals is the same id', () => {
  const event = incoming();
  const again = incoming({ invoiceId: event.message.invoiceId.toUpperCase() });
  assert.equal(readIncoming(again, 'document').invoiceId, event.message.invoiceId);
});
