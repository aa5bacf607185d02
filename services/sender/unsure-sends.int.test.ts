// sender: a mail whose fate is unknown is settled by the provider's receipts, before and instead of anything repeated.
import type { PecReceipt, PecReceiptKind, SentInvoice } from '@staffetta/flow/messages.ts';
import { decodeEvent, encodeEvent } from '@staffetta/flow/events.ts';
import { eventHeaders } from '@staffetta/flow/flows.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import type { Incoming } from '@staffetta/platform/service.ts';
import { migrate } from '@staffetta/platform/store/migrate.ts';
import { migratePlatform } from '@staffetta/platform/store/platform-tables.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { endSendings, kindsOf, mailRow, sendingWith, type Answer } from './mailing.fixture.ts';
import { inDoubtMaxDefault } from './mails-in-hand.ts';
import { findMails, recordMails, type Mail } from './mails.ts';
import { takePecReceipts } from './on-pec-receipt.ts';
import { incoming, outgoing } from './outgoing.fixture.ts';
import { lostIn, refusedBy } from './smtp/smtp-errors.ts';

const noSignal = new AbortController().signal;
const isRead = { IMAP_URL: 'imap://u:p@h' };
const minuteMs = 60_000;

const lost: Answer = async () => {
  throw lostIn('data-end', 'the connection was closed');
};
const taken: Answer = async () => ({ response: '250 taken' });

let world: TestWorld;
const told: SentInvoice[] = [];

before(async () => {
  world = await testWorld();
  await migratePlatform(world.store);
  await migrate(world.store, 'sender', new URL('./migrations/', import.meta.url));
  await world.bus.ensureTopics(['sentInvoice', 'outgoingInvoice.DLT']);
  await world.bus.consume({
    group: 'test',
    topic: 'sentInvoice',
    batchMax: 100,
    retry: { tries: 1, delaysMs: [10], jitter: 0 },
    handle: async (batch) => {
      told.push(...batch.map((event) => JSON.parse(event.value.toString()) as SentInvoice));
    },
  });
});

afterEach(endSendings);

after(() => world.end());

/** What was written to the dead letters of outgoing invoices. */
async function closed(): Promise<ConsumedEvent[]> {
  const all: ConsumedEvent[] = [];
  for (let partition = 0; partition < 6; partition++) {
    for (let at = 0n; ; at++) {
      const event = await world.bus.readAt('outgoingInvoice.DLT', partition, at);
      if (!event) break;
      all.push(event);
    }
  }
  return all;
}

async function ledgerOf(transmissionId: string): Promise<Mail | undefined> {
  return (await findMails(world.store, [transmissionId])).get(transmissionId);
}

async function toldAbout(transmissionId: string): Promise<SentInvoice> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const found = told.find((each) => each.transmissionId === transmissionId);
    if (found) return found;
    await sleep(25);
  }
  throw new Error('nothing was told');
}

function receiptOf(
  receipt: PecReceiptKind,
  ofMessageId: string,
  more: Partial<PecReceipt> = {},
): Incoming<'pecReceipt'> {
  const mailbox = 'fatture@staffetta.example';
  const message = { receipt, ofMessageId, mailbox, mailId: uuidv7(), sha256: '0'.repeat(64), ...more };
  const meta = { eventId: uuidv7(), correlationId: 'c' };
  const event = encodeEvent('pecReceipt', ofMessageId.toLowerCase(), Buffer.from(JSON.stringify(message)), meta);
  const record = { ...event, partition: 0, offset: 0n, timestamp: new Date(0) };
  return decodeEvent('pecReceipt', record, 'pecReceipt-0@0');
}

async function hear(...receipts: Incoming<'pecReceipt'>[]): Promise<void> {
  await takePecReceipts(world, { mailTries: 2 })(receipts, noSignal);
}

function messageIdOf(fileName: string, transmissionId: string): string {
  return `<${fileName}.${transmissionId}@staffetta.example>`;
}

test('an unsure send is resolved by receipts before anything is repeated', async () => {
  const sender = await sendingWith(world, lost, isRead);
  const id = uuidv7();
  const event = incoming(outgoing('UNSURE.xml', id));
  const other = incoming(outgoing('OTHER.xml'));
  for (let look = 0; look < 3; look++) assert.deepEqual(kindsOf(await sender.run(event)), { 'UNSURE.xml': 'later' });
  assert.deepEqual(kindsOf(await sender.run(event, other)), { 'UNSURE.xml': 'later', 'OTHER.xml': 'later' });
  assert.deepEqual(
    sender.mailed.map(({ fileName }) => fileName),
    ['UNSURE.xml', 'OTHER.xml'],
    'it waits, and holds back no other',
  );

  await hear(receiptOf('accettazione', messageIdOf('UNSURE.xml', id)));
  const { invoiceStatus, messageId } = await toldAbout(id);
  assert.deepEqual(
    [invoiceStatus, messageId],
    ['INTERNAL_INVOICE_SENT', messageIdOf('UNSURE.xml', id)],
    'told at once, not when the invoice comes again',
  );
  world.clock.turn(11 * minuteMs);
  assert.deepEqual(await sender.run(event), []);
  assert.equal(sender.mailed.filter(({ fileName }) => fileName === 'UNSURE.xml').length, 1);
});

