// The sandbox's ways to real servers, gone here against its own: mails arrive as they are, once, and collecting goes on where it was.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '@staffetta/platform/clock.ts';
import { noLog } from '../sandbox-log.ts';
import { sampleMail } from '../smtp-client.fixture.ts';
import { collectMails } from './collect-mails.ts';
import { openDelivery } from './deliver-mails.ts';
import type { FarWay, MailToDeliver } from './deliver-mails.ts';
import { imapWay } from './imap-way.ts';
import { openMailBoxes } from './mail-boxes.ts';
import { PecSandboxes, sender, tellPec, until } from './pec.fixture.ts';
import type { TakenMail } from './provider.ts';
import { smtpWay } from './smtp-way.ts';

const sandboxes = new PecSandboxes();
const dirs: string[] = [];
after(async () => {
  await sandboxes.end();
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'staffetta-ways-'));
  dirs.push(dir);
  return dir;
}

const mail = (id: string, raw = sampleMail()): MailToDeliver => ({
  id,
  from: 'a@b.example',
  to: sender,
  raw,
  at: new Date(),
});

interface Boxed {
  readonly uid: number;
  readonly subject: string;
}
async function boxed(url: string, address: string): Promise<readonly Boxed[]> {
  const answer = await fetch(`${url}/api/mailboxes/${encodeURIComponent(address)}/mails`);
  return answer.status === 404 ? [] : ((await answer.json()) as { content: readonly Boxed[] }).content;
}

test('by SMTP a mail arrives as it is, lines that begin with dots too', async () => {
  const server = await sandboxes.start({ pec: undefined });
  const way = smtpWay(`smtp://u%40x.example:p@127.0.0.1:${server.smtpPort}`);
  const raw = Buffer.from('Subject: punti\r\n\r\n.\r\n..due\r\n.uno\r\n');
  await way.bring(mail('a', raw), false);
  const { content } = (await (await fetch(`${server.url}/api/mails`)).json()) as { content: { id: string }[] };
  const got = Buffer.from(await (await fetch(`${server.url}/mails/${content[0]?.id}/raw`)).arrayBuffer());
  assert.deepEqual(got, raw);
});

test('a mail that a server refuses, or that it hangs up on, is not taken for delivered', async () => {
  const server = await sandboxes.start({ pec: undefined });
  const way = smtpWay(`smtp://127.0.0.1:${server.smtpPort}`);
  await tellPec(server, { code: 451, text: 'later', times: 1 }, '/smtp-behaviour');
  await assert.rejects(way.bring(mail('a'), false), /451 later/);
  await tellPec(server, { cut: true, times: 1 }, '/smtp-behaviour');
  await assert.rejects(way.bring(mail('a'), false), /hung up/);
  await way.bring(mail('a'), false);
  await tellPec(server, { down: true }, '/smtp-behaviour');
  await assert.rejects(way.bring(mail('a'), false), /ECONNREFUSED/);
});

test('what could not be delivered is delivered after a restart, and nothing twice', async () => {
  const dir = await newDir();
  const boxes = openMailBoxes(join(dir, 'boxes'), { mailsMax: 10 });
  const brought: string[] = [];
  let isAway = true;
  const way: FarWay = {
    leadsTo: () => true,
    bring: async ({ id }) => {
      if (isAway) throw new Error('away');
      brought.push(id);
    },
    close: () => Promise.resolve(),
  };
  const open = () => openDelivery({ dir, boxes, ways: [way], clock: systemClock, log: noLog });
  const first = await open();
  for (const id of ['a', 'b', 'a']) await first.deliver(mail(id));
  await first.stop();
  assert.deepEqual(brought, []);
  isAway = false;
  const second = await open();
  await until(
    async () => brought.length,
    (count) => count === 2,
  );
  await second.deliver(mail('a'));
  await second.stop();
  const third = await open();
  await third.deliver(mail('b'));
  await third.stop();
  assert.deepEqual(brought, ['a', 'b']);
});

test('by IMAP a mail that an earlier try may have brought is looked for first', async () => {
  const server = await sandboxes.start({ pec: undefined });
  const way = imapWay(`imap://${encodeURIComponent(sender)}:x@127.0.0.1:${server.imapPort}`);
  await way.bring(mail('a'), false);
  await way.bring(mail('a'), true);
  await way.bring(mail('b', sampleMail({ fileName: 'altro.xml' })), true);
  await way.close();
  assert.deepEqual(
    (await boxed(server.url, sender)).map(({ subject }) => subject),
    ['altro.xml', 'IT01234567890_00001.xml'],
  );
});

test("mails in SdI's mailbox are collected once, over restarts and also when all UIDs change", async () => {
  const server = await sandboxes.start({ pec: undefined });
  const sdi = 'sdi01@pec.fatturapa.it';
  const address = `imap://${encodeURIComponent(sdi)}:x@127.0.0.1:${server.imapPort}`;
  const way = imapWay(address);
  const dir = await newDir();
  const taken = new Map<string, TakenMail>();
  let takings = 0;
  const begin = () =>
    collectMails({
      address,
      dir,
      log: noLog,
      everyMs: 10,
      take: async (one) => {
        takings += 1;
        taken.set(one.id, one);
      },
    });
  const bring = (fileName: string): Promise<void> =>
    way.bring({ ...mail(fileName, sampleMail({ fileName })), to: sdi }, false);
  const waitFor = (count: number) =>
    until(
      async () => takings,
      (all) => all === count,
    );
  await bring('uno.xml');
  let end = begin();
  await bring('due.xml');
  await waitFor(2);
  await end();
  end = begin();
  await bring('tre.xml');
  await waitFor(3);
  await tellPec(server, { address: sdi, newUidValidity: true }, '/imap-behaviour');
  await waitFor(6);
  await end();
  // Seen again under other UIDs, they have the names that they had: whoever takes them knows them.
  assert.equal(taken.size, 3);
  const [first] = taken.values();
  assert.deepEqual([first?.from, first?.to], [sender, [sdi]]);
  assert.deepEqual(first?.raw, sampleMail({ fileName: 'uno.xml' }));
  await way.close();
});
