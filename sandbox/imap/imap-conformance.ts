// sandbox: what an IMAP server must do for a mail program, as tests that run on the sandbox's own server and on real ones.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ImapFlow } from 'imapflow';

/** A server under test. */
export interface ImapUnderTest {
  /** `imap://host:port`; signing in as any address must work and make its mailbox. */
  readonly url: () => string;
  readonly password: () => string;
}

const invoice = Buffer.from('<FatturaElettronica>à</FatturaElettronica>');

/** A mail of two parts. */
export function twoPartMail(subject: string, more: readonly string[] = []): Buffer {
  const lines = [
    'From: "Per conto di: sdi48@pec.fatturapa.it" <posta-certificata@gestore.example>',
    'To: fatture@azienda.example',
    `Subject: ${subject}`,
    'Date: Wed, 25 Nov 2026 10:00:00 +0100',
    `Message-ID: <${subject.replaceAll(' ', '.')}@gestore.example>`,
    'X-Ricevuta: accettazione',
    ...more,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Testo',
    '--b',
    'Content-Type: application/octet-stream; name="IT01234567890_00001.xml"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="IT01234567890_00001.xml"',
    '',
    invoice.toString('base64'),
    '--b--',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

/** Signs in to a mailbox. */
export async function signIn(url: string, user: string, pass = 'any'): Promise<ImapFlow> {
  const { hostname, port } = new URL(url);
  const auth = { user, pass };
  const client = new ImapFlow({ host: hostname, port: Number(port), secure: false, auth, logger: false });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/**
 * Declares the tests.
 * @param under how to reach the server
 */
export function imapConformance(under: ImapUnderTest): void {
  const withBox = async (use: (client: ImapFlow, user: string) => Promise<void>): Promise<void> => {
    const user = `${randomBytes(6).toString('hex')}@azienda.example`;
    const client = await signIn(under.url(), user, under.password());
    try {
      await client.mailboxOpen('INBOX');
      await use(client, user);
    } finally {
      await client.logout();
    }
  };
  test('a mail comes back byte for byte, by its UID', () =>
    withBox(async (client) => {
      const mail = twoPartMail('uno');
      const appended = await client.append('INBOX', mail);
      assert.ok(appended && appended.uid !== undefined);
      const one = await client.fetchOne(String(appended.uid), { source: true, size: true, flags: true }, { uid: true });
      assert.ok(one);
      assert.deepEqual(one.source, mail);
      assert.equal(one.size, mail.length);
      assert.equal(one.flags?.has('\\Seen'), false);
    }));
  test('envelope and structure tell what the mail is made of', () =>
    withBox(async (client) => {
      await client.append('INBOX', twoPartMail('due'));
      const one = await client.fetchOne('1', { envelope: true, bodyStructure: true, headers: ['x-ricevuta'] });
      assert.ok(one);
      assert.equal(one.envelope?.subject, 'due');
      assert.equal(one.envelope?.messageId, '<due@gestore.example>');
      assert.equal(one.envelope?.from?.[0]?.address, 'posta-certificata@gestore.example');
      assert.match(one.headers?.toString() ?? '', /^X-Ricevuta: accettazione\r\n/);
      const [text, file] = one.bodyStructure?.childNodes ?? [];
      assert.equal(text?.type, 'text/plain');
      assert.deepEqual([file?.part, file?.type, file?.encoding], ['2', 'application/octet-stream', 'base64']);
      assert.equal(file?.dispositionParameters?.['filename'], 'IT01234567890_00001.xml');
    }));
  test('one part can be fetched, decoded by the client', () =>
    withBox(async (client) => {
      await client.append('INBOX', twoPartMail('tre'));
      const { content } = await client.download('1', '2');
      const chunks: Buffer[] = [];
      for await (const chunk of content ?? []) chunks.push(chunk as Buffer);
      assert.deepEqual(Buffer.concat(chunks), invoice);
    }));
  test('mails are searched by header, flag and UID', () =>
    withBox(async (client) => {
      for (const subject of ['quattro', 'cinque', 'sei']) await client.append('INBOX', twoPartMail(subject));
      assert.deepEqual(await client.search({ header: { 'message-id': '<cinque@gestore.example>' } }), [2]);
      await client.messageFlagsAdd('2', ['\\Seen']);
      assert.deepEqual(await client.search({ seen: false }), [1, 3]);
      assert.deepEqual(await client.search({ subject: 'sei', or: [{ seen: true }, { seen: false }] }), [3]);
      const [, , third] = (await client.search({ all: true }, { uid: true })) || [];
      assert.deepEqual(await client.search({ uid: `${third}:*` }, { uid: true }), [third]);
    }));
  test('what is deleted is gone, and its UID is never given again', () =>
    withBox(async (client) => {
      const uids: number[] = [];
      for (const subject of ['sette', 'otto']) {
        const appended = await client.append('INBOX', twoPartMail(subject));
        uids.push((appended && appended.uid) || 0);
      }
      await client.messageDelete(String(uids[1]), { uid: true });
      assert.deepEqual(await client.search({ all: true }, { uid: true }), [uids[0]]);
      const again = await client.append('INBOX', twoPartMail('nove'));
      assert.ok(again && again.uid !== undefined && again.uid > (uids[1] ?? 0));
      const status = await client.status('INBOX', { messages: true });
      assert.equal(status && status.messages, 2);
    }));
  test('a client that idles is told of a new mail', () =>
    withBox(async (client, user) => {
      const told = new Promise((resolve) => client.once('exists', resolve));
      const idling = client.idle();
      const other = await signIn(under.url(), user, under.password());
      await other.append('INBOX', twoPartMail('dieci'));
      await other.logout();
      await told;
      await client.noop();
      await idling;
      assert.deepEqual(await client.search({ all: true }), [1]);
    }));
}
