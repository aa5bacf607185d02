// gateway: tests of several instances behind it, of which some die, refuse, are silent, slow, busy or break off.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  arubaKey,
  echo,
  refusedUrl,
  sendRaw,
  startRawService,
  startService,
  type TestAnswer,
  type TestService,
} from '../gateway-test-kit.ts';
import { eventually, startBalanced, type BalancedGateway } from './traffic-test-kit.ts';

const path = '/sender/x';
/** A row whose service makes one of two requests with the same key. */
const keyedPath = '/receiver/api/salvaFatturaInterna';
const keyed = (key: string) => ({ ...arubaKey, 'idempotency-key': key });

type Changes = Parameters<typeof startBalanced>[1];

async function balanced(
  t: TestContext,
  services: readonly TestService[],
  changes: Changes = {},
): Promise<BalancedGateway> {
  const urls = services.map(({ url }) => url);
  const gateway = await startBalanced({ sender: urls, receiver: urls }, changes);
  t.after(async () => {
    await gateway.stop();
    await Promise.all(services.map((service) => service.stop()));
  });
  return gateway;
}

/** An instance that answers with its name, or as the test likes. */
async function instance(listener: RequestListener = (incoming, response) => void echo(incoming, response)) {
  return startService(listener);
}

/** A place where nobody listens, as an instance. */
async function nobody(): Promise<TestService> {
  return { url: await refusedUrl(), seen: [], stop: async () => undefined };
}

async function many(count: number, ask: (index: number) => Promise<TestAnswer>): Promise<TestAnswer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
}

function statuses(answers: readonly TestAnswer[]): Record<string, number> {
  const groups = Map.groupBy(answers, ({ status }) => String(status));
  return Object.fromEntries([...groups].map(([status, all]) => [status, all.length]));
}

const keysSeen = (...services: TestService[]): string[] =>
  services.flatMap(({ seen }) => seen.map(({ headers }) => String(headers['idempotency-key'] ?? headers['x-own-id'])));

