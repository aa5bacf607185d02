// mailbox: IMAP_URL is read, and what is wrong with it is said without its password.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HubError } from '@staffetta/flow/errors.ts';
import { parseImapUrl, showImapUrl } from './imap-url.ts';

test('host, port, encryption and login are read', () => {
  const url = parseImapUrl('imaps://fatture%40pec.example:p%3Aw@imap.pec.example?rejectUnauthorized=false');
  assert.deepEqual(url, {
    host: 'imap.pec.example',
    port: 993,
    implicitTls: true,
    startTls: 'auto',
    rejectUnauthorized: false,
    user: 'fatture@pec.example',
    password: 'p:w',
  });
  assert.equal(showImapUrl(url), 'imaps://imap.pec.example:993');
  const plain = parseImapUrl('imap://u:p@[::1]:1143?starttls=off');
  assert.deepEqual([plain.host, plain.port, plain.startTls], ['::1', 1143, 'off']);
  assert.equal(showImapUrl(plain), 'imap://[::1]:1143');
});

for (const [text, startTls] of [
  ['imap://u:p@imap.pec.example', 'required'],
  ['imap://u:p@imap.pec.example?starttls=auto', 'required'],
  ['imap://u:p@127.0.0.1.pec.example', 'required'],
  ['imap://u:p@imap.pec.example?starttls=off', 'off'],
  ['imap://u:p@127.0.0.1:1143', 'auto'],
  ['imap://u:p@localhost', 'auto'],
] as const) {
  test(`${text}: a password goes to another machine in the clear only where that is asked for (${startTls})`, () => {
    assert.equal(parseImapUrl(text).startTls, startTls);
  });
}

for (const [text, says] of [
  ['nonsense', 'no URL'],
  ['smtp://u:segreto@h', 'neither'],
  ['imap://h', 'user and a password'],
  ['imap://u@h', 'user and a password'],
  ['imap://u:segreto@h:0', 'port 0'],
  ['imap://u:segreto@h?starttls=maybe', 'a starttls'],
  ['imap://u:pa@ss?segreto@h', 'written %3F'],
  ['imap://u:pa@ss#segreto@h', 'written %23'],
  ['imap://u:pa@ss?starttls=segreto@h', 'a starttls'],
  ['imap://u:pa@ss?rejectUnauthorized=segreto@h', 'neither true nor false'],
  ['imaps://u:segreto@h?starttls=off', 'encrypted already'],
  ['imap://u:segreto@h?tls=1', 'an option'],
  ['imap://u:segreto@h/INBOX', 'IMAP_FOLDER'],
  ['imap://u:%ff@h', 'percent-encoded'],
] as const) {
  test(`${text} is refused: ${says}`, () => {
    assert.throws(
      () => parseImapUrl(text),
      (error) =>
        error instanceof HubError &&
        error.code === 'SETTING_WRONG' &&
        error.message.includes(says) &&
        !error.message.includes('segreto'),
    );
  });
}
