// The sandbox's IMAP server as a mail program sees it; the same list runs on a real server too.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { imapUrl, servers } from '@staffetta/tools/servers/available.ts';
import { startDovecot, type DovecotServer } from '@staffetta/tools/servers/dovecot.ts';
import { openMailBoxes } from '../pec/mail-boxes.ts';
import type { MailBoxes } from '../pec/mail-boxes.ts';
import { noLog } from '../sandbox-log.ts';
import { imapConformance, signIn, twoPartMail } from './imap-conformance.ts';
import { createImapRules } from './imap-rules.ts';
import { startImapServer } from './imap-server.ts';
import type { ImapServer } from './imap-server.ts';

let dir: string;
let boxes: MailBoxes;
let server: ImapServer;
const rules = createImapRules();
const url = (): string => `imap://127.0.0.1:${server.port}`;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'staffetta-imap-'));
  boxes = openMailBoxes(dir, { mailsMax: 100 });
  server = await startImapServer({ host: '127.0.0.1', port: 0, boxes, rules, log: noLog });
});
after(async () => {
  await server.goDown();
  await rm(dir, { recursive: true, force: true });
});

const password = (): string => 'prova';
describe("the sandbox's server", () => imapConformance({ url, password }));
describe("the run's mail server", { skip: servers.smtp.missing }, () => imapConformance({ url: imapUrl, password }));
describe('Dovecot', { skip: servers.dovecot.missing }, () => {
  let dovecot: DovecotServer;
  before(async () => {
    dovecot = await startDovecot();
  });
  after(() => dovecot.stop());
  imapConformance({ url: () => dovecot.imapUrl, password: () => dovecot.password });
});

/** Speaks the protocol by hand; gives all that was answered until the server hangs up. */
function dialogue(...lines: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk.toString('latin1')));
    socket.once('close', () => resolve(heard));
    socket.once('error', reject);
    for (const line of lines) socket.write(line);
  });
}

test('a password that is wrong by a rule is refused, and right again without it', async () => {
  rules.put({ address: 'chiusa@azienda.example', password: 'giusta' });
  await assert.rejects(signIn(url(), 'chiusa@azienda.example', 'sbagliata'));
  await (await signIn(url(), 'chiusa@azienda.example', 'giusta')).logout();
  rules.put({ address: 'chiusa@azienda.example', refuse: true });
  await assert.rejects(signIn(url(), 'chiusa@azienda.example', 'giusta'));
  rules.clear();
  await (await signIn(url(), 'chiusa@azienda.example', 'qualsiasi')).logout();
});

test('who is signed in can be cut off, and others stay', async () => {
  const [one, other] = [await signIn(url(), 'uno@azienda.example'), await signIn(url(), 'altro@azienda.example')];
  const closed = new Promise((resolve) => one.once('close', resolve));
  server.cut('UNO@azienda.example');
  await closed;
  assert.ok(other.usable);
  await other.logout();
});

test('a mailbox that is renumbered ends the session, and comes back with other UIDs under another UIDVALIDITY', async () => {
  const user = 'rinumerata@azienda.example';
  const uid = await boxes.append(user, twoPartMail('uno'), 'uno');
  const client = await signIn(url(), user);
  const { uidValidity } = await client.mailboxOpen('INBOX');
  const closed = new Promise((resolve) => client.once('close', resolve));
  void client.idle().catch(() => undefined);
  boxes.open(user).renumber();
  await closed;
  const again = await signIn(url(), user);
  const opened = await again.mailboxOpen('INBOX');
  assert.notEqual(opened.uidValidity, uidValidity);
  const uids = (await again.search({ all: true }, { uid: true })) || [];
  assert.equal(uids.length, 1);
  assert.notEqual(uids[0], uid);
  await again.logout();
});

test('a full mailbox takes no mail and tells its quota', async () => {
  const user = 'piena@azienda.example';
  boxes.open(user).full = true;
  const client = await signIn(url(), user);
  await assert.rejects(client.append('INBOX', twoPartMail('uno')), /Command failed/);
  const quota = await client.getQuota('INBOX');
  assert.ok(quota && quota.storage?.usage === quota.storage?.limit);
  await client.logout();
});

test('a server told to be down cuts its clients, and greets again once it is up', async () => {
  const client = await signIn(url(), 'via@azienda.example');
  const closed = new Promise((resolve) => client.once('close', resolve));
  await server.goDown();
  await closed;
  await assert.rejects(signIn(url(), 'via@azienda.example'));
  await server.comeUp();
  await (await signIn(url(), 'via@azienda.example')).logout();
});

test('what makes no sense is BAD, and the next command is done all the same', async () => {
  const heard = await dialogue(
    'a1 FETCH 1 FLAGS\r\na2 LOGIN x@y.example "z\r\na3 NONSENSE\r\n)(\r\na4 LOGIN x@y.example z\r\n',
    'a5 SELECT INBOX\r\na6 FETCH 1:x FLAGS\r\na7 FETCH 1 (BODY[\r\na8 UID SEARCH (NOT\r\na9 NOOP\r\nb1 LOGOUT\r\n',
  );
  for (const line of ['a1 NO', 'a2 BAD', 'a3 BAD', '* BAD', 'a4 OK', 'a5 OK', 'a6 BAD', 'a7 BAD', 'a8 BAD', 'a9 OK']) {
    assert.ok(heard.includes(`\r\n${line}`), `${line} in ${heard}`);
  }
  assert.match(heard, /\* BYE .*\r\nb1 OK LOGOUT completed\r\n$/);
});

