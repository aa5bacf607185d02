// gateway: tests of what a renewal without a new ID token makes of rights: the newest word about roles counts, not the oldest.
import { systemClock } from '@staffetta/platform/clock.ts';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClaimRules } from './claim-rules.ts';
import type { OidcParts } from './oidc-rules.ts';
import { rightsBehind, type Tokens } from './provider-account.ts';
import type { Provider } from './provider.ts';

const issuer = 'https://login.example';
const atSignIn = { sub: 'ada', name: 'Ada', roles: ['admin', 'cliente'], customer_id: 2 };
const claims = readClaimRules({
  oidcRolesClaims: ['roles'],
  oidcRoleMap: ['admin:ARUBA', 'cliente:CUSTOMER'],
  oidcCustomerClaim: 'customer_id',
  oidcNameClaims: ['name'],
  oidcScopesClaim: 'scope',
  oidcScopeMap: [],
});

/** What a renewal gives where the provider answers with an access token alone. */
async function renewed(accessToken: (sign: (roles: readonly string[]) => Promise<string>) => Promise<string>) {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }] });
  const provider = { issuer, known: () => ({ keys, config: { serverMetadata: () => ({}) } }) } as unknown as Provider;
  const sign = (roles: readonly string[]): Promise<string> =>
    new SignJWT({ sub: 'ada', roles })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(issuer)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
  const values = { oidcAlgorithms: ['RS256'], oidcClockSkewMs: 0 };
  const parts = { claims, values, clock: systemClock } as unknown as OidcParts;
  const tokens = { access_token: await accessToken(sign), claims: () => undefined } as unknown as Tokens;
  return rightsBehind(parts, provider, tokens, 'ada', atSignIn);
}

test('roles that were taken away are not read from the ID token of the sign-in', async () => {
  const fewer = await renewed((sign) => sign(['cliente']));
  assert.deepEqual(fewer, { rights: { name: 'Ada', roles: ['CUSTOMER'], customerId: 2 } });
  assert.ok('why' in (await renewed((sign) => sign([]))), 'none is left');
});

test('what nobody says anything newer of stays as it was', async () => {
  const same = await renewed(async () => 'opaque');
  assert.deepEqual(same, { rights: { name: 'Ada', roles: ['ARUBA', 'CUSTOMER'], customerId: 2 } });
});
