// receiver: which ids an invoice goes by.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestIds } from './request-ids.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test("the caller's trace is carried on; without one, or with nonsense, an own one begins", () => {
  const tracestate = 'vendor=1';
  assert.deepEqual(requestIds({ traceparent, tracestate }, undefined, 'made').trace, { traceparent, tracestate });
  for (const headers of [{}, { traceparent: 'nonsense' }]) {
    const begun = requestIds(headers, undefined, 'made').trace;
    assert.match(begun.traceparent, /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/);
  }
});

test('the header wins over the body, which wins over what was made', () => {
  assert.equal(requestIds({ 'x-correlation-id': 'header' }, 'body', 'made').correlationId, 'header');
  assert.equal(requestIds({}, 'body', 'made').correlationId, 'body');
  const made = requestIds({}, undefined, 'made');
  assert.deepEqual([made.correlationId, made.correlationGiven], ['made', false]);
});
