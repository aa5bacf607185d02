// sender: each transmission is mailed once, refusals are told, and an absent server only pauses.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { speakAs } from '@staffetta/flow/events.ts';
import type { SentInvoice } from '@staffetta/flow/messages.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { registerInstance } from '@staffetta/platform/store/live-instances.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { settings } from './config.ts';
import { holdTransmissions } from './held-transmissions.ts';
import { findMails, listMails } from './mails.ts';
import { outgoing } from './outgoing.fixture.ts';
import { readAddresses } from './sdi-addresses.ts';
import { sender } from './sender.ts';
import {
  answer,
  politely,
  startRealServer,
  startScriptedServer,
  type RealServer,
  type ReceivedMail,
} from './smtp/smtp-servers.fixture.ts';

let world: TestWorld;
let running: Running;
let smtp: RealServer;
let decide: (mail: ReceivedMail) => Error | undefined;
const told: SentInvoice[] = [];

before(async () => {
  world = await testWorld();
  smtp = await startRealServer({}, (mail) => decide(mail));
  const environment = { SMTP_URL: `smtp://127.0.0.1:${smtp.port}`, MAIL_TRIES: '3', MAIL_RETRY_DELAYS: '20ms' };
  running = await sender.start(world, readSettings(settings, environment).values);
  await world.bus.ensureTopics(['sentInvoice']);
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

beforeEach(() => {
  decide = () => undefined;
});

after(async () => {
  await running.stop();
  await smtp.stop();
  await world.end();
});

async function toldAbout(transmissionId: string): Promise<SentInvoice> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const found = told.find((each) => each.transmissionId === transmissionId);
    if (found) return found;
    await sleep(25);
  }
  throw new Error('nothing was told');
}

function mailsOf(fileName: string): ReceivedMail[] {
  return smtp.mails.filter((mail) => mail.content.includes(`filename="${fileName}"`));
}

test('a batch is mailed, each file once, and SENT is told with the Message-ID', async () => {
  const ids = Array.from({ length: 40 }, () => uuidv7());
  await world.bus.publish(ids.map((id, index) => outgoing(`IT03123450672_A${index}.xml`, id)));
  for (const [index, id] of ids.entries()) {
    const result = await toldAbout(id);
    assert.equal(result.invoiceStatus, 'INTERNAL_INVOICE_SENT');
    assert.equal(result.messageId, `<IT03123450672_A${index}.xml.${id}@staffetta.example>`);
    assert.equal(mailsOf(`IT03123450672_A${index}.xml`).length, 1);
  }
  const [mail] = mailsOf('IT03123450672_A0.xml');
  assert.deepEqual([mail?.from, mail?.to], ['fatture@staffetta.example', ['sdi01@pec.fatturapa.it']]);
  assert.match(mail?.content.toString() ?? '', /X-Correlation-ID: c-IT03123450672_A0\.xml/);
});

test('the same event twice mails once and tells the same again', async () => {
  const id = uuidv7();
  const event = outgoing('IT03123450672_TWICE.xml', id);
  await world.bus.publish([event]);
  await toldAbout(id);
  await world.bus.publish([event]);
  while (told.filter((each) => each.transmissionId === id).length < 2) await sleep(25);
  assert.equal(mailsOf('IT03123450672_TWICE.xml').length, 1);
});

test('the same event twice in one batch mails once', async () => {
  const id = uuidv7();
  const event = outgoing('IT03123450672_PAIR.xml', id);
  await world.bus.publish([event, event]);
  while (told.filter((each) => each.transmissionId === id).length < 2) await sleep(25);
  assert.equal(mailsOf('IT03123450672_PAIR.xml').length, 1);
});

test('what another sender has in hand is not mailed at the same time, but once that one lets go or dies', async () => {
  const other = await registerInstance(world.store, 'another sender');
  const [held, free] = [uuidv7(), uuidv7()];
  assert.equal((await holdTransmissions(other, [held])).size, 1);
  await world.bus.publish([outgoing('IT03123450672_HELD.xml', held), outgoing('IT03123450672_FREE.xml', free)]);
  await toldAbout(free);
  assert.equal(mailsOf('IT03123450672_HELD.xml').length, 0);
  await other.close();
  assert.equal((await toldAbout(held)).invoiceStatus, 'INTERNAL_INVOICE_SENT');
});

test('a 5xx ends as NOT_SENT at once, with the server’s words', async () => {
  decide = () => answer(550, 'no such mailbox');
  const id = uuidv7();
  await world.bus.publish([outgoing('IT03123450672_B5XX.xml', id)]);
  const result = await toldAbout(id);
  assert.equal(result.invoiceStatus, 'INTERNAL_INVOICE_NOT_SENT');
  assert.match(result.reason ?? '', /no such mailbox/);
  const [row] = await listMails(world.store, { fileName: 'IT03123450672_B5XX.xml' }, { number: 0, size: 1 });
  assert.deepEqual([row?.state, row?.tries], ['refused', 1]);
});

test('a 4xx is tried again and does not hold back others', async () => {
  let refusals = 0;
  decide = (mail) => (mail.content.includes('C4XX') && ++refusals < 3 ? answer(451, 'greylisted') : undefined);
  const [slow, quick] = [uuidv7(), uuidv7()];
  await world.bus.publish([outgoing('IT03123450672_C4XX.xml', slow), outgoing('IT03123450672_CQCK.xml', quick)]);
  assert.equal((await toldAbout(quick)).invoiceStatus, 'INTERNAL_INVOICE_SENT');
  assert.equal((await toldAbout(slow)).invoiceStatus, 'INTERNAL_INVOICE_SENT');
  assert.equal(refusals, 3);
});

