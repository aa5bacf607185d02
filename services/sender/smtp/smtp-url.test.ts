// sender: what it makes of SMTP_URL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSmtpUrl, showSmtpUrl } from './smtp-url.ts';

test('a full URL is read, its login decoded', () => {
  assert.deepEqual(
    parseSmtpUrl('smtp://us%40er:p%3Aw%2Fd@mail.example.com:2525?starttls=required&rejectUnauthorized=false'),
    {
      host: 'mail.example.com',
      port: 2525,
      implicitTls: false,
      startTls: 'required',
      rejectUnauthorized: false,
      login: { user: 'us@er', password: 'p:w/d' },
    },
  );
});

test('ports have defaults: 25, with a login 587, encrypted 465', () => {
  assert.equal(parseSmtpUrl('smtp://h').port, 25);
  assert.equal(parseSmtpUrl('smtp://u:p@h').port, 587);
  assert.equal(parseSmtpUrl('smtps://u:p@h').port, 465);
});

test('an IPv6 host loses its brackets and gets them back when shown', () => {
  const url = parseSmtpUrl('smtp://[::1]:1025');
  assert.equal(url.host, '::1');
  assert.equal(showSmtpUrl(url), 'smtp://[::1]:1025');
});

test('a URL is shown without its password', () => {
  assert.equal(showSmtpUrl(parseSmtpUrl('smtps://user:secret@h')), 'smtps://h:465');
});

const wrongUrls: ReadonlyArray<readonly [string, RegExp]> = [
  ['mail.example.com', /not a URL/],
  ['http://h', /http:\/\//],
  ['smtp://', /not a URL|no host/],
  ['smtp://h:99999', /not a URL/],
  ['smtp://h:0', /port 0/],
  ['smtp://user@h', /user but no password/],
  ['smtp://:secret@h', /password but no user/],
  ['smtp://u:secret%@h', /stray % in its password/],
  ['smtp://u:secret%00@h', /NUL/],
  ['smtp://h?starttls=yes', /unknown starttls/],
  ['smtps://h?starttls=required', /encrypted from the start/],
  ['smtp://h?rejectUnauthorized=no', /unknown rejectUnauthorized/],
  ['smtp://h?pool=4', /an option that is none of/],
  ['smtp://u:pa@ss?secret@h', /written %3F/],
  ['smtp://h/path', /path after the host/],
  ['smtp://u:p@h#rest', /%23/],
];
for (const [text, expected] of wrongUrls) {
  test(`${text} is refused by name, its password not repeated`, () => {
    assert.throws(
      () => parseSmtpUrl(text),
      (error: unknown) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /^SMTP_URL /);
        assert.match(error.message, expected);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  });
}
