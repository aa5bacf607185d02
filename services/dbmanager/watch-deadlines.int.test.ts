// dbmanager: clocks that ran out are told once, by a clock that is turned; what happens after all clears the alarm.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { writeNotice, type NewNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import type { PecReceipt } from '@staffetta/flow/messages.ts';
import { createHttpServer, type HttpServer } from '@staffetta/platform/http/server.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { alarmsOf } from './alarms.ts';
import { changeStatus } from './change-invoices.ts';
import { countRows, findingsOf, optionsOf, preparedWorld, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { documentOf, eventOf, incoming } from './events.fixture.ts';
import { saveMailbox } from './fiscal-profiles.ts';
import { findInvoice } from './invoice-views.ts';
import { openAskedJudging } from './judging.ts';
import {
  answered,
  attested,
  broughtBy,
  deadlinePassed,
  delivered,
  deliveredToOffice,
  discarded,
  noticeEvent,
  undeliveredToOffice,
} from './notices.fixture.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeReceipts } from './on-pec-receipt.ts';
import { takeNotices } from './on-sdi-notice.ts';
import { takeSentInvoices } from './on-sent-invoice.ts';
import { receiptEvent } from './receipts.fixture.ts';
import { addRoutes } from './routes.ts';
import { settleDecision } from './settle-decision.ts';
import { openShowing } from './showing.ts';
import { watchDeadlines } from './watch-deadlines.ts';

let world: TestWorld;
before(async () => {
  world = await preparedWorld();
});
after(() => world.end());

const signal = new AbortController().signal;
const options = optionsOf();
const hour = 3_600_000;
const day = 24 * hour;

let turned = 0;
function turn(ms: number): void {
  turned += ms;
  world.clock.turn(ms);
}
// Each test begins where no clock of another one runs any more.
beforeEach(async () => {
  await world.store.query({ text: 'TRUNCATE dbmanager.alarm, dbmanager.pec_receipt, dbmanager.invoice' });
});
afterEach(() => {
  turn(-turned);
});

/** Files go out as they are. */
const unsigned = optionsOf({ signing: { ...options.signing, signs: false, refuses: false } });

async function sent(document = documentOf(['1'])) {
  const event = incoming({ callback: 'http://127.0.0.1:1/cb', invoice: document });
  await takeInvoices(world, unsigned)([event], signal);
  const [outgoing] = (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === event.key);
  const { invoiceId } = event.message;
  const one = { invoiceId, invoiceNumber: Number(outgoing!.value['invoiceNumber']), ...transmissionIn(outgoing) };
  const { transmissionId } = one;
  const news = {
    invoiceId,
    transmissionId,
    invoiceStatus: 'INTERNAL_INVOICE_SENT',
    customer: { customerId: 2 },
  } as const;
  await takeSentInvoices(world)([eventOf('sentInvoice', invoiceId, news)], signal);
  return one;
}
type Sent = Awaited<ReturnType<typeof sent>>;

const watch = () => watchDeadlines(world, options);
const bring = (...notices: NewNotice[]) => takeNotices(world, options)(notices.map(broughtBy), signal);
const about = ({ fileName, invoiceNumber }: Sent, messageId: string) => ({
  fileName,
  sdiId: `9${invoiceNumber}`,
  messageId,
});
const receipt = (one: Sent, changes: Partial<PecReceipt> = {}) =>
  takeReceipts(world, options)([receiptEvent(one, 'accettazione', changes)], signal);

async function standing({ invoiceNumber }: Sent) {
  const view = await findInvoice(world.store, invoiceNumber);
  return [view?.status.replace('INTERNAL_INVOICE_', ''), view?.detail];
}

async function alarms({ invoiceId }: Sent) {
  return (await alarmsOf(world.store, invoiceId)).map(({ kind, clearedBy }) => [kind, clearedBy]);
}

async function lastTold({ invoiceId }: Sent) {
  return (await publishedOn(world, 'savedInvoice')).filter(({ key }) => key === invoiceId).at(-1);
}

test('no notice in five days is an alarm and no failure; the receipt of delivery moves on and clears it', async () => {
  const invoice = await sent();
  turn(5 * day - hour);
  assert.equal(await watch(), 0);
  turn(hour);
  assert.equal(await watch(), 1);
  assert.deepEqual(await standing(invoice), ['SENT', 'NEWS_OVERDUE']);
  const told = await lastTold(invoice);
  const [finding] = findingsOf(told);
  assert.deepEqual([told?.value['detail'], finding?.code, finding?.severity], ['NEWS_OVERDUE', 'NO_NOTICE', 'warning']);
  assert.match(finding?.message.it ?? '', /alcuna ricevuta/);
  await bring(delivered(about(invoice, '1')));
  assert.deepEqual(await standing(invoice), ['DELIVERED', 'DELIVERED_TO_RECIPIENT']);
  assert.deepEqual(await alarms(invoice), [['NO_NOTICE', 'delivered']]);
});

test('an alarm says what the PEC provider said so far', async () => {
  const invoice = await sent();
  await receipt(invoice);
  turn(5 * day + hour);
  await watch();
  assert.match(findingsOf(await lastTold(invoice))[0]?.message.it ?? '', /finora: accettazione/);
});

test('an alarm is told once, by two instances at once, after a restart and for ever after', async () => {
  const all = await Promise.all(Array.from({ length: 7 }, () => sent()));
  turn(6 * day);
  const few = { ...options, deadlines: { ...options.deadlines, batchMax: 2 } };
  const counts = await Promise.all([watchDeadlines(world, few), watchDeadlines(world, few)]);
  assert.equal((await watch()) + counts[0] + counts[1], all.length);
  const rows = await countRows(world);
  turn(30 * day);
  assert.equal(await watch(), 0);
  assert.deepEqual(await countRows(world), rows);
  const told = (await publishedOn(world, 'savedInvoice')).filter(({ value }) => value['detail'] === 'NEWS_OVERDUE');
  for (const { invoiceId } of all) assert.equal(told.filter(({ key }) => key === invoiceId).length, 1);
});

test('what was sent in one moment is told of all, however few are taken at a time', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => sent()));
  await world.store.query({
    text: 'UPDATE dbmanager.transmission SET sent_at = $1 WHERE transmission_id = ANY($2::uuid[])',
    values: [world.clock.now(), all.map(({ transmissionId }) => transmissionId)],
  });
  turn(6 * day);
  const few = { ...options, deadlines: { ...options.deadlines, batchMax: 2 } };
  assert.equal(await watchDeadlines(world, few), all.length);
});