test('a 4xx that never ends is NOT_SENT after the last try', async () => {
  decide = () => answer(451, 'come back later');
  const id = uuidv7();
  await world.bus.publish([outgoing('IT03123450672_D4XX.xml', id)]);
  assert.equal((await toldAbout(id)).invoiceStatus, 'INTERNAL_INVOICE_NOT_SENT');
});

test('a mail that is always answered 421 is NOT_SENT in the end and keeps nobody waiting', async () => {
  decide = (mail) => (mail.content.includes('F421') ? answer(421, 'not that one') : undefined);
  const [refused, other] = [uuidv7(), uuidv7()];
  await world.bus.publish([outgoing('IT03123450672_F421.xml', refused), outgoing('IT03123450672_FQCK.xml', other)]);
  assert.equal((await toldAbout(other)).invoiceStatus, 'INTERNAL_INVOICE_SENT');
  assert.equal((await toldAbout(refused)).invoiceStatus, 'INTERNAL_INVOICE_NOT_SENT');
});

test('a correlation id that fits no header goes out in a form that does', async () => {
  const id = uuidv7();
  await world.bus.publish([outgoing('IT03123450672_GCOR.xml', id, { correlationId: 'a\nb €' })]);
  assert.equal((await toldAbout(id)).invoiceStatus, 'INTERNAL_INVOICE_SENT');
  assert.match(mailsOf('IT03123450672_GCOR.xml')[0]?.content.toString() ?? '', /X-Correlation-ID: a\?b\?\?\r\n/);
});

test('bytes that are not those of the transmission never go out', async () => {
  const event = outgoing('IT03123450672_EVIL.xml');
  const value = Buffer.from(event.value.toString().replace('"file":"', '"file":"AAAA'));
  await world.bus.publish([{ ...event, value }]);
  for (let attempt = 0; (await world.bus.lag('sender.outgoingInvoice', 'outgoingInvoice')) > 0; attempt++) {
    assert.ok(attempt < 200, 'it is set aside');
    await sleep(25);
  }
  assert.equal(mailsOf('IT03123450672_EVIL.xml').length, 0);
});

test('while the mail server is away nothing fails and nothing is lost', async () => {
  const { port } = smtp;
  await smtp.stop();
  const id = uuidv7();
  await world.bus.publish([outgoing('IT03123450672_AWAY.xml', id)]);
  await sleep(400);
  assert.equal(
    told.find((each) => each.transmissionId === id),
    undefined,
  );
  const health = await fetch(`http://127.0.0.1:${running.port}/actuator/health`);
  assert.equal(health.status, 200);
  smtp = await startRealServer({}, (mail) => decide(mail), port);
  assert.equal((await toldAbout(id)).invoiceStatus, 'INTERNAL_INVOICE_SENT');
});

test('a sender that stops cuts off a server that hangs, and what it cut is noted before it is gone', async () => {
  const other = await testWorld();
  const server = await startScriptedServer('220 hi', (line) => (line === '.' ? 'hang' : politely(line)));
  const environment = { SMTP_URL: `smtp://127.0.0.1:${server.port}`, SENDER_CLOSE_GRACE: '20ms' };
  const stopped = await sender.start(other, readSettings(settings, environment).values);
  const id = uuidv7();
  await other.bus.publish([outgoing('IT03123450672_HSTOP.xml', id)]);
  while (!server.heard.includes('.')) await sleep(10);
  await stopped.stop();
  const [row] = await listMails(other.store, {}, { number: 0, size: 1 });
  assert.deepEqual([row?.transmissionId, row?.state], [id, 'uncertain']);
  await server.stop();
  await other.end();
});

test('what the mailbox tells reaches the sender: a receipt settles a mail that was cut off, an address is where the next one goes', async () => {
  const other = await testWorld();
  await other.bus.ensureTopics(['sentInvoice']);
  const server = await startScriptedServer('220 hi', (line) => (line === '.' ? 'cut' : politely(line)));
  const environment = { SMTP_URL: `smtp://127.0.0.1:${server.port}`, IMAP_URL: 'imap://nobody.invalid' };
  const started = await sender.start(other, readSettings(settings, environment).values);
  const speak = speakAs('mailbox');
  const mailbox = 'fatture@staffetta.example';
  const meta = () => ({ eventId: uuidv7(), correlationId: 'c' });
  const address = 'sdi48@pec.fatturapa.it';
  const learnedAt = '2026-11-25T10:00:00Z';
  await other.bus.publish([speak('sdiAddress', mailbox, { mailbox, address, learnedAt, mailId: 'm' }, meta())]);
  while ((await readAddresses(other.store)).size === 0) await sleep(20);

  const id = uuidv7();
  await other.bus.publish([outgoing('IT03123450672_JCUT.xml', id)]);
  const stateOf = async () => (await findMails(other.store, [id])).get(id)?.state;
  while (!server.heard.includes('.')) await sleep(20);
  assert.equal(await stateOf(), 'uncertain');
  assert.ok(server.heard.includes(`RCPT TO:<${address}>`), server.heard.join('; '));

  const ofMessageId = `<IT03123450672_JCUT.xml.${id}@staffetta.example>`;
  const receipt = { receipt: 'accettazione', ofMessageId, mailbox, mailId: 'm', sha256: '0'.repeat(64) } as const;
  await other.bus.publish([speak('pecReceipt', ofMessageId.toLowerCase(), receipt, meta())]);
  while ((await stateOf()) !== 'sent') await sleep(20);
  assert.equal(server.heard.filter((line) => line === '.').length, 1);
  await started.stop();
  await server.stop();
  await other.end();
});
