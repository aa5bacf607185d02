// Real servers for tests: proves that our Keycloak signs programs and people in, and keeps its keys through a kill.
import assert from 'node:assert/strict';
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { servers } from './available.ts';
import { companyRealm, customerPerson, customerProgram, operatorProgram, webClientId } from './keycloak-realm.ts';
import { startKeycloak, type KeycloakServer } from './keycloak.ts';

suite('a Keycloak of our own', { skip: servers.java.missing }, () => {
  let keycloak: KeycloakServer;
  before(async () => {
    keycloak = await startKeycloak({ realm: companyRealm({ customerId: '7', audience: 'hub' }) });
  });
  after(() => keycloak?.stop());

  test("gives a customer's program a token with its role, customer and audience", async () => {
    const claims = await claimsOf(await tokenOf({ grant_type: 'client_credentials', ...secretOf(customerProgram) }));
    assert.ok(rolesOf(claims).includes('CUSTOMER'));
    assert.equal(claims.customer, '7');
    assert.ok([claims.aud].flat().includes('hub'));
  });

  test("gives the operator's program its role and no customer", async () => {
    const claims = await claimsOf(await tokenOf({ grant_type: 'client_credentials', ...secretOf(operatorProgram) }));
    assert.ok(rolesOf(claims).includes('ARUBA'));
    assert.equal(claims.customer, undefined);
  });

  test('signs a person in, and its keys stay those of before a kill', async () => {
    const token = await tokenOf({ grant_type: 'password', client_id: webClientId, ...customerPerson });
    await keycloak.kill9();
    await keycloak.restart();
    const claims = await claimsOf(token);
    assert.ok(rolesOf(claims).includes('CUSTOMER'));
    assert.equal(claims.customer, '7');
  });

  async function tokenOf(form: Record<string, string>): Promise<string> {
    const address = `${keycloak.issuer}/protocol/openid-connect/token`;
    const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(form) });
    const body = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(body));
    return (body as { access_token: string }).access_token;
  }

  /** What the token claims, once a key that the realm publishes now has been found to have signed it. */
  async function claimsOf(token: string): Promise<Record<string, unknown>> {
    const [head = '', body = '', signature = ''] = token.split('.');
    const answer = await fetch(`${keycloak.issuer}/protocol/openid-connect/certs`);
    const { keys } = (await answer.json()) as { keys: (JsonWebKey & { kid: string })[] };
    const named = keys.find((key) => key.kid === decoded(head).kid) ?? assert.fail('no key of that name is published');
    const key = createPublicKey({ key: named, format: 'jwk' });
    assert.ok(verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')));
    return decoded(body);
  }
});

function secretOf({ clientId, clientSecret }: { clientId: string; clientSecret: string }) {
  return { client_id: clientId, client_secret: clientSecret };
}

function rolesOf(claims: Record<string, unknown>): readonly string[] {
  return (claims.realm_access as { roles: string[] }).roles;
}

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
