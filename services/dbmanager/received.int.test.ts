// dbmanager: what SdI brings is one invoice however often it comes, keeps SdI's data, is answered once, and no answer is lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readNotice } from '@staffetta/fatturapa/notices/read-notice.ts';
import { HubError, type ErrorCode } from '@staffetta/flow/errors.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { alarmsOf } from './alarms.ts';
import { answerInvoice, type AnswerWish } from './answer-invoice.ts';
import { countRows, findingsOf, optionsOf, preparedWorld, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { documentOf, eventOf, incoming } from './events.fixture.ts';
import { saveMailbox } from './fiscal-profiles.ts';
import { findInvoice } from './invoice-views.ts';
import { noticesOf, unmatchedNotices } from './notices.ts';
import { broughtBy, deadlinePassed } from './notices.fixture.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeReceipts } from './on-pec-receipt.ts';
import { takeNotices } from './on-sdi-notice.ts';
import { takeSentInvoices } from './on-sent-invoice.ts';
import { historyOf } from './outcomes.ts';
import { rebuildEvent } from './rebuild-event.ts';
import { answersOf } from './received-answers.ts';
import {
  answerRejected,
  bareEvent,
  metadataOf,
  receivedEvent,
  receivedXml,
  type ReceivedSketch,
} from './received.fixture.ts';
import { transmissionsOf } from './transmissions.ts';
import { watchAnswers } from './watch-answers.ts';

let world: TestWorld;
before(async () => {
  world = await preparedWorld();
});
after(() => world.end());

const signal = new AbortController().signal;
const callback = 'http://127.0.0.1:1/cb';
const day = 86_400_000;

let ids = 0;
function sketch(changes: Partial<ReceivedSketch> = {}): ReceivedSketch {
  ids += 1;
  const place = String(ids).padStart(5, '0');
  return { sdiId: `9${place}`, fileName: `IT01234567897_${place}.xml`, numbers: [`N${place}`], ...changes };
}

const takeAll = (...events: ReturnType<typeof incoming>[]) => takeInvoices(world, optionsOf())(events, signal);
const tell = (...notices: Parameters<typeof broughtBy>[0][]) =>
  takeNotices(world, optionsOf())(notices.map(broughtBy), signal);

async function numberOf(invoiceId: string): Promise<number> {
  const [saved] = (await publishedOn(world, 'savedInvoice')).filter(({ key }) => key === invoiceId);
  return Number(saved?.value['invoiceNumber']);
}

async function received(one: ReceivedSketch, changes: Parameters<typeof receivedEvent>[1] = {}) {
  const event = receivedEvent(one, { callback, ...changes });
  await takeAll(event);
  const { invoiceId } = event.message;
  return { invoiceId, invoiceNumber: await numberOf(invoiceId), sdiId: one.sdiId, fileName: one.fileName };
}
type Received = Awaited<ReturnType<typeof received>>;

async function viewOf({ invoiceNumber }: Pick<Received, 'invoiceNumber'>) {
  const view = await findInvoice(world.store, invoiceNumber);
  assert.ok(view);
  return view;
}

async function detailOf(invoice: Received): Promise<string | null> {
  const { status, detail } = await viewOf(invoice);
  assert.equal(status, 'EXTERNAL_INVOICE');
  return detail;
}

function answer({ invoiceNumber }: Received, wish: AnswerWish = { outcome: 'EC01' }, customerId = 2) {
  const act = { by: 'ente', at: world.clock.now() };
  const cause = { eventId: undefined, correlationId: 'c', trace: undefined };
  return world.store.transaction(async (tx) => {
    const written = await answerInvoice(tx, { invoiceNumber, customerId }, wish, act, cause);
    world.bus.publishIn(tx, written.events);
    return written;
  });
}

function refusedWith(code: ErrorCode, words = /./) {
  return (error: unknown) => error instanceof HubError && error.code === code && words.test(error.message);
}

async function mailed(invoice: Received, transmissionId: string, status: 'SENT' | 'NOT_SENT'): Promise<void> {
  const customer = { customerId: 2 };
  const invoiceStatus = `INTERNAL_INVOICE_${status}` as const;
  const message = { invoiceId: invoice.invoiceId, transmissionId, invoiceStatus, customer, messageId: '<m@x>' };
  await takeSentInvoices(world)([eventOf('sentInvoice', invoice.invoiceId, message)], signal);
}

const toldOf = async ({ invoiceId }: Received) =>
  (await publishedOn(world, 'savedInvoice')).filter(({ key, repeated }) => key === invoiceId && !repeated).slice(1);

test('an invoice keeps the MT that came with it, verbatim and in words, and stands RECEIVED', async () => {
  const one = sketch();
  const invoice = await received(one);
  assert.equal(await detailOf(invoice), 'RECEIVED');
  const [notice, ...more] = await noticesOf(world.store, invoice.invoiceId);
  assert.deepEqual([notice?.kind, notice?.sdiId, notice?.fileName, more.length], ['MT', one.sdiId, one.fileName, 0]);
  assert.equal(readNotice(notice!.bytes).notice?.sdiId, one.sdiId);
  assert.ok((await unmatchedNotices(world.store, { limit: 100, offset: 0 })).every(({ sdiId }) => sdiId !== one.sdiId));
});

test('the term to answer counts from when the mail was certified, where the mailbox was read later', async () => {
  const now = world.clock.now().getTime();
  const early = await received(sketch(), { certifiedAt: new Date(now - 14 * day).toISOString() });
  await answer(early);
  const overdue = await received(sketch(), { certifiedAt: new Date(now - 16 * day).toISOString() });
  await assert.rejects(answer(overdue), refusedWith('ANSWER_TOO_LATE'));
  // What a mail says of the time to come does not prolong it.
  const odd = await received(sketch(), { certifiedAt: new Date(now + 40 * day).toISOString() });
  const { rows } = await world.store.query<{ days: number }>({
    text: `SELECT (extract(epoch FROM answer_by - received_at) / 86400)::float8 AS days FROM dbmanager.received_file
      WHERE invoice_id = $1 AND received_at <= $2`,
    values: [odd.invoiceId, world.clock.now()],
  });
  assert.deepEqual(
    rows.map(({ days }) => days),
    [15],
  );
});

/** All but the names under which requests are found: another request for the same file gets one, which leads to its invoice. */
async function countKept(): Promise<Record<string, number>> {
  const { request_key: _names, ...kept } = await countRows(world);
  return kept;
}

test('the same mail again, a second mailbox, and the same bytes under another id change nothing', async () => {
  const one = sketch();
  const invoice = await received(one);
  const counts = await countKept();
  await takeAll(receivedEvent(one), receivedEvent(one, { correlationId: 'other' }));
  assert.deepEqual(await countKept(), counts);
  await takeAll(receivedEvent({ ...one, sdiId: '777001', fileName: 'IT01234567897_ZZZZZ.xml' }));
  const { invoice: invoices, notice } = await countRows(world);
  assert.deepEqual([invoices, notice], [counts['invoice'], counts['notice']! + 1]);
  assert.deepEqual(
    (await noticesOf(world.store, invoice.invoiceId)).map(({ sdiId }) => sdiId),
    [one.sdiId, '777001'],
  );
});

const sharedIn = async (invoiceNumber: number) =>
  ((await viewOf({ invoiceNumber })).findings ?? []).filter(({ code }) => code === 'SDI_ID_SHARED');

test('another file under a known SdI id is an invoice of its own that says so, once', async () => {
  const one = sketch();
  const first = await received(one);
  const other = { ...one, xml: `${receivedXml(one)}\n` };
  const second = await received(other);
  assert.ok(second.invoiceNumber > first.invoiceNumber);
  assert.equal(await detailOf(second), 'RECEIVED');
  const [said, ...more] = await sharedIn(second.invoiceNumber);
  assert.deepEqual([said?.severity, said?.value, more.length], ['warning', one.sdiId, 0]);
  for (const words of [said?.message, said?.fix]) {
    assert.match(words?.it ?? '', new RegExp(`\\b${first.invoiceNumber}\\b`));
    assert.match(words?.en ?? '', new RegExp(`\\b${first.invoiceNumber}\\b`));
  }
  const [told] = (await publishedOn(world, 'savedInvoice')).filter(({ key }) => key === second.invoiceId);
  assert.ok(findingsOf(told).some(({ code }) => code === 'SDI_ID_SHARED'));
  const counts = await countKept();
  await takeAll(receivedEvent(other), receivedEvent(one));
  assert.deepEqual(await countKept(), counts);
  assert.deepEqual(await sharedIn(first.invoiceNumber), []);
  const [mt, ...others] = await noticesOf(world.store, first.invoiceId);
  assert.deepEqual([mt?.kind, others.length], ['MT', 0]);
});

test('two files under one SdI id that come together are two invoices, the later names the first; another customer’s is no business of theirs', async () => {
  const one = sketch();
  const other = { ...one, xml: `${receivedXml(one)}\n` };
  const events = [
    receivedEvent(one, { customer: { customerId: 3 } }),
    receivedEvent(one),
    receivedEvent(other),
    receivedEvent(other),
  ];
  const before = (await countRows(world))['invoice']!;
  await takeAll(...events);
  assert.equal((await countRows(world))['invoice'], before + 3);
  const numbers = await Promise.all(events.slice(0, 3).map(({ message }) => numberOf(message.invoiceId)));
  const said = await Promise.all(numbers.map(sharedIn));
  assert.deepEqual(
    said.map((some) => some.length),
    [0, 0, 1],
  );
  assert.match(said[2]?.[0]?.message.en ?? '', new RegExp(`invoice ${numbers[1]},`));
  const kept = await noticesOf(world.store, events[0]!.message.invoiceId);
  assert.deepEqual(
    kept.map(({ kind }) => kind),
    ['MT'],
  );
});

test('two files under one SdI id that are brought apart at the same moment both stay, and one names the other', async () => {
  for (let round = 0; round < 5; round++) {
    const one = sketch();
    const events = [receivedEvent(one), receivedEvent({ ...one, xml: `${receivedXml(one)}\n` })];
    await Promise.all(events.map((event) => takeAll(event)));
    const numbers = await Promise.all(events.map(({ message }) => numberOf(message.invoiceId)));
    const said = (await Promise.all(numbers.map(sharedIn))).flat();
    assert.equal(said.length, 1);
  }
});

test('two of a batch are one too, and another customer gets its own', async () => {
  const one = sketch({ numbers: ['8'] });
  const before = (await countRows(world))['invoice']!;
  await takeAll(receivedEvent(one), receivedEvent(one), receivedEvent(one, { customer: { customerId: 3 } }));
  assert.equal((await countRows(world))['invoice'], before + 2);
});

test('an invoice that was handed in without its MT gets it when SdI brings it', async () => {
  const one = sketch({ numbers: ['handed-1'] });
  const bare = bareEvent(one, { createdBy: 'aruba' });
  await takeAll(bare);
  await takeAll(receivedEvent(one));
  const invoice = { invoiceId: bare.message.invoiceId, invoiceNumber: await numberOf(bare.message.invoiceId) };
  assert.deepEqual(
    (await noticesOf(world.store, invoice.invoiceId)).map(({ kind }) => kind),
    ['MT'],
  );
});

test('handed in twice without SdI’s data stays two invoices, as somebody may mean it', async () => {
  const one = sketch();
  const before = (await countRows(world))['invoice']!;
  await takeAll(bareEvent(one), bareEvent(one));
  assert.equal((await countRows(world))['invoice'], before + 2);
});

test('an SdI id that was first found by its bytes brings nothing to nobody later, whatever was deleted meanwhile', async () => {
  const one = sketch();
  const bare = bareEvent(one);
  await takeAll(bare, receivedEvent(one));
  const number = await numberOf(bare.message.invoiceId);
  await takeAll(receivedEvent({ ...one, xml: `${receivedXml(one)}\n` }));
  const counts = await countRows(world);
  assert.equal((await noticesOf(world.store, bare.message.invoiceId)).length, 1);
  await world.store.query({
    text: 'UPDATE dbmanager.invoice SET deleted_at = now() WHERE invoice_number = $1',
    values: [number],
  });
  const again = receivedEvent(one);
  await takeAll(again);
  assert.equal((await countRows(world))['invoice'], counts['invoice']! + 1);
  assert.ok((await numberOf(again.message.invoiceId)) > number);
});

test('an MT that comes alone is tied to its invoice, whichever comes first', async () => {
  const first = sketch({ numbers: ['lone-1'] });
  await tell(metadataOf(first));
  const event = bareEvent(first);
  await takeAll(event);
  const second = sketch({ numbers: ['lone-2'] });
  const other = bareEvent(second);
  await takeAll(other);
  await tell(metadataOf(second));
  for (const { message } of [event, other]) {
    const notices = await noticesOf(world.store, message.invoiceId);
    assert.deepEqual([notices.map(({ kind }) => kind), notices[0]?.doubt], [['MT'], null]);
  }
});

test('an MT and its invoice that are brought apart at the same moment find each other', async () => {
  for (let round = 0; round < 10; round++) {
    const one = sketch();
    const event = bareEvent(one);
    await Promise.all(
      round % 2 === 0 ? [takeAll(event), tell(metadataOf(one))] : [tell(metadataOf(one)), takeAll(event)],
    );
    const kinds = (await noticesOf(world.store, event.message.invoiceId)).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['MT']);
  }
});

