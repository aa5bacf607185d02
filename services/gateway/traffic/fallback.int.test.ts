// gateway: tests of services that are down, slow, broken or refusing: always a readable answer, never a hang.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import {
  arubaKey,
  echo,
  refusedUrl,
  startGateway,
  startRawService,
  startService,
  type TestAnswer,
  type TestGateway,
  type TestService,
} from '../gateway-test-kit.ts';

const post = '/receiver/api/salvaFatturaInterna';

async function behind(
  t: TestContext,
  service: TestService | string,
  changes: Parameters<typeof startGateway>[1] = {},
): Promise<TestGateway> {
  const gateway = await startGateway(typeof service === 'string' ? service : service.url, changes);
  t.after(async () => {
    await gateway.stop();
    if (typeof service !== 'string') await service.stop();
  });
  return gateway;
}

function assertFallback(answer: TestAnswer, path: string, words: RegExp): void {
  assert.equal(answer.status, 503);
  const error = JSON.parse(answer.text) as Record<string, string>;
  assert.deepEqual(Object.keys(error), ['apiPath', 'errorCode', 'errorMessage', 'errorTime']);
  assert.equal(error['apiPath'], path);
  assert.equal(error['errorCode'], 'SERVICE_UNAVAILABLE');
  assert.match(error['errorMessage'] ?? '', words);
  assert.ok(Number(answer.headers['retry-after']) >= 1);
  assert.ok(answer.headers['x-correlation-id']);
}

describe('/contactSupport', () => {
  test('answers 503 with a readable message to everybody, whatever is sent', async (t) => {
    const gateway = await behind(t, await refusedUrl(), { supportContact: 'help@example.org' });
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const body = method === 'GET' ? undefined : '<xml/>';
      const answer = await gateway.ask(method, '/contactSupport', { 'content-type': 'application/xml' }, body);
      assertFallback(answer, '/contactSupport', /help@example\.org/);
    }
  });
});

