// dbmanager: what the mail server and SdI say moves invoices by the table, once, in order, and never backwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SdiNotificationDto, SentInvoice } from '@staffetta/flow/messages.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { changeStatus, deleteInvoice } from './change-invoices.ts';
import { countRows, findingsOf, optionsOf, preparedWorld, publishedOn } from './dbmanager.fixture.ts';
import { documentOf, eventOf, incoming } from './events.fixture.ts';
import { findInvoice } from './invoice-views.ts';
import { takeNotifications } from './on-dsi-notification.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeSentInvoices } from './on-sent-invoice.ts';
import { historyOf } from './outcomes.ts';
import { transmissionsOf } from './transmissions.ts';

let world: TestWorld;
before(async () => {
  world = await preparedWorld();
});
after(() => world.end());

const signal = new AbortController().signal;

/** A stored invoice that waits to be mailed. */
async function stored() {
  const event = incoming({ callback: 'http://127.0.0.1:1/cb' });
  await takeInvoices(world, optionsOf())([event], signal);
  const [outgoing] = (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === event.key);
  const { transmissionId } = outgoing!.value['transmission'] as { transmissionId: string };
  return {
    invoiceId: event.message.invoiceId,
    invoiceNumber: Number(outgoing!.value['invoiceNumber']),
    transmissionId,
  };
}
type Stored = Awaited<ReturnType<typeof stored>>;

function mailed({ invoiceId, transmissionId }: Stored, how: 'SENT' | 'NOT_SENT', changes: Partial<SentInvoice> = {}) {
  return eventOf('sentInvoice', invoiceId, {
    invoiceId,
    transmissionId,
    invoiceStatus: `INTERNAL_INVOICE_${how}`,
    customer: { customerId: 2 },
    messageId: '<m@x>',
    reason: how === 'SENT' ? '250 OK' : '550 no',
    ...changes,
  });
}

function notified({ invoiceNumber }: Stored, how: 'DELIVERED' | 'DISCARDED' | 'NOT_DELIVERED', customerId = 2) {
  const message: SdiNotificationDto = {
    customerId,
    invoiceNumber,
    status: `INTERNAL_INVOICE_${how}`,
    correlationId: 'n-1',
  };
  return eventOf('dsiNotification', `${customerId}:${invoiceNumber}`, message);
}

const takeSent = (...batch: ReturnType<typeof mailed>[]) => takeSentInvoices(world)(batch, signal);
const takeNews = (...batch: ReturnType<typeof notified>[]) => takeNotifications(world)(batch, signal);

async function statusOf({ invoiceNumber }: Stored): Promise<string | undefined> {
  return (await findInvoice(world.store, invoiceNumber))?.status.replace('INTERNAL_INVOICE_', '');
}

async function answersTo(eventId: string) {
  return (await publishedOn(world, 'savedInvoice')).filter(({ causationId }) => causationId === eventId);
}

test('SENT is told with the document again, and the transmission knows its mail', async () => {
  const invoice = await stored();
  const event = mailed(invoice, 'SENT');
  await takeSent(event);
  const [saved] = await answersTo(event.eventId);
  assert.equal(saved?.eventId, `${invoice.invoiceId}:2`);
  assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_SENT');
  assert.deepEqual([saved?.value['detail'], saved?.value['sequence']], ['SUBMITTED', 2]);
  assert.equal(saved?.value['invoice'], documentOf(['1']));
  const [transmission] = await transmissionsOf(world.store, invoice.invoiceId);
  assert.deepEqual([transmission?.state, transmission?.messageId, transmission?.reason], ['SENT', '<m@x>', '250 OK']);
  assert.ok(transmission?.sentAt);
});

test('SENT again changes nothing more and tells nobody', async () => {
  const invoice = await stored();
  const event = mailed(invoice, 'SENT');
  await takeSent(event);
  const counts = await countRows(world);
  const told = (await publishedOn(world, 'savedInvoice')).length;
  await takeSent(event, mailed(invoice, 'SENT'));
  assert.deepEqual(await countRows(world), counts);
  assert.equal((await publishedOn(world, 'savedInvoice')).length, told);
});

test('a late SENT does not undo DELIVERED', async () => {
  const invoice = await stored();
  await takeNews(notified(invoice, 'DELIVERED'));
  await takeSent(mailed(invoice, 'SENT'));
  assert.equal(await statusOf(invoice), 'DELIVERED');
  assert.equal((await historyOf(world.store, invoice.invoiceId)).length, 2);
});