test('what does not fit the MT is a warning, and so is all that a check finds: nothing is lost', async () => {
  const broken = receivedXml(sketch()).replace('<Imposta>22.00', '<Imposta>23.00');
  const one = sketch({ format: 'FPR12', hash: '0'.repeat(64), xml: broken.replaceAll('FPA12', 'FPR12') });
  const invoice = await received(one, { fileName: 'IT01234567897_other.xml' });
  const findings = (await viewOf(invoice)).findings ?? [];
  const codes = findings.map(({ code }) => code);
  assert.ok(codes.includes('METADATA_HASH_DIFFERS') && codes.includes('METADATA_NAME_DIFFERS'), codes.join(' '));
  assert.ok(codes.includes('00421'), codes.join(' '));
  assert.ok(findings.every(({ severity }) => severity === 'warning'));
});

test('metadata that are none never keep an invoice out', async () => {
  const invoice = await received(sketch({ numbers: ['junk'] }), { metadata: 'anVuaw==' });
  const findings = (await viewOf(invoice)).findings ?? [];
  assert.ok(findings.some(({ code }) => code === 'METADATA_NOT_READABLE'));
});

test('self-billing that SdI brings back is recognised by its number, and marked', async () => {
  const xml = documentOf(['auto-1']).replaceAll('<TipoDocumento>TD01', '<TipoDocumento>TD16');
  const sent = incoming({ invoice: xml });
  await takeAll(sent);
  const sentNumber = await numberOf(sent.message.invoiceId);
  const invoice = await received(sketch({ format: 'FPR12', xml: `${xml}\n` }));
  assert.equal(await detailOf(invoice), 'OWN_DOCUMENT');
  const findings = (await viewOf(invoice)).findings ?? [];
  const own = findings.find(({ code }) => code === 'OWN_DOCUMENT');
  assert.equal(own?.value, String(sentNumber));
  await assert.rejects(answer(invoice), refusedWith('ANSWER_NOT_POSSIBLE'));
});

