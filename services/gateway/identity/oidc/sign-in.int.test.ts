// gateway: tests of people who sign in at a provider that speaks the real protocol, come back, stay, and sign out.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { echo, startGateway, startService, type TestGateway, type TestService } from '../../gateway-test-kit.ts';
import { newSessionId } from '../sessions/session-cookie.ts';
import { TestBrowser, type Page } from './browser-test-kit.ts';
import { hubSettings, publicUrl, startProvider, type TestProvider } from './provider-test-kit.ts';

const sessionCookie = '__Host-staffetta';
const ownPage = { 'sec-fetch-site': 'same-origin', accept: 'application/json' };
const foreignPage = { 'sec-fetch-site': 'cross-site', accept: 'application/json' };

let provider: TestProvider;
let service: TestService;
let gateway: TestGateway;

before(async () => {
  service = await startService((incoming, response) => void echo(incoming, response));
  provider = await startProvider();
  gateway = await startGateway(service.url, hubSettings(provider));
  provider.hub = gateway.url;
});

after(async () => {
  await gateway.stop();
  await provider.stop();
  await service.stop();
});

const newBrowser = () => new TestBrowser(new Map([[publicUrl, gateway.url]]));
const isCallback = (url: URL) => url.pathname === '/signin/callback';

async function signedIn(person: string, browser = newBrowser()): Promise<TestBrowser> {
  provider.person = person;
  const page = await browser.go(`${publicUrl}/signin?returnTo=/me`, { stopAt: ({ pathname }) => pathname === '/me' });
  assert.equal(page.url.href, `${publicUrl}/me`, page.text);
  return browser;
}

/** Goes through the provider and stops with the address that leads back. */
async function untilCallback(browser: TestBrowser, person = 'ada'): Promise<string> {
  provider.person = person;
  const { url } = await browser.go(`${publicUrl}/signin?returnTo=/me`, { stopAt: isCallback });
  assert.equal(url.pathname, '/signin/callback');
  return url.href;
}

interface Me {
  readonly name: string;
  readonly roles: string[];
  readonly customerId?: number;
  readonly how: string;
  readonly until?: string;
  readonly session?: { id: string; csrfToken: string; openedBy: string };
}

async function me(browser: TestBrowser): Promise<Me> {
  const page = await browser.go(`${publicUrl}/me`);
  assert.equal(page.status, 200, page.text);
  return JSON.parse(page.text) as Me;
}

const errorOf = ({ text }: Page) => JSON.parse(text) as { errorCode: string; errorMessage: string };

describe('a person', () => {
  test('signs in, is who the claims say, and comes back to where they wanted', async () => {
    const browser = await signedIn('ada');
    const { session, until, ...rest } = await me(browser);
    assert.deepEqual(rest, { name: 'ada', roles: ['CUSTOMER'], customerId: 2, how: 'session' });
    assert.match(String(until), /^\d{4}-/);
    assert.equal(session?.openedBy, 'oidc');
    assert.deepEqual([...browser.jar(publicUrl).keys()], [sessionCookie], 'nothing is left of the sign-in');
  });

  test('reaches what their role may, by GET and by a page of ours, and the service learns who it is', async () => {
    const browser = await signedIn('ada');
    browser.jar(publicUrl).set('theme', 'dark');
    const page = await browser.go(`${publicUrl}/dbmanager/api/invoices`);
    assert.equal(page.status, 200);
    const { headers } = JSON.parse(page.text) as { headers: Record<string, string> };
    assert.equal(headers['cookie'], 'theme=dark');
    assert.ok(headers['x-staffetta-caller']);
    const post = { method: 'POST', body: '{}', headers: ownPage };
    assert.equal((await browser.go(`${publicUrl}/receiver/api/salvaFatturaInterna`, post)).status, 200);
    assert.equal((await browser.go(`${publicUrl}/sender/api/mails`)).status, 403);
  });

  test('without a role that counts gets a page that says so and no session', async () => {
    provider.person = 'nemo';
    const browser = newBrowser();
    const page = await browser.go(`${publicUrl}/signin`);
    assert.equal(page.status, 403);
    assert.match(page.text, /<h1>.*no role that counts here.*OIDC_ROLE_MAP/s);
    assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
    assert.equal(page.headers['cache-control'], 'no-store');
    assert.equal(browser.jar(publicUrl).size, 0);
  });

  test('whom the provider refuses is told so, and its words are not believed', async () => {
    const browser = newBrowser();
    const back = new URL(await untilCallback(browser));
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    back.searchParams.set('error_description', '<script>alert(1)</script>');
    const page = await browser.go(back.href);
    assert.equal(page.status, 400);
    assert.match(page.text, /did not sign you in \(access_denied\)/);
    assert.ok(!page.text.includes('script'));
  });

  test('asks for an address elsewhere in vain', async () => {
    for (const wish of ['https://evil.example/', '//evil.example', '/\\evil.example', '/signin/callback']) {
      const page = await newBrowser().go(`${publicUrl}/signin?returnTo=${encodeURIComponent(wish)}`);
      assert.equal(page.status, 400, wish);
      assert.match(page.text, /returnTo must be a path of this hub/);
    }
  });
});

