// gateway: tests of what becomes of a session after its sign-in: renewed, lessened, ended by the provider, listed, revoked.
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { echo, startGateway, startService, type TestGateway } from '../../gateway-test-kit.ts';
import { TestBrowser, type Page } from './browser-test-kit.ts';
import { hubSettings, publicUrl, startProvider, type ProviderWishes, type TestProvider } from './provider-test-kit.ts';

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const ownPage = { 'sec-fetch-site': 'same-origin', accept: 'application/json' };

interface Scene {
  readonly provider: TestProvider;
  readonly hub: TestGateway;
  signIn(person: string, browser?: TestBrowser): Promise<TestBrowser>;
}

async function scene(
  t: TestContext,
  changes: Parameters<typeof startGateway>[1] = {},
  wishes: ProviderWishes = {},
): Promise<Scene> {
  const service = await startService((incoming, response) => void echo(incoming, response));
  const provider = await startProvider(wishes);
  const hub = await startGateway(service.url, { ...hubSettings(provider), ...changes });
  provider.hub = hub.url;
  t.after(async () => {
    await hub.stop();
    await provider.stop();
    await service.stop();
  });
  return {
    provider,
    hub,
    async signIn(person, browser = new TestBrowser(new Map([[publicUrl, hub.url]]))) {
      provider.person = person;
      const page = await browser.go(`${publicUrl}/signin`, { stopAt: ({ pathname }) => pathname === '/' });
      assert.equal(page.url.href, `${publicUrl}/`, page.text);
      return browser;
    },
  };
}

async function eventually(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`it never came to be: ${String(isTrue)}`);
}

const me = (browser: TestBrowser): Promise<Page> => browser.go(`${publicUrl}/me`, { headers: ownPage });
const json = ({ text }: Page): unknown => JSON.parse(text);
const renewals = ({ provider }: Scene) => provider.seen.filter((one) => one === 'POST /token').length - 1;

describe('a session is renewed', () => {
  test('beside the requests shortly before its token ends, once for many requests', async (t) => {
    const here = await scene(t);
    const browser = await here.signIn('ada');
    await me(browser);
    assert.equal(renewals(here), 0);
    here.hub.clock.turn(210_000);
    const pages = await Promise.all([1, 2, 3, 4].map(() => me(browser)));
    for (const { status } of pages) assert.equal(status, 200);
    await eventually(() => renewals(here) === 1);
    // Step by step: the provider was asked, but when its answer is kept, from which the next one counts, nobody sees.
    await eventually(async () => {
      here.hub.clock.turn(5000);
      return (await me(browser)).status === 200 && renewals(here) === 2;
    });
  });

  test('before the next request once the token ended', async (t) => {
    const here = await scene(t);
    const browser = await here.signIn('ada');
    here.hub.clock.turn(1_000_000);
    assert.equal((await me(browser)).status, 200);
    assert.equal(renewals(here), 1);
  });

  test('with lessened rights at once', async (t) => {
    const here = await scene(t);
    here.provider.accounts.set('ada', { roles: ['invoice-admin', 'cliente'], customer_id: 2 });
    const browser = await here.signIn('ada');
    assert.deepEqual((json(await me(browser)) as { roles: string[] }).roles, ['ARUBA', 'CUSTOMER']);
    here.provider.accounts.set('ada', { roles: ['cliente'], customer_id: 2 });
    here.hub.clock.turn(301_000);
    const { roles, customerId } = json(await me(browser)) as { roles: string[]; customerId: number };
    assert.deepEqual([roles, customerId], [['CUSTOMER'], 2]);
  });

  for (const [title, claims] of [
    ['more rights', { roles: ['invoice-admin', 'cliente'], customer_id: 2 }],
    ['another customer', { roles: ['cliente'], customer_id: 3 }],
    ['no rights', { roles: [] }],
  ] as const) {
    test(`and ends where the account has ${title}: that needs a new sign-in, with a new id`, async (t) => {
      const here = await scene(t);
      const browser = await here.signIn('ada');
      here.provider.accounts.set('ada', claims);
      here.hub.clock.turn(301_000);
      const page = await me(browser);
      assert.equal(page.status, 401, page.text);
      assert.match(page.text, /may more than before|no role that counts/);
      assert.equal(browser.jar(publicUrl).size, 0);
    });
  }

  test('and ends where the provider refuses', async (t) => {
    const here = await scene(t);
    const browser = await here.signIn('ada');
    // A new key pair and store: this provider has never heard of the refresh token.
    await here.provider.rotate();
    here.hub.clock.turn(301_000);
    const page = await me(browser);
    assert.equal(page.status, 401);
    assert.match(page.text, /identity provider has ended this session/);
    assert.equal((await me(browser)).status, 401);
  });

  test('or goes on while the provider is away, for as long as the setting says', async (t) => {
    const here = await scene(t, { oidcAwayMaxMs: 1_200_000, oidcRetryMs: 20 });
    const browser = await here.signIn('ada');
    await here.provider.away();
    here.hub.clock.turn(301_000);
    for (let count = 0; count < 3; count += 1) assert.equal((await me(browser)).status, 200);
    here.hub.clock.turn(1_000_000);
    assert.equal((await me(browser)).status, 200);
    await here.provider.back();
    await eventually(async () => (await me(browser)).status === 200 && renewals(here) === 1);
    await here.provider.away();
    here.hub.clock.turn(1_600_000);
    assert.equal((await me(browser)).status, 401);
  });

  test('never where the provider gives nothing to renew it with', async (t) => {
    const here = await scene(t, {}, { refreshTokens: false });
    const browser = await here.signIn('ada');
    here.hub.clock.turn(1_000_000);
    assert.equal((await me(browser)).status, 200);
    assert.equal(renewals(here), 0);
  });
});

