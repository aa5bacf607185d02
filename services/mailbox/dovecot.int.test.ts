// mailbox: what GreenMail cannot show: passwords, quotas, UIDs given out anew and idling, on Dovecot.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { attachment, pec } from '@staffetta/fatturapa/mail/pec-mail.fixture.ts';
import { servers } from '@staffetta/tools/servers/available.ts';
import { startDovecot, type DovecotServer } from '@staffetta/tools/servers/dovecot.ts';
import {
  eventually,
  freshAddress,
  imapUrlOf,
  noticeMail,
  openPostbox,
  startHub,
  startService,
  type Postbox,
  type TestHub,
} from './mailbox-test-kit.ts';

const needs = { skip: servers.postgres.missing || servers.dovecot.missing };
let hub: TestHub;
let dovecot: DovecotServer;
const boxes: Postbox[] = [];

before(async () => {
  if (needs.skip) return;
  [hub, dovecot] = await Promise.all([startHub(), startDovecot()]);
});

after(async () => {
  if (needs.skip) return;
  await Promise.all(boxes.map((box) => box.close()));
  await Promise.all([hub.end(), dovecot.stop()]);
});

async function freshBox() {
  const address = freshAddress();
  const url = imapUrlOf(dovecot.imapUrl, address, dovecot.password);
  const postbox = await openPostbox(url);
  boxes.push(postbox);
  return { address, postbox, environment: { PEC_ADDRESS: address, IMAP_URL: url } };
}

function handedOver(name: string): Promise<void> {
  const fileName = `${name}_RC_001.xml`;
  return eventually(`${name} is handed over`, () =>
    hub.receiver.calls.some(({ query }) => query.get('fileName') === fileName),
  );
}

test(
  'a server that idles tells of new mails, also after it was silent for longer than IMAP_TIMEOUT',
  needs,
  async () => {
    const { environment, postbox } = await freshBox();
    const service = await startService(hub.world, { ...environment, MAILBOX_POLL: '20m', IMAP_TIMEOUT: '300ms' });
    await postbox.put(noticeMail('IT01234567890_IDLE1'));
    await handedOver('IT01234567890_IDLE1');
    await sleep(1000);
    await postbox.put(noticeMail('IT01234567890_IDLE2'));
    await handedOver('IT01234567890_IDLE2');
    assert.equal(await service.trouble('mailboxes'), undefined);
    await service.stop();
  },
);

test('UIDs given out anew by the server: an alarm that ends, nothing twice, nothing lost', needs, async () => {
  const { address, environment, postbox } = await freshBox();
  await postbox.put(noticeMail('IT01234567890_UIDV1'));
  const first = await startService(hub.world, environment);
  await handedOver('IT01234567890_UIDV1');
  await first.stop();
  await postbox.close();
  await dovecot.renumber(address);
  const again = await openPostbox(environment.IMAP_URL);
  boxes.push(again);
  await again.put(noticeMail('IT01234567890_UIDV2'));
  const second = await startService(hub.world, environment);
  await handedOver('IT01234567890_UIDV2');
  const [shown] = (await second.mailboxes()).filter(({ mailbox }) => mailbox === address);
  assert.ok(shown?.renumberedAt);
  assert.deepEqual(shown.mails, { understood: 2, repeated: 1 });
  await eventually('the alarm has ended', async () => (await second.trouble('mailboxes')) === undefined);
  await second.stop();
});

test('a wrong password is told, without it in the words', needs, async () => {
  const { environment } = await freshBox();
  const wrong = environment.IMAP_URL.replace(`:${dovecot.password}@`, ':segreto@');
  const service = await startService(hub.world, { ...environment, IMAP_URL: wrong });
  await eventually('it is told', async () =>
    /refuses user or password/.test((await service.trouble('mailboxes')) ?? ''),
  );
  assert.doesNotMatch((await service.trouble('mailboxes')) ?? '', /segreto/);
  await service.stop();
});

test('a mailbox that is nearly full is told, with how full it is, until there is room', needs, async () => {
  const { address, environment, postbox } = await freshBox();
  const large = pec('altri@pec.example', 'Grande', [attachment('a.bin', Buffer.alloc(2 * 1024 * 1024, 1))]);
  const uid = await postbox.put(large);
  const quota = { MAILBOX_QUOTA_WARNING: '1', MAILBOX_QUOTA_CHECK: '50ms' };
  const service = await startService(hub.world, { ...environment, ...quota });
  await eventually('it is told', async () => /1% full/.test((await service.trouble('mailboxes')) ?? ''));
  const [shown] = (await service.mailboxes()).filter(({ mailbox }) => mailbox === address);
  assert.deepEqual([shown?.troubles.map(({ code }) => code), shown?.quota?.percent], [['NEARLY_FULL'], 1]);
  await postbox.remove(uid);
  await eventually('the alarm has ended', async () => (await service.trouble('mailboxes')) === undefined);
  await service.stop();
});

test('a mail of 30 MB is kept by its exact bytes and set aside, and those behind it go on', needs, async () => {
  const { address, environment, postbox } = await freshBox();
  const large = pec('altri@pec.example', 'Trenta', [attachment('a.bin', Buffer.alloc(22 * 1024 * 1024, 1))]);
  assert.ok(large.length > 30_000_000);
  await postbox.put(large);
  await postbox.put(noticeMail('IT01234567890_BIG'));
  const service = await startService(hub.world, environment);
  await handedOver('IT01234567890_BIG');
  const [, shown] = await service.mails(`mailbox=${address}`);
  assert.deepEqual([shown?.state, shown?.why?.code, shown?.size], ['quarantined', 'NOT_FOR_US', large.length]);
  assert.equal(shown?.sha256, createHash('sha256').update(large).digest('hex'));
  await service.stop();
});

test('the server restarts: reading goes on by itself', needs, async () => {
  const { environment } = await freshBox();
  const service = await startService(hub.world, environment);
  await dovecot.restart();
  const postbox = await openPostbox(environment.IMAP_URL);
  boxes.push(postbox);
  await postbox.put(noticeMail('IT01234567890_REST'));
  await handedOver('IT01234567890_REST');
  await eventually('no alarm is left', async () => (await service.trouble('mailboxes')) === undefined);
  await service.stop();
});
