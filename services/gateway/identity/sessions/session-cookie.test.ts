// gateway: tests of cookies and of what is sealed in them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seal, unseal } from '@staffetta/platform/sealed.ts';
import { cookieName, newSessionId, readSessionId, withoutOwnCookies, writeCookie } from './session-cookie.ts';

const secure = { secure: true };
const plain = { secure: false };

describe('the cookie of a session', () => {
  test('is one that only https and the very host can set', () => {
    const id = newSessionId();
    const written = writeCookie(cookieName('', secure), id, secure);
    assert.equal(written, `__Host-staffetta=${id}; Path=/; HttpOnly; SameSite=Lax; Secure`);
    assert.equal(writeCookie(cookieName('', plain), id, plain), `staffetta=${id}; Path=/; HttpOnly; SameSite=Lax`);
    assert.equal(new Set(Array.from({ length: 100 }, newSessionId)).size, 100);
  });

  test('is read exactly, and a tossed one next to it makes both worthless', () => {
    const [id, other] = [newSessionId(), newSessionId()];
    assert.deepEqual(readSessionId(`a=1; __Host-staffetta=${id}; b=2`, secure), { id });
    assert.equal(readSessionId(`__Host-staffetta=${id}; __Host-staffetta=${other}`, secure), 'unclear');
    assert.equal(readSessionId(`staffetta=${id}`, secure), 'none', 'a sister host can set the plain name');
    assert.deepEqual(readSessionId(`staffetta=${other}; __Host-staffetta=${id}`, secure), { id });
    assert.equal(readSessionId(`__host-staffetta=${id}`, secure), 'none');
    assert.equal(readSessionId('__Host-staffetta=', secure), 'unclear');
    assert.equal(readSessionId(undefined, secure), 'none');
  });

  test('never goes on to a service, others do as they came', () => {
    assert.equal(withoutOwnCookies('theme=dark; lang=it'), 'theme=dark; lang=it');
    assert.equal(withoutOwnCookies('theme=dark; __Host-staffetta=x; lang=it'), 'theme=dark; lang=it');
    assert.equal(withoutOwnCookies('staffetta=x;__Host-staffetta-signin-1=y; staffetta-signin-2=z'), undefined);
    assert.equal(withoutOwnCookies('staffettax=1; my-staffetta=2'), 'staffettax=1; my-staffetta=2');
  });
});

describe('what is sealed', () => {
  test('opens with its secret and for its purpose alone', () => {
    const sealed = seal('secret', 'this', 'text è');
    assert.equal(unseal('secret', 'this', sealed), 'text è');
    assert.equal(unseal('other', 'this', sealed), undefined);
    assert.equal(unseal('secret', 'that', sealed), undefined);
    assert.notEqual(seal('secret', 'this', 'text è'), sealed);
  });

  test('opens no longer once any byte of it is another', () => {
    const bytes = Buffer.from(seal('secret', 'this', 'text'), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ 1;
      assert.equal(unseal('secret', 'this', changed.toString('base64url')), undefined, String(at));
    }
    for (const text of ['', 'x', 'A'.repeat(37), '%']) assert.equal(unseal('secret', 'this', text), undefined, text);
  });
});
