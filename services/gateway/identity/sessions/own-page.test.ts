// gateway: tests of the protection against request forgery.
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, test } from 'node:test';
import { whyForeign, whyForeignToCertificate } from './own-page.ts';
import { csrfTokenOf, newSessionId } from './session-cookie.ts';

const id = newSessionId();
const ownOrigin = 'https://hub.example.it';
const why = (method: string, headers: IncomingHttpHeaders, origin: string | undefined = ownOrigin) =>
  whyForeign({ method, headers, id, ownOrigin: origin });

describe('a request that rides on a session', () => {
  const cases: [title: string, passes: boolean, method: string, headers: IncomingHttpHeaders][] = [
    ['reads', true, 'GET', { 'sec-fetch-site': 'cross-site' }],
    ['reads the head alone', true, 'HEAD', {}],
    ['asks for a WebSocket from another site', false, 'GET', { upgrade: 'websocket', origin: 'https://evil.example' }],
    ['asks for a WebSocket from our page', true, 'GET', { upgrade: 'websocket', origin: ownOrigin }],
    ['comes from our page', true, 'POST', { 'sec-fetch-site': 'same-origin' }],
    ['was typed in', true, 'DELETE', { 'sec-fetch-site': 'none' }],
    ['comes from a sister host', false, 'POST', { 'sec-fetch-site': 'same-site' }],
    ['comes from elsewhere', false, 'POST', { 'sec-fetch-site': 'cross-site' }],
    ['says two things of its page', false, 'POST', { 'sec-fetch-site': 'cross-site', origin: ownOrigin }],
    ['comes from an older browser and our page', true, 'PUT', { origin: ownOrigin }],
    ['comes from an older browser and elsewhere', false, 'PATCH', { origin: 'https://hub.example.it.evil.example' }],
    ['comes from our host over plain http', false, 'POST', { origin: 'http://hub.example.it' }],
    ['comes from a frame without origin', false, 'POST', { origin: 'null' }],
    ['tells nothing of its page', false, 'POST', {}],
    ['is JSON sent by a form', false, 'POST', { 'content-type': 'text/plain' }],
    ['carries the token', true, 'POST', { 'x-csrf-token': csrfTokenOf(id) }],
    [
      'carries the token, from a sister host',
      true,
      'POST',
      { 'x-csrf-token': csrfTokenOf(id), 'sec-fetch-site': 'same-site' },
    ],
    ['carries the token of another session', false, 'POST', { 'x-csrf-token': csrfTokenOf(newSessionId()) }],
    ['carries an empty token', false, 'POST', { 'x-csrf-token': '' }],
    ['has a method that nobody knows', false, 'BREW', {}],
  ];
  for (const [title, passes, method, headers] of cases) {
    test(`and ${title} is ${passes ? 'passed' : 'refused'}`, () => {
      const said = why(method, headers);
      assert.equal(said === undefined, passes, said);
    });
  }

  test('is no page of ours where nobody said where ours live', () => {
    assert.notEqual(whyForeign({ method: 'POST', headers: { origin: 'null' }, id, ownOrigin: undefined }), undefined);
    assert.notEqual(whyForeign({ method: 'POST', headers: {}, id, ownOrigin: undefined }), undefined);
  });
});

describe('a request that rides on a client’s certificate', () => {
  const friend = 'https://erp.example.it';
  const cases: [title: string, passes: boolean, method: string, headers: IncomingHttpHeaders][] = [
    ['reads', true, 'GET', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['is sent by a program', true, 'POST', {}],
    ['comes from our page', true, 'POST', { 'sec-fetch-site': 'same-origin', origin: ownOrigin }],
    ['comes from elsewhere', false, 'POST', { 'sec-fetch-site': 'cross-site' }],
    ['comes from a sister host', false, 'DELETE', { 'sec-fetch-site': 'same-site' }],
    ['comes from an older browser and our page', true, 'POST', { origin: ownOrigin }],
    ['comes from an older browser and elsewhere', false, 'POST', { origin: 'https://evil.example' }],
    ['comes from a frame without origin', false, 'POST', { origin: 'null' }],
    ['asks for a WebSocket from another site', false, 'GET', { upgrade: 'websocket', origin: 'https://evil.example' }],
    ['asks for a WebSocket as a program', true, 'GET', { upgrade: 'websocket' }],
    ['comes from a page that is let in', true, 'POST', { 'sec-fetch-site': 'cross-site', origin: friend }],
    ['carries a token', false, 'POST', { 'sec-fetch-site': 'cross-site', 'x-csrf-token': csrfTokenOf(id) }],
  ];
  for (const [title, passes, method, headers] of cases) {
    test(`and ${title} is ${passes ? 'passed' : 'refused'}`, () => {
      const said = whyForeignToCertificate({ method, headers, ownOrigin }, (origin) => origin === friend);
      assert.equal(said === undefined, passes, said);
    });
  }
});
