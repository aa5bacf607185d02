// flow: messages become records and come back; what does not fit is poison that says where it lies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeEvent, encodeEvent, headerText, speakAs } from './events.ts';
import { HubError } from './errors.ts';

const meta = { eventId: 'e-1', correlationId: 'c-1' };
const message = {
  invoiceId: 'i-1',
  invoiceStatus: 'INTERNAL_INVOICE_NEW',
  invoice: '<x/>',
  customer: { customerId: 2 },
  correlationId: 'c-1',
} as const;

test('an event comes back as it was sent', () => {
  const event = speakAs('receiver')('incomingInvoice', 'i-1', message, { ...meta, causationId: 'cause' });
  const back = decodeEvent('incomingInvoice', event, 'here');
  assert.deepEqual(back.message, message);
  assert.equal(back.eventId, 'e-1');
  assert.equal(back.correlationId, 'c-1');
  assert.equal(back.causationId, 'cause');
  assert.equal(event.topic, 'incomingInvoice');
  assert.equal(event.headers['schemaVersion'], '1');
});

test('fields that nobody knows are no reason to refuse', () => {
  const value = Buffer.from(JSON.stringify({ ...message, fromTheFuture: true }));
  assert.ok(decodeEvent('incomingInvoice', encodeEvent('incomingInvoice', 'k', value, meta), 'here'));
});

test('what is no JSON is poison, with its place', () => {
  const event = encodeEvent('incomingInvoice', 'k', Buffer.from('{"half'), meta);
  assert.throws(
    () => decodeEvent('incomingInvoice', event, 'incomingInvoice-3@17'),
    (error) => error instanceof HubError && error.kind === 'poison' && error.message.includes('incomingInvoice-3@17'),
  );
});

test('what does not fit the schema is poison, with the field', () => {
  const value = Buffer.from(JSON.stringify({ ...message, customer: { customerId: 'two' } }));
  assert.throws(
    () => decodeEvent('incomingInvoice', encodeEvent('incomingInvoice', 'k', value, meta), 'here'),
    /\/customer\/customerId/,
  );
});

test('a foreign writer without our headers is understood too', () => {
  const record = { topic: 't', key: 'k', value: Buffer.from(JSON.stringify(message)), headers: {} };
  const back = decodeEvent('incomingInvoice', record, 't-0@5');
  assert.equal(back.eventId, 't-0@5');
  assert.equal(back.correlationId, 'c-1');
});

test('header names are found in any case and as bytes', () => {
  assert.equal(headerText({ 'X-CORRELATION-id': Buffer.from('c') }, 'X-Correlation-ID'), 'c');
  assert.equal(headerText({}, 'X-Correlation-ID'), undefined);
});

test('the trace goes along, and one that is not valid is left behind', () => {
  const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'vendor=1' };
  const event = speakAs('receiver')('incomingInvoice', 'i-1', message, { ...meta, trace });
  assert.deepEqual(decodeEvent('incomingInvoice', event, 'here').trace, trace);
  const bytes = { traceparent: Buffer.from(trace.traceparent), tracestate: Buffer.from(trace.tracestate) };
  assert.deepEqual(decodeEvent('incomingInvoice', { ...event, headers: bytes }, 'here').trace, trace);
  const foreign = { ...event, headers: { traceparent: '00-a-b-01\r\nX-Evil: 1', tracestate: 'vendor=1' } };
  assert.equal(decodeEvent('incomingInvoice', foreign, 'here').trace, undefined);
});
