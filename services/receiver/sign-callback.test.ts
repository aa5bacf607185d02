// receiver: signatures and headers of callbacks.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { callbackHeaders, readSecrets, signatureOf } from './sign-callback.ts';

const key = Buffer.from('0123456789abcdef01234567');
const whsec = `whsec_${key.toString('base64')}`;
const now = new Date('2026-11-22T10:00:00.900Z');
const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'vendor=1' };

function headersFor(url: string, apiKeys: [string, string][] = [], secrets: readonly Buffer[] = []) {
  const callback = { id: 'i:1', url: new URL(url), body: Buffer.from('{}'), correlationId: 'c-1', trace, attempt: 3 };
  const credentials = { secrets, apiKeys: new Map(apiKeys), apiKeyHeader: 'X-ARUBA-API-KEY', userAgent: 'Staffetta/1' };
  return callbackHeaders(callback, credentials, now);
}

test('a signature is the HMAC-SHA256 over id, timestamp and body, as Standard Webhooks 1.0 says', () => {
  const body = Buffer.from('{"è":1}');
  const mac = createHmac('sha256', key)
    .update(Buffer.concat([Buffer.from('i:1.1795687200.'), body]))
    .digest('base64');
  assert.equal(signatureOf(readSecrets(whsec), 'i:1', 1_795_687_200, body), `v1,${mac}`);
});

test('two secrets give two signatures, so that a secret can be changed with overlap', () => {
  const signatures = signatureOf(readSecrets(`${whsec}, plain-secret-of-24-letters`), 'i', 1, Buffer.from('x')).split(
    ' ',
  );
  assert.equal(signatures.length, 2);
  assert.ok(signatures.every((one) => /^v1,[A-Za-z0-9+/]{43}=$/.test(one)));
});

test('a secret that is too short stops the start without being shown', () => {
  assert.throws(
    () => readSecrets('whsec_c2hvcnQ='),
    (error: Error) => /entry 1/.test(error.message) && !/c2hv/.test(error.message),
  );
  assert.throws(() => readSecrets(`${whsec},short`), /entry 2/);
  assert.deepEqual(readSecrets(''), []);
});

test('every try carries the id, the time, its number and the correlation id', () => {
  const headers = headersFor('http://a.it/x');
  assert.equal(headers['webhook-id'], 'i:1');
  assert.equal(headers['webhook-timestamp'], String(Math.floor(now.getTime() / 1000)));
  assert.equal(headers['x-staffetta-attempt'], '3');
  assert.equal(headers['X-Correlation-ID'], 'c-1');
  assert.equal(headers['webhook-signature'], undefined);
  assert.equal(headers['X-ARUBA-API-KEY'], undefined);
});

test('the API key goes to its host only, by name or by name and port', () => {
  const keys: [string, string][] = [
    ['a.it', 'k1'],
    ['a.it:81', 'k2'],
  ];
  assert.equal(headersFor('http://a.it/x', keys)['X-ARUBA-API-KEY'], 'k1');
  assert.equal(headersFor('http://A.IT:81/x', keys)['X-ARUBA-API-KEY'], 'k2');
  assert.equal(headersFor('http://b.a.it/x', keys)['X-ARUBA-API-KEY'], undefined);
});

test('the trace goes along under the names that W3C gave it', () => {
  const { traceparent, tracestate } = headersFor('https://shop.example/');
  assert.deepEqual({ traceparent, tracestate }, trace);
});