test('a file that was sent from here comes back under its name: own for its sender, a supplier’s for another customer', async () => {
  const sent = incoming({ invoice: documentOf(['back-1']) });
  await takeAll(sent);
  const [outgoing] = (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === sent.message.invoiceId);
  const { fileName } = transmissionIn(outgoing);
  const one = sketch({ fileName, format: 'FPR12', xml: sent.message.invoice ?? '' });
  assert.equal(await detailOf(await received(one)), 'OWN_DOCUMENT');
  assert.equal(await detailOf(await received(one, { customer: { customerId: 3 } })), 'RECEIVED');
});

test('an acceptance is written as SdI asks, kept verbatim, mailed, and told', async () => {
  const one = sketch();
  const invoice = await received(one);
  const { fileName, transmissionId } = await answer(invoice);
  assert.equal(fileName, one.fileName.replace('.xml', '_EC_001.xml'));
  assert.equal(await detailOf(invoice), 'ACCEPTANCE_SENT');
  const [outgoing] = (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === invoice.invoiceId);
  assert.equal(outgoing?.eventId, transmissionId);
  const bytes = Buffer.from(String(outgoing?.value['file']), 'base64');
  const { notice } = readNotice(bytes);
  assert.ok(notice?.kind === 'EC');
  assert.deepEqual([notice.sdiId, notice.outcome, notice.invoice], [one.sdiId, 'EC01', undefined]);
  const kept = (await noticesOf(world.store, invoice.invoiceId)).find(({ kind }) => kind === 'EC');
  assert.deepEqual(kept?.bytes, bytes);
  const [transmission] = await transmissionsOf(world.store, invoice.invoiceId);
  assert.deepEqual([transmission?.fileName, transmission?.state], [fileName, 'TOBE_SENT']);
  const rebuilt = await rebuildEvent(world.store)(`outgoing:${transmissionId}`);
  assert.deepEqual(JSON.parse(String(rebuilt)), outgoing?.value);
});

