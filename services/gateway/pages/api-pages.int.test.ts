// gateway: tests of the collected interfaces: paths as they are called through the gateway, and only what the caller may use.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  arubaKey,
  customerKey,
  sdiKey,
  startGateway,
  startService,
  type TestGateway,
  type TestService,
} from '../gateway-test-kit.ts';

let service: TestService;
let gateway: TestGateway;

const paths = {
  '/api/salvaFatturaInterna': { post: { summary: 'send' } },
  '/api/notificaSdI': { post: { summary: 'notify' } },
  '/api/operators/{id}': { get: { summary: 'of operators' }, parameters: [] },
};

before(async () => {
  service = await startService((incoming, response) => {
    response.setHeader('content-type', 'application/json');
    if (incoming.url !== '/v3/api-docs') response.statusCode = 404;
    response.end(JSON.stringify({ openapi: '3.1.0', info: { title: 'x' }, paths, components: { schemas: { A: {} } } }));
  });
  gateway = await startGateway(service.url);
});

after(async () => {
  await gateway.stop();
  await service.stop();
});

interface Document {
  readonly paths: Record<string, Record<string, unknown>>;
  readonly components: Record<string, unknown>;
  readonly apis: { readonly name: string }[];
}

async function read(path: string, key: Record<string, string>): Promise<Document> {
  const { status, text } = await gateway.ask('GET', path, key);
  assert.equal(status, 200, text);
  return JSON.parse(text) as Document;
}

test('a service’s paths have its prefix, and everybody sees what they may use', async () => {
  const seenBy = async (key: Record<string, string>) =>
    Object.keys((await read('/gateway/apis/receiver/openapi.json', key)).paths);
  assert.deepEqual(await seenBy(arubaKey), ['/receiver/api/salvaFatturaInterna', '/receiver/api/operators/{id}']);
  assert.deepEqual(await seenBy(customerKey), ['/receiver/api/salvaFatturaInterna']);
  assert.deepEqual(await seenBy(sdiKey), ['/receiver/api/notificaSdI']);
});

test('the document says how to sign in, and keeps its own parts', async () => {
  const { components } = await read('/gateway/apis/receiver/openapi.json', arubaKey);
  assert.deepEqual(Object.keys(components).toSorted(), ['schemas', 'securitySchemes']);
});

test('of the services only those are offered that the caller may use', async () => {
  const offered = async (key: Record<string, string>) =>
    (await read('/gateway/apis', key)).apis.map(({ name }) => name);
  assert.deepEqual(await offered(customerKey), ['gateway', 'receiver', 'dbmanager']);
  assert.deepEqual(await offered(sdiKey), ['gateway', 'receiver']);
  assert.ok((await offered(arubaKey)).includes('scheduler'));
});

test('the gateway’s own paths are there, the front door’s REST before all others', async () => {
  const { paths: own } = await read('/gateway/apis/gateway/openapi.json', customerKey);
  const names = Object.keys(own);
  const isFront = names.map((path) => path.startsWith('/api/'));
  assert.equal(names[0], '/api/invoices');
  assert.ok(names.includes('/api/customers'));
  assert.equal(isFront.lastIndexOf(true), isFront.indexOf(false) - 1, names.join(' '));
  assert.deepEqual(Object.keys(own['/api/invoices'] ?? {}), ['get', 'post']);
  assert.equal(own['/gateway/api/upstreams'], undefined);
});

test('a service that is away is a clear 503, one that is none a 400', async () => {
  const lonely = await startGateway('http://127.0.0.1:1');
  assert.equal((await lonely.ask('GET', '/gateway/apis/dbmanager/openapi.json', arubaKey)).status, 503);
  assert.equal((await lonely.ask('GET', '/gateway/apis/nobody/openapi.json', arubaKey)).status, 400);
  await lonely.stop();
});

test('the pages load nothing from elsewhere and cannot be framed', async () => {
  for (const path of ['/gateway/apis/ui', '/gateway/flows']) {
    assert.equal((await gateway.ask('GET', path)).status, 401);
    const { headers, text } = await gateway.ask('GET', path, customerKey);
    assert.match(String(headers['content-type']), /^text\/html/);
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(text, /(?:src|href)="(?:https?:)?\/\//);
  }
  const script = await gateway.ask('GET', '/gateway/apis/ui.js', customerKey);
  assert.match(script.text, /"\/gateway\/apis\/dbmanager\/openapi\.json"/);
  const { text } = await gateway.ask('GET', '/v3/asyncapi', customerKey);
  assert.equal((JSON.parse(text) as { asyncapi: string }).asyncapi, '3.0.0');
});
