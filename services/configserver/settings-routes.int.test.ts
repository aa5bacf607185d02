// configserver: its page shows what services say of their settings, hostile words included, and to whom.
import { systemClock } from '@staffetta/platform/clock.ts';
import { callerHeader, readCaller, signCaller } from '@staffetta/platform/http/caller.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { folderFor, startOn } from './configserver-test-kit.ts';

/** A service that tells its settings to signed calls. */
async function serveEnvironment(t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    const caller = readCaller('shared', String(request.headers[callerHeader]), new Date());
    if (!caller || request.url !== '/actuator/env') return response.writeHead(403).end();
    const properties = {
      WAIT: { value: '<script>1</script>', says: 'A "wait" & more.' },
      NONE: { value: null, says: '' },
    };
    return response.end(
      JSON.stringify({ activeProfiles: [], propertySources: [{ name: 'configserver', properties }] }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('each service is shown, or that it does not answer', async (t) => {
  const sender = await serveEnvironment(t);
  const addressOf = (name: string): string => (name === 'sender' ? sender : 'http://127.0.0.1:1');
  const { get } = await startOn(t, { dataDir: await folderFor(t), world: { addressOf, callerSecret: 'shared' } });
  const { status, type, text } = await get('/settings');
  assert.deepEqual([status, type], [200, 'text/html; charset=utf-8']);
  assert.match(
    text,
    /WAIT<\/td><td>&#60;script&#62;1&#60;\/script&#62;<\/td><td>configserver<\/td>.*&#34;wait&#34; &#38; more/,
  );
  assert.match(text, /NONE<\/td><td>–/);
  assert.match(text, /receiver<\/h2><p>It does not answer at/);
  assert.equal(text.includes('<script'), false);
});

test('in production to administrators, or to who gives the login', async (t) => {
  const world = { addressOf: () => 'http://127.0.0.1:1', callerSecret: 'shared' };
  const start = { dataDir: await folderFor(t), profile: 'production', world } as const;
  const open = await startOn(t, start);
  const as = (role: 'ARUBA' | 'CUSTOMER') => ({
    headers: { [callerHeader]: signCaller('shared', { name: 'x', roles: [role] }, new Date()) },
  });
  assert.equal((await open.get('/settings')).status, 401);
  assert.equal((await open.get('/settings', as('CUSTOMER'))).status, 403);
  assert.equal((await open.get('/settings', as('ARUBA'))).status, 200);
  const clock = { now: () => new Date(Date.now() + 6 * 86_400_000), real: systemClock };
  const turned = await startOn(t, { ...start, world: { ...world, clock } });
  assert.equal((await turned.get('/settings', as('ARUBA'))).status, 200, 'a turned clock of the hub keeps nobody out');
  const closed = await startOn(t, { ...start, environment: { CONFIG_LOGIN: 'me:x' } });
  assert.equal((await closed.get('/settings', as('ARUBA'))).status, 401);
  const authorization = `Basic ${Buffer.from('me:x').toString('base64')}`;
  assert.equal((await closed.get('/settings', { headers: { authorization } })).status, 200);
});