test('an answer goes out from the mailbox that the invoice came to, also when its event is built again', async () => {
  const invoice = await received(sketch(), { mailbox: 'Ente@Pec.Example' });
  const { transmissionId } = await answer(invoice);
  const [outgoing] = (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === invoice.invoiceId);
  const told = transmissionIn(outgoing);
  assert.equal(told.mailbox, 'ente@pec.example');
  const rebuilt = await rebuildEvent(world.store)(`outgoing:${transmissionId}`);
  assert.deepEqual(JSON.parse(String(rebuilt)), outgoing?.value);
});

test('an answer to what was handed in by hand goes out from the customer’s own mailbox', async () => {
  const invoice = await received(sketch());
  await saveMailbox(world.store, 2, 'ente@pec.example', 'test', world.clock.now());
  await answer(invoice);
  await saveMailbox(world.store, 2, null, 'test', world.clock.now());
  const [outgoing] = (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === invoice.invoiceId);
  assert.equal(transmissionIn(outgoing).mailbox, 'ente@pec.example');
});

test('an answer that stands is final; another customer’s invoice does not exist', async () => {
  const invoice = await received(sketch());
  await assert.rejects(answer(invoice, { outcome: 'EC01' }, 3), refusedWith('INVOICE_UNKNOWN'));
  await answer(invoice, { outcome: 'EC02', description: 'CIG mancante' });
  assert.equal(await detailOf(invoice), 'REFUSAL_SENT');
  await assert.rejects(answer(invoice), refusedWith('ANSWER_GIVEN', /EC02/));
  assert.equal((await answersOf(world.store, invoice.invoiceId)).length, 1);
});

