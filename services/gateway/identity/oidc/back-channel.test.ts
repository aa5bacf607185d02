// gateway: tests of a logout token whose sessions could not be ended at once: it counts when it is sent again, and then no more.
import { HubError } from '@staffetta/flow/errors.ts';
import { systemClock } from '@staffetta/platform/clock.ts';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../sessions/session.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { backChannel } from './back-channel.ts';
import type { OidcParts } from './oidc-rules.ts';
import { TokenRefused } from './verify-token.ts';

const issuer = 'https://login.example';

async function signed() {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }] });
  const claims = { events: { 'http://schemas.openid.net/event/backchannel-logout': {} }, jti: 'once', sub: 'ada' };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'logout+jwt' })
    .setIssuer(issuer)
    .setAudience('hub-web')
    .setIssuedAt()
    .setExpirationTime('2m')
    .sign(privateKey);
  return { token, keys };
}

function partsWith(keys: unknown): OidcParts {
  const values = { oidcClientId: 'hub-web', oidcTokenBytesMax: 8192, oidcAlgorithms: ['RS256'], oidcClockSkewMs: 0 };
  return { home: { issuer, known: () => ({ keys }) }, values, clock: systemClock } as unknown as OidcParts;
}

test('a logout token whose sessions could not be ended counts when it is sent again, and then no more', async () => {
  const { token, keys } = await signed();
  const notes = new Map<string, number>();
  let open: Partial<Session>[] = [{ key: 'a', subject: `${issuer} ada`, openedAtMs: 0 }];
  let isAway = true;
  const sessions = {
    note: async (name: string, what: number) => void notes.set(name, what),
    noted: async (name: string) => notes.get(name),
    ofSubject: async () => open,
    async end() {
      if (isAway) throw new HubError('SESSIONS_AWAY', 'away');
      open = [];
      return true;
    },
  } as unknown as Sessions;
  const channel = backChannel(partsWith(keys), sessions, { remember: async () => {}, hasEnded: async () => false });
  await assert.rejects(channel.take(token), { code: 'SESSIONS_AWAY' });
  isAway = false;
  assert.equal(await channel.take(token), 1);
  await assert.rejects(
    channel.take(token),
    (error) => error instanceof TokenRefused && /used before/.test(error.message),
  );
});
