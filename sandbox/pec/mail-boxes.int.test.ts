// Mailboxes as folders: what lies in them outlives a restart, and nothing comes in twice.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { MailBoxFull } from './mail-box.ts';
import { openMailBoxes } from './mail-boxes.ts';

const dirs: string[] = [];
after(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'staffetta-boxes-'));
  dirs.push(dir);
  return dir;
}

const me = 'fatture@azienda.example';
const mail = (text: string): Buffer => Buffer.from(`Subject: ${text}\r\n\r\n${text}\r\n`);

test('a mail of the same id goes in once, whatever the case of the address, also after a restart', async () => {
  const dir = await newDir();
  const first = openMailBoxes(dir, { mailsMax: 10 });
  const uid = await first.append(me, mail('uno'), 'id-1');
  assert.equal(await first.append('FATTURE@Azienda.example', mail('altro'), 'id-1'), uid);
  const second = openMailBoxes(dir, { mailsMax: 10 });
  assert.equal(await second.append(me, mail('altro'), 'id-1'), uid);
  assert.deepEqual(await second.open(me).raw(uid), mail('uno'));
  assert.equal(second.open(me).mails().length, 1);
});

test('UIDs, UIDVALIDITY and flags outlive a restart, half-written mails do not', async () => {
  const dir = await newDir();
  const first = openMailBoxes(dir, { mailsMax: 10 }).open(me);
  const uids = ['a', 'b', 'c'].map((id) => first.append({ raw: mail(id), id, at: new Date(), flags: '' }));
  first.setFlags(uids[1] ?? 0, 'sf');
  first.remove([uids[2] ?? 0]);
  await writeFile(join(dir, me, 'x.part'), 'half');
  const second = openMailBoxes(dir, { mailsMax: 10 }).open(me);
  assert.equal(second.uidValidity, first.uidValidity);
  assert.equal(second.uidNext, first.uidNext);
  assert.deepEqual(
    second.mails().map(({ uid, flags }) => [uid, flags]),
    [
      [uids[0], ''],
      [uids[1], 'fs'],
    ],
  );
  assert.equal((await readdir(join(dir, me))).filter((name) => name.endsWith('.part')).length, 0);
});

test('a mail that was removed does not come back when it is delivered again', async () => {
  const dir = await newDir();
  const box = openMailBoxes(dir, { mailsMax: 10 }).open(me);
  const uid = box.append({ raw: mail('a'), id: 'a', at: new Date(), flags: '' });
  box.remove([uid]);
  const again = openMailBoxes(dir, { mailsMax: 10 });
  assert.equal(await again.append(me, mail('a'), 'a'), uid);
  assert.equal(again.open(me).mails().length, 0);
});

test('only the newest mails stay', async () => {
  const boxes = openMailBoxes(await newDir(), { mailsMax: 3 });
  for (const id of ['a', 'b', 'c', 'd', 'e']) await boxes.append(me, mail(id), id);
  assert.deepEqual(
    boxes
      .open(me)
      .mails()
      .map(({ uid }) => uid),
    [3, 4, 5],
  );
});

test('a flood pushes no mail out before there was time to read it', async () => {
  const boxes = openMailBoxes(await newDir(), { mailsMax: 3, staysMs: 3_600_000 });
  for (const id of ['a', 'b', 'c', 'd', 'e']) await boxes.append(me, mail(id), id);
  assert.equal(boxes.open(me).mails().length, 5);
});

test('a mail whose date lies in the year 9999 is there after a restart, too', async () => {
  const dir = await newDir();
  const at = new Date('9999-12-31T00:00:00Z');
  await openMailBoxes(dir, { mailsMax: 3 }).append(me, mail('a'), 'a', at);
  assert.deepEqual(openMailBoxes(dir, { mailsMax: 3 }).open(me).mail(1)?.at, at);
});

test('a full mailbox takes nothing new, and says so', async () => {
  const boxes = openMailBoxes(await newDir(), { mailsMax: 3 });
  await boxes.append(me, mail('a'), 'a');
  boxes.open(me).full = true;
  assert.equal(await boxes.append(me, mail('a'), 'a'), 1);
  await assert.rejects(boxes.append(me, mail('b'), 'b'), MailBoxFull);
});

test('an address that is none, or would leave the folder, gets no mailbox', async () => {
  const boxes = openMailBoxes(await newDir(), { mailsMax: 3, boxesMax: 1 });
  for (const address of [
    '',
    'nobody',
    '../../etc@x',
    'a@b/c',
    'a@b@c',
    `${'a'.repeat(300)}@b`,
    `${'%'.repeat(60)}@${'ü'.repeat(60)}`,
    'a@\ud800',
  ]) {
    await assert.rejects(boxes.append(address, mail('a'), 'a'), /no address/, address);
  }
  await boxes.append(me, mail('a'), 'a');
  await assert.rejects(boxes.append('other@azienda.example', mail('a'), 'a'), /no room/);
});

test('after a renumbering every mail has another UID, and the next ones follow', async () => {
  const dir = await newDir();
  const box = openMailBoxes(dir, { mailsMax: 10 }).open(me);
  const before = box.append({ raw: mail('a'), id: 'a', at: new Date(), flags: '' });
  const { uidValidity } = box;
  box.renumber();
  const [only] = box.mails();
  assert.ok(only && only.uid !== before && box.uidValidity > uidValidity);
  assert.deepEqual(await box.raw(only.uid), mail('a'));
  const next = openMailBoxes(dir, { mailsMax: 10 }).open(me);
  assert.ok(next.append({ raw: mail('b'), id: 'b', at: new Date(), flags: '' }) > only.uid);
});
