// receiver: callbacks: each outcome once, in order per invoice, by the schedule, dead with a letter, in nobody's way.
import { HubError } from '@staffetta/flow/errors.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import { readDeadLetter } from '@staffetta/platform/bus/dead-letter.ts';
import { liveSettings } from '@staffetta/platform/config/live-settings.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Running, World } from '@staffetta/platform/service.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { Metrics } from '@staffetta/platform/telemetry/metrics.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { StoredAttempt } from './callback-attempts.ts';
import type { CallbackView } from './callback-views.ts';
import { giveUpExpiredCallbacks } from './dead-callbacks.ts';
import { forgetFinished } from './forget-finished.ts';
import { receiver } from './receiver.ts';
import {
  eventually,
  header,
  outcome,
  quickSettings,
  readQuick,
  recordTopic,
  startEndpoint,
  type Behaviour,
  type Endpoint,
} from './receiver-test-kit.ts';

let world: TestWorld;
let running: Running[];
let endpoints: Endpoint[];
let letters: ConsumedEvent[];

beforeEach(async () => {
  world = await testWorld();
  running = [];
  endpoints = [];
  letters = await recordTopic(world, 'savedInvoice.DLT');
  await world.bus.ensureTopics(['savedInvoice']);
});

afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await Promise.all(endpoints.map((one) => one.close()));
  await world.end();
});

async function start(environment: Record<string, string> = {}, changes: Partial<World> = {}): Promise<Running> {
  const metrics = Metrics.ofService('receiver', { keepMs: 0, timeoutMs: 2000 });
  const one = await receiver.start({ ...world, metrics, ...changes }, quickSettings(environment));
  running.push(one);
  return one;
}

