// What the sandbox reads out of mails of many shapes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { readMail, scanMail, summarise } from './mail-summary.ts';
import { sampleMail } from './smtp-client.fixture.ts';

const nested = Buffer.from(
  [
    'From: "Rossi, Anna" <a@example.it>',
    'To: b@example.it, c@example.it',
    'Subject: =?iso-8859-1?Q?Perch=E9?=',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    '--outer',
    'Content-Type: multipart/alternative; boundary=inner',
    '',
    '--inner',
    'Content-Type: text/plain',
    '',
    'text',
    '--inner--',
    '--outer',
    'Content-Type: application/octet-stream',
    "Content-Disposition: attachment; filename*0*=utf-8''perch%C3; filename*1*=%A9.txt",
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'a=3Db',
    '--outer--',
    '',
  ].join('\r\n'),
);

test("a mail of the hub's shape is read by the cheap look alone", () => {
  const content = Buffer.from(Array.from({ length: 5_000 }, (_, at) => at % 256));
  const mail = scanMail(sampleMail({ content, fileName: 'IT01_a b.xml' }));
  assert.equal(mail?.messageId, '<IT01_a b.xml@pec.example.it>');
  assert.equal(mail.correlationId, 'order-7');
  assert.deepEqual(mail.files, [{ name: 'IT01_a b.xml', contentType: 'application/xml', content }]);
});

test('encoded and folded headers are decoded', () => {
  const subject = '=?UTF-8?B?cGVyw7I=?=\r\n =?UTF-8?B?IMOo?=';
  assert.equal(scanMail(sampleMail({ subject }))?.subject, 'però è');
});

test('a mail of any other shape goes to the full parser', async () => {
  assert.equal(scanMail(nested), undefined);
  const mail = await readMail(nested);
  assert.equal(mail.subject, 'Perché');
  assert.equal(mail.to, 'b@example.it, c@example.it');
  assert.deepEqual(
    mail.files.map(({ name, content }) => [name, content.toString().trim()]),
    [['perché.txt', 'a=b']],
  );
});

test('what is no mail is shown with empty fields', async () => {
  for (const bytes of ['', 'nonsense', '\r\n\r\n', 'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n']) {
    assert.deepEqual((await readMail(Buffer.from(bytes))).files, []);
  }
});

test('a summary names each attachment with its size and hash', async () => {
  const raw = sampleMail();
  const summary = await summarise('id', new Date(0), raw);
  assert.equal(summary.receivedAt, '1970-01-01T00:00:00.000Z');
  assert.equal(summary.bytes, raw.length);
  const sha256 = createHash('sha256').update('<x/>').digest('hex');
  const expected = { name: 'IT01234567890_00001.xml', contentType: 'application/xml', bytes: 4, sha256 };
  assert.deepEqual(summary.attachments, [expected]);
});
