// dbmanager: a customer says once where it is called back and whether details are told; a file that was sent is given byte by byte.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import { createHttpServer, type HttpServer } from '@staffetta/platform/http/server.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { readCustomerCallback } from './customer-callbacks.ts';
import { optionsOf, preparedWorld, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { wantDetails } from './detail-wishes.ts';
import { documentOf, incoming } from './events.fixture.ts';
import { openAskedJudging } from './judging.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { addRoutes } from './routes.ts';
import { openShowing } from './showing.ts';

const options = optionsOf();
let world: TestWorld;
let server: HttpServer;
const closers: (() => Promise<unknown>)[] = [];

before(async () => {
  world = await preparedWorld();
  const { clock, log, version } = world;
  server = await createHttpServer({
    service: 'dbmanager',
    says: 'test',
    version,
    clock,
    log,
    bodyBytesMax: 1_000_000,
    health: [],
  });
  const asked = openAskedJudging(options, clock);
  const showing = openShowing(options.showing);
  addRoutes(server.app, world, options, { judging: asked.judging, showing });
  closers.push(
    () => server.close(),
    () => asked.close(),
    () => showing.close(),
    () => world.end(),
  );
});
after(async () => {
  for (const close of closers) await close();
});

const customer3 = { name: 'tre', roles: ['CUSTOMER'], customerId: 3 } as const satisfies Caller;

async function call(method: 'GET' | 'PUT', url: string, payload?: object, caller?: Caller) {
  const headers = caller ? { [callerHeader]: signCaller(world.callerSecret, caller, world.clock.now()) } : {};
  const answer = await server.app.inject({ method, url, headers, ...(payload && { payload }) });
  return { status: answer.statusCode, answer };
}

test('a callback is put, changed in part, and removed', async () => {
  const path = '/api/customers/2/callback';
  assert.deepEqual((await call('GET', path)).answer.json(), { url: null, onDetail: false });
  const url = 'https://due.example/fatture';
  assert.deepEqual((await call('PUT', path, { url, onDetail: true })).answer.json(), { url, onDetail: true });
  assert.deepEqual((await call('PUT', path, { onDetail: false })).answer.json(), { url, onDetail: false });
  const other = 'https://due.example/altre';
  assert.deepEqual((await call('PUT', path, { url: other })).answer.json(), { url: other, onDetail: false });
  assert.deepEqual((await call('PUT', path, { url })).answer.json(), { url, onDetail: false });
  assert.deepEqual((await call('PUT', path, { url: null })).answer.json(), { url: null, onDetail: false });
});

test('who has no fiscal profile may want details all the same, and a profile put later keeps the wish', async () => {
  await world.store.query({ text: 'DELETE FROM dbmanager.fiscal_profile WHERE customer_id = 3' });
  assert.equal((await call('PUT', '/api/customers/3/callback', { onDetail: true }, customer3)).status, 200);
  assert.equal((await call('GET', '/api/customers/3/profile', undefined, customer3)).status, 404);
  assert.equal((await wantDetails(world.store, [3])).has(3), true);
  assert.deepEqual(await readCustomerCallback(world.store, 3), { url: null, onDetail: true });
});

test('a customer reaches only its own, and what is no callback is refused', async () => {
  assert.equal((await call('GET', '/api/customers/2/callback', undefined, customer3)).status, 404);
  assert.equal((await call('PUT', '/api/customers/2/callback', { url: null }, customer3)).status, 404);
  assert.equal((await call('GET', '/api/customers/99/callback')).status, 404);
  assert.equal((await call('PUT', '/api/customers/99/callback', { onDetail: true })).status, 404);
  for (const url of ['ftp://a.example/', 'https://u:p@a.example/', 'a', '']) {
    assert.equal((await call('PUT', '/api/customers/3/callback', { url }, customer3)).status, 400, url);
  }
});

test('the exact bytes of a transmission are given to its customer and to no other', async () => {
  const event = incoming({ invoice: documentOf(['1']) });
  await takeInvoices(world, options)([event], new AbortController().signal);
  const [outgoing] = (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === event.key);
  const { transmissionId, fileName, sha256 } = transmissionIn(outgoing);
  const path = `/api/invoices/${Number(outgoing?.value['invoiceNumber'])}/transmissions/${transmissionId}/file`;
  const { answer } = await call('GET', path);
  assert.equal(createHash('sha256').update(answer.rawPayload).digest('hex'), sha256);
  assert.match(String(answer.headers['content-disposition']), new RegExp(fileName));
  assert.equal((await call('GET', path, undefined, customer3)).status, 404);
  assert.equal((await call('GET', path.replace(transmissionId, event.message.invoiceId))).status, 404);
});
