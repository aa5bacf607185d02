// Real servers for tests: proves that our Dovecot keeps mails across a kill, and can be made to renumber them.
import { ImapFlow } from 'imapflow';
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { servers } from './available.ts';
import { startDovecot, type DovecotServer } from './dovecot.ts';

const user = 'fatture@azienda.example';

suite('a Dovecot of our own', { skip: servers.dovecot.missing }, () => {
  let dovecot: DovecotServer;
  before(async () => {
    dovecot = await startDovecot();
  });
  after(() => dovecot.stop());

  async function withInbox<T>(work: (client: ImapFlow) => Promise<T>): Promise<T> {
    const { hostname, port } = new URL(dovecot.imapUrl);
    const auth = { user, pass: dovecot.password };
    const client = new ImapFlow({ host: hostname, port: Number(port), secure: false, auth, logger: false });
    await client.connect();
    try {
      await client.mailboxOpen('INBOX');
      return await work(client);
    } finally {
      await client.logout();
    }
  }

  const lookAt = () =>
    withInbox(async (client) => {
      if (client.mailbox === false) throw new Error('no mailbox is open');
      const { exists, uidValidity } = client.mailbox;
      return { exists, uidValidity: String(uidValidity), quota: await client.getQuota('INBOX') };
    });

  test('keeps a mail across a kill -9 and tells the quota', async () => {
    await withInbox((client) => client.append('INBOX', 'Subject: prova\r\n\r\nciao\r\n'));
    const before = await lookAt();
    await dovecot.kill9();
    await dovecot.restart();
    const now = await lookAt();
    assert.deepEqual([now.exists, now.uidValidity], [1, before.uidValidity]);
    assert.ok(now.quota !== false && now.quota.storage !== undefined);
  });

  test('renumbers a mailbox when told to', async () => {
    const before = await lookAt();
    // The new number is made of the time in seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await dovecot.renumber(user);
    const now = await lookAt();
    assert.notEqual(now.uidValidity, before.uidValidity);
    assert.equal(now.exists, before.exists);
  });

  test('refuses a wrong password', async () => {
    const { hostname, port } = new URL(dovecot.imapUrl);
    const auth = { user, pass: 'sbagliata' };
    const client = new ImapFlow({ host: hostname, port: Number(port), secure: false, auth, logger: false });
    client.on('error', () => undefined);
    await assert.rejects(client.connect());
  });
});