test('nobody is sent to a provider that is away: a page says so, until it is back', async (t) => {
  const here = await scene(t);
  await here.signIn('ada');
  await here.provider.away();
  here.hub.clock.turn(5000);
  const page = await new TestBrowser(new Map([[publicUrl, here.hub.url]])).go(`${publicUrl}/signin`);
  assert.equal(page.status, 503);
  assert.match(page.text, /<h1>.*identity provider does not answer.*Sign in/s);
  assert.ok(Number(page.headers['retry-after']) > 0);
  await here.provider.back();
  here.hub.clock.turn(1000);
  assert.equal((await me(await here.signIn('ada'))).status, 200);
});

test('roles that stand in no token are asked for', async (t) => {
  const here = await scene(t, {}, { rolesInIdToken: false });
  const browser = await here.signIn('olga');
  assert.deepEqual((json(await me(browser)) as { roles: string[] }).roles, ['ARUBA']);
  assert.ok(here.provider.seen.includes('GET /me'), here.provider.seen.join());
});

describe('the provider ends a session', () => {
  const post = ({ hub }: Scene, body: string) =>
    hub.ask('POST', '/signout/backchannel', { 'content-type': 'application/x-www-form-urlencoded' }, body);
  const sendToken = (here: Scene, token: string) => post(here, `logout_token=${token}`);

  function logoutClaims(here: Scene, more: Record<string, unknown> = {}): Record<string, unknown> {
    const iat = Math.floor(here.hub.clock.now().getTime() / 1000);
    const what = { events: { [logoutEvent]: {} }, jti: `jti-${Math.random()}`, sub: 'ada' };
    return { iss: here.provider.issuer, aud: 'hub-web', iat, exp: iat + 120, ...what, ...more };
  }

  function secondsAgo(here: Scene, seconds: number): Record<string, unknown> {
    const claims = logoutClaims(here);
    return { ...claims, iat: Number(claims['iat']) - seconds };
  }

  test('when the person signs out there', async (t) => {
    const here = await scene(t);
    const browser = await here.signIn('ada');
    const elsewhere = await here.signIn('ada');
    const form = await browser.go(`${here.provider.issuer}/session/end`);
    await browser.submit(form, { logout: 'yes' });
    await eventually(async () => (await me(browser)).status === 401);
    assert.equal((await me(elsewhere)).status, 200, 'another session there goes on');
  });

  test('of a person everywhere, by sub, and of nobody else', async (t) => {
    const here = await scene(t);
    const [one, two, other] = [await here.signIn('ada'), await here.signIn('ada'), await here.signIn('olga')];
    const answer = await sendToken(here, await here.provider.sign(logoutClaims(here), { typ: 'logout+jwt' }));
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(JSON.parse(answer.text), { ended: 2 });
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.deepEqual([(await me(one)).status, (await me(two)).status, (await me(other)).status], [401, 401, 200]);
  });

  for (const [title, of] of [
    ['by sub', () => ({ sub: 'ada' })],
    ['by sid', (sid: unknown) => ({ sub: undefined, sid })],
  ] as const) {
    test(`that is not open yet, since its person is just on the way back, ${title}`, async (t) => {
      const here = await scene(t);
      const browser = new TestBrowser(new Map([[publicUrl, here.hub.url]]));
      const isBack = ({ pathname }: URL) => pathname === '/signin/callback';
      const { url } = await browser.go(`${publicUrl}/signin`, { stopAt: isBack });
      const held = here.provider.holdNextToken();
      const arriving = browser.go(url.href, { stopAt: () => true });
      const { sid } = await held.made;
      const answer = await sendToken(here, await here.provider.sign(logoutClaims(here, of(sid))));
      assert.deepEqual(JSON.parse(answer.text), { ended: 0 });
      held.release();
      const page = await arriving;
      assert.equal(page.status, 400);
      assert.match(page.text, /signed you out again while you were on your way back/);
      assert.equal((await me(browser)).status, 401);
      assert.equal((await me(await here.signIn('olga'))).status, 200, 'others come in');
    });
  }

  test('once: a token sent again ends no later session', async (t) => {
    const here = await scene(t);
    await here.signIn('ada');
    const token = await here.provider.sign(secondsAgo(here, 1));
    assert.equal((await sendToken(here, token)).status, 200);
    const browser = await here.signIn('ada');
    const again = await sendToken(here, token);
    assert.equal(again.status, 400);
    assert.match(again.text, /"error":"invalid_request".*used before/);
    assert.equal((await me(browser)).status, 200);
    here.hub.clock.turn(60_000);
    const late = await here.signIn('ada');
    assert.equal((await sendToken(here, await here.provider.sign(secondsAgo(here, 50)))).status, 200);
    assert.equal((await me(late)).status, 200, 'it began after the token was made');
  });

  test('and by nothing that only looks like it', async (t) => {
    const here = await scene(t);
    const browser = await here.signIn('ada');
    const wrong: [title: string, more: Record<string, unknown>][] = [
      ['another issuer', { iss: 'https://evil.example' }],
      ['another client', { aud: 'erp' }],
      ['no event', { events: {} }],
      ['an event that is none', { events: { [logoutEvent]: true } }],
      ['a nonce', { nonce: 'n' }],
      ['no jti', { jti: undefined }],
      ['nobody', { sub: undefined }],
      ['too late', { exp: 1 }],
      ['too late without an end', { exp: undefined, iat: 1 }],
      ['too early', { iat: 9_999_999_999 }],
    ];
    for (const [title, more] of wrong) {
      const answer = await sendToken(here, await here.provider.sign(logoutClaims(here, more)));
      assert.equal(answer.status, 400, title);
    }
    const { privateKey } = await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
      true,
      ['sign', 'verify'],
    );
    const token = await here.provider.sign(logoutClaims(here), {}, privateKey);
    for (const body of ['', 'logout_token=', `logout_token=${token}`, 'logout_token=a&logout_token=b', 'x=1']) {
      assert.equal((await post(here, body)).status, 400, body);
    }
    const asJson = await here.hub.ask('POST', '/signout/backchannel', { 'content-type': 'application/json' }, '{}');
    assert.equal(asJson.status, 400);
    assert.equal((await me(browser)).status, 200);
  });
});