test('between private parties, and without SdI, nobody answers', async () => {
  await assert.rejects(
    answer(await received(sketch({ format: 'FPR12' }))),
    refusedWith('ANSWER_NOT_POSSIBLE', /FPR12/),
  );
  const bare = bareEvent(sketch({ numbers: ['bare'] }));
  await takeAll(bare);
  const invoiceNumber = await numberOf(bare.message.invoiceId);
  const invoice = { invoiceId: bare.message.invoiceId, invoiceNumber, sdiId: '', fileName: '' };
  await assert.rejects(answer(invoice), refusedWith('ANSWER_NOT_POSSIBLE', /MT/));
  const issued = incoming();
  await takeAll(issued);
  const own = { ...invoice, invoiceNumber: await numberOf(issued.message.invoiceId) };
  await assert.rejects(answer(own), refusedWith('ANSWER_NOT_POSSIBLE', /issued/));
});

test('the mail server’s word is noted on the answer’s transmission; a refused mail may be answered again', async () => {
  const invoice = await received(sketch());
  const { transmissionId } = await answer(invoice);
  await mailed(invoice, transmissionId, 'NOT_SENT');
  assert.equal(await detailOf(invoice), 'ANSWER_NOT_SENT');
  const [told] = await toldOf(invoice);
  assert.deepEqual([told?.value['detail'], told?.value['invoiceStatus']], ['ANSWER_NOT_SENT', 'EXTERNAL_INVOICE']);
  const again = await answer(invoice, { outcome: 'EC02', description: 'doppia' });
  assert.match(again.fileName, /_EC_002\.xml$/);
  await mailed(invoice, again.transmissionId, 'SENT');
  await mailed(invoice, again.transmissionId, 'NOT_SENT');
  assert.equal(await detailOf(invoice), 'REFUSAL_SENT');
  const states = (await transmissionsOf(world.store, invoice.invoiceId)).map(({ state, messageId }) => [
    state,
    messageId,
  ]);
  assert.deepEqual(states, [
    ['NOT_SENT', '<m@x>'],
    ['SENT', '<m@x>'],
  ]);
});

