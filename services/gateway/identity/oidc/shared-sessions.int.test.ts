// gateway: tests of several gateways that share their sessions in Redis, and of what goes on while that Redis is away.
import { servers } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { echo, startGateway, startService } from '../../gateway-test-kit.ts';
import { newSessionId } from '../sessions/session-cookie.ts';
import { startRelay } from '../sessions/redis-relay-test-kit.ts';
import { TestBrowser } from './browser-test-kit.ts';
import { hubSettings, publicUrl, startProvider } from './provider-test-kit.ts';

const ownPage = { 'sec-fetch-site': 'same-origin', accept: 'application/json' };

async function scene(t: TestContext) {
  const relay = await startRelay(t);
  const service = await startService((incoming, response) => void echo(incoming, response));
  const provider = await startProvider();
  const settings = { ...hubSettings(provider), redisUrl: relay.url };
  const [one, other] = await Promise.all([startGateway(service.url, settings), startGateway(service.url, settings)]);
  t.after(async () => {
    await Promise.all([one.stop(), other.stop()]);
    await provider.stop();
    await service.stop();
  });
  const cookie = `__Host-staffetta=${newSessionId()}`;
  for (const hub of [one, other])
    await eventually(async () => (await hub.ask('GET', '/me', { cookie })).status === 401);
  const real = new Map([[publicUrl, one.url]]);
  return { relay, provider, one, other, real, browser: new TestBrowser(real) };
}

async function eventually(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('gateways that share a Redis', { skip: servers.redis.missing }, () => {
  test('complete each other’s sign-ins and know each other’s sessions', async (t) => {
    const { provider, one, other, real, browser } = await scene(t);
    provider.hub = other.url;
    const isBack = ({ pathname }: URL) => pathname === '/signin/callback';
    const { url } = await browser.go(`${publicUrl}/signin`, { stopAt: isBack });
    real.set(publicUrl, other.url);
    assert.equal((await browser.go(url.href, { stopAt: () => true })).url.href, `${publicUrl}/`);
    for (const hub of [one, other]) {
      real.set(publicUrl, hub.url);
      assert.equal((await browser.go(`${publicUrl}/me`)).status, 200);
    }
    const stolen = `__Host-staffetta=${browser.jar(publicUrl).get('__Host-staffetta')}`;
    assert.equal((await browser.go(`${publicUrl}/signout`, { method: 'POST', headers: ownPage })).status, 200);
    for (const hub of [one, other]) assert.equal((await hub.ask('GET', '/me', { cookie: stolen })).status, 401);
  });

  test('say so while it is away; keys and tokens go on; it comes back by itself', async (t) => {
    const { relay, provider, one, browser } = await scene(t);
    await eventually(
      async () =>
        (await browser.go(`${publicUrl}/signin`, { stopAt: (url) => url.pathname === '/' })).url.pathname === '/',
    );
    const token = await provider.tokenOf('erp');
    const me = () => browser.go(`${publicUrl}/me`);
    assert.equal((await me()).status, 200);

    await relay.close();
    const page = await me();
    assert.equal(page.status, 503);
    assert.match(page.text, /Sessions cannot be read.*API keys and tokens go on/);
    assert.ok(Number(page.headers['retry-after']) > 0);
    const failed = await browser.go(`${publicUrl}/signin`);
    assert.equal(failed.status, 503, 'whoever signs in now gets a page that says so');
    assert.match(failed.text, /<h1>.*Sessions cannot be read/s);
    assert.equal((await one.ask('GET', '/me', { 'x-api-key': 'aruba-secret-token' })).status, 200);
    assert.equal((await one.ask('GET', '/me', { authorization: `Bearer ${token}` })).status, 200);
    assert.equal((await one.ask('GET', '/contactSupport', { cookie: '__Host-staffetta=x' })).status, 503);
    assert.equal((await browser.go(`${publicUrl}/actuator/health/readiness`)).status, 200);

    await relay.open();
    await eventually(async () => (await me()).status === 200);
  });
});
