// gateway: tests of its bounds: bulkheads with their queue, bodies that are too long, and load that is turned away early.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { arubaKey, echo, startGateway, startService, type TestAnswer, type TestGateway } from '../gateway-test-kit.ts';
import { eventually } from './traffic-test-kit.ts';

type Changes = Parameters<typeof startGateway>[1];

/** A gateway before a service that answers when the test says so. */
async function held(t: TestContext, changes: Changes) {
  const waiting: ServerResponse[] = [];
  const service = await startService((incoming, response) => {
    incoming.resume();
    waiting.push(response);
  });
  const gateway = await startGateway(service.url, changes);
  t.after(async () => {
    await service.stop();
    await gateway.stop();
  });
  const release = (): void => {
    for (const response of waiting.splice(0)) response.end('done');
  };
  return { gateway, service, release };
}

function assertBusy({ status, text, headers }: TestAnswer, words: RegExp): void {
  assert.equal(status, 503);
  assert.match((JSON.parse(text) as { errorMessage: string }).errorMessage, words);
  assert.equal((JSON.parse(text) as { errorCode: string }).errorCode, 'SERVICE_UNAVAILABLE');
  assert.ok(Number(headers['retry-after']) >= 1);
}

const get = (gateway: TestGateway, path = '/sender/x') => gateway.ask('GET', path, arubaKey);

describe('a bulkhead', () => {
  test('lets so many through, a few wait for their turn, the rest is told at once; other services are not held up', async (t) => {
    const { gateway, service, release } = await held(t, { inFlightMax: 2, queueMax: 1, queueWaitMs: 60_000 });
    const inHand = [get(gateway), get(gateway)];
    await eventually('two are in hand', () => service.seen.length === 2);
    const queued = get(gateway);
    await eventually('one waits', async () => {
      const { text } = await gateway.ask('GET', '/actuator/prometheus', arubaKey);
      return /gateway_waiting\{upstream="sender"[^}]*\} 1/.test(text);
    });
    assertBusy(await get(gateway), /as much in hand as it may, and this request was not handed/);
    const other = get(gateway, '/scheduler/x');
    await eventually('another service is asked', () => service.seen.length === 3);
    release();
    for (const answer of await Promise.all([...inHand, other])) assert.equal(answer.status, 200);
    await eventually('the waiting one had its turn', () => service.seen.length === 4);
    release();
    assert.equal((await queued).status, 200);
  });

  test('whoever waits too long is told', async (t) => {
    const { gateway, service, release } = await held(t, { inFlightMax: 1, queueMax: 5, queueWaitMs: 20 });
    const first = get(gateway);
    await eventually('one is in hand', () => service.seen.length === 1);
    assertBusy(await get(gateway), /as much in hand/);
    release();
    assert.equal((await first).status, 200);
  });
});

describe('a body that is too long', () => {
  async function behindEcho(t: TestContext, changes: Changes) {
    const service = await startService((incoming, response) => void echo(incoming, response));
    const gateway = await startGateway(service.url, changes);
    t.after(async () => {
      await gateway.stop();
      await service.stop();
    });
    return { service, gateway };
  }

  function assertTooLarge(status: number | undefined, text: string): void {
    assert.equal(status, 413);
    const error = JSON.parse(text) as Record<string, string>;
    assert.deepEqual(Object.keys(error), ['apiPath', 'errorCode', 'errorMessage', 'errorTime']);
    assert.match(error['errorMessage'] ?? '', /over 100000 bytes/);
  }

  test('is refused by its announced length, in words that the client can read', async (t) => {
    const { service, gateway } = await behindEcho(t, { bodyBytesMax: 100_000 });
    const answer = await gateway.ask('POST', '/sender/x', arubaKey, Buffer.alloc(5_000_000));
    assertTooLarge(answer.status, answer.text);
    assert.equal(service.seen.length, 0);
    assert.equal((await gateway.ask('POST', '/sender/x', arubaKey, Buffer.alloc(100_000))).status, 200);
  });

  test('is refused on its way where it announces nothing', async (t) => {
    const { gateway } = await behindEcho(t, { bodyBytesMax: 100_000 });
    const upload = httpRequest(`${gateway.url}/sender/x`, { method: 'POST', headers: arubaKey });
    upload.on('error', () => undefined);
    for (let part = 0; part < 20; part += 1) upload.write(Buffer.alloc(10_000));
    upload.end();
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = await answer.toArray();
    assertTooLarge(answer.statusCode, Buffer.concat(chunks).toString());
    const { text } = await gateway.ask('GET', '/actuator/prometheus', arubaKey);
    assert.match(text, /gateway_refusals_total\{upstream="sender",why="tooLarge"[^}]*\} 1/);
    assert.match(text, /gateway_in_flight\{upstream="sender"[^}]*\} 0/);
  });
});

describe('under too much load', () => {
  test('reads are turned away first, writes later, questions of health never', async (t) => {
    const { gateway, service, release } = await held(t, { shedInFlight: 2 });
    const reads = [get(gateway), get(gateway)];
    await eventually('two are in hand', () => service.seen.length === 2);
    assertBusy(await get(gateway), /gateway has more in hand than it can do/);
    assert.equal((await gateway.ask('GET', '/actuator/health/readiness')).status, 200);
    const writes = ['1', '2'].map((body) => gateway.ask('POST', '/sender/x', arubaKey, body));
    await eventually('four are in hand', () => service.seen.length === 4);
    assertBusy(await gateway.ask('POST', '/sender/x', arubaKey, '3'), /more in hand than it can do/);
    release();
    for (const answer of await Promise.all([...reads, ...writes])) assert.equal(answer.status, 200);
    const later = get(gateway);
    await eventually('there is room again', () => service.seen.length === 5);
    release();
    assert.equal((await later).status, 200);
  });
});