test('a receipt that comes while its alarm is being raised clears it at the next look', async () => {
  const [first, silent] = [await sent(), await sent()];
  await receipt(first);
  turn(day + hour);
  await watch();
  // As if it had been kept between the look and the alarm, so that it found nothing to clear.
  await receipt(silent);
  await world.store.query({ text: "UPDATE dbmanager.alarm SET cleared_at = NULL WHERE kind = 'NO_RECEIPT'" });
  await watch();
  assert.deepEqual(await alarms(silent), [['NO_RECEIPT', 'receipt']]);
  const [alarm] = await alarmsOf(world.store, silent.invoiceId);
  assert.notEqual(alarm?.clearedAt, null);
});

test('a notice that came in time stops the clock', async () => {
  const invoice = await sent();
  turn(4 * day);
  await bring(delivered(about(invoice, '1')));
  turn(20 * day);
  await watch();
  assert.deepEqual(await alarms(invoice), []);
});

test('no receipt of the provider in a day is an alarm where receipts are read, and a receipt clears it', async () => {
  const lone = await sent();
  turn(2 * day);
  assert.equal(await watch(), 0);
  const [first, silent] = [await sent(), await sent()];
  await receipt(first);
  turn(day + hour);
  assert.equal(await watch(), 1);
  assert.deepEqual([await alarms(lone), await alarms(first), await alarms(silent)], [[], [], [['NO_RECEIPT', null]]]);
  assert.deepEqual(await standing(silent), ['SENT', 'SUBMITTED']);
  assert.equal(findingsOf(await lastTold(silent))[0]?.code, 'NO_RECEIPT');
  await receipt(silent);
  assert.deepEqual(await alarms(silent), [['NO_RECEIPT', 'receipt']]);
});

test('receipts are missed of a mailbox only where that one is read', async () => {
  const mailbox = 'studio@pec.example';
  const by = ['test', world.clock.now()] as const;
  await receipt(await sent());
  await saveMailbox(world.store, 2, mailbox, ...by);
  const [unread, later] = [await sent(), await sent()];
  turn(day + hour);
  assert.equal(await watch(), 0);
  await receipt(later, { mailbox: 'Studio@Pec.Example' });
  turn(day);
  const silent = await sent();
  turn(day + hour);
  assert.equal(await watch(), 1);
  assert.deepEqual([await alarms(unread), await alarms(silent)], [[], [['NO_RECEIPT', null]]]);
  await saveMailbox(world.store, 2, null, ...by);
});