test('a receipt that comes while the repeat waits in line is in time', async () => {
  const answered = Promise.withResolvers<{ response: string }>();
  const sender = await sendingWith(world, () => answered.promise, isRead);
  const id = uuidv7();
  const unsureAt = new Date(world.clock.now().getTime() - 11 * minuteMs);
  const row = { transmissionId: id, fileName: 'IN-LINE.xml', messageId: messageIdOf('IN-LINE.xml', id) };
  await recordMails(world.store, [mailRow({ ...row, state: 'uncertain', unsureAt })]);
  const before = Array.from({ length: inDoubtMaxDefault }, (_, index) => incoming(outgoing(`BEFORE${index}.xml`)));
  const event = incoming(outgoing('IN-LINE.xml', id));
  const running = sender.run(...before, event);
  while (sender.mailed.length < before.length) await sleep(5);
  await hear(receiptOf('accettazione', row.messageId));
  answered.resolve({ response: '250 taken' });
  assert.deepEqual(kindsOf(await running), { 'IN-LINE.xml': 'later' });
  assert.deepEqual(await sender.run(event), []);
  assert.deepEqual(
    sender.mailed.filter(({ fileName }) => fileName === 'IN-LINE.xml'),
    [],
  );
});

test('without a receipt it is repeated after the wait, under the same name and Message-ID, and no look counts as a try', async () => {
  const sender = await sendingWith(world, lost, { ...isRead, MAIL_TRIES: '2' });
  const id = uuidv7();
  const event = incoming(outgoing('SILENT.xml', id));
  for (let look = 0; look < 5; look++) assert.deepEqual(kindsOf(await sender.run(event)), { 'SILENT.xml': 'later' });
  assert.equal((await ledgerOf(id))?.tries, 1);
  world.clock.turn(10 * minuteMs);
  assert.deepEqual(kindsOf(await sender.run(event)), { 'SILENT.xml': 'later' }, 'the last try is waited for too');
  world.clock.turn(10 * minuteMs);
  assert.deepEqual(kindsOf(await sender.run(event)), { 'SILENT.xml': 'poison' });
  assert.equal(sender.mailed.length, 2);
  const ids = sender.mailed.map(({ raw }) => /\r\nMessage-ID: (.*)\r\n/.exec(raw)?.[1]);
  assert.deepEqual(ids, [messageIdOf('SILENT.xml', id), messageIdOf('SILENT.xml', id)]);

  const replayed = { ...event, record: { ...event.record, headers: { [eventHeaders.replayOf]: '1' } } };
  assert.deepEqual(kindsOf(await sender.run(replayed)), { 'SILENT.xml': 'poison' }, 'once more, not for ever');
  assert.equal(sender.mailed.length, 3);
  await hear(receiptOf('avvenuta-consegna', messageIdOf('SILENT.xml', id)));
  assert.equal((await toldAbout(id)).invoiceStatus, 'INTERNAL_INVOICE_SENT');
});

test('a late receipt closes the dead letter of a mail that was never confirmed, and of no other', async () => {
  const sender = await sendingWith(world, lost, { ...isRead, MAIL_TRIES: '2' });
  const [never, once] = [uuidv7(), uuidv7()];
  const event = incoming(outgoing('NEVER.xml', never));
  await sender.run(event);
  world.clock.turn(10 * minuteMs);
  await sender.run(event);
  world.clock.turn(10 * minuteMs);
  assert.deepEqual(kindsOf(await sender.run(event)), { 'NEVER.xml': 'poison' });
  await sender.run(incoming(outgoing('ONCE.xml', once)));

  await hear(
    receiptOf('non-accettazione', messageIdOf('NEVER.xml', never)),
    receiptOf('accettazione', messageIdOf('ONCE.xml', once)),
  );
  const records = await closed();
  assert.deepEqual(
    records.flatMap(({ headers }) => (headers['x-closes'] === once ? ['once'] : [])),
    [],
  );
  const record = records.find(({ headers }) => headers['x-closes'] === never);
  assert.equal(record?.headers['x-closed-by'], 'sender');
  assert.equal(record?.key, event.message.invoiceId, 'so that it is read after the letter');
});

test('the wait survives a restart', async () => {
  const [id, event] = [uuidv7(), (transmissionId: string) => incoming(outgoing('AGAIN.xml', transmissionId))];
  const first = await sendingWith(world, lost, isRead);
  await first.run(event(id));
  await first.kill();
  world.clock.turn(9 * minuteMs);
  const second = await sendingWith(world, taken, isRead);
  assert.deepEqual(kindsOf(await second.run(event(id))), { 'AGAIN.xml': 'later' });
  assert.equal(second.mailed.length, 0);
  world.clock.turn(minuteMs);
  assert.deepEqual(await second.run(event(id)), []);
  assert.equal(second.mailed.length, 1);
  assert.equal((await ledgerOf(id))?.state, 'sent');
});

