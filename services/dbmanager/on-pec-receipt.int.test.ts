// dbmanager: the PEC provider's receipts are kept once and move the invoices of their mail, in whatever order things become known.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { receiptNews } from '@staffetta/flow/invoice-details.ts';
import { pecReceiptKinds, type PecReceiptKind } from '@staffetta/flow/messages.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import fc from 'fast-check';
import { countRows, findingsOf, optionsOf, preparedWorld, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { documentOf, eventOf, incoming } from './events.fixture.ts';
import { findInvoice } from './invoice-views.ts';
import { broughtBy, delivered, discarded, undelivered } from './notices.fixture.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeReceipts } from './on-pec-receipt.ts';
import { takeNotices } from './on-sdi-notice.ts';
import { takeSentInvoices } from './on-sent-invoice.ts';
import { historyOf } from './outcomes.ts';
import { receiptsOf } from './pec-receipts.ts';
import { messageIdOf, receiptEvent } from './receipts.fixture.ts';
import { transmissionsOf } from './transmissions.ts';

let world: TestWorld;
before(async () => {
  world = await preparedWorld();
});
after(() => world.end());

const signal = new AbortController().signal;
const callback = 'http://127.0.0.1:1/cb';

async function stored() {
  const event = incoming({ callback, invoice: documentOf(['1']) });
  await takeInvoices(world, optionsOf())([event], signal);
  const [outgoing] = (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === event.key);
  const invoiceNumber = Number(outgoing!.value['invoiceNumber']);
  return { invoiceId: event.message.invoiceId, invoiceNumber, ...transmissionIn(outgoing) };
}
type Stored = Awaited<ReturnType<typeof stored>>;

function sentEvent({ invoiceId, transmissionId }: Stored, status: 'SENT' | 'NOT_SENT' = 'SENT') {
  const invoiceStatus = `INTERNAL_INVOICE_${status}` as const;
  return eventOf('sentInvoice', invoiceId, { invoiceId, transmissionId, invoiceStatus, customer: { customerId: 2 } });
}

async function sent() {
  const one = await stored();
  await takeSentInvoices(world)([sentEvent(one)], signal);
  return one;
}

const take = (...events: ReturnType<typeof receiptEvent>[]) => takeReceipts(world, optionsOf())(events, signal);

async function standing({ invoiceNumber }: Stored) {
  const view = await findInvoice(world.store, invoiceNumber);
  return [view?.status.replace('INTERNAL_INVOICE_', ''), view?.detail];
}

async function toldOf({ invoiceId }: Stored) {
  return (await publishedOn(world, 'savedInvoice')).filter(({ key }) => key === invoiceId);
}

async function wish(onDetail: boolean): Promise<void> {
  await world.store.query({
    text: 'UPDATE dbmanager.fiscal_profile SET callback_on_detail = $1 WHERE customer_id = 2',
    values: [onDetail],
  });
}

test('receipts refine the detail, are kept with what they say, and call back only who wants it', async () => {
  const invoice = await sent();
  const before = (await toldOf(invoice)).length;
  await take(receiptEvent(invoice, 'accettazione'));
  assert.deepEqual(await standing(invoice), ['SENT', 'TAKEN_BY_PROVIDER']);
  await take(receiptEvent(invoice, 'preavviso-errore-consegna'), receiptEvent(invoice, 'avvenuta-consegna'));
  assert.deepEqual(await standing(invoice), ['SENT', 'IN_SDI_MAILBOX']);
  assert.equal((await toldOf(invoice)).length, before);
  const kept = await receiptsOf(world.store, invoice.invoiceId);
  assert.deepEqual(
    kept.map(({ receipt, provider }) => [receipt, provider]),
    ['accettazione', 'preavviso-errore-consegna', 'avvenuta-consegna'].map((kind) => [kind, 'Gestore PEC di prova']),
  );
  await wish(true);
  const asked = await sent();
  await take(receiptEvent(asked, 'accettazione'));
  await wish(false);
  assert.equal((await toldOf(asked)).at(-1)?.value['detail'], 'TAKEN_BY_PROVIDER');
});

test('a mail that comes back is NOT_SENT, told always, with the reason of the provider', async () => {
  for (const [receipt, detail] of [
    ['non-accettazione', 'REFUSED_BY_PROVIDER'],
    ['rilevazione-virus', 'REFUSED_BY_PROVIDER'],
    ['errore-consegna', 'UNDELIVERED_TO_SDI'],
  ] as const) {
    const invoice = await sent();
    await take(receiptEvent(invoice, 'accettazione'), receiptEvent(invoice, receipt, { reason: 'casella piena' }));
    assert.deepEqual(await standing(invoice), ['NOT_SENT', detail]);
    const told = (await toldOf(invoice)).at(-1);
    assert.equal(told?.value['detail'], detail);
    const [finding] = findingsOf(told);
    assert.deepEqual([finding?.code, finding?.message.it.includes('casella piena')], ['MAIL_RETURNED', true]);
    // As `reinvia` does it: the same file under its own name.
    assert.match(finding?.fix?.it ?? '', /reinvia.*nome del file restano/);
    const [transmission] = await transmissionsOf(world.store, invoice.invoiceId);
    assert.deepEqual([transmission?.state, transmission?.reason], ['NOT_SENT', 'casella piena']);
  }
});

test('the same receipt twice changes nothing, as the same mail or as another', async () => {
  const invoice = await sent();
  const event = receiptEvent(invoice, 'accettazione');
  await take(event, event);
  const counts = await countRows(world);
  await take(event);
  await take(receiptEvent(invoice, 'accettazione', { ...event.message, mailId: 'a-copy' }));
  await Promise.all([take(event), take(event)]);
  assert.deepEqual(await countRows(world), counts);
});

test('an unsure send is known by its receipt: TOBE_SENT becomes SENT, and the word of the sender repeats it', async () => {
  const invoice = await stored();
  await take(receiptEvent(invoice, 'accettazione'));
  assert.deepEqual(await standing(invoice), ['SENT', 'TAKEN_BY_PROVIDER']);
  const [transmission] = await transmissionsOf(world.store, invoice.invoiceId);
  assert.deepEqual([transmission?.state, transmission?.messageId], ['SENT', messageIdOf(invoice)]);
  const rows = await countRows(world);
  await takeSentInvoices(world)([sentEvent(invoice)], signal);
  assert.deepEqual(await standing(invoice), ['SENT', 'TAKEN_BY_PROVIDER']);
  assert.deepEqual(await countRows(world), rows);
});

test('a send that was given up too early is SENT once the provider says that it took the mail', async () => {
  const invoice = await stored();
  await takeSentInvoices(world)([sentEvent(invoice, 'NOT_SENT')], signal);
  await take(receiptEvent(invoice, 'avvenuta-consegna'));
  assert.deepEqual(await standing(invoice), ['SENT', 'IN_SDI_MAILBOX']);
});

test('a receipt that names no file of ours is kept without one and moves nothing', async () => {
  const invoice = await sent();
  const other = { ...invoice, fileName: `IT99999999999_${invoice.invoiceNumber}.xml` };
  const strange = ['<a@b>', '', '<.@x>', `<x.${invoice.transmissionId}>`];
  await take(
    receiptEvent(other, 'non-accettazione'),
    ...strange.map((ofMessageId) => receiptEvent(invoice, 'errore-consegna', { ofMessageId })),
  );
  assert.deepEqual(await standing(invoice), ['SENT', 'SUBMITTED']);
  const { rows } = await world.store.query<{ count: number }>({
    text: 'SELECT count(*) AS count FROM dbmanager.pec_receipt WHERE transmission_id IS NULL',
  });
  assert.equal(rows[0]?.count, strange.length + 1);
});

test('a Message-ID in other case or without its brackets is the same', async () => {
  const invoice = await sent();
  await take(receiptEvent(invoice, 'accettazione', { ofMessageId: messageIdOf(invoice).toUpperCase().slice(1, -1) }));
  assert.deepEqual(await standing(invoice), ['SENT', 'TAKEN_BY_PROVIDER']);
});

test('whatever a receipt says can be stored; one without a hash fails alone', async () => {
  const invoice = await sent();
  const odd = '\u0000\ud800'.repeat(2000);
  const wild = receiptEvent(invoice, 'accettazione', {
    at: 'ieri',
    reason: odd,
    provider: odd,
    daticert: odd,
    recipient: odd,
  });
  const wrong = receiptEvent(invoice, 'avvenuta-consegna', { sha256: 'none' });
  const failed = await take(wild, wrong);
  assert.deepEqual(
    (failed ?? []).map(({ event }) => event.eventId),
    [wrong.eventId],
  );
  assert.deepEqual(await standing(invoice), ['SENT', 'TAKEN_BY_PROVIDER']);
});

test('an alarm that was raised meanwhile does not hide that the mail came back', async () => {
  const invoice = await sent();
  await world.store.query({
    text: "UPDATE dbmanager.invoice SET detail = 'NEWS_OVERDUE' WHERE invoice_id = $1",
    values: [invoice.invoiceId],
  });
  await take(receiptEvent(invoice, 'non-accettazione'));
  assert.deepEqual(await standing(invoice), ['NOT_SENT', 'REFUSED_BY_PROVIDER']);
});

/** An earlier transmission of the invoice, which shows another one by now. */
async function replaced(invoice: Stored) {
  await world.store.query({
    text: 'UPDATE dbmanager.invoice SET transmission_id = gen_random_uuid() WHERE invoice_id = $1',
    values: [invoice.invoiceId],
  });
  return invoice;
}

test('receipts of an older transmission are noted on it alone, and end alike in every order', async () => {
  const words = ['sentInvoice', 'accettazione', 'errore-consegna'] as const;
  for (const order of [words, words.toReversed(), [words[1], words[2], words[0]], [words[2], words[0], words[1]]]) {
    const invoice = await replaced(await stored());
    for (const word of order) await say(invoice, word);
    assert.deepEqual(await standing(invoice), ['TOBE_SENT', null]);
    const [old] = await transmissionsOf(world.store, invoice.invoiceId);
    assert.equal(old?.state, 'NOT_SENT', order.join(' '));
  }
});

type Word = PecReceiptKind | 'sentInvoice' | 'RC' | 'MC' | 'NS';

async function say(invoice: Stored, word: Word): Promise<void> {
  const about = { fileName: invoice.fileName, sdiId: `8${invoice.invoiceNumber}`, messageId: word };
  const notices = { RC: delivered(about), MC: undelivered(about), NS: discarded(about, ['00311']) };
  if (word === 'sentInvoice') await takeSentInvoices(world)([sentEvent(invoice)], signal);
  else if (word in notices) {
    await takeNotices(world, optionsOf())([broughtBy(notices[word as keyof typeof notices])], signal);
  } else await take(receiptEvent(invoice, word as PecReceiptKind));
}

/** What one mail may have said of it, as far as it does not contradict itself. */
const roads: readonly (readonly Word[])[] = [
  ['sentInvoice', 'accettazione', 'presa-in-carico', 'preavviso-errore-consegna', 'avvenuta-consegna', 'RC'],
  ['sentInvoice', 'accettazione', 'avvenuta-consegna', 'MC'],
  ['sentInvoice', 'accettazione', 'avvenuta-consegna', 'NS'],
  ['sentInvoice', 'accettazione', 'preavviso-errore-consegna', 'errore-consegna'],
  ['sentInvoice', 'non-accettazione'],
  ['accettazione', 'rilevazione-virus'],
];

test('receipts, notices and the word of the sender lead to one end in every order, also twice', async () => {
  const order = fc
    .constantFrom(...roads)
    .chain((road) =>
      fc.tuple(fc.constant(road), fc.shuffledSubarray([...road, ...road], { minLength: road.length * 2 })),
    );
  const ends = new Map<readonly Word[], unknown>();
  await fc.assert(
    fc.asyncProperty(order, async ([road, words]) => {
      const invoice = await stored();
      for (const word of words) await say(invoice, word);
      const end = await standing(invoice);
      if (!ends.has(road)) ends.set(road, end);
      assert.deepEqual(end, ends.get(road), words.join(' '));
      const history = await historyOf(world.store, invoice.invoiceId);
      assert.deepEqual(
        history.map(({ sequence }) => sequence),
        history.map((_, at) => at + 1),
      );
    }),
    { numRuns: 40 },
  );
});

test('every kind of receipt has a row in the table of details', () => {
  assert.deepEqual(Object.keys(receiptNews).sort(), [...pecReceiptKinds].sort());
});