test('an answer that the PEC provider brings back did not reach SdI; one in SdI’s mailbox did', async () => {
  const invoice = await received(sketch());
  const { transmissionId, fileName } = await answer(invoice);
  await mailed(invoice, transmissionId, 'SENT');
  let mails = 0;
  const receipt = async (kind: 'errore-consegna' | 'avvenuta-consegna'): Promise<void> => {
    mails += 1;
    const ofMessageId = `<${fileName}.${transmissionId}@staffetta.example>`;
    const mail = { mailbox: 'fatture@staffetta.example', mailId: `${transmissionId}${mails}`, sha256: 'a'.repeat(64) };
    const event = eventOf('pecReceipt', ofMessageId, { receipt: kind, ofMessageId, ...mail });
    await takeReceipts(world, optionsOf())([event], signal);
  };
  await receipt('errore-consegna');
  assert.equal(await detailOf(invoice), 'ANSWER_NOT_SENT');
  await receipt('avvenuta-consegna');
  assert.equal(await detailOf(invoice), 'ACCEPTANCE_SENT');
});

test('SdI discards an answer: told with the reason, and it may be given again; an old discard does not undo the new one', async () => {
  const one = sketch();
  const invoice = await received(one);
  await answer(invoice);
  const [given] = await answersOf(world.store, invoice.invoiceId);
  const discard = answerRejected(one, '31', given?.messageId);
  await tell(discard);
  assert.equal(await detailOf(invoice), 'ANSWER_DISCARDED');
  const [told] = await toldOf(invoice);
  assert.ok(findingsOf(told).some(({ code }) => code === 'EN01'));
  await answer(invoice, { outcome: 'EC02', description: 'x' });
  await tell(discard, answerRejected(one, '32', given?.messageId));
  assert.equal(await detailOf(invoice), 'REFUSAL_SENT');
  const kinds = (await noticesOf(world.store, invoice.invoiceId)).map(({ kind }) => kind);
  assert.deepEqual(kinds.toSorted(), ['EC', 'EC', 'MT', 'SE', 'SE']);
});

test('DT ends the term; an answer that SdI does not count is told, and stays in the history', async () => {
  const one = sketch();
  const invoice = await received(one);
  await answer(invoice);
  await tell(deadlinePassed({ fileName: one.fileName, sdiId: one.sdiId, messageId: '41' }));
  assert.equal(await detailOf(invoice), 'DEADLINE_PASSED');
  const told = (await toldOf(invoice)).at(-1);
  assert.ok(findingsOf(told).some(({ code }) => code === 'ANSWER_NOT_COUNTED'));
  await assert.rejects(answer(invoice), refusedWith('ANSWER_TOO_LATE'));
  const events = (await historyOf(world.store, invoice.invoiceId)).map(({ event }) => event);
  assert.deepEqual(events, ['received', 'answered', 'deadlinePassed']);
});

test('what SdI says of a received invoice never moves the file of its answer', async () => {
  const one = sketch();
  const invoice = await received(one);
  const { transmissionId } = await answer(invoice);
  await mailed(invoice, transmissionId, 'NOT_SENT');
  await tell(deadlinePassed({ fileName: one.fileName, sdiId: one.sdiId, messageId: '44' }));
  assert.equal(await detailOf(invoice), 'DEADLINE_PASSED');
  const file = (await transmissionsOf(world.store, invoice.invoiceId)).find(
    (it) => it.transmissionId === transmissionId,
  );
  assert.deepEqual([file?.state, file?.sdiId], ['NOT_SENT', null]);
});

test('a DT and an MT that come before their invoice wait for it', async () => {
  const one = sketch({ numbers: ['early'] });
  await tell(deadlinePassed({ fileName: one.fileName, sdiId: one.sdiId, messageId: '42' }), metadataOf(one));
  const invoice = await received(one);
  assert.equal(await detailOf(invoice), 'DEADLINE_PASSED');
  assert.deepEqual(
    (await toldOf(invoice)).map(({ value }) => value['detail']),
    ['DEADLINE_PASSED'],
  );
});