test('a sender that is killed while the mail is with the mail server leaves it unsure, and does not repeat it', async () => {
  const reached = Promise.withResolvers<void>();
  const first = await sendingWith(
    world,
    () => {
      reached.resolve();
      return Promise.withResolvers<never>().promise;
    },
    { ...isRead, SENDER_SEND_WAIT: '20ms' },
  );
  const id = uuidv7();
  const event = incoming(outgoing('KILLED.xml', id));
  const begun = first.run(event);
  await reached.promise;
  await begun;
  await first.kill();
  const second = await sendingWith(world, taken, isRead);
  assert.deepEqual(kindsOf(await second.run(event)), { 'KILLED.xml': 'later' });
  await hear(receiptOf('accettazione', messageIdOf('KILLED.xml', id)));
  assert.deepEqual(await second.run(event), []);
  assert.equal(second.mailed.length, 0);
  assert.equal((await toldAbout(id)).invoiceStatus, 'INTERNAL_INVOICE_SENT');
});

test('a mail that the server wanted nothing of is not unsure', async () => {
  const noLogin: Answer = async () => {
    throw refusedBy('authentication', { code: 535, enhancedCode: undefined, text: 'who are you' });
  };
  const sender = await sendingWith(world, noLogin, isRead);
  const id = uuidv7();
  const event = incoming(outgoing('LOGIN.xml', id));
  assert.deepEqual(kindsOf(await sender.run(event)), { 'LOGIN.xml': 'unavailable' });
  const { state, tries } = (await ledgerOf(id)) ?? {};
  assert.deepEqual([state, tries], ['deferred', 0]);
  await sender.run(event);
  assert.equal(sender.mailed.length, 2);
});

const outcomes: Readonly<Record<PecReceiptKind, Mail['state']>> = {
  accettazione: 'sent',
  'avvenuta-consegna': 'sent',
  'preavviso-errore-consegna': 'sent',
  'presa-in-carico': 'uncertain',
  'non-accettazione': 'refused',
  'rilevazione-virus': 'refused',
  'errore-consegna': 'refused',
};
for (const [kind, state] of Object.entries(outcomes)) {
  test(`${kind} about an unsure mail: ${state}, and nothing is repeated`, async () => {
    const sender = await sendingWith(world, lost, isRead);
    const id = uuidv7();
    const event = incoming(outgoing('KIND.xml', id));
    await sender.run(event);
    await hear(receiptOf(kind as PecReceiptKind, messageIdOf('KIND.xml', id), { reason: 'so it is' }));
    assert.equal((await ledgerOf(id))?.state, state);
    await sender.run(event);
    assert.equal(sender.mailed.length, 1);
    if (state !== 'uncertain') {
      const { invoiceStatus, reason } = await toldAbout(id);
      assert.equal(invoiceStatus, state === 'sent' ? 'INTERNAL_INVOICE_SENT' : 'INTERNAL_INVOICE_NOT_SENT');
      assert.match(reason ?? '', /so it is/);
    }
  });
}

test('a receipt that comes before our own note is found when the invoice comes again', async () => {
  const [accepted, refused] = [uuidv7(), uuidv7()];
  // No unsure note here, since nobody reads the mailbox: the mail went out, and the sender was killed.
  await hear(
    receiptOf('accettazione', messageIdOf('EARLY.xml', accepted)),
    receiptOf('non-accettazione', messageIdOf('WRONG.xml', refused), { reason: 'mailbox\u0000full' }),
  );
  const sender = await sendingWith(world, taken);
  assert.deepEqual(
    await sender.run(incoming(outgoing('EARLY.xml', accepted)), incoming(outgoing('WRONG.xml', refused))),
    [],
  );
  assert.equal(sender.mailed.length, 0);
  assert.equal((await toldAbout(accepted)).invoiceStatus, 'INTERNAL_INVOICE_SENT');
  assert.equal((await toldAbout(refused)).invoiceStatus, 'INTERNAL_INVOICE_NOT_SENT');
});

test('that a mail went out is undone by no receipt, and that it was refused by one that it went out', async () => {
  const [sent, refused] = [uuidv7(), uuidv7()];
  await recordMails(world.store, [
    mailRow({ transmissionId: sent }),
    mailRow({ transmissionId: refused, state: 'refused' }),
  ]);
  await hear(
    receiptOf('avvenuta-consegna', messageIdOf('A.xml', refused)),
    receiptOf('errore-consegna', messageIdOf('A.xml', refused)),
    receiptOf('errore-consegna', messageIdOf('A.xml', sent)),
  );
  assert.deepEqual([(await ledgerOf(sent))?.state, (await ledgerOf(refused))?.state], ['sent', 'sent']);
});

test('a receipt that names no mail of ours changes nothing', async () => {
  const kept = { text: 'SELECT * FROM sender.receipt', values: [] };
  const { rows: known } = await world.store.query(kept);
  await hear(
    receiptOf('accettazione', '<20261125.1234@pec.example.it>'),
    receiptOf('errore-consegna', 'no message id at all'),
    receiptOf('accettazione', `<A.xml.${uuidv7()}>`),
  );
  const { rows } = await world.store.query(kept);
  assert.deepEqual(rows, known);
});
