// journeys: a mailbox into which everything comes: samples of real mails, spam, vacations, broken MIME, 30 MB; and invoices go on.
import { unrelatedMails } from '@staffetta/fatturapa/mail/unrelated-mails.fixture.ts';
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chanceFrom, seedOfRun } from './harness/chance.ts';
import type { Estate } from './harness/estate.ts';
import { dovecotSetUp, greenmailSetUp, ownMailSetUp } from './harness/pec-set-ups.ts';
import { isAtRest, shownMails, untilMailbox, type ShownMail } from './harness/pec-reader.ts';
import { openPostbox, type Postbox } from './harness/postbox.ts';
import { startSdiFlood, untilAllAnswered } from './harness/sdi-flood.ts';
import { tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

const samples = join(sharedFolder(), 'sdi/samples/pec');
const needed = { skip: servers.shared.missing };
const seed = seedOfRun();
const patience = { timeoutMs: 90_000 };

/** Two minutes of a film in an attachment that never ends. */
function hugeMail(): Buffer {
  const head = [
    'From: zio@example.com',
    'To: fatture@staffetta.example',
    'Subject: il video del matrimonio',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="b"',
    '',
    '--b',
    'Content-Type: video/mp4; name="IT01234567897_00001.xml"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="IT01234567897_00001.xml"',
    '',
  ].join('\r\n');
  const line = `${'QUJD'.repeat(18)}\r\n`;
  return Buffer.from(`${head}\r\n${line.repeat(Math.floor((30 * 1024 * 1024) / line.length))}`);
}

function sampleMails(): Buffer[] {
  const names = readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.eml'));
  assert.ok(names.length > 0, `no mail lies below ${samples}`);
  return names.map((name) => readFileSync(join(samples, name)));
}

/** Puts mails in; gives how many the server took, since none takes a mail of no bytes, and some refuse broken ones. */
async function putAll(postbox: Postbox, mails: readonly Buffer[]): Promise<number> {
  let taken = 0;
  for (const mail of mails) if ((await postbox.put(mail)) !== undefined) taken += 1;
  return taken;
}

/** Each mail was taken once, and all are done. */
async function untilAllDone({ client }: Estate, uids: readonly number[]): Promise<readonly ShownMail[]> {
  const look = async (): Promise<number[]> => {
    const taken = new Set((await shownMails(client)).map(({ uid }) => uid));
    return uids.filter((uid) => !taken.has(uid));
  };
  await until('mails with these UIDs to be taken', look, (left) => left.length === 0, patience);
  assert.equal((await shownMails(client)).length, uids.length, 'each mail was taken once');
  await untilMailbox(client, 'all mails are done', isAtRest, patience);
  return shownMails(client);
}

/** When what a mail held was handed over. */
function handedAt({ results }: ShownMail): string[] {
  return results.filter(({ outcome }) => outcome === 'handedOver').map(({ at }) => at);
}

tellOn([ownMailSetUp, dovecotSetUp, greenmailSetUp], {}, (estate) => {
  test(
    `a reader that one odd mail stops is impossible: all are understood or set aside in order, and 40 invoices end as SdI decides (STAFFETTA_SEED=${seed})`,
    needed,
    async (t) => {
      const postbox = await openPostbox(estate().mailboxUrl);
      const half = Math.floor(unrelatedMails.length / 2);
      const odd = [...unrelatedMails.slice(0, half), ...sampleMails()];
      let taken = await putAll(postbox, odd);
      const flood = startSdiFlood(estate(), 40, chanceFrom(seed));
      taken += await putAll(postbox, [hugeMail(), ...unrelatedMails.slice(half), ...sampleMails()]);
      await flood.done;
      const last = startSdiFlood(estate(), 5, chanceFrom(seed));
      for (const one of [flood, last]) await untilAllAnswered(estate(), one, patience);
      const mails = await untilAllDone(estate(), await postbox.uids());
      await postbox.close();
      t.diagnostic(`${taken} odd mails were taken, ${mails.length} lie in the mailbox`);
      assert.ok(taken >= 50);
      assert.deepEqual([...new Set(mails.map(({ state }) => state))].toSorted(), [
        'quarantined',
        'repeated',
        'understood',
      ]);
      for (const { state, why } of mails) if (state === 'quarantined') assert.ok(why, 'and it is said why');
      // A large mail may come into sight after those that came behind it.
      const uids = mails.filter(({ size }) => size < 1_000_000).map(({ uid }) => uid);
      assert.deepEqual(
        uids,
        uids.toSorted((one, other) => one - other),
        'they were stored in their order',
      );
      const handed = mails.flatMap(handedAt);
      assert.deepEqual(handed, handed.toSorted(), 'and handed over in their order');
      assert.ok(mails.some(({ size }) => size > 30_000_000));
    },
  );
});
