// sender: how a mail server's replies are cut out of its bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReplyReader } from './smtp-reply.ts';

test('a reply over several lines is one reply', () => {
  const [reply] = createReplyReader().push(Buffer.from('250-host\r\n250-PIPELINING\r\n250 SIZE 1000\r\n'));
  assert.deepEqual(reply?.lines, ['host', 'PIPELINING', 'SIZE 1000']);
  assert.equal(reply?.code, 250);
});

test('replies come out whole whichever way the bytes are cut', () => {
  const bytes = Buffer.from('250 2.1.0 a\r\n550-5.1.1 no\r\n550 5.1.1 such user\r\n354\r\n');
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const reader = createReplyReader();
    const replies = [...reader.push(bytes.subarray(0, cut)), ...reader.push(bytes.subarray(cut))];
    assert.deepEqual(
      replies.map((reply) => [reply.code, reply.enhancedCode, reply.text]),
      [
        [250, '2.1.0', 'a'],
        [550, '5.1.1', 'no such user'],
        [354, undefined, ''],
      ],
    );
    assert.equal(reader.hasRest(), false);
  }
});

test("control characters in a server's words are made harmless", () => {
  const [reply] = createReplyReader().push(Buffer.from('550 red\x1b[31m\rline\r\n'));
  assert.equal(reply?.text, 'red?[31m?line');
});

test('what is no SMTP is refused', () => {
  for (const text of ['HTTP/1.1 400 Bad Request\r\n', '25 short\r\n', '250:colon\r\n', '\r\n', '650 unknown\r\n']) {
    assert.throws(() => createReplyReader().push(Buffer.from(text)), /is no SMTP reply/);
  }
});

test('a reply whose lines differ in code is refused', () => {
  assert.throws(() => createReplyReader().push(Buffer.from('250-a\r\n550 b\r\n')), /changed its code/);
});

test('endless lines and endless replies are refused', () => {
  assert.throws(() => createReplyReader().push(Buffer.alloc(5_000, 'a')), /longer than 4096/);
  assert.throws(() => createReplyReader().push(Buffer.from('250-more\r\n'.repeat(300))), /more than 256 lines/);
});
