// sender: several mailboxes, SdI's address of each, the bounds that their providers set, and mails that are too large.
import type { SdiAddress } from '@staffetta/flow/messages.ts';
import { decodeEvent, encodeEvent } from '@staffetta/flow/events.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Incoming } from '@staffetta/platform/service.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { endSendings, kindsOf, sendingWith, type Answer, type Sending } from './mailing.fixture.ts';
import { findMails } from './mails.ts';
import { learnAddresses } from './on-sdi-address.ts';
import { incoming, outgoing } from './outgoing.fixture.ts';
import type { Outgoing } from './outgoing-file.ts';
import { forgetAddress, readAddresses } from './sdi-addresses.ts';
import { lostIn } from './smtp/smtp-errors.ts';

const noSignal = new AbortController().signal;
const main = 'fatture@staffetta.example';
const second = 'due@pec.example.it';
const first = 'sdi01@pec.fatturapa.it';
const both = {
  PEC_MAILBOXES: JSON.stringify([
    { address: second, smtpUrl: 'smtp://second.invalid:25' },
    { address: 'legge@pec.example.it', imapUrl: 'imap://third.invalid' },
  ]),
};
const taken: Answer = async () => ({ response: '250 taken' });
const minuteMs = 60_000;
const dayMs = 86_400_000;

let world: TestWorld;

before(async () => {
  world = await testWorld();
  await migratePlatform(world.store);
  await migrate(world.store, 'sender', new URL('./migrations/', import.meta.url));
  await world.bus.ensureTopics(['sentInvoice']);
});

beforeEach(async () => {
  await world.store.query({ text: 'TRUNCATE sender.mail_leave, sender.sdi_address', values: [] });
});

afterEach(endSendings);

after(() => world.end());

function from(mailbox: string | undefined, fileName: string, transmissionId = uuidv7()): Outgoing {
  const event = incoming(outgoing(fileName, transmissionId));
  const { transmission } = event.message;
  return mailbox === undefined
    ? event
    : { ...event, message: { ...event.message, transmission: { ...transmission, mailbox } } };
}

function saying(
  address: string,
  learnedAt: string,
  mailbox = main,
  saidBy?: SdiAddress['saidBy'],
): Incoming<'sdiAddress'> {
  const message: SdiAddress = { mailbox, address, learnedAt, mailId: uuidv7(), ...(saidBy && { saidBy }) };
  const meta = { eventId: uuidv7(), correlationId: 'c' };
  const event = encodeEvent('sdiAddress', mailbox, Buffer.from(JSON.stringify(message)), meta);
  return decodeEvent('sdiAddress', { ...event, partition: 0, offset: 0n, timestamp: new Date(0) }, 'sdiAddress-0@0');
}

function learn(...told: Incoming<'sdiAddress'>[]) {
  return learnAddresses(world, { mailTo: first, sdiDomain: 'pec.fatturapa.it' })(told, noSignal);
}

function routesOf({ mailed }: Sending): string[] {
  return mailed.map((mail) => `${mail.from} → ${mail.to.join()} by ${mail.server}`);
}

test('each mailbox sends by its own server, as itself, and the ledger says from where and to where', async () => {
  const sender = await sendingWith(world, taken, both);
  const id = uuidv7();
  await sender.run(from(undefined, 'MAIN.xml'));
  assert.deepEqual(await sender.run(from('DUE@pec.example.it', 'SECOND.xml', id)), []);
  assert.deepEqual(routesOf(sender), [
    `${main} → ${first} by smtp://mail.invalid:25`,
    `${second} → ${first} by smtp://second.invalid:25`,
  ]);
  const [, mail] = sender.mailed;
  assert.match(mail?.raw ?? '', /^From: due@pec\.example\.it\r\n/);
  assert.match(mail?.raw ?? '', /\r\nX-TipoRicevuta: breve\r\n/);
  const row = (await findMails(world.store, [id])).get(id);
  assert.deepEqual(
    [row?.mailbox, row?.recipient, row?.messageId],
    [second, first, `<SECOND.xml.${id}@pec.example.it>`],
  );
});

test('a mailbox that is not set up to send is NOT_SENT, and the reason says what to configure', async () => {
  const sender = await sendingWith(world, taken, both);
  for (const mailbox of ['nobody@pec.example.it', 'legge@pec.example.it']) {
    const id = uuidv7();
    assert.deepEqual(await sender.run(from(mailbox, 'NOWHERE.xml', id)), []);
    const row = (await findMails(world.store, [id])).get(id);
    assert.deepEqual([row?.state, row?.tries, row?.mailbox], ['refused', 0, mailbox]);
    assert.match(row?.response ?? '', /smtpUrl in PEC_MAILBOXES/);
  }
  assert.equal(sender.mailed.length, 0);
});

