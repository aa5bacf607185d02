// dbmanager: tests of lists that go on where they ended, and of the way from a request's id to its invoice.
import type { Running } from '@staffetta/platform/service.ts';
import { callerHeader, signCaller } from '@staffetta/platform/http/caller.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { settings } from './config.ts';
import { dbmanager } from './dbmanager.ts';
import { optionsOf } from './dbmanager.fixture.ts';
import { incoming } from './events.fixture.ts';
import { takeInvoices } from './on-incoming-invoice.ts';

let world: TestWorld;
let running: Running;

before(async () => {
  world = await testWorld();
  running = await dbmanager.start(world, readSettings(settings, {}).values);
});

after(async () => {
  await running.stop();
  await world.end();
});

interface Row {
  readonly invoiceId: string;
  readonly invoiceNumber: number;
  readonly kind: string;
}

async function call(path: string, customerId?: number) {
  const caller = { name: 'x', roles: ['CUSTOMER'], customerId: customerId ?? 0 } as const;
  const headers =
    customerId === undefined ? {} : { [callerHeader]: signCaller(world.callerSecret, caller, world.clock.now()) };
  const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, { headers });
  return {
    status: answer.status,
    body: (await answer.json()) as { content: Row[]; next: string | null; errorMessage: string } & Row,
  };
}

async function store(...changes: Parameters<typeof incoming>[0][]): Promise<string[]> {
  const events = changes.map((one) => incoming(one));
  await takeInvoices(world, optionsOf())(events, new AbortController().signal);
  return events.map(({ message }) => message.invoiceId);
}

async function all(query: string, between: () => Promise<unknown> = async () => undefined): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = ''; after !== null;) {
    const { body } = await call(`/api/invoices/list?limit=2${query}${after === '' ? '' : `&after=${after}`}`);
    assert.ok(body.content.length <= 2);
    ids.push(...body.content.map(({ invoiceId }) => invoiceId));
    after = body.next;
    await between();
  }
  return ids;
}

test('a list goes on where it ended, though invoices come in meanwhile', async () => {
  const ids = await store({}, {}, {}, {}, {});
  const read = await all('&customerId=2', () => store({}));
  assert.deepEqual(new Set(read), new Set(ids));
  assert.equal(read.length, 5);
  const oldest = await all('&order=oldest&customerId=2');
  assert.ok(oldest.length >= 8);
  assert.equal(new Set(oldest).size, oldest.length);
});

test('a list keeps to what is asked, and to what its reader may see', async () => {
  const [id] = await store({ customer: { customerId: 3 } });
  const { body } = await call('/api/invoices/list?kind=internal&customerId=3');
  assert.deepEqual(
    body.content.map(({ invoiceId, kind }) => [invoiceId, kind]),
    [[id, 'internal']],
  );
  assert.equal(body.next, null);
  assert.deepEqual((await call('/api/invoices/list?kind=external&customerId=3')).body.content, []);
  assert.deepEqual(
    (await call('/api/invoices/list', 3)).body.content.map(({ invoiceId }) => invoiceId),
    [id],
  );
  assert.deepEqual((await call('/api/invoices/list?customerId=2', 3)).body.content, []);
});

test('a place that nobody wrote is a 400', async () => {
  for (const after of [
    'x',
    '....',
    Buffer.from('1.2.3').toString('base64url'),
    Buffer.from('9'.repeat(40)).toString('base64url'),
  ]) {
    const { status, body } = await call(`/api/invoices/list?after=${after}`);
    assert.equal(status, 400, after);
    assert.match(body.errorMessage, /after is no place/);
  }
  assert.equal((await call('/api/invoices/list?limit=100000')).status, 400);
});

test('the id that a request was told leads to its invoice, that of a repeated one to the same', async () => {
  const twice = { idempotencyKey: 'the same', correlationGiven: false };
  const [first, again] = await store(twice, { ...twice, invoiceId: uuidv7() });
  assert.notEqual(first, again);
  const { body } = await call(`/api/invoices/by-id/${first}`);
  assert.equal(body.invoiceId, first);
  assert.deepEqual((await call(`/api/invoices/by-id/${again?.toUpperCase()}`)).body, body);
  assert.equal((await call(`/api/invoices/by-id/${first}`, 2)).status, 200);
  assert.equal((await call(`/api/invoices/by-id/${first}`, 3)).status, 404);
  assert.equal((await call(`/api/invoices/by-id/${uuidv7()}`)).status, 404);
  assert.equal((await call('/api/invoices/by-id/x')).status, 400);
});

test('one customer is found by its id', async () => {
  assert.equal((await call('/api/customers/2')).status, 200);
  assert.equal((await call('/api/customers/2', 3)).status, 404);
  assert.equal((await call('/api/customers/999')).status, 404);
});