describe('two instances', () => {
  test('share what comes', async (t) => {
    const services = [await instance(), await instance()] as const;
    const gateway = await balanced(t, services);
    const answers = await many(200, () => gateway.ask('GET', path, arubaKey));
    assert.deepEqual(statuses(answers), { 200: 200 });
    for (const { seen } of services) assert.ok(seen.length > 40, `one got ${seen.length} of 200`);
  });

  test('of which one is slower: it gets less', async (t) => {
    const held: ServerResponse[] = [];
    const slow = await instance((_incoming, response) => void held.push(response));
    const quick = await instance();
    const gateway = await balanced(t, [slow, quick]);
    let asked = 0;
    const worker = async (): Promise<void> => {
      while (asked++ < 100) await gateway.ask('GET', path, arubaKey);
    };
    const workers = Array.from({ length: 8 }, worker);
    await eventually('the quick one did nearly all', () => quick.seen.length >= 96);
    // Of eight in hand it never has more than the other: nobody chooses the busier of two.
    assert.ok(slow.seen.length <= 4, `${slow.seen.length} of 100`);
    for (const response of held) response.end('late');
    await Promise.all(workers);
  });

  test('of which one refuses connections: no request of any method fails, and it is soon left out', async (t) => {
    const services = [await nobody(), await instance()] as const;
    const gateway = await balanced(t, services);
    const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];
    const answers = await many(50, (index) => {
      const method = methods[index % methods.length]!;
      return gateway.ask(method, path, arubaKey, method === 'GET' ? undefined : 'body');
    });
    assert.deepEqual(statuses(answers), { 200: 50 });
    assert.equal(services[1].seen.length, 50);
    const { instances, breaker } = await gateway.view('sender');
    assert.deepEqual(
      instances.map(({ state, ejectedFor }) => [state, ejectedFor]),
      [
        ['ejected', 'refused'],
        ['in', null],
      ],
    );
    assert.equal(breaker, 'closed', 'the service as a whole works');
    const { text } = await gateway.ask('GET', '/actuator/prometheus', arubaKey);
    assert.match(text, /gateway_retries_total\{upstream="sender",why="unreachable"[^}]*\} [1-9]/);
    assert.match(text, /gateway_ejections_total\{upstream="sender",why="refused"[^}]*\} 1\b/);
  });

  test('of which one refuses connections: a large body loses nothing on its way to the other', async (t) => {
    const services = [await nobody(), await instance()] as const;
    const gateway = await balanced(t, services);
    const body = Buffer.alloc(3_000_000, 'x');
    for (let count = 0; count < 4; count += 1) {
      const { status, text } = await gateway.ask('POST', path, arubaKey, body);
      assert.deepEqual([status, (JSON.parse(text) as { bytes: number }).bytes], [200, body.length]);
    }
  });

  test('of which both break off: a key that does not reach them, or that nobody there reads, makes nothing repeatable', async (t) => {
    const services = [
      await instance((incoming) => incoming.socket.destroy()),
      await instance((incoming) => incoming.socket.destroy()),
    ] as const;
    const gateway = await balanced(t, services);
    const headers = 'x-api-key: aruba-secret-token\r\nidempotency-key: one\r\ncontent-length: 0';
    const head = `POST ${keyedPath} HTTP/1.1\r\n${headers}`;
    assert.match(await sendRaw(gateway.port, `${head}\r\nconnection: idempotency-key`), /^HTTP\/1\.1 503 /);
    assert.equal(keysSeen(...services).length, 1);
    const tries = async (asked: string): Promise<number> => {
      const before = keysSeen(...services).length;
      assert.match(await sendRaw(gateway.port, asked), /^HTTP\/1\.1 503 /);
      return keysSeen(...services).length - before;
    };
    assert.equal(await tries(`POST ${path} HTTP/1.1\r\n${headers}`), 1, 'nobody there reads it');
    assert.equal(await tries(head), 2, 'with it both are tried');
  });

  test('of which one dies with requests in hand: what may be repeated is, nothing is doubled', async (t) => {
    const death = Promise.withResolvers<void>();
    const dying = await instance((incoming) => void incoming.resume());
    const living = await instance((incoming, response) => void death.promise.then(() => echo(incoming, response)));
    const gateway = await balanced(t, [dying, living]);
    const gets = many(20, (index) => gateway.ask('GET', path, { ...arubaKey, 'x-own-id': `get-${index}` }));
    const keyedPosts = many(20, (index) => gateway.ask('POST', keyedPath, keyed(`key-${index}`), 'body'));
    const plainPosts = many(20, (index) =>
      gateway.ask('POST', path, { ...arubaKey, 'x-own-id': `post-${index}` }, 'body'),
    );
    await eventually('all are in hand', () => dying.seen.length + living.seen.length === 60);
    const lost = keysSeen(dying).filter((key) => key.startsWith('post-'));
    assert.ok(lost.length > 0);
    await dying.stop();
    death.resolve();
    assert.deepEqual(statuses(await gets), { 200: 20 });
    assert.deepEqual(statuses(await keyedPosts), { 200: 20 });
    const answers = await plainPosts;
    assert.equal(answers.filter(({ status }) => status === 503).length, lost.length);
    for (const { status, text } of answers) if (status === 503) assert.match(text, /broke; whether it took this/);
    for (const key of lost) assert.ok(!keysSeen(living).includes(key), `${key} went to one only`);
    await eventually('it is left out', async () => (await gateway.view('sender')).instances[0]?.state === 'ejected');
    assert.deepEqual(statuses(await many(20, () => gateway.ask('POST', path, arubaKey, 'body'))), { 200: 20 });
  });

  test('of which one is silent: what may be repeated goes to the other after the time of a try', async (t) => {
    const services = [await startRawService(() => undefined), await instance()] as const;
    const gateway = await balanced(t, services, { tryTimeoutMs: 500, responseTimeoutMs: 20_000, ejectAfter: 2 });
    const gets = await many(12, () => gateway.ask('GET', path, arubaKey));
    assert.deepEqual(statuses(gets), { 200: 12 });
    await eventually('it is left out', async () => {
      await gateway.ask('GET', path, arubaKey);
      return (await gateway.view('sender')).instances[0]?.ejectedFor === 'failed';
    });
  });

  test('of which one breaks off after the head of its answer: the client sees it, and nothing is repeated', async (t) => {
    const breaking = await startRawService((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    const other = await instance();
    const gateway = await balanced(t, [breaking, other]);
    const ends = await Promise.allSettled(Array.from({ length: 12 }, () => gateway.ask('GET', path, arubaKey)));
    const broken = ends.filter(({ status }) => status === 'rejected').length;
    assert.ok(broken > 0);
    assert.equal(other.seen.length, 12 - broken);
  });

  test('of which one is busy (503 with Retry-After): another one is asked, but never for a plain POST', async (t) => {
    const busy = await instance((incoming, response) => {
      incoming.resume().once('end', () => response.writeHead(503, { 'retry-after': '1' }).end('busy'));
    });
    const other = await instance();
    const gateway = await balanced(t, [busy, other], { ejectAfter: 1000 });
    assert.deepEqual(statuses(await many(20, () => gateway.ask('GET', path, arubaKey))), { 200: 20 });
    assert.deepEqual(statuses(await many(20, (index) => gateway.ask('POST', keyedPath, keyed(`k${index}`), 'b'))), {
      200: 20,
    });
    const before = busy.seen.length;
    const posts = await many(20, () => gateway.ask('POST', path, arubaKey, 'b'));
    const refused = posts.filter(({ status }) => status === 503);
    assert.equal(refused.length, busy.seen.length - before);
    for (const { text } of refused) assert.equal(text, 'busy', 'its own words');
  });

  test('of which both fail: second tries keep to their budget', async (t) => {
    const services = [
      await instance((incoming) => incoming.socket.destroy()),
      await instance((incoming) => incoming.socket.destroy()),
    ] as const;
    const changes = { retryReserve: 3, retryShare: 0.1, ejectAfter: 10_000, breakerWindow: 100_000 };
    const gateway = await balanced(t, services, changes);
    assert.deepEqual(statuses(await many(50, () => gateway.ask('GET', path, arubaKey))), { 503: 50 });
    const tries = services[0].seen.length + services[1].seen.length;
    assert.ok(tries > 50 && tries <= 50 + 3 + 5, `${tries} tries of 50 requests`);
  });

  test('of which both refuse: readable answers, then the breaker spares them', async (t) => {
    const gateway = await balanced(t, [await nobody(), await nobody()]);
    for (let count = 0; count < 10; count += 1) {
      const { status, text } = await gateway.ask('POST', path, arubaKey, 'b');
      assert.equal(status, 503);
      assert.match(text, /cannot be reached.*not handed/);
    }
    assert.match((await gateway.ask('GET', path, arubaKey)).text, /recovering from failures/);
    assert.equal((await gateway.view('sender')).breaker, 'open');
  });
});