test('an invoice in error that did go out all the same becomes SENT, by the news or by hand', async () => {
  const [byNews, byHand] = [await stored(), await stored()];
  const cause = { eventId: undefined, correlationId: 'c', trace: undefined };
  const move = ({ invoiceNumber }: Stored, status: 'INVOICE_ERROR' | 'INTERNAL_INVOICE_SENT') =>
    world.store.transaction((tx) => {
      const target = { invoiceNumber, customerId: undefined };
      return changeStatus(tx, world.bus, target, status, { by: 'test', at: world.clock.now() }, cause);
    });
  await move(byNews, 'INVOICE_ERROR');
  await move(byHand, 'INVOICE_ERROR');
  await takeSent(mailed(byNews, 'SENT'));
  await move(byHand, 'INTERNAL_INVOICE_SENT');
  assert.deepEqual([await statusOf(byNews), await statusOf(byHand)], ['SENT', 'SENT']);
  assert.equal((await transmissionsOf(world.store, byNews.invoiceId))[0]?.state, 'SENT');
});

test('several events for one invoice in one batch follow one another', async () => {
  const invoice = await stored();
  const other = await stored();
  const events = [mailed(invoice, 'NOT_SENT'), mailed(other, 'SENT'), mailed(invoice, 'SENT')];
  await takeSent(...events);
  assert.deepEqual([await statusOf(invoice), await statusOf(other)], ['SENT', 'SENT']);
  const history = await historyOf(world.store, invoice.invoiceId);
  assert.deepEqual(
    history.map(({ sequence, status }) => [sequence, status.replace('INTERNAL_INVOICE_', '')]),
    [
      [1, 'TOBE_SENT'],
      [2, 'NOT_SENT'],
      [3, 'SENT'],
    ],
  );
  const first = (await answersTo(events[0]!.eventId))[0];
  assert.deepEqual([first?.value['invoiceStatus'], first?.value['sequence']], ['INTERNAL_INVOICE_NOT_SENT', 2]);
});

test('news about an invoice that does not exist fails alone', async () => {
  const invoice = await stored();
  const strange = mailed({ ...invoice, invoiceId: uuidv7() }, 'SENT');
  const unreadable = mailed({ ...invoice, invoiceId: 'x' }, 'SENT');
  const failed = await takeSent(strange, mailed(invoice, 'SENT'), unreadable);
  assert.deepEqual(
    failed?.map(({ event }) => event),
    [unreadable, strange],
  );
  assert.equal(await statusOf(invoice), 'SENT');
});

test('late news of an earlier transmission does not move the invoice', async () => {
  const invoice = await stored();
  await takeSent(mailed(invoice, 'SENT', { transmissionId: uuidv7() }));
  assert.equal(await statusOf(invoice), 'TOBE_SENT');
});

test('what a mail server says is kept even where it is no text', async () => {
  const invoice = await stored();
  await takeSent(mailed(invoice, 'NOT_SENT', { reason: `5\u0000\ud800${'x'.repeat(5000)}` }));
  const [transmission] = await transmissionsOf(world.store, invoice.invoiceId);
  assert.equal(transmission?.state, 'NOT_SENT');
  assert.ok(transmission?.reason?.startsWith('5\ufffd\ufffdx'));
});

test("SdI's answer moves the invoice and ends the waiting", async () => {
  const invoice = await stored();
  await takeSent(mailed(invoice, 'SENT'));
  const event = notified(invoice, 'DISCARDED');
  await takeNews(event);
  const [saved] = await answersTo(event.eventId);
  assert.deepEqual([saved?.value['invoiceStatus'], saved?.value['sequence']], ['INTERNAL_INVOICE_DISCARDED', 3]);
  assert.equal(saved?.key, invoice.invoiceId);
  assert.equal((await transmissionsOf(world.store, invoice.invoiceId))[0]?.state, 'DISCARDED');
});

test('a repeated, late or refused answer shows the present state as repeated and changes nothing', async () => {
  const invoice = await stored();
  const first = notified(invoice, 'DELIVERED');
  await takeNews(first);
  const counts = await countRows(world);
  const again = [
    first,
    notified(invoice, 'DELIVERED'),
    notified(invoice, 'NOT_DELIVERED'),
    notified(invoice, 'DISCARDED'),
  ];
  await takeNews(...again);
  assert.deepEqual(await countRows(world), counts);
  for (const { eventId } of again.slice(1)) {
    const [answer] = await answersTo(eventId);
    assert.deepEqual([answer?.repeated, answer?.value['invoiceStatus']], [true, 'INTERNAL_INVOICE_DELIVERED']);
  }
  const [refused] = await answersTo(again[3]!.eventId);
  assert.equal(findingsOf(refused)[0]?.code, 'MOVE_REFUSED');
});

