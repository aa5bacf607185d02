// sender: a mail that it composed says, to an independent reader, exactly what went in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { composeMail } from './compose-mail.ts';

const basics = {
  from: 'hub@pec.example.it',
  to: 'sdi01@pec.fatturapa.it',
  messageId: 'IT01234567890_00001@pec.example.it',
  subject: 'an invoice',
  date: new Date('2026-11-22T09:15:30Z'),
  fileName: 'IT01234567890_00001.xml',
  contentType: 'application/xml',
  text: 'See the attachment.',
};
const printable = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 120 })
  .map((text) => text.replace(/[\x00-\x1f\x7f]/g, '').trim())
  .filter((text) => text !== '');

/** Mailparser leaves headers that it does not know encoded (RFC 2047). */
function decodeWords(text: string): string {
  const joined = text.replace(/\?=\s+=\?/g, '?==?');
  return joined.replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, word: string) => Buffer.from(word, 'base64').toString());
}

test('an attachment of any bytes arrives byte for byte', async () => {
  const contents = fc.uint8Array({ maxLength: 3_000 });
  await fc.assert(
    fc.asyncProperty(contents, async (content) => {
      const mail = await simpleParser(composeMail({ ...basics, content: Buffer.from(content) }));
      assert.equal(mail.attachments.length, 1);
      assert.deepEqual(mail.attachments[0]?.content, Buffer.from(content));
    }),
    { numRuns: 150 },
  );
});

test('an attachment of several MiB arrives byte for byte', async () => {
  const content = Buffer.from(Array.from({ length: 3_000_001 }, (_, at) => (at * 7_919) % 251));
  const mail = await simpleParser(composeMail({ ...basics, content }));
  assert.ok(mail.attachments[0]?.content.equals(content));
});

test('any printable subject and correlation id arrive as given', async () => {
  await fc.assert(
    fc.asyncProperty(printable, printable, async (subject, correlationId) => {
      const mail = await simpleParser(composeMail({ ...basics, subject, correlationId, content: Buffer.from('x') }));
      assert.equal(mail.subject, subject);
      assert.equal(decodeWords(String(mail.headers.get('x-correlation-id'))), correlationId);
    }),
    { numRuns: 150 },
  );
});

test('any readable text arrives as given', async () => {
  const texts = fc.array(fc.constantFrom('a', '.', 'è', '\n', '--=_staffetta_', '=', ' b'), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(texts, async (words) => {
      const text = `${words.join('')}end`;
      const mail = await simpleParser(composeMail({ ...basics, text, content: Buffer.from('x') }));
      assert.equal(mail.text?.replaceAll('\r\n', '\n'), text);
    }),
    { numRuns: 150 },
  );
});

test('any printable file name arrives as given', async () => {
  const names = printable.filter((name) => Buffer.byteLength(name) <= 200);
  await fc.assert(
    fc.asyncProperty(names, async (fileName) => {
      const mail = await simpleParser(composeMail({ ...basics, fileName, content: Buffer.from('x') }));
      assert.equal(mail.attachments[0]?.filename, fileName.toWellFormed());
    }),
    { numRuns: 150 },
  );
});