describe('a service that', () => {
  test('refuses connections', async (t) => {
    const gateway = await behind(t, await refusedUrl());
    assertFallback(await gateway.ask('POST', post, arubaKey, '{}'), post, /"receiver" cannot be reached.*not handed/);
  });

  test('takes the request and never answers', async (t) => {
    const gateway = await behind(t, await startRawService(() => {}), { connectTimeoutMs: 50, responseTimeoutMs: 100 });
    assertFallback(await gateway.ask('POST', post, arubaKey, '{}'), post, /"receiver" did not answer in time/);
  });

  test('takes a large request and never answers', async (t) => {
    const service = await startService((incoming) => void incoming.resume());
    const gateway = await behind(t, service, { connectTimeoutMs: 50, responseTimeoutMs: 100 });
    const answer = await gateway.ask('POST', post, arubaKey, Buffer.alloc(300_000));
    assertFallback(answer, post, /did not answer in time/);
  });

  test('has no connection left', async (t) => {
    const changes = { connectTimeoutMs: 50, responseTimeoutMs: 100, connectionsMax: 1, breakerWindow: 100 };
    const gateway = await behind(t, await startRawService(() => {}), changes);
    const answers = await Promise.all(Array.from({ length: 5 }, () => gateway.ask('POST', post, arubaKey, '{}')));
    for (const answer of answers) assertFallback(answer, post, /did not answer in time/);
  });

  test('resets the connection before it answers', async (t) => {
    const gateway = await behind(t, await startRawService((socket) => socket.resetAndDestroy()));
    assertFallback(await gateway.ask('POST', post, arubaKey, '{}'), post, /connection to the service "receiver" broke/);
  });

  test('answers what is no HTTP', async (t) => {
    const gateway = await behind(t, await startRawService((socket) => void socket.end('SSH-2.0-hello\r\n')));
    assertFallback(await gateway.ask('POST', post, arubaKey, '{}'), post, /broke/);
  });

  test('breaks off in the middle of its answer does not look as if it were whole', async (t) => {
    const service = await startRawService((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
      setTimeout(() => socket.resetAndDestroy(), 50);
    });
    const gateway = await behind(t, service);
    await assert.rejects(gateway.ask('POST', post, arubaKey, '{}'));
  });

  test('refuses with its own words is let speak', async (t) => {
    const service = await startService((incoming, response) => {
      incoming.resume();
      response.writeHead(409, { 'content-type': 'application/json', 'x-own': 'yes', connection: 'close' });
      response.end('{"errorCode":"CONFLICT"}');
    });
    const gateway = await behind(t, service);
    const answer = await gateway.ask('DELETE', '/dbmanager/api/invoices/1', arubaKey);
    assert.equal(answer.status, 409);
    assert.equal(answer.text, '{"errorCode":"CONFLICT"}');
    assert.equal(answer.headers['x-own'], 'yes');
  });

  test('redirects within itself is found again', async (t) => {
    const service = await startService((_incoming, response) => void response.writeHead(302, { location: '/a' }).end());
    const gateway = await behind(t, service);
    const answer = await gateway.ask('GET', '/sender/x', arubaKey);
    assert.equal(answer.headers['location'], '/sender/a');
  });

  test('answers 413 after reading 10 MB away is heard', async (t) => {
    const service = await startService((incoming, response) => {
      incoming.resume().once('end', () => response.writeHead(413).end('too large'));
    });
    const gateway = await behind(t, service);
    const answer = await gateway.ask('POST', post, arubaKey, Buffer.alloc(10 * 1024 * 1024));
    assert.deepEqual([answer.status, answer.text], [413, 'too large']);
  });

  test('answers 413 while the body is still coming is heard', async (t) => {
    const service = await startService((incoming, response) => {
      response.writeHead(413).end('too large');
      incoming.resume();
    });
    const gateway = await behind(t, service);
    const upload = httpRequest(gateway.url + post, { method: 'POST', headers: arubaKey });
    upload.write(Buffer.alloc(200_000));
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 413);
    // The rest of the upload is read away: the client sees no reset.
    for (let part = 0; part < 50; part += 1) upload.write(Buffer.alloc(100_000));
    upload.end();
    await answer.resume().toArray();
    upload.destroy();
    assert.equal((await gateway.ask('GET', '/actuator/health/liveness')).status, 200);
  });

  test('is asked by a client that goes away counts as neither good nor failed', async (t) => {
    const service = await startService(() => {});
    const gateway = await behind(t, service, { breakerWindow: 1 });
    const client = connect(gateway.port, '127.0.0.1');
    client.write('GET /sender/x HTTP/1.1\r\nhost: x\r\nx-api-key: aruba-secret-token\r\n\r\n');
    while (service.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const left = once(service.seen[0]!.socket, 'close');
    client.destroy();
    await left;
    const { text } = await gateway.ask('GET', '/actuator/prometheus', arubaKey);
    assert.match(text, /gateway_breaker_state\{upstream="sender",[^}]*\} 0/);
    assert.match(text, /gateway_upstream_seconds_count\{[^}]*outcome="unknown"[^}]*\} 1/);
  });
});

describe('the circuit breaker', () => {
  test('spares a failing service, tries it again, and lets everything through once it is back', async (t) => {
    let broken = true;
    const service = await startService((incoming, response) => {
      if (broken) incoming.socket.destroy();
      else void echo(incoming, response);
    });
    const gateway = await behind(t, service);
    const call = () => gateway.ask('GET', '/sender/x', arubaKey);
    for (let count = 0; count < 10; count += 1) assertFallback(await call(), '/sender/x', /broke/);
    const spared = await call();
    assertFallback(spared, '/sender/x', /recovering from failures/);
    assert.ok(Number(spared.headers['retry-after']) >= 8);
    assert.equal(service.seen.length, 10);
    assert.equal((await gateway.ask('GET', '/dbmanager/x', arubaKey)).status, 503, 'another route is still tried');
    assert.equal(service.seen.length, 11);

    gateway.clock.turn(10_000);
    assertFallback(await call(), '/sender/x', /broke/);
    assertFallback(await call(), '/sender/x', /broke/);
    assertFallback(await call(), '/sender/x', /recovering/);

    broken = false;
    gateway.clock.turn(10_000);
    for (let count = 0; count < 5; count += 1) assert.equal((await call()).status, 200);
  });
});

describe('readiness', () => {
  test('is that of the services behind the gateway', async (t) => {
    let ready = false;
    const service = await startService((_incoming, response) => void response.writeHead(ready ? 200 : 503).end());
    const gateway = await behind(t, service, { waitForServices: true });
    assert.equal((await gateway.ask('GET', '/actuator/health/readiness')).status, 503);
    assert.equal((await gateway.ask('GET', '/actuator/health/liveness')).status, 200);
    ready = true;
    assert.equal((await gateway.ask('GET', '/actuator/health/readiness')).status, 200);
  });
});