test('while the server of one mailbox is away, the others go on and nothing is paused', async () => {
  const answer: Answer = async (_, { server }) => {
    if (server.includes('second')) throw lostIn('connect', 'nobody there');
    return { response: '250 taken' };
  };
  const sender = await sendingWith(world, answer, both);
  const failed = await sender.run(from(second, 'AWAY.xml'), from(undefined, 'FINE.xml'));
  assert.deepEqual(kindsOf(failed), { 'AWAY.xml': 'later' });
});

test('mails of a mailbox whose server hangs take nobody else’s turn', async () => {
  const hang = Promise.withResolvers<never>();
  const answer: Answer = async (_, { server }) =>
    server.includes('second') ? hang.promise : { response: '250 taken' };
  const sender = await sendingWith(world, answer, { ...both, SENDER_SEND_WAIT: '50ms' });
  const hanging = Array.from({ length: 20 }, (_, index) => from(second, `HANGS${index}.xml`));
  await sender.run(...hanging);
  const quick = from(undefined, 'QUICK.xml');
  // On a busy machine it may take more than one look.
  while ((await sender.run(quick)).length > 0);
  assert.ok(sender.mailed.some(({ fileName }) => fileName === 'QUICK.xml'));
});

test('files go to the address that SdI named last, each mailbox to its own, and to the first one again once it is forgotten', async () => {
  const sender = await sendingWith(world, taken, both);
  await learn(saying('sdi12@pec.fatturapa.it', '2026-11-25T10:00:00Z'));
  await learn(
    saying('sdi48@pec.fatturapa.it', '2026-11-25T12:00:00Z'),
    saying('sdi07@pec.fatturapa.it', '2026-11-25T11:00:00Z'),
    saying('sdi33@pec.fatturapa.it', '2026-11-25T09:00:00Z', 'DUE@pec.example.it'),
  );
  await sender.run(from(undefined, 'A.xml'));
  await sender.run(from(second, 'B.xml'));
  await forgetAddress(world.store, main);
  await sender.run(from(undefined, 'C.xml'));
  assert.deepEqual(
    sender.mailed.map(({ to }) => to.join()),
    ['sdi48@pec.fatturapa.it', 'sdi33@pec.fatturapa.it', first],
  );
});

test('an incoming invoice tells the address where nothing is known yet, and nothing against an answer of SdI', async () => {
  const sender = await sendingWith(world, taken, both);
  await learn(saying('sdi12@pec.fatturapa.it', '2026-11-25T10:00:00Z', main, 'invoice'));
  await sender.run(from(undefined, 'A.xml'));
  await learn(saying('sdi48@pec.fatturapa.it', '2026-11-25T11:00:00Z', main, 'answer'));
  await learn(saying('sdi12@pec.fatturapa.it', '2026-11-25T12:00:00Z', main, 'invoice'));
  await sender.run(from(undefined, 'B.xml'));
  assert.deepEqual(
    sender.mailed.map(({ to }) => to.join()),
    ['sdi12@pec.fatturapa.it', 'sdi48@pec.fatturapa.it'],
  );
});

test('what SdI named for PEC_ADDRESS holds for MAIL_FROM too, where that is another', async () => {
  const sender = await sendingWith(world, taken, { MAIL_FROM: 'other@pec.example.it' });
  await learn(saying('sdi48@pec.fatturapa.it', '2026-11-25T10:00:00Z'));
  await sender.run(from(undefined, 'A.xml'));
  assert.deepEqual(routesOf(sender), ['other@pec.example.it → sdi48@pec.fatturapa.it by smtp://mail.invalid:25']);
});

test('what SdI says again counts as newer, so that an older mail that comes late changes nothing', async () => {
  await learn(saying('sdi12@pec.fatturapa.it', '2026-11-25T10:00:00Z'));
  await learn(saying('sdi12@pec.fatturapa.it', '2026-11-25T12:00:00Z'));
  await learn(saying('sdi48@pec.fatturapa.it', '2026-11-25T11:00:00Z'));
  assert.equal((await readAddresses(world.store)).get(main)?.address, 'sdi12@pec.fatturapa.it');
});

test('an address that is not SdI’s is never learned', async () => {
  const strangers = ['sdi01@pec.fatturapa.it.example.com', 'sdi@pec.example.it', 'sdi01@pec.fatturapa.it, a@b.it', ''];
  const failed = await learn(...strangers.map((address) => saying(address, '2026-11-25T10:00:00Z')));
  assert.equal(failed?.length, strangers.length);
  const noInstant = await learn(saying('sdi12@pec.fatturapa.it', 'yesterday'));
  assert.equal(noInstant?.length, 1);
  assert.equal((await readAddresses(world.store)).size, 0);
});

function lot(count: number, mailbox?: string): Outgoing[] {
  return Array.from({ length: count }, (_, index) => from(mailbox, `LOT${index}.xml`));
}