test('a lot is answered invoice by invoice', async () => {
  const one = sketch({ numbers: ['L1', 'L2'] });
  const invoice = await received(one);
  const about = (number: string, position?: number) => ({ number, year: '2025', position });
  await assert.rejects(answer(invoice, { outcome: 'EC01', invoice: about('L3') }), refusedWith('BODY_NOT_VALID'));
  await assert.rejects(answer(invoice, { outcome: 'EC01', invoice: about('L2', 1) }), refusedWith('BODY_NOT_VALID'));
  const { transmissionId } = await answer(invoice, { outcome: 'EC01', invoice: about('l1 ') });
  const [kept] = (await noticesOf(world.store, invoice.invoiceId)).filter(({ kind }) => kind === 'EC');
  const { notice } = readNotice(kept!.bytes);
  assert.deepEqual(notice?.kind === 'EC' && notice.invoice, { number: 'L1', year: '2025' });
  assert.equal(await detailOf(invoice), 'RECEIVED');
  const documents = async () => (await viewOf(invoice)).documents?.map(({ detail }) => detail);
  assert.deepEqual(await documents(), ['ACCEPTANCE_SENT', undefined]);
  await assert.rejects(answer(invoice), refusedWith('ANSWER_GIVEN'));
  await answer(invoice, { outcome: 'EC02', description: 'y', invoice: about('L2', 2) });
  assert.equal(await detailOf(invoice), 'ANSWERS_DIFFER');
  await mailed(invoice, transmissionId, 'NOT_SENT');
  assert.deepEqual(await documents(), ['ANSWER_NOT_SENT', 'REFUSAL_SENT']);
  assert.equal(await detailOf(invoice), 'ANSWER_NOT_SENT');
  await tell(deadlinePassed({ fileName: one.fileName, sdiId: one.sdiId, messageId: '43' }, { number: 'L1' }));
  assert.deepEqual(await documents(), ['DEADLINE_PASSED', 'REFUSAL_SENT']);
});

test('before the term ends somebody is reminded once, and its end is noted once', async () => {
  const invoice = await received(sketch());
  const answered = await received(sketch());
  await answer(answered);
  world.clock.turn(11 * day);
  await watchAnswers(world, optionsOf());
  assert.deepEqual(await toldOf(invoice), []);
  world.clock.turn(1.5 * day);
  await watchAnswers(world, optionsOf());
  await watchAnswers(world, optionsOf());
  const reminders = await toldOf(invoice);
  assert.deepEqual([reminders.length, reminders[0]?.value['detail']], [1, 'RECEIVED']);
  assert.ok(findingsOf(reminders[0]).some(({ code }) => code === 'ANSWER_DUE'));
  assert.equal((await alarmsOf(world.store, invoice.invoiceId))[0]?.clearedAt, null);
  world.clock.turn(3 * day);
  await watchAnswers(world, optionsOf());
  await watchAnswers(world, optionsOf());
  world.clock.turn(-15.5 * day);
  const [, ended, ...more] = await toldOf(invoice);
  assert.deepEqual([ended?.value['detail'], more.length], ['DEADLINE_PASSED', 0]);
  assert.equal((await alarmsOf(world.store, invoice.invoiceId))[0]?.clearedBy, 'deadlinePassed');
  assert.equal(await detailOf(answered), 'ACCEPTANCE_SENT');
  assert.deepEqual(await alarmsOf(world.store, answered.invoiceId), []);
});

test('an answer that came back after the term is told, and the term has passed', async () => {
  const invoice = await received(sketch());
  const { transmissionId } = await answer(invoice);
  world.clock.turn(16 * day);
  await watchAnswers(world, optionsOf());
  assert.equal(await detailOf(invoice), 'ACCEPTANCE_SENT');
  await mailed(invoice, transmissionId, 'NOT_SENT');
  world.clock.turn(-16 * day);
  assert.equal(await detailOf(invoice), 'DEADLINE_PASSED');
});

test('after fifteen days by the clock it is too late', async () => {
  const invoice = await received(sketch());
  world.clock.turn(15 * day);
  await assert.rejects(answer(invoice), refusedWith('ANSWER_TOO_LATE', /15 days/));
  world.clock.turn(-15 * day);
  await answer(invoice);
});
