// The sandbox's page as HTML: nothing from outside gets in as markup.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallbackRecord } from './callback-book.ts';
import type { MailSummary } from './mail-summary.ts';
import { printPage } from './page-html.ts';
import type { PageContents } from './page-html.ts';
import type { ShownMailboxes } from './pec/mailboxes-html.ts';

const evil = `"'><script>alert(1)</script>&amp;`;
const mail: MailSummary = {
  id: '1',
  receivedAt: '2026-11-22T10:15:30.123Z',
  messageId: evil,
  from: evil,
  to: evil,
  subject: evil,
  date: evil,
  correlationId: evil,
  bytes: 1,
  attachments: [{ name: evil, contentType: evil, bytes: 3, sha256: '' }],
};
const callback: CallbackRecord = {
  id: 1,
  receivedAt: '2026-11-22T10:15:30.123Z',
  path: evil,
  answered: 200,
  attempt: 1,
  invoiceNumber: 41,
  invoiceStatus: evil,
  invoiceId: evil,
  sequence: 1,
  webhookId: evil,
  correlationId: evil,
  headers: {},
  bodyBytes: 1,
  body: undefined,
};

const ports = { smtpPort: 1025, smtpIsDown: false };
const boxedMail = { uid: 1, at: '', bytes: 1, seen: true, from: evil, subject: evil, messageId: '', receipt: '' };
const mailboxes: ShownMailboxes = {
  boxes: [{ address: evil, mails: 1, unseen: 0, bytes: 1, uidValidity: 1, full: true }],
  imapPort: 1143,
  imapIsDown: false,
  open: {
    address: evil,
    mails: { content: [{ ...boxedMail, aboutMessageId: '' }], totalElements: 1, totalPages: 1, number: 0, size: 50 },
  },
};

function pageOf(count: number, number: number): PageContents {
  const list = { totalElements: count, totalPages: Math.ceil(count / 50), number, size: 50 };
  const mails = { ...list, content: count === 0 ? [] : [mail] };
  const callbacks = { ...list, content: count === 0 ? [] : [callback] };
  return { mails, callbacks, fileName: evil, correlationId: evil, ...ports, mailboxes, rules: 0 };
}

test('what strangers wrote is shown as text', () => {
  const page = printPage(pageOf(1, 0));
  assert.doesNotMatch(page, /<script|'>|">alert/);
  assert.match(page, /&#34;&#39;&#62;&#60;script&#62;alert\(1\)/);
});

test('an empty sandbox says so, without pages to turn', () => {
  const page = printPage({ ...pageOf(0, 0), fileName: '', correlationId: '' });
  assert.match(page, /No mail here yet/);
  assert.match(page, /No callback here yet/);
  assert.doesNotMatch(page, /pages of/);
});

test('each list is turned without losing the place in the other or the search', () => {
  const page = printPage({ ...pageOf(120, 1), fileName: 'a b', correlationId: '' });
  assert.match(page, /href="\/\?fileName=a\+b&#38;callbacks=1#mails">Newer/);
  assert.match(page, /href="\/\?fileName=a\+b&#38;mails=2&#38;callbacks=1#mails">Older/);
  assert.match(page, /page 2 of 3/);
});

test('misbehaviour in force is told', () => {
  assert.match(printPage({ ...pageOf(0, 0), smtpIsDown: true, rules: 2 }), /down.*force: 2/s);
});
