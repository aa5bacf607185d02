// gateway: tests of what claims make of an account.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mapClaims, readClaimRules, scopesOf, type Claims, type ClaimSettings } from './claim-rules.ts';

const settings: ClaimSettings = {
  oidcRolesClaims: ['realm_access.roles', 'https://hub.example/roles'],
  oidcRoleMap: ['invoice-admin:ARUBA', 'urn:it:sdi:SDI', 'cliente:CUSTOMER', 'all:ARUBA', 'all:SDI'],
  oidcCustomerClaim: 'customer_id',
  oidcNameClaims: ['preferred_username', 'sub'],
  oidcScopesClaim: 'scope',
  oidcScopeMap: [],
};
const rules = readClaimRules(settings);
const map = (...sources: Claims[]) => mapClaims(sources, rules);
const roles = (...names: string[]) => ({ sub: 's', realm_access: { roles: names } });

describe('claims', () => {
  test('give the roles of the map and no others', () => {
    assert.deepEqual(map(roles('invoice-admin', 'offline_access')), { rights: { name: 's', roles: ['ARUBA'] } });
    assert.deepEqual(map(roles('urn:it:sdi')), { rights: { name: 's', roles: ['SDI'] } });
    assert.deepEqual(map(roles('all', 'invoice-admin')), { rights: { name: 's', roles: ['ARUBA', 'SDI'] } });
    assert.deepEqual(map({ sub: 's', 'https://hub.example/roles': 'x all' }), {
      rights: { name: 's', roles: ['ARUBA', 'SDI'] },
    });
  });

  test('without a role that counts give nothing', () => {
    const nothing: Claims[] = [
      {},
      roles(),
      roles('ARUBA', 'Invoice-Admin', 'constructor', '__proto__'),
      { sub: 's', realm_access: 'invoice-admin' },
      { sub: 's', realm_access: null },
      { sub: 's', roles: ['invoice-admin'] },
      { sub: 's', realm_access: { roles: [{ toString: 'invoice-admin' }, 7] } },
    ];
    for (const claims of nothing) assert.match(JSON.stringify(map(claims)), /no role that counts/);
  });

  test('of a customer name which one', () => {
    const customer = (id: unknown) => map({ ...roles('cliente'), customer_id: id });
    for (const id of [7, '7', ['7']]) {
      assert.deepEqual(customer(id), { rights: { name: 's', roles: ['CUSTOMER'], customerId: 7 } });
    }
    const wrong = [undefined, null, 0, -7, 7.5, '07', '7 ', '7x', '', true, {}, [], ['7', '8'], '9'.repeat(20)];
    for (const id of wrong) assert.match(JSON.stringify(customer(id)), /names no customer/, JSON.stringify(id));
  });

  test('of somebody who is more than a customer bind to a customer only as one', () => {
    assert.deepEqual(map(roles('cliente', 'invoice-admin')), { rights: { name: 's', roles: ['ARUBA'] } });
    assert.deepEqual(map({ ...roles('invoice-admin'), customer_id: 7 }), { rights: { name: 's', roles: ['ARUBA'] } });
    assert.deepEqual(map({ ...roles('cliente', 'invoice-admin'), customer_id: 7 }), {
      rights: { name: 's', roles: ['ARUBA', 'CUSTOMER'], customerId: 7 },
    });
  });

  test('of several tokens are believed in their order', () => {
    const found = map({ sub: 's', customer_id: 7 }, { ...roles('cliente'), customer_id: 8, preferred_username: 'ada' });
    assert.deepEqual(found, { rights: { name: 's', roles: ['CUSTOMER'], customerId: 7 } });
  });

  test('name the account without what would break a line', () => {
    const named = (name: unknown) => map({ ...roles('all'), preferred_username: name });
    const nameOf = (name: unknown) => (named(name) as { rights: { name: string } }).rights.name;
    assert.equal(nameOf(' ada\r\nx-role: ARUBA\u0000 '), 'adax-role: ARUBA');
    assert.equal(nameOf('\u0007'), 's');
    assert.equal(nameOf(7), 's');
    assert.equal(nameOf('é'.repeat(500)).length, 200);
    assert.match(JSON.stringify(map({ realm_access: { roles: ['all'] } })), /no name/);
  });

  test('limit a token to its scopes only where a map says what they mean', () => {
    assert.equal(scopesOf({ scope: 'invoices.read' }, rules), undefined);
    const oidcScopeMap = ['invoices.read=invoices:read', 'urn:x=y=operate', 'hub=operate'];
    assert.throws(() => readClaimRules({ ...settings, oidcScopeMap }), { code: 'SETTING_WRONG', message: /urn:x=y/ });
    const limited = readClaimRules({ ...settings, oidcScopeMap: ['invoices.read=invoices:read', 'hub=operate'] });
    assert.deepEqual(scopesOf({ scope: 'openid hub invoices.read' }, limited), ['invoices:read', 'operate']);
    assert.deepEqual(scopesOf({ scope: ['hub'] }, limited), ['operate']);
    assert.deepEqual(scopesOf({}, limited), []);
  });

  test('are mapped by roles that exist', () => {
    for (const row of ['admin', 'admin:ADMIN', ':ARUBA', 'admin:aruba']) {
      const act = () => readClaimRules({ ...settings, oidcRoleMap: [row] });
      assert.throws(act, { code: 'SETTING_WRONG', message: /OIDC_ROLE_MAP/ }, row);
    }
  });
});