test("an unknown number, another customer's invoice and an external one are answered INVALID without an id", async () => {
  const invoice = await stored();
  const external = incoming({ invoiceStatus: 'EXTERNAL_INVOICE' });
  await takeInvoices(world, optionsOf())([external], signal);
  const number = Number((await answersTo(external.eventId))[0]?.value['invoiceNumber']);
  const events = [
    notified({ ...invoice, invoiceNumber: 999_999 }, 'DELIVERED'),
    notified(invoice, 'DELIVERED', 3),
    notified({ ...invoice, invoiceNumber: number }, 'DELIVERED'),
  ];
  await takeNews(...events);
  for (const event of events) {
    const [answer] = await answersTo(event.eventId);
    assert.equal(answer?.value['invoiceStatus'], 'INTERNAL_INVOICE_INVALID');
    assert.deepEqual(
      [answer?.value['invoiceId'], answer?.value['sequence'], answer?.repeated],
      [undefined, undefined, false],
    );
    assert.deepEqual([answer?.key, answer?.correlationId], [event.key, 'n-1']);
  }
  assert.equal(await statusOf(invoice), 'TOBE_SENT');
});

test('an invoice that was deleted as NOT_SENT is back when it was sent after all', async () => {
  const invoice = await stored();
  await takeSent(mailed(invoice, 'NOT_SENT'));
  const target = { invoiceNumber: invoice.invoiceNumber, customerId: undefined };
  await world.store.transaction((tx) => deleteInvoice(tx, target, { by: 'test', at: world.clock.now() }));
  assert.equal(await findInvoice(world.store, invoice.invoiceNumber), undefined);
  await takeNews(notified(invoice, 'DELIVERED'));
  assert.equal(await statusOf(invoice), 'DELIVERED');
});

test('a move by hand goes through the table, into history and audit, and is told', async () => {
  const invoice = await stored();
  const target = { invoiceNumber: invoice.invoiceNumber, customerId: undefined };
  const cause = { eventId: undefined, correlationId: 'r', trace: undefined };
  const move = (status: 'INTERNAL_INVOICE_SENT' | 'INTERNAL_INVOICE_INVALID' | 'INTERNAL_INVOICE_NEW') =>
    world.store.transaction((tx) =>
      changeStatus(tx, world.bus, target, status, { by: 'anna', at: world.clock.now(), reason: 'seen' }, cause),
    );
  await move('INTERNAL_INVOICE_SENT');
  assert.equal((await move('INTERNAL_INVOICE_SENT')).moved, false);
  await assert.rejects(move('INTERNAL_INVOICE_INVALID'), { code: 'MOVE_REFUSED' });
  await assert.rejects(move('INTERNAL_INVOICE_NEW'), { code: 'MOVE_REFUSED' });
  const history = await historyOf(world.store, invoice.invoiceId);
  assert.deepEqual([history[1]?.doneBy, history[1]?.reason, history.length], ['anna', 'seen', 2]);
  const told = (await publishedOn(world, 'savedInvoice')).filter(({ eventId }) => eventId === `${invoice.invoiceId}:2`);
  assert.equal(told.length, 1);
});

test('two lanes that move the same invoices at once both end, each move once', async () => {
  const invoices = await Promise.all([stored(), stored(), stored(), stored()]);
  const sent = invoices.map((invoice) => mailed(invoice, 'SENT'));
  const news = invoices.toReversed().map((invoice) => notified(invoice, 'DELIVERED'));
  await Promise.all([takeSent(...sent), takeNews(...news), takeSent(...sent), takeNews(...news)]);
  for (const invoice of invoices) {
    assert.equal(await statusOf(invoice), 'DELIVERED');
    const sequences = (await historyOf(world.store, invoice.invoiceId)).map(({ sequence }) => sequence);
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => index + 1),
    );
  }
});

test('audit, history and bytes are never changed', async () => {
  await stored();
  for (const sql of [
    "UPDATE dbmanager.audit SET done_by = 'x'",
    'DELETE FROM dbmanager.audit',
    "UPDATE dbmanager.outcome SET status = 'x'",
    "UPDATE dbmanager.content SET bytes = ''",
  ]) {
    await assert.rejects(world.store.query({ text: sql }), /only grows/);
  }
});