test('a client that says all at once and hangs up on its side gets every answer', async () => {
  const heard = await new Promise<string>((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1').once('error', reject);
    let told = '';
    socket.on('data', (chunk) => (told += chunk.toString('latin1'))).once('close', () => resolve(told));
    socket.end('a1 LOGIN mezza@azienda.example x\r\na2 SELECT INBOX\r\na3 UID SEARCH ALL\r\n');
  });
  assert.match(heard, /a1 OK[^]*a2 OK[^]*a3 OK/);
});

test('literals are bounded: one too large is refused before it is sent, and ends the connection when it comes unasked', async () => {
  const refused = await dialogue(`a1 LOGIN {999999}\r\n`, 'a2 LOGOUT\r\n');
  assert.match(refused, /a1 NO \[TOOBIG\]/);
  assert.match(refused, /a2 OK/);
  assert.match(await dialogue(`a1 LOGIN {999999+}\r\n`), /\* BYE/);
  assert.match(await dialogue(`a1 ${'x'.repeat(70_000)}`), /\* BYE/);
});

test('names and passwords may come as literals, and SASL-IR in one line', async () => {
  const heard = await dialogue('a1 LOGIN {13+}\r\nm@azienda.exa {2+}\r\npw\r\na2 LOGOUT\r\n');
  assert.match(heard, /a1 OK/);
  const token = Buffer.from('\0m@azienda.example\0pw').toString('base64');
  assert.match(await dialogue(`a1 AUTHENTICATE PLAIN ${token}\r\na2 LOGOUT\r\n`), /a1 OK/);
  assert.match(await dialogue(`a1 AUTHENTICATE PLAIN\r\n${token}\r\na2 LOGOUT\r\n`), /\+ \r\na1 OK/);
  assert.match(await dialogue(`a1 AUTHENTICATE PLAIN\r\n*\r\na2 LOGOUT\r\n`), /a1 BAD[^]*a2 OK/);
});

test('a client that takes nothing is cut off, and the others are served meanwhile', async () => {
  const user = 'lenta@azienda.example';
  const large = Buffer.from(`Subject: grande\r\n\r\n${'x'.repeat(8_000_000)}\r\n`);
  for (let count = 0; count < 8; count += 1) await boxes.append(user, large, `grande-${count}`);
  const patience = { silentMs: 60_000, stuckMs: 50 };
  let tell: (event: string) => void = () => undefined;
  const cut = new Promise<string>((resolve) => (tell = resolve));
  // A client that has gone is nothing that anybody must act upon.
  const log = { ...noLog, debug: (_facts: object, event: string) => tell(event), error: () => tell('an error') };
  const strict = await startImapServer({ host: '127.0.0.1', port: 0, boxes, rules, log, patience });
  const slow = connect(strict.port, '127.0.0.1');
  slow.on('error', () => undefined);
  slow.write(`a1 LOGIN ${user} x\r\na2 SELECT INBOX\r\na3 FETCH 1:* BODY[]\r\n`);
  slow.pause();
  const quick = await signIn(`imap://127.0.0.1:${strict.port}`, 'svelta@azienda.example');
  await quick.noop();
  await quick.logout();
  assert.equal(await cut, 'sandbox.imap.cut');
  // What was on its way is all that comes.
  const heard = await new Promise<number>((resolve) => {
    let bytes = 0;
    slow.on('data', (chunk) => (bytes += chunk.length)).once('close', () => resolve(bytes));
    slow.resume();
  });
  assert.ok(heard < 8 * large.length);
  await strict.goDown();
});

test('parts of a nested message are found by their numbers', async () => {
  const user = 'annidata@azienda.example';
  const outer = [
    'Subject: busta',
    'From: a@b.example',
    'Content-Type: multipart/mixed; boundary="o"',
    '',
    '--o',
    'Content-Type: message/rfc822; name="postacert.eml"',
    '',
    twoPartMail('dentro').toString(),
    '--o--',
    '',
  ].join('\r\n');
  await boxes.append(user, Buffer.from(outer), 'busta');
  const heard = await dialogue(
    `a1 LOGIN ${user} x\r\na2 EXAMINE INBOX\r\n`,
    'a3 FETCH 1 (BODY[1.HEADER.FIELDS (Subject)] BODY[1.1] BODY[1.2.MIME] BODY[1.3] BODY[1.TEXT]<0.3>)\r\n',
    'a4 FETCH 1 BODYSTRUCTURE\r\na5 LOGOUT\r\n',
  );
  assert.match(heard, /BODY\[1\.HEADER\.FIELDS \(Subject\)\] \{19\}\r\nSubject: dentro\r\n\r\n/);
  assert.match(heard, /BODY\[1\.1\] \{5\}\r\nTesto /);
  assert.match(heard, /BODY\[1\.2\.MIME\] \{\d+\}\r\nContent-Type: application\/octet-stream/);
  assert.match(heard, /BODY\[1\.3\] NIL/);
  assert.match(heard, /BODY\[1\.TEXT\]<0> \{3\}\r\n--b/);
  assert.match(heard, /BODYSTRUCTURE \(\("message" "rfc822" \("name" "postacert\.eml"\)/);
});
