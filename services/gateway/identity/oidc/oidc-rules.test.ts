// gateway: tests of what the settings of signing in refuse at the start.
import { systemClock } from '@staffetta/platform/clock.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import type { Profile } from '@staffetta/platform/service.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import type { FastifyRequest } from 'fastify';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { publicAddress } from '../sessions/public-url.ts';
import { sessionSettings } from '../sessions/session-settings.ts';
import { oidcSettings } from './oidc-settings.ts';
import { readOidc } from './oidc-rules.ts';

function read(profile: Profile, environment: Record<string, string>) {
  const { values } = readSettings({ ...oidcSettings, ...sessionSettings }, environment);
  return readOidc(profile, values, systemClock, createLog('silent'));
}

const good = { OIDC_ISSUER: 'https://id.example.it/realms/hub', OIDC_ROLE_MAP: 'admin:ARUBA' };

describe('the settings of signing in', () => {
  test('may be left out altogether', () => {
    for (const profile of ['dev', 'production'] as const) {
      const { providers, home } = read(profile, {});
      assert.deepEqual([providers.size, home], [0, undefined]);
    }
  });

  test('name a home for people only with a client', () => {
    assert.equal(read('production', good).home, undefined);
    const people = { ...good, OIDC_CLIENT_ID: 'hub', GATEWAY_PUBLIC_URL: 'https://hub.example.it' };
    assert.equal(read('production', people).home?.issuer, good.OIDC_ISSUER);
  });

  const wrong: [title: string, profile: Profile, more: Record<string, string>, words: RegExp][] = [
    ['an issuer that is no URL', 'dev', { OIDC_ISSUER: 'keycloak' }, /OIDC_ISSUER="keycloak"/],
    ['an issuer with a query', 'dev', { OIDC_ISSUER: 'https://id.example.it/?x=1' }, /OIDC_ISSUER/],
    ['an issuer with a login', 'dev', { OIDC_ISSUER: 'https://a:b@id.example.it/' }, /OIDC_ISSUER/],
    ['an issuer over plain http in production', 'production', { OIDC_ISSUER: 'http://id.example.it' }, /https alone/],
    ['no roles', 'dev', { OIDC_ROLE_MAP: '' }, /OIDC_ROLE_MAP/],
    ['an unsigned algorithm', 'dev', { OIDC_ALGORITHMS: 'RS256,none' }, /OIDC_ALGORITHMS="none"/],
    ['a shared secret', 'dev', { OIDC_ALGORITHMS: 'HS256' }, /OIDC_ALGORITHMS="HS256"/],
    ['no algorithm', 'dev', { OIDC_ALGORITHMS: ',' }, /name at least one/],
    ['questions without a client', 'dev', { OIDC_INTROSPECTION: 'true' }, /OIDC_CLIENT_ID/],
    ['people without an address in production', 'production', { OIDC_CLIENT_ID: 'hub' }, /GATEWAY_PUBLIC_URL/],
    [
      'people over plain http in production',
      'production',
      { OIDC_CLIENT_ID: 'hub', GATEWAY_PUBLIC_URL: 'http://hub.example.it' },
      /GATEWAY_PUBLIC_URL="http:\/\/hub/,
    ],
  ];
  for (const [title, profile, more, words] of wrong) {
    test(`are refused with ${title}`, () => {
      assert.throws(() => read(profile, { ...good, ...more }), { code: 'SETTING_WRONG', message: words });
    });
  }
});

describe('our address', () => {
  const request = { raw: {} } as FastifyRequest;
  const clientOf = (proto: 'http' | 'https') => () => ({ address: '192.0.2.1', proto, host: 'h:1', forwardedFor: '' });

  test('is the setting’s, else in dev the request’s, else nobody knows it', () => {
    const set = publicAddress('production', 'https://hub.example.it/', clientOf('http'));
    assert.equal(set.originOf(request), 'https://hub.example.it');
    assert.equal(publicAddress('dev', undefined, clientOf('http')).originOf(request), 'http://h:1');
    assert.equal(publicAddress('production', undefined, clientOf('https')).originOf(request), undefined);
    for (const url of ['https://hub.example.it/path', 'ftp://hub.example.it']) {
      assert.throws(() => publicAddress('dev', url, clientOf('http')), { code: 'SETTING_WRONG' }, url);
    }
  });

  test('makes cookies plain only in dev over plain http', () => {
    const isSecure = (...given: Parameters<typeof publicAddress>) => publicAddress(...given).styleOf(request).secure;
    assert.equal(isSecure('dev', undefined, clientOf('http')), false);
    assert.equal(isSecure('dev', undefined, clientOf('https')), true);
    assert.equal(isSecure('dev', 'https://hub.example.it', clientOf('http')), true);
    assert.equal(isSecure('dev', 'http://hub.example.it', clientOf('http')), false);
    assert.equal(isSecure('production', undefined, clientOf('http')), true);
  });
});