describe('an instance', () => {
  test('that leaves the registry ends what it has in hand, and gets no more', async (t) => {
    let answer: (() => void) | undefined;
    const leaving = await instance((_incoming, response) => {
      answer = () => response.end('ended well');
    });
    const staying = await instance();
    const gateway = await balanced(t, [leaving, staying]);
    const inHand: Promise<TestAnswer>[] = [];
    while (leaving.seen.length === 0) {
      inHand.push(gateway.ask('GET', path, arubaKey));
      await sleep(5);
    }
    gateway.registry.set('SENDER', [staying.url]);
    await gateway.untilKnown('sender', [staying.url]);
    assert.equal((await gateway.view('sender')).instances.at(-1)?.state, 'leaving');
    assert.deepEqual(statuses(await many(20, () => gateway.ask('GET', path, arubaKey))), { 200: 20 });
    assert.equal(leaving.seen.length, 1);
    answer?.();
    assert.ok((await Promise.all(inHand)).some(({ text }) => text === 'ended well'));
    await eventually('it is gone', async () => (await gateway.view('sender')).instances.length === 1);
  });

  test('that was left out comes back by one trial', async (t) => {
    let isIll = true;
    const ill = await instance((incoming, response) => {
      if (isIll) incoming.socket.destroy();
      else void echo(incoming, response);
    });
    const gateway = await balanced(t, [ill, await instance()], { ejectAfter: 2 });
    await eventually('it is left out', async () => {
      assert.equal((await gateway.ask('GET', path, arubaKey)).status, 200);
      return (await gateway.view('sender')).instances[0]?.state === 'ejected';
    });
    const before = ill.seen.length;
    await many(20, () => gateway.ask('GET', path, arubaKey));
    assert.equal(ill.seen.length, before, 'nobody asks it meanwhile');
    isIll = false;
    gateway.clock.turn(600_000);
    assert.equal((await gateway.ask('GET', path, arubaKey)).status, 200);
    assert.equal((await gateway.view('sender')).instances[0]?.state, 'in');
    assert.equal(ill.seen.length, before + 1);
  });

  test('that joins is asked', async (t) => {
    const [first, second] = [await instance(), await instance()];
    const gateway = await balanced(t, [first, second]);
    gateway.registry.set('SENDER', [first.url]);
    await gateway.untilKnown('sender', [first.url]);
    gateway.registry.set('SENDER', [first.url, second.url]);
    await gateway.untilKnown('sender', [first.url, second.url]);
    await eventually('the new one is asked', async () => {
      await gateway.ask('GET', path, arubaKey);
      return second.seen.length > 0;
    });
  });

  test('known from a registry that went away is asked on', async (t) => {
    const one = await instance();
    const gateway = await balanced(t, [one]);
    await gateway.registry.stop();
    assert.equal((await gateway.ask('GET', path, arubaKey)).status, 200);
  });
});

describe('a service that nobody found yet', () => {
  test('is asked at its usual address', async (t) => {
    const gateway = await startBalanced({});
    t.after(() => gateway.stop());
    const { status, text } = await gateway.ask('GET', path, arubaKey);
    assert.equal(status, 503);
    assert.match(text, /cannot be reached/);
    assert.equal((await gateway.view('sender')).instances.length, 1);
  });
});

test('a client that goes away while its request waits for its turn takes nobody’s turn', async (t) => {
  const service = await instance(() => undefined);
  const gateway = await balanced(t, [service], { inFlightMax: 1 });
  const first = new AbortController();
  const asked = fetch(`${gateway.url}${path}`, { headers: arubaKey, signal: first.signal });
  await eventually('one is in hand', () => service.seen.length === 1);
  const second = new AbortController();
  const waiting = fetch(`${gateway.url}${path}`, { headers: arubaKey, signal: second.signal });
  await eventually('one waits', async () => (await gateway.view('sender')).waiting === 1);
  second.abort();
  await assert.rejects(waiting);
  await eventually('nobody waits', async () => (await gateway.view('sender')).waiting === 0);
  const left = once(service.seen[0]!.socket, 'close');
  first.abort();
  await assert.rejects(asked);
  await left;
  await eventually('nothing is in hand', async () => (await gateway.view('sender')).inFlight === 0);
  assert.equal(service.seen.length, 1);
});
