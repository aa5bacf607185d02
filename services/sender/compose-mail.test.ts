// sender: the mail that it writes, header by header.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeMail } from './compose-mail.ts';
import type { MailParts } from './compose-mail.ts';

const parts: MailParts = {
  from: 'hub@pec.example.it',
  to: 'sdi01@pec.fatturapa.it',
  messageId: 'IT01234567890_00001@pec.example.it',
  subject: 'IT01234567890_00001.xml',
  date: new Date('2026-11-22T09:15:30Z'),
  correlationId: 'order-7',
  fileName: 'IT01234567890_00001.xml',
  content: Buffer.from('<x/>'),
  contentType: 'application/xml',
  text: 'One invoice.\nSee the attachment.',
};

test('the mail reads as its template', () => {
  const mail = composeMail(parts).toString('latin1');
  const boundary = /boundary="([^"]+)"/.exec(mail)?.[1] ?? '';
  assert.equal(
    mail,
    [
      'From: hub@pec.example.it',
      'To: sdi01@pec.fatturapa.it',
      'Subject: IT01234567890_00001.xml',
      'Date: Sun, 22 Nov 2026 09:15:30 +0000',
      'Message-ID: <IT01234567890_00001@pec.example.it>',
      'X-Correlation-ID: order-7',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed;',
      ` boundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 7bit',
      '',
      'One invoice.',
      'See the attachment.',
      `--${boundary}`,
      'Content-Type: application/xml;',
      ' name="IT01234567890_00001.xml"',
      'Content-Transfer-Encoding: base64',
      'Content-Disposition: attachment;',
      ' filename="IT01234567890_00001.xml"',
      '',
      'PHgvPg==',
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  );
});

test('the same parts give the same bytes', () => {
  assert.deepEqual(composeMail(parts), composeMail({ ...parts }));
});

test('no line is longer than 76 characters in an attachment and all of it is ASCII', () => {
  const mail = composeMail({
    ...parts,
    content: Buffer.alloc(10_000, 0xff),
    subject: 'però '.repeat(60),
    text: 'è'.repeat(3_000),
  });
  const lines = mail.toString('latin1').split('\r\n');
  assert.ok(lines.every((line) => line.length <= 76 && /^[\t\x20-\x7e]*$/.test(line)));
});

test('a Message-ID may come with its brackets', () => {
  assert.match(composeMail({ ...parts, messageId: '<a@b>' }).toString(), /\r\nMessage-ID: <a@b>\r\n/);
});

test('without a correlation id there is no such header', () => {
  assert.doesNotMatch(composeMail({ ...parts, correlationId: undefined }).toString(), /X-Correlation-ID/);
});

test('the kind of receipt is asked for by the header that PEC knows', () => {
  const mail = composeMail({ ...parts, receiptType: 'breve' }).toString();
  assert.match(mail, /\r\nX-TipoRicevuta: breve\r\n/);
  assert.doesNotMatch(composeMail(parts).toString(), /X-TipoRicevuta/);
});

const injections: ReadonlyArray<readonly [string, Partial<MailParts>]> = [
  ['from', { from: 'a@b\r\nBcc: c@d' }],
  ['to', { to: ['a@b', 'c@d>\r\nBcc: e@f'] }],
  ['to', { to: [] }],
  ['subject', { subject: 'a\r\nBcc: c@d' }],
  ['subject', { subject: 'a\nBcc: c@d' }],
  ['subject', { subject: 'a\rBcc: c@d' }],
  ['messageId', { messageId: 'a@b>\r\nBcc: c@d' }],
  ['correlationId', { correlationId: 'a\r\n\r\nbody' }],
  ['fileName', { fileName: 'a.xml"\r\nX: y' }],
  ['fileName', { fileName: '' }],
  ['fileName', { fileName: 'a'.repeat(256) }],
  ['contentType', { contentType: 'text/html\r\nX: y' }],
  ['contentType', { contentType: 'text/html; charset=utf-8' }],
  ['date', { date: new Date(Number.NaN) }],
];
for (const [part, change] of injections) {
  test(`${JSON.stringify(change).slice(0, 60)} is refused, naming ${part}`, () => {
    assert.throws(() => composeMail({ ...parts, ...change }), new RegExp(`its ${part} is not right`));
  });
}
