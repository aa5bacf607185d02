// gateway: tests with a real Keycloak: programs and people sign in, people are signed out by it, and it goes away.
import { freePort } from '@staffetta/tools/servers/child.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import {
  companyRealm,
  customerPerson,
  customerProgram,
  operatorPerson,
  operatorProgram,
  webClientId,
} from '@staffetta/tools/servers/keycloak-realm.ts';
import { startKeycloak, type KeycloakServer } from '@staffetta/tools/servers/keycloak.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { echo, startGateway, startService, type TestGateway, type TestService } from '../../gateway-test-kit.ts';
import { TestBrowser } from './browser-test-kit.ts';

const secret = 'only-for-tests-web';

describe('with Keycloak', { skip: servers.java.missing }, () => {
  let keycloak: KeycloakServer;
  let service: TestService;
  let gateway: TestGateway;

  before(async () => {
    const port = await freePort();
    const backChannelLogoutUrl = `http://127.0.0.1:${port}/signout/backchannel`;
    const wishes = { webClientSecret: secret, customerId: '2', audience: 'staffetta', backChannelLogoutUrl };
    keycloak = await startKeycloak({ realm: companyRealm(wishes) });
    service = await startService((incoming, response) => void echo(incoming, response));
    const settings = {
      oidcTimeoutMs: 60_000,
      oidcIssuers: [keycloak.issuer],
      oidcClientId: webClientId,
      oidcClientSecret: secret,
      oidcAudiences: ['staffetta'],
      oidcRolesClaims: ['realm_access.roles'],
      oidcRoleMap: ['ARUBA:ARUBA', 'SDI:SDI', 'CUSTOMER:CUSTOMER'],
      oidcCustomerClaim: 'customer',
    };
    gateway = await startGateway(service.url, settings, { port });
  });

  after(async () => {
    await gateway?.stop();
    await service?.stop();
    await keycloak?.stop();
  });

  async function tokenOf(program: { clientId: string; clientSecret: string }): Promise<string> {
    const form = { grant_type: 'client_credentials', client_id: program.clientId, client_secret: program.clientSecret };
    const address = `${keycloak.issuer}/protocol/openid-connect/token`;
    const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(form) });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  const withToken = (token: string, path: string, method = 'GET') =>
    gateway.ask(method, path, { authorization: `Bearer ${token}` });

  async function signIn(person: { username: string; password: string }): Promise<TestBrowser> {
    const browser = new TestBrowser(new Map());
    const form = await browser.go(`${gateway.url}/signin?returnTo=/me`);
    assert.equal(form.status, 200, form.text);
    const page = await browser.submit(form, person);
    assert.equal(page.url.href, `${gateway.url}/me`, page.text);
    assert.equal(page.status, 200, page.text);
    return browser;
  }

  async function me(browser: TestBrowser) {
    const { status, text } = await browser.go(`${gateway.url}/me`);
    return { status, ...(JSON.parse(text) as { name?: string; roles?: string[]; customerId?: number }) };
  }

  test('programs call with the tokens of their client', async () => {
    const customer = await withToken(await tokenOf(customerProgram), '/me');
    assert.equal(customer.status, 200, customer.text);
    const { name, roles, customerId } = JSON.parse(customer.text) as Record<string, unknown>;
    assert.deepEqual([name, roles, customerId], [`service-account-${customerProgram.clientId}`, ['CUSTOMER'], 2]);
    assert.equal((await withToken(await tokenOf(customerProgram), '/sender/x')).status, 403);
    assert.equal((await withToken(await tokenOf(operatorProgram), '/sender/x')).status, 200);
  });

  test('people sign in by its form, and are who its tokens say', async () => {
    const customer = await me(await signIn(customerPerson));
    assert.deepEqual([customer.name, customer.roles, customer.customerId], [customerPerson.username, ['CUSTOMER'], 2]);
    const operator = await signIn(operatorPerson);
    assert.deepEqual((await me(operator)).roles, ['ARUBA']);
    assert.equal((await operator.go(`${gateway.url}/sender/x`)).status, 200);
  });

  test('a session is renewed with its rotating tokens', async () => {
    const browser = await signIn(customerPerson);
    gateway.clock.turn(301_000);
    assert.equal((await me(browser)).status, 200);
    gateway.clock.turn(301_000);
    assert.equal((await me(browser)).status, 200);
    gateway.clock.turn(-602_000);
  });

  test('signing out here ends the session there too', async () => {
    const browser = await signIn(customerPerson);
    const headers = { 'sec-fetch-site': 'same-origin' };
    const page = await browser.go(`${gateway.url}/signout`, {
      method: 'POST',
      headers,
      stopAt: (url) => url.pathname === '/',
    });
    assert.equal(page.url.href, `${gateway.url}/`, page.text);
    assert.equal((await me(browser)).status, 401);
    const form = await browser.go(`${gateway.url}/signin`);
    assert.equal(form.url.origin, new URL(keycloak.issuer).origin, 'it asks for the password again');
    assert.match(form.text, /name="password"/);
  });

  test('signing out there ends the session here', async () => {
    const browser = await signIn(operatorPerson);
    const other = await signIn(customerPerson);
    const confirm = await browser.go(`${keycloak.issuer}/protocol/openid-connect/logout`);
    assert.equal((await browser.submit(confirm, { confirmLogout: 'Logout' })).status, 200);
    while ((await me(browser)).status !== 401) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await me(other)).status, 200);
  });

  test('while it is away its known keys and the open sessions go on; afterwards people sign in again', async () => {
    const browser = await signIn(operatorPerson);
    const [used, unused] = [await tokenOf(operatorProgram), await tokenOf(operatorProgram)];
    assert.equal((await withToken(used, '/sender/x')).status, 200);
    await keycloak.kill9();
    assert.equal((await withToken(used, '/sender/x')).status, 200);
    assert.equal((await withToken(unused, '/sender/x')).status, 200, 'never seen before');
    assert.equal((await me(browser)).status, 200);
    assert.equal((await gateway.ask('GET', '/sender/x', { 'x-api-key': 'aruba-secret-token' })).status, 200);
    gateway.clock.turn(301_000);
    assert.equal((await me(browser)).status, 200, 'it cannot be asked, and the session goes on');
    gateway.clock.turn(-301_000);
    await keycloak.restart();
    assert.equal((await withToken(await tokenOf(operatorProgram), '/sender/x')).status, 200);
    assert.equal((await me(await signIn(customerPerson))).status, 200);
  });
});