interface Listed {
  readonly sessions: { id: string; subject: string; name: string; current: boolean }[];
  readonly total?: number;
}

describe('sessions by REST', () => {
  const path = '/gateway/api/sessions';
  const get = (browser: TestBrowser, at: string) => browser.go(publicUrl + at, { headers: ownPage });
  const remove = (browser: TestBrowser, at: string) =>
    browser.go(publicUrl + at, { method: 'DELETE', headers: ownPage });

  test('everybody sees and ends their own', async (t) => {
    const here = await scene(t);
    const [one, two, other] = [await here.signIn('ada'), await here.signIn('ada'), await here.signIn('olga')];
    const mine = (json(await get(one, `${path}/mine`)) as Listed).sessions;
    assert.deepEqual([mine.length, mine.filter(({ current }) => current).length], [2, 1]);
    const theirs = (json(await get(other, `${path}/mine`)) as Listed).sessions[0]!;
    assert.equal((await remove(one, `${path}/mine/${theirs.id}`)).status, 404);
    assert.equal((await me(other)).status, 200);
    const second = mine.find(({ current }) => !current)!;
    assert.equal((await remove(one, `${path}/mine/${second.id}`)).status, 200);
    assert.deepEqual([(await me(one)).status, (await me(two)).status], [200, 401]);
    assert.equal((await remove(one, `${path}/mine`)).status, 200);
    assert.equal(one.jar(publicUrl).size, 0);
    assert.equal((await me(one)).status, 401);
    const key = { 'x-api-key': 'aruba-secret-token' };
    assert.deepEqual(JSON.parse((await here.hub.ask('GET', `${path}/mine`, key)).text), { sessions: [] });
  });

  test('an administrator sees and ends all, nobody else does', async (t) => {
    const here = await scene(t);
    const [ada, again, olga] = [await here.signIn('ada'), await here.signIn('ada'), await here.signIn('olga')];
    assert.equal((await get(ada, path)).status, 403);
    const all = json(await get(olga, path)) as Listed;
    assert.equal(all.total, 3);
    assert.ok(!JSON.stringify(all).includes(ada.jar(publicUrl).get('__Host-staffetta')!), 'no id is ever shown');
    const [{ id, subject } = { id: '', subject: '' }] = all.sessions.filter(({ name }) => name === 'ada');
    assert.equal((await remove(ada, `${path}/${id}`)).status, 403);
    assert.equal((await remove(olga, `${path}/${id}`)).status, 200);
    assert.equal((await remove(olga, `${path}/${id}`)).status, 404);
    const left = await Promise.all([me(ada), me(again)]);
    assert.equal(left.filter(({ status }) => status === 401).length, 1);
    const of = `${path}?subject=${encodeURIComponent(subject)}`;
    assert.equal((json(await get(olga, of)) as Listed).total, 1);
    assert.deepEqual((json(await remove(olga, of)) as { ended: number }).ended, 1);
    assert.equal((await remove(olga, path)).status, 400, 'whose, must be said');
    assert.equal((await remove(olga, `${path}/nonsense`)).status, 400);
    assert.equal((await me(olga)).status, 200);
  });
});