async function endpoint(behave?: Behaviour): Promise<Endpoint> {
  const one = await startEndpoint(behave);
  endpoints.push(one);
  return one;
}

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${running.at(-1)?.port}${path}`);
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as T;
}

type Shown = CallbackView & { tried: StoredAttempt[]; dueAt: string | null };

function shown(id: string): Promise<Shown> {
  return ask<Shown>(`/api/callbacks/${id}`);
}

async function states(): Promise<Record<string, number>> {
  const { rows } = await world.store.query<{ state: string; count: number }>({
    text: 'SELECT state, count(*) FROM receiver.pending_callbacks GROUP BY state',
  });
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}

async function eventuallyAll(state: string, count: number): Promise<void> {
  await eventually(`${count} are ${state}`, async () => (await states())[state] === count);
}

test('an outcome is called back once, with the record’s own bytes, signed', async () => {
  const customer = await endpoint();
  await start({ CALLBACK_SECRETS: 'a-secret-of-at-least-24-bytes', CALLBACK_API_KEYS: '127.0.0.1=key-7' });
  const event = outcome({ callback: customer.url, text: 'perché no' });
  await world.bus.publish([event, event]);
  await eventuallyAll('delivered', 1);
  await world.bus.publish([event]);
  await eventually('all is read', async () => (await world.bus.lag('receiver.savedInvoice', 'savedInvoice')) === 0);
  const id = event.headers['x-event-id'] ?? '';
  assert.deepEqual(customer.ids(), [id]);
  const [seen] = customer.seen;
  assert.deepEqual(seen?.body, JSON.parse(event.value.toString()));
  assert.equal(seen?.headers['x-correlation-id'], event.headers['X-Correlation-ID']);
  assert.equal(seen?.headers['x-aruba-api-key'], 'key-7');
  assert.match(String(seen?.headers['webhook-signature']), /^v1,/);
  assert.equal(seen?.headers['x-staffetta-attempt'], '1');
  const callback = await shown(id);
  assert.equal(callback.state, 'delivered');
  assert.deepEqual(
    callback.tried.map(({ attempt, outcome: how, status, answer }) => [attempt, how, status, answer]),
    [[1, 'delivered', 200, 'thanks']],
  );
  const { rows } = await world.store.query<{ body: Buffer | null }>({
    text: 'SELECT body FROM receiver.pending_callbacks',
  });
  assert.equal(rows[0]?.body, null);
});

test('the secrets, keys, schedule and time-out of callbacks change while it runs', async () => {
  const customer = await endpoint(() => (customer.seen.length === 2 ? undefined : 204));
  const live = liveSettings(receiver.settings, readQuick({ CALLBACK_API_KEYS: '127.0.0.1=old' }));
  const metrics = Metrics.ofService('receiver', { keepMs: 0, timeoutMs: 2000 });
  running.push(await receiver.start({ ...world, metrics }, live.values, live));
  await world.bus.publish([outcome({ callback: customer.url })]);
  await eventuallyAll('delivered', 1);
  const wrong = readQuick({ CALLBACK_API_KEYS: 'no key', CALLBACK_TIMEOUT: '1s' });
  assert.throws(() => live.offer(wrong), { code: 'SETTING_WRONG' });
  live.offer(
    readQuick({
      CALLBACK_API_KEYS: '127.0.0.1=new',
      CALLBACK_SECRETS: 'a-secret-of-at-least-24-bytes',
      CALLBACK_TIMEOUT: '100ms',
      CALLBACK_SCHEDULE: '0',
    }),
  );
  await world.bus.publish([outcome({ callback: customer.url })]);
  await eventuallyAll('dead', 1);
  const [first, second] = customer.seen;
  assert.deepEqual([first?.headers['x-aruba-api-key'], second?.headers['x-aruba-api-key']], ['old', 'new']);
  assert.deepEqual(
    [first?.headers['webhook-signature'], typeof second?.headers['webhook-signature']],
    [undefined, 'string'],
  );
});

test('a callback that fails twice is delivered at the third try, under the same id', async () => {
  const customer = await endpoint(() => (customer.seen.length < 3 ? 500 : 204));
  await start();
  const event = outcome({ callback: customer.url });
  await world.bus.publish([event]);
  await eventuallyAll('delivered', 1);
  assert.equal(new Set(customer.ids()).size, 1);
  assert.deepEqual(
    customer.seen.map((one) => one.headers['x-staffetta-attempt']),
    ['1', '2', '3'],
  );
  const { tried } = await shown(customer.ids()[0] ?? '');
  assert.deepEqual(
    tried.map((one) => one.outcome),
    ['refused', 'refused', 'delivered'],
  );
  assert.equal(letters.length, 0);
});

test('a callback that fails for good is a dead letter, and a replay of it calls back again', async () => {
  let repaired = false;
  const customer = await endpoint(() => (repaired ? 200 : 500));
  await start();
  const event = outcome({ callback: customer.url });
  await world.bus.publish([event]);
  await eventually('it is a dead letter', () => letters.length === 1);
  const [letter] = letters;
  assert.ok(letter);
  assert.deepEqual(letter.value, event.value);
  assert.equal(header(letter, 'x-event-id'), event.headers['x-event-id']);
  const said = readDeadLetter(letter);
  assert.equal(said.errorCode, 'CALLBACK_FAILED');
  assert.equal(said.attempts, 4);
  assert.match(said.message ?? '', /the answer was 500/);
  assert.deepEqual(await states(), { dead: 1 });
  repaired = true;
  const replay = { ...event, headers: { ...event.headers, 'x-event-id': uuidv7(), 'x-replay-of': 'letter-1' } };
  await world.bus.publish([replay]);
  await eventuallyAll('delivered', 1);
  await world.bus.publish([{ ...replay, headers: { ...replay.headers, 'x-event-id': uuidv7() } }]);
  await eventually('all is read', async () => (await world.bus.lag('receiver.savedInvoice', 'savedInvoice')) === 0);
  await sleep(100);
  assert.equal(customer.seen.length, 5);
  assert.equal(new Set(customer.ids()).size, 1);
  assert.equal(customer.seen.at(-1)?.headers['x-staffetta-attempt'], '5');
});

test('outcomes of one invoice arrive in order; one that fails holds back the next of its invoice only', async () => {
  const invoiceId = uuidv7();
  let failures = 0;
  const customer = await endpoint((seen) => (seen.id === `${invoiceId}:1` && ++failures < 3 ? 500 : 200));
  await start();
  const other = outcome({ callback: customer.url });
  await world.bus.publish([
    outcome({ invoiceId, sequence: 1, callback: customer.url }),
    outcome({ invoiceId, sequence: 2, callback: customer.url }),
    other,
  ]);
  await world.bus.publish([outcome({ invoiceId, sequence: 3, callback: customer.url })]);
  await eventuallyAll('delivered', 4);
  const own = customer.ids().filter((id) => id.startsWith(invoiceId));
  assert.deepEqual(
    own,
    [1, 1, 1, 2, 3].map((sequence) => `${invoiceId}:${sequence}`),
  );
  assert.ok(customer.ids().indexOf(other.headers['x-event-id'] ?? '') < customer.ids().indexOf(`${invoiceId}:2`));
});

test('a dead callback does not hold back the later ones of its invoice', async () => {
  const invoiceId = uuidv7();
  const customer = await endpoint((seen) => (seen.id === `${invoiceId}:1` ? 410 : 200));
  await start();
  await world.bus.publish([1, 2].map((sequence) => outcome({ invoiceId, sequence, callback: customer.url })));
  await eventuallyAll('delivered', 1);
  assert.deepEqual(customer.ids(), [`${invoiceId}:1`, `${invoiceId}:2`]);
  assert.equal(letters.length, 1);
});

test('a host that never answers does not delay another', async () => {
  const silent = await endpoint(() => undefined);
  const quick = await endpoint();
  await start({ CALLBACK_TIMEOUT: '30s' });
  await world.bus.publish(Array.from({ length: 300 }, () => outcome({ callback: silent.url })));
  await eventually('the silent one is called', () => silent.seen.length >= 16);
  await world.bus.publish(Array.from({ length: 50 }, () => outcome({ callback: quick.url })));
  await eventuallyAll('delivered', 50);
  assert.equal(silent.seen.length, 16);
  for (const one of endpoints) await one.close();
  endpoints = [];
});

test('a host that is away is left alone, and gets all it missed once it is back', async () => {
  const gone = await startEndpoint();
  await gone.close();
  await start({
    CALLBACK_BREAKER_FAILURES: '2',
    CALLBACK_BREAKER_OPEN: '1h',
    CALLBACK_SCHEDULE: '0,1s,1s,1s,1s,1s,1s,1s',
  });
  await world.bus.publish(Array.from({ length: 40 }, () => outcome({ callback: gone.url })));
  const health = (): Promise<{ components: Record<string, { status: string }> }> => ask('/actuator/health');
  await eventually('it shows', async () => (await health()).components['callbackHosts']?.status === 'DEGRADED');
  await sleep(200);
  const { rows } = await world.store.query<{ count: number }>({
    text: 'SELECT count(*) FROM receiver.callback_attempts',
  });
  assert.ok((rows[0]?.count ?? 0) < 40, 'not everything was tried');
  const port = Number(new URL(gone.url).port);
  const { createServer } = await import('node:http');
  const back = createServer((request, answer) => request.resume().on('end', () => answer.end()));
  await new Promise<void>((resolve) => back.listen(port, '127.0.0.1', resolve));
  world.clock.turn(3_700_000);
  await eventuallyAll('delivered', 40);
  back.closeAllConnections();
  await new Promise((resolve) => back.close(resolve));
});

test('a redirect is a failure and is not followed', async () => {
  const inside = await endpoint();
  const customer = await endpoint((_seen, answer) => {
    answer.writeHead(302, { location: inside.url }).end();
    return undefined;
  });
  await start({ CALLBACK_SCHEDULE: '0' });
  await world.bus.publish([outcome({ callback: customer.url })]);
  await eventuallyAll('dead', 1);
  assert.equal(inside.seen.length, 0);
  assert.equal((await shown(customer.ids()[0] ?? '')).tried[0]?.outcome, 'redirected');
});

test('of a long answer 4 KiB are kept, and an answer that never ends is cut off', async () => {
  const chatty = await endpoint((_seen, answer) => {
    answer.writeHead(200);
    const talk = (): void => {
      while (!answer.destroyed && answer.write('è\0'.repeat(1000)));
      if (!answer.destroyed) answer.once('drain', talk);
    };
    talk();
    return undefined;
  });
  const stuck = await endpoint((_seen, answer) => {
    answer.writeHead(200).write('wait');
    return undefined;
  });
  await start({ CALLBACK_TIMEOUT: '300ms' });
  await world.bus.publish([outcome({ callback: chatty.url }), outcome({ callback: stuck.url })]);
  await eventuallyAll('delivered', 2);
  const { answer } = (await shown(chatty.ids()[0] ?? '')).tried[0] ?? {};
  assert.ok(answer && Buffer.byteLength(answer) <= 8192 && answer.startsWith('è\ufffdè'));
  assert.equal((await shown(stuck.ids()[0] ?? '')).tried[0]?.answer, 'wait');
});

test('a time-out is a failure', async () => {
  const silent = await endpoint(() => undefined);
  await start({ CALLBACK_TIMEOUT: '50ms', CALLBACK_SCHEDULE: '0,10ms' });
  await world.bus.publish([outcome({ callback: silent.url })]);
  await eventuallyAll('dead', 1);
  assert.deepEqual(
    (await shown(silent.ids()[0] ?? '')).tried.map((one) => one.outcome),
    ['timeout', 'timeout'],
  );
});

test('Retry-After puts the next try off', async () => {
  const busy = await endpoint((_seen, answer) => {
    if (busy.seen.length > 1) return 200;
    answer.writeHead(429, { 'retry-after': '1800' }).end();
    return undefined;
  });
  await start();
  const event = outcome({ callback: busy.url });
  await world.bus.publish([event]);
  const id = event.headers['x-event-id'] ?? '';
  await eventually('it was tried', async () => busy.seen.length === 1 && (await shown(id)).attempts === 1);
  const dueInMs = new Date((await shown(id)).dueAt ?? 0).getTime() - world.clock.now().getTime();
  assert.ok(dueInMs > 1_700_000 && dueInMs <= 1_800_000, String(dueInMs));
  world.clock.turn(1_801_000);
  await eventuallyAll('delivered', 1);
});

test('in production a callback to a private address is dead at once, and nobody is called', async () => {
  const inside = await endpoint();
  await start({}, { profile: 'production' });
  await world.bus.publish([
    outcome({ callback: inside.url.replace('http:', 'https:') }),
    outcome({ callback: 'no url' }),
  ]);
  await eventually('both are dead letters', () => letters.length === 2);
  assert.equal(inside.seen.length, 0);
});

test('a receiver killed between the answer and its note calls again under the same id', async () => {
  const fixture = fileURLToPath(new URL('./receiver-child.fixture.ts', import.meta.url));
  const child = spawn(process.execPath, [fixture, world.store.url], { stdio: 'inherit' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const customer = await endpoint((_seen, answer) => {
    if (customer.seen.length > 1) return 200;
    child.kill('SIGKILL');
    void ended.then(() => answer.end());
    return undefined;
  });
  const event = outcome({ callback: customer.url });
  await world.bus.publish([event, outcome({ invoiceId: event.key, sequence: 2, callback: customer.url })]);
  await ended;
  assert.equal(customer.seen.length, 1);
  await start();
  await eventuallyAll('delivered', 2);
  assert.deepEqual(customer.ids(), [`${event.key}:1`, `${event.key}:1`, `${event.key}:2`]);
});

test('a commit whose outcome is unknown leaves no callback behind', async () => {
  const customer = await endpoint();
  let doubtful = true;
  const unsure: World['store'] = Object.create(world.store, {
    transaction: {
      value: async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
        if (!doubtful) return world.store.transaction(work);
        const result = await world.store.transaction((tx) =>
          work({ query: (statement) => tx.query(statement), beforeCommit() {}, afterCommit() {} }),
        );
        doubtful = false;
        throw new HubError('DATABASE_AWAY', `The connection broke at COMMIT (${String(result)}).`);
      },
    },
    query: { value: world.store.query.bind(world.store) },
    connection: { value: world.store.connection.bind(world.store) },
    ping: { value: world.store.ping.bind(world.store) },
  }) as World['store'];
  doubtful = false;
  await start({}, { store: unsure });
  doubtful = true;
  await world.bus.publish([outcome({ callback: customer.url })]);
  await eventuallyAll('delivered', 1);
  assert.equal(customer.seen.length, 1);
});

test('two receivers share the callbacks and make each once', async () => {
  const customer = await endpoint();
  await Promise.all([start(), start()]);
  await world.bus.publish(Array.from({ length: 400 }, () => outcome({ callback: customer.url })));
  await eventuallyAll('delivered', 400);
  assert.equal(customer.seen.length, 400);
  assert.equal(new Set(customer.ids()).size, 400);
});

test('a receiver that stops ends what is under way and gives back the rest', async () => {
  const waiting: (() => void)[] = [];
  const slow = await endpoint((_seen, answer) => {
    waiting.push(() => answer.end());
    return undefined;
  });
  const one = await start();
  await world.bus.publish(Array.from({ length: 30 }, () => outcome({ callback: slow.url })));
  await eventually('the places are full', () => slow.seen.length === 16);
  const stopped = one.stop();
  await sleep(50);
  for (const end of waiting.splice(0)) end();
  await stopped;
  running = [];
  assert.deepEqual(await states(), { delivered: 16, pending: 14 });
  const { rows } = await world.store.query({
    text: 'SELECT 1 FROM receiver.pending_callbacks WHERE owner IS NOT NULL',
  });
  assert.equal(rows.length, 0);
});

test('a callback whose time is over is given up though its tries are not', async () => {
  const customer = await endpoint(() => 500);
  const one = await start({ CALLBACK_SCHEDULE: '0,1h' });
  await world.bus.publish([outcome({ callback: customer.url })]);
  await eventually('it was tried', async () => customer.seen.length === 1);
  await one.stop();
  running = [];
  world.clock.turn(5_000_000);
  assert.equal(await giveUpExpiredCallbacks(world), 1);
  await eventually('it is a dead letter', () => letters.length === 1);
  assert.deepEqual(await states(), { dead: 1 });
});

test('a callback that was never tried is not given up, however long the hub was off', async () => {
  const invoiceId = uuidv7();
  const customer = await endpoint(() => 500);
  const one = await start({ CALLBACK_SCHEDULE: '0,1h' });
  await world.bus.publish([1, 2].map((sequence) => outcome({ invoiceId, sequence, callback: customer.url })));
  const tried = async (): Promise<boolean> => (await shown(`${invoiceId}:1`)).tried.length === 1;
  await eventually('the first was tried', async () => customer.seen.length === 1 && (await tried()));
  await one.stop();
  running = [];
  world.clock.turn(90_000_000);
  assert.equal(await giveUpExpiredCallbacks(world), 1);
  assert.deepEqual(await states(), { dead: 1, pending: 1 });
  await start({ CALLBACK_SCHEDULE: '0,10ms' });
  await eventuallyAll('dead', 2);
  assert.equal((await shown(`${invoiceId}:2`)).tried.length, 2);
});

test('a hub that was off between two tries goes on with the schedule', async () => {
  const customer = await endpoint(() => 500);
  const schedule = { CALLBACK_SCHEDULE: '0,1h,1h' };
  const one = await start(schedule);
  const event = outcome({ callback: customer.url });
  await world.bus.publish([event]);
  const attempts = async (): Promise<number> => (await shown(event.headers['x-event-id'] ?? '')).attempts;
  await eventually('it was tried', async () => customer.seen.length === 1 && (await attempts()) === 1);
  await one.stop();
  running = [];
  world.clock.turn(90_000_000);
  await start(schedule);
  await eventually('it was tried again', async () => (await attempts()) === 2);
  assert.equal(await giveUpExpiredCallbacks(world), 0);
});

test('while the log cannot be read, what is given up is a dead letter all the same', async () => {
  const customer = await endpoint((seen) => (seen.body.sequence === 2 ? 200 : 410));
  const bus = new Proxy(world.bus, {
    get(real, name) {
      if (name === 'readAt') return () => Promise.reject(new HubError('BUS_AWAY', 'The bus is away.'));
      const member: unknown = Reflect.get(real, name, real);
      return typeof member === 'function' ? (member.bind(real) as unknown) : member;
    },
  });
  await start({}, { bus });
  const event = outcome({ callback: customer.url });
  await world.bus.publish([event, outcome({ sequence: 2, callback: customer.url })]);
  await eventuallyAll('dead', 1);
  await eventuallyAll('delivered', 1);
  await eventually('it is a dead letter', () => letters.length === 1);
  assert.deepEqual(letters[0]?.value, event.value);
  assert.equal(header(letters[0], 'x-event-id'), event.headers['x-event-id']);
});

test('callbacks are listed by state and invoice, page by page; delivered ones are forgotten in time', async () => {
  const customer = await endpoint((seen) => (seen.body.sequence === 2 ? 410 : 200));
  await start();
  const invoiceId = uuidv7();
  await world.bus.publish([1, 2, 3].map((sequence) => outcome({ invoiceId, sequence, callback: customer.url })));
  await world.bus.publish([outcome({ callback: customer.url })]);
  await eventuallyAll('delivered', 3);
  interface Page {
    content: CallbackView[];
    totalElements: number;
    totalPages: number;
  }
  const dead = await ask<Page>('/api/callbacks?state=dead');
  assert.deepEqual(
    dead.content.map((one) => one.callbackId),
    [`${invoiceId}:2`],
  );
  const page = await ask<Page>(`/api/callbacks?invoiceId=${invoiceId}&page=1&size=2`);
  assert.deepEqual([page.totalElements, page.totalPages, page.content.length], [3, 2, 1]);
  const metrics = await (await fetch(`http://127.0.0.1:${running[0]?.port}/actuator/prometheus`)).text();
  assert.match(metrics, /staffetta_callbacks\{state="dead"[^}]*\} 1\n/);
  assert.match(metrics, /staffetta_callback_seconds_count\{[^}]*outcome="delivered"[^}]*\} 3\n/);
  world.clock.turn(3_600_000);
  assert.equal(await forgetFinished(world, 60_000), 3);
  assert.deepEqual(await states(), { dead: 1 });
});