test('a copy that was taken earlier still needs its receipt: an alarm says so, and leaves what is known', async () => {
  const invoice = await sent();
  await bring(discarded(about(invoice, '1'), ['00404']));
  const act = { by: 'aruba', at: world.clock.now() };
  const cause = { eventId: undefined, correlationId: 'c', trace: undefined };
  const target = { invoiceNumber: invoice.invoiceNumber, customerId: undefined };
  await world.store.transaction((tx) => settleDecision(tx, world.bus, target, { firstCopyTaken: true }, act, cause));
  turn(5 * day + hour);
  assert.equal(await watch(), 1);
  assert.deepEqual(await standing(invoice), ['SENT', 'TAKEN_EARLIER']);
  assert.equal(findingsOf(await lastTold(invoice))[0]?.code, 'NO_FURTHER_NOTICE');
  await bring(delivered(about(invoice, '2')));
  assert.deepEqual(await alarms(invoice), [['NO_FURTHER_NOTICE', 'delivered']]);
});

test('what goes to a public body shows the 48 hours that SdI tries, before any notice says who it is for', async () => {
  const office = documentOf(['1']).replaceAll('FPR12', 'FPA12').replace('ABC1234', 'ABC123');
  const [invoice, other] = [await sent(office), await sent()];
  await withServer(async (get) => {
    const { deadlines } = await get(`/api/invoices/${invoice.invoiceNumber}`);
    assert.deepEqual(kindsOf(deadlines), ['OFFICE_TRIES', 'NO_NOTICE']);
    assert.deepEqual(kindsOf((await get(`/api/invoices/${other.invoiceNumber}`)).deadlines), ['NO_NOTICE']);
    await bring(undeliveredToOffice(about(invoice, '1')));
    assert.deepEqual(kindsOf((await get(`/api/invoices/${invoice.invoiceNumber}`)).deadlines), ['NO_ATTESTATION']);
  });
});

test('a public body that cannot be reached: ten days and one, then an alarm, which the attestation clears', async () => {
  const invoice = await sent();
  await bring(undeliveredToOffice(about(invoice, '1')));
  turn(10 * day + hour);
  assert.equal(await watch(), 0);
  turn(day);
  assert.equal(await watch(), 1);
  assert.deepEqual(await standing(invoice), ['NOT_DELIVERED', 'DELIVERY_RETRIED']);
  await bring(attested(about(invoice, '2')));
  assert.deepEqual(await alarms(invoice), [['NO_ATTESTATION', 'notDelivered']]);
});

test('a public body that does not answer: fifteen days and one from the delivery, whatever ends it clears', async () => {
  for (const end of [deadlinePassed, (sketch: ReturnType<typeof about>) => answered(sketch, 'EC02')]) {
    const invoice = await sent();
    await bring(deliveredToOffice(about(invoice, '1')));
    turn(15 * day + hour);
    assert.equal(await watch(), 0);
    turn(day);
    assert.equal(await watch(), 1);
    await bring(end(about(invoice, '2')));
    assert.deepEqual(await alarms(invoice), [['NO_ANSWER', 'delivered']]);
  }
});

test('nobody waits for the answer of a private party', async () => {
  const invoice = await sent();
  await bring(delivered(about(invoice, '1')));
  turn(60 * day);
  assert.equal(await watch(), 0);
  assert.deepEqual(await alarms(invoice), []);
});

test('a discarded invoice is recalled a day before the five days end, and what is decided otherwise clears it', async () => {
  const invoice = await sent();
  await bring(discarded(about(invoice, '1'), ['00311']));
  turn(4 * day - hour);
  assert.equal(await watch(), 0);
  turn(2 * hour);
  assert.equal(await watch(), 1);
  const [alarm] = await alarmsOf(world.store, invoice.invoiceId);
  assert.equal((alarm!.dueAt.getTime() - alarm!.since.getTime()) / day, 5);
  const [finding] = findingsOf(await lastTold(invoice));
  assert.equal(finding?.code, 'RESEND_DUE');
  await world.store.query({
    text: 'UPDATE dbmanager.invoice SET transmission_id = gen_random_uuid() WHERE invoice_id = $1',
    values: [invoice.invoiceId],
  });
  await watch();
  assert.deepEqual(await alarms(invoice), [['RESEND_DUE', 'noticed']]);
});