describe('what comes back from the provider', () => {
  test('counts in the browser that began alone', async () => {
    const address = await untilCallback(newBrowser());
    const victim = newBrowser();
    const page = await victim.go(address);
    assert.equal(page.status, 400);
    assert.match(page.text, /This browser began no such sign-in/);
    assert.equal(victim.jar(publicUrl).size, 0);
  });

  test('counts once, with the cookie kept and another code too', async () => {
    const browser = newBrowser();
    const address = await untilCallback(browser);
    const kept = new Map(browser.jar(publicUrl));
    assert.equal((await browser.go(address, { stopAt: () => true })).url.pathname, '/me');
    for (const [name, value] of kept) browser.jar(publicUrl).set(name, value);
    const again = await browser.go(address);
    assert.equal(again.status, 400);
    assert.match(again.text, /completed before/);
    const other = new URL(await untilCallback(newBrowser()));
    const swapped = new URL(address);
    swapped.searchParams.set('code', other.searchParams.get('code')!);
    for (const [name, value] of kept) browser.jar(publicUrl).set(name, value);
    assert.equal((await browser.go(swapped.href)).status, 400);
  });

  test('is refused with the code of another sign-in: its nonce and PKCE are others', async () => {
    const attacker = new URL(await untilCallback(newBrowser()));
    const browser = newBrowser();
    const mixed = new URL(await untilCallback(browser));
    mixed.searchParams.set('code', attacker.searchParams.get('code')!);
    const page = await browser.go(mixed.href);
    assert.equal(page.status, 400);
    assert.ok(!browser.jar(publicUrl).has(sessionCookie));
  });

  test('is refused from another issuer, with a state of another, with two states and without any', async () => {
    const changes: ((url: URL) => void)[] = [
      (url) => url.searchParams.set('iss', 'https://evil.example'),
      (url) => url.searchParams.delete('iss'),
      (url) => url.searchParams.set('state', 'x'.repeat(43)),
      (url) => url.searchParams.append('state', 'another'),
      (url) => url.searchParams.delete('state'),
      (url) => url.searchParams.delete('code'),
    ];
    for (const change of changes) {
      const browser = newBrowser();
      const url = new URL(await untilCallback(browser));
      change(url);
      const page = await browser.go(url.href);
      assert.equal(page.status, 400, url.search);
      assert.ok(!browser.jar(publicUrl).has(sessionCookie), url.search);
    }
  });

  test('is refused once the sign-in took too long', async () => {
    const browser = newBrowser();
    const address = await untilCallback(browser);
    gateway.clock.turn(600_000);
    const page = await browser.go(address);
    gateway.clock.turn(-600_000);
    assert.equal(page.status, 400);
    assert.match(page.text, /took too long/);
  });

  test('of two tabs leads each to its own', async () => {
    const browser = newBrowser();
    const [one, other] = [await untilCallback(browser), await untilCallback(browser)];
    for (const address of [other, one]) {
      const page = await browser.go(address, { stopAt: () => true });
      assert.equal(page.url.pathname, '/me', page.text);
    }
  });
});