test('the bound of a minute holds for two senders together and across restarts, uses up no tries, and holds back no other mailbox', async () => {
  const settings = { ...both, MAIL_PER_MINUTE_MAX: '1', MAIL_TRIES: '1' };
  const [one, two] = [await sendingWith(world, taken, settings), await sendingWith(world, taken, settings)];
  const [ofOne, ofTwo] = [lot(3), lot(3)];
  const [left, right] = await Promise.all([one.run(...ofOne), two.run(...ofTwo, from(second, 'OTHER.xml'))]);
  assert.equal(left.length + right.length, 5, 'of six one went');
  assert.ok([...left, ...right].every(({ error }) => error instanceof Error && 'againAfterMs' in error));
  assert.ok(two.mailed.some(({ fileName }) => fileName === 'OTHER.xml'));

  await one.kill();
  const third = await sendingWith(world, taken, settings);
  assert.equal((await third.run(...ofOne)).length, left.length, 'what is mailed is told again, nothing more goes');
  world.clock.turn(minuteMs);
  await Promise.all([third.run(...ofOne), two.run(...ofTwo)]);
  const fromMain = [...one.mailed, ...two.mailed, ...third.mailed].filter((mail) => mail.from === main);
  assert.equal(fromMain.length, 2);
  const ids = [...ofOne, ...ofTwo].map(({ message }) => message.transmission.transmissionId);
  const rows = [...(await findMails(world.store, ids)).values()];
  assert.deepEqual(
    rows.map(({ state, tries }) => [state, tries]),
    [
      ['sent', 1],
      ['sent', 1],
    ],
  );
});

test('mails of a minute are spread evenly, whoever sends them', async () => {
  const settings = { MAIL_PER_MINUTE_MAX: '1200' };
  const senders = [await sendingWith(world, taken, settings), await sendingWith(world, taken, settings)];
  await Promise.all(
    senders.map(async (sender) => {
      for (let left = lot(10); left.length > 0;) left = (await sender.run(...left)).map(({ event }) => event);
    }),
  );
  const leaves = { text: 'SELECT at FROM sender.mail_leave ORDER BY at', values: [] };
  const { rows } = await world.store.query<{ at: Date }>(leaves);
  assert.equal(rows.length, 20);
  const gaps = rows.slice(1).map(({ at }, index) => at.getTime() - (rows[index]?.at.getTime() ?? 0));
  assert.ok(
    gaps.every((gap) => gap >= 50),
    `gaps of ${gaps.join()} ms`,
  );
});

test('the bound of a day is counted over any 24 hours', async () => {
  const sender = await sendingWith(world, taken, { MAIL_PER_DAY_MAX: '2' });
  const files = lot(5);
  assert.equal((await sender.run(...files)).length, 3);
  world.clock.turn(dayMs - minuteMs);
  assert.equal((await sender.run(...files)).length, 3);
  world.clock.turn(minuteMs);
  assert.equal((await sender.run(...files)).length, 1);
  assert.equal(sender.mailed.length, 4);
});

test('bounds, the size and SdI’s first address change while it sends; what waits goes by the new ones', async () => {
  const sender = await sendingWith(world, taken);
  assert.deepEqual(await sender.run(...lot(2)), []);
  sender.change({ MAIL_PER_DAY_MAX: '1' });
  const files = lot(3);
  assert.equal((await sender.run(...files)).length, 2, 'counted from now on');
  assert.equal((await sender.run(...files)).length, 2);
  sender.change({ MAIL_PER_DAY_MAX: '2' });
  assert.equal((await sender.run(...files)).length, 1);
  sender.change({ MAIL_TO: 'other@pec.example.it' });
  assert.deepEqual(await sender.run(...files), [], 'no bound any more');
  assert.deepEqual(sender.mailed.at(-1)?.to, ['other@pec.example.it']);
  sender.change({ MAIL_BYTES_MAX: '1KiB' });
  await sender.run(from(undefined, `${'L'.repeat(120)}.xml`));
  assert.equal(sender.mailed.length, 5);
});

test('a clock that was turned ahead and back does not stop the sending', async () => {
  const sender = await sendingWith(world, taken, { MAIL_PER_MINUTE_MAX: '1' });
  world.clock.turn(10 * dayMs);
  await sender.run(from(undefined, 'AHEAD.xml'));
  world.clock.turn(-10 * dayMs);
  const again = await sendingWith(world, taken, { MAIL_PER_MINUTE_MAX: '1' });
  assert.deepEqual(await again.run(from(undefined, 'BACK.xml')), []);
});

test('a mail that is too large is NOT_SENT before anything goes out, and the reason says the bound', async () => {
  const sender = await sendingWith(world, taken, { MAIL_BYTES_MAX: '1KiB' });
  const id = uuidv7();
  const name = `${'L'.repeat(120)}.xml`;
  assert.deepEqual(await sender.run(from(undefined, name, id)), []);
  const row = (await findMails(world.store, [id])).get(id);
  assert.equal(row?.state, 'refused');
  assert.match(row?.response ?? '', /1024 are allowed \(MAIL_BYTES_MAX\)/);
  assert.equal(sender.mailed.length, 0);
});