test('a discard that lay in the mailbox while the hub was down is recalled by when its mail was certified', async () => {
  const invoice = await sent();
  turn(4 * day);
  const certifiedAt = new Date(world.clock.now().getTime() - 3 * day).toISOString();
  const bytes = writeNotice(discarded(about(invoice, '1'), ['00423']));
  await takeNotices(world, options)([noticeEvent(bytes, { source: 'mailbox', certifiedAt })], signal);
  turn(day - hour);
  assert.equal(await watch(), 0);
  turn(hour);
  assert.equal(await watch(), 1);
  const [alarm] = await alarmsOf(world.store, invoice.invoiceId);
  assert.deepEqual([alarm?.kind, alarm?.since.toISOString()], ['RESEND_DUE', certifiedAt]);
});

test('a status that is set by hand clears the alarm', async () => {
  const invoice = await sent();
  turn(6 * day);
  await watch();
  const act = { by: 'aruba', at: world.clock.now(), reason: 'seen on the portal' };
  const cause = { eventId: undefined, correlationId: 'c', trace: undefined };
  const target = { invoiceNumber: invoice.invoiceNumber, customerId: undefined };
  await world.store.transaction((tx) => {
    return changeStatus(tx, world.bus, target, 'INTERNAL_INVOICE_DELIVERED', act, cause);
  });
  assert.deepEqual(await alarms(invoice), [['NO_NOTICE', 'delivered']]);
});

/** What these tests read of an answer. */
interface Answer {
  readonly deadlines: readonly { readonly kind: string }[];
  readonly transmissions: readonly { readonly receipts: readonly { readonly words: { readonly it: string } }[] }[];
  readonly alarms: readonly { readonly kind: string }[];
  readonly content: readonly { readonly invoiceNumber: number }[];
  readonly totalElements: number;
  readonly next: string | null;
}

const kindsOf = (list: readonly { readonly kind: string }[]): string[] => list.map(({ kind }) => kind);

/** The service's REST, for one test. */
async function withServer(work: (get: (path: string) => Promise<Answer>) => Promise<void>): Promise<void> {
  const { log, version, clock } = world;
  const server: HttpServer = await createHttpServer({
    service: 'dbmanager',
    says: 'test',
    version,
    clock,
    log,
    bodyBytesMax: 100_000,
    health: [],
  });
  const asked = openAskedJudging(options, clock);
  const showing = openShowing(options.showing);
  addRoutes(server.app, world, options, { judging: asked.judging, sending: asked.judging, showing });
  try {
    await work(async (path) => (await server.app.inject({ method: 'GET', url: path })).json<Answer>());
  } finally {
    await server.close();
    await asked.close();
    await showing.close();
  }
}

test('the invoice shows its clocks, receipts and alarms, the lists show those that are open', async () => {
  const [invoice, other] = [await sent(), await sent()];
  await receipt(invoice);
  await withServer(async (get) => {
    const fresh = await get(`/api/invoices/${invoice.invoiceNumber}`);
    assert.deepEqual(kindsOf(fresh.deadlines), ['NO_NOTICE']);
    assert.match(
      fresh.transmissions[0]?.receipts[0]?.words.it ?? '',
      /accettato dal gestore PEC, alle \d\d:\d\d:\d\d del/,
    );
    const silent = await get(`/api/invoices/${other.invoiceNumber}`);
    assert.deepEqual(kindsOf(silent.deadlines), ['NO_RECEIPT', 'NO_NOTICE']);
    turn(6 * day);
    assert.equal(await watch(), 3);
    const late = await get(`/api/invoices/${invoice.invoiceNumber}`);
    assert.equal(late.alarms[0]?.kind, 'NO_NOTICE');
    await bring(delivered(about(invoice, '1')));
    const open = await get('/api/alarms');
    assert.deepEqual(
      open.content.map(({ invoiceNumber }) => invoiceNumber),
      [other.invoiceNumber, other.invoiceNumber],
    );
    assert.equal((await get('/api/alarms?state=all')).totalElements, 3);
    const first = await get('/api/report/alarms?size=1');
    const rest = await get(`/api/report/alarms?size=5&after=${first.next}`);
    assert.deepEqual([first.content.length, rest.content.length, rest.next], [1, 1, null]);
  });
});
