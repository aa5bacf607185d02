// platform: the client of the configuration server reads Spring's answers, and gives up in time.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { fetchServedSettings } from './config-client.ts';

test('Spring’s second form, the profile and the credentials are understood', async (t) => {
  const asked: { url: string | undefined; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ url: request.url, authorization: request.headers.authorization });
    response.setHeader('content-type', 'application/json');
    const source = { k: { value: 5, origin: '1:4' }, plain: true, 'l[1]': 'b', 'l[0]': 'a', odd: { x: 1 } };
    response.end(JSON.stringify({ name: 'x', propertySources: [{ name: 'f', source }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const url = `http://user:p%40ss@127.0.0.1:${port}/config/`;
  const settings = await fetchServedSettings({ url, service: 'x', profile: 'one,two', timeoutMs: 2000 });
  assert.deepEqual(settings.settings, { k: '5', plain: 'true', 'l[1]': 'b', 'l[0]': 'a', l: 'a,b' });
  const authorization = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
  assert.deepEqual(asked, [{ url: '/config/x/one%2Ctwo', authorization }]);
  server.closeAllConnections();
});

test('what is known already is not sent again; a server without marks sends it each time', async (t) => {
  let mark: string | undefined = '"one"';
  const server = createServer((request, response) => {
    if (mark !== undefined && request.headers['if-none-match'] === mark) return response.writeHead(304).end();
    response.writeHead(200, mark === undefined ? {} : { etag: mark });
    return response.end(JSON.stringify({ propertySources: [{ name: 'f', source: { k: mark ?? 'none' } }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (known?: string) =>
    fetchServedSettings({ url, service: 'x', profile: 'default', timeoutMs: 2000, known });
  assert.deepEqual(await ask(), { settings: { k: '"one"' }, mark: '"one"' });
  assert.deepEqual(await ask('"one"'), { settings: undefined, mark: '"one"' });
  mark = '"two"';
  assert.deepEqual(await ask('"one"'), { settings: { k: '"two"' }, mark: '"two"' });
  mark = undefined;
  assert.deepEqual(await ask('"two"'), { settings: { k: 'none' }, mark: undefined });
});

test('an address that is none is refused without being repeated', async () => {
  const asked = fetchServedSettings({ url: 'me:hidden@host:80', service: 'x', profile: 'default', timeoutMs: 50 });
  await assert.rejects(asked, (error: Error) => /CONFIG_URL/.test(error.message) && !error.message.includes('hidden'));
});

test('a server that never answers is given up in time', async (t) => {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const asked = fetchServedSettings({ url, service: 'x', profile: 'default', timeoutMs: 50 });
  await assert.rejects(asked, { code: 'SERVICE_AWAY' });
});
