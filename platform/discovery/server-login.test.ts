// platform: services find their own eurekaserver where a password is set.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitLogin } from '../http/url-login.ts';
import { withDiscoveryLogin } from './server-login.ts';

test('the login stands in the address, whatever its letters', () => {
  const url = 'http://127.0.0.1:8761/eureka';
  assert.equal(withDiscoveryLogin(url, {}), url);
  assert.equal(withDiscoveryLogin(url, { EUREKA_SERVER_PASSWORD: '' }), url);
  for (const [environment, login] of [
    [{ EUREKA_SERVER_PASSWORD: 'p@ss/wört' }, 'eureka:p@ss/wört'],
    [{ EUREKA_SERVER_PASSWORD: 'b', EUREKA_SERVER_USER: 'a:a' }, 'a:a:b'],
  ] as const) {
    const call = splitLogin(withDiscoveryLogin(url, environment));
    assert.equal(call.url, url);
    assert.equal(call.headers['authorization'], `Basic ${Buffer.from(login).toString('base64')}`);
  }
});