describe('a session', () => {
  test('never has the id that the browser came with', async () => {
    const browser = newBrowser();
    const planted = newSessionId();
    browser.jar(publicUrl).set(sessionCookie, planted);
    await signedIn('ada', browser);
    const first = browser.jar(publicUrl).get(sessionCookie);
    assert.notEqual(first, planted);
    await signedIn('olga', browser);
    assert.notEqual(browser.jar(publicUrl).get(sessionCookie), first);
    const thief = newBrowser();
    for (const id of [planted, first!]) {
      thief.jar(publicUrl).set(sessionCookie, id);
      assert.equal((await thief.go(`${publicUrl}/me`)).status, 401);
      assert.equal(thief.jar(publicUrl).has(sessionCookie), false, 'the browser is told to forget it');
    }
  });

  test('of a tossed cookie beside it does not count', async () => {
    const browser = await signedIn('ada');
    const id = browser.jar(publicUrl).get(sessionCookie)!;
    const two = `${sessionCookie}=${newSessionId()}; ${sessionCookie}=${id}`;
    const answer = await gateway.ask('GET', '/me', { cookie: two });
    assert.equal(answer.status, 401);
    assert.match(answer.text, /or there are two/);
    const sister = await gateway.ask('GET', '/me', { cookie: `staffetta=${id}` });
    assert.equal(sister.status, 401, 'a name that a sister host could set');
  });

  test('is no help to a page of another origin', async () => {
    const browser = await signedIn('olga');
    const address = `${publicUrl}/sender/api/mails`;
    const post = (headers: Record<string, string>) => browser.go(address, { method: 'POST', headers, body: '{}' });
    for (const headers of [
      foreignPage,
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://sister.example.it' },
    ]) {
      const page = await post(headers);
      assert.equal(page.status, 403, JSON.stringify(headers));
      assert.match(errorOf(page).errorMessage, /rides on a session.*X-CSRF-Token/);
    }
    const { session } = await me(browser);
    assert.equal((await post({ 'x-csrf-token': session!.csrfToken })).status, 200);
    assert.equal((await post({ origin: publicUrl })).status, 200);
    assert.equal((await post(ownPage)).status, 200);
  });

  test('gives way to a key or a token in the same request', async () => {
    const browser = await signedIn('ada');
    const headers = { ...foreignPage, 'x-api-key': 'aruba-secret-token' };
    const page = await browser.go(`${publicUrl}/sender/x`, { method: 'POST', headers });
    assert.equal(page.status, 200, 'no page can send a key it does not know');
    const wrong = await browser.go(`${publicUrl}/me`, { headers: { authorization: 'Bearer a.b.c' } });
    assert.equal(wrong.status, 401);
  });

  test('is set by no service behind the gateway, which sees neither it nor the token of the page', async (t) => {
    const sly = await startService((_incoming, response) => {
      response.setHeader('set-cookie', [`${sessionCookie}=planted`, 'staffetta-signin-1=planted', 'theme=dark']);
      response.end();
    });
    const hub = await startGateway(sly.url, hubSettings(provider));
    t.after(async () => {
      await hub.stop();
      await sly.stop();
    });
    const headers = { 'x-api-key': 'aruba-secret-token', 'x-csrf-token': 'x', cookie: `${sessionCookie}=x; a=b` };
    const answer = await hub.ask('GET', '/sender/x', headers);
    assert.deepEqual([answer.headers['set-cookie']].flat(), ['theme=dark']);
    assert.equal(sly.seen[0]?.headers['cookie'], 'a=b');
    assert.equal(sly.seen[0]?.headers['x-csrf-token'], undefined);
  });

  test('ends by rest and by its life', async () => {
    const browser = await signedIn('ada');
    gateway.clock.turn(3_600_000);
    const page = await browser.go(`${publicUrl}/me`);
    gateway.clock.turn(-3_600_000);
    assert.equal(page.status, 401);
    assert.match(errorOf(page).errorMessage, /The session is over\. Sign in again at \/signin/);
    assert.match(String(page.headers['www-authenticate']), /Bearer/);
  });
});

describe('signing out', () => {
  test('ends the session here first, then at the provider, and the stolen id is worth nothing', async () => {
    const browser = await signedIn('ada');
    const id = browser.jar(publicUrl).get(sessionCookie)!;
    const page = await browser.go(`${publicUrl}/signout`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    assert.equal(page.url.pathname, '/session/end');
    assert.equal(page.url.origin, provider.issuer);
    const stolen = await gateway.ask('GET', '/me', { cookie: `${sessionCookie}=${id}` });
    assert.equal(stolen.status, 401);
    const { url } = await browser.submit(page, { logout: 'yes' }, { stopAt: ({ origin }) => origin === publicUrl });
    assert.equal(url.href, `${publicUrl}/`);
    provider.person = 'olga';
    await signedIn('olga', browser);
    assert.equal((await me(browser)).name, 'olga', 'the provider asked again who it is');
  });

  test('tells a program where to end it at the provider', async () => {
    const browser = await signedIn('ada');
    const page = await browser.go(`${publicUrl}/signout`, { method: 'POST', headers: ownPage });
    const { providerSignOutUrl } = JSON.parse(page.text) as { providerSignOutUrl: string };
    assert.ok(providerSignOutUrl.startsWith(`${provider.issuer}/session/end?`));
    assert.equal((await browser.go(`${publicUrl}/me`)).status, 401);
  });

  test('is not done by a page of another origin, nor by a link', async () => {
    const browser = await signedIn('ada');
    assert.equal((await browser.go(`${publicUrl}/signout`, { method: 'POST', headers: foreignPage })).status, 403);
    assert.equal((await browser.go(`${publicUrl}/signout`)).status, 404);
    assert.equal((await me(browser)).name, 'ada');
  });

  test('without a session is done already', async () => {
    const page = await newBrowser().go(`${publicUrl}/signout`, { method: 'POST', headers: ownPage });
    assert.equal(page.status, 200);
  });
});

describe('without a provider', () => {
  test('/signin says what to set', async (t) => {
    const bare = await startGateway(service.url);
    t.after(() => bare.stop());
    const page = await bare.ask('GET', '/signin', { accept: 'text/html' });
    assert.equal(page.status, 404);
    assert.match(page.text, /none is set\. Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_ROLE_MAP/);
    const forPrograms = await bare.ask('GET', '/signin');
    assert.deepEqual([forPrograms.status, JSON.parse(forPrograms.text).errorCode], [404, 'NOT_FOUND']);
    assert.equal((await bare.ask('GET', '/me', { authorization: 'Bearer a.b.c' })).status, 401);
    assert.equal((await bare.ask('GET', '/me', { 'x-api-key': 'aruba-secret-token' })).status, 200);
  });
});
