// platform: a login in a URL is sent as a header and never shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitLogin } from './url-login.ts';

test('a URL without login stays, without slashes at its end', () => {
  assert.deepEqual(splitLogin('http://host:8761/eureka//'), { url: 'http://host:8761/eureka', headers: {} });
});

test('a login leaves the URL and becomes the Basic header', () => {
  const authorization = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  assert.deepEqual(splitLogin('http://me:p%40ss@host/'), { url: 'http://host', headers: { authorization } });
});

test('what is no URL is refused without being repeated', () => {
  assert.throws(
    () => splitLogin('me:secret@host:80'),
    (error: Error) => !error.message.includes('secret'),
  );
});
