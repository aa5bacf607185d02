// dbmanager: a document number is issued once, whatever comes twice, together or at the same time (00404, 00002).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { deleteInvoice } from './change-invoices.ts';
import type { DbmanagerOptions } from './config.ts';
import { findingsOf, optionsOf, preparedWorld, publishedOn } from './dbmanager.fixture.ts';
import { documentOf, eventOf, incoming } from './events.fixture.ts';
import { takeNotifications } from './on-dsi-notification.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeSentInvoices } from './on-sent-invoice.ts';

let world: TestWorld;
before(async () => {
  world = await preparedWorld();
});
after(() => world.end());

const signal = new AbortController().signal;
type Event = ReturnType<typeof incoming>;

function takeAs(duplicateCheck: DbmanagerOptions['duplicateCheck'], ...batch: Event[]) {
  return takeInvoices(world, optionsOf({ duplicateCheck }))(batch, signal);
}

const take = (...batch: Event[]) => takeAs('refuse', ...batch);

async function outcomeOf({ eventId }: Event) {
  const [saved] = (await publishedOn(world, 'savedInvoice')).filter(({ causationId }) => causationId === eventId);
  const codes = findingsOf(saved).map(({ code, severity }) => `${code} ${severity}`);
  return { status: String(saved?.value['invoiceStatus']).replace('INTERNAL_INVOICE_', ''), codes, saved };
}

async function statusesOf(...events: Event[]): Promise<string[]> {
  return Promise.all(events.map(async (event) => (await outcomeOf(event)).status));
}

/** Another document under the same number: a blank more, so that its bytes differ. */
function again(number: string): Event {
  return incoming({ invoice: `${documentOf([number])}\n` });
}

async function numberOf(event: Event): Promise<number> {
  return Number((await outcomeOf(event)).saved?.value['invoiceNumber']);
}

test('the second invoice under a number is INVALID with 00404, and names the first', async () => {
  const first = incoming({ invoice: documentOf(['D/1']) });
  const second = again('D/1');
  await take(first);
  await take(second);
  const { status, codes, saved } = await outcomeOf(second);
  assert.deepEqual([status, codes], ['INVALID', ['00404 error']]);
  const message = findingsOf(saved)[0]?.message;
  const words = new RegExp(`D/1 del 22/11/2025.*fattura numero ${await numberOf(first)}\\.`, 's');
  assert.match(message?.it ?? '', words);
});

test('the same bytes again are 00002', async () => {
  const invoice = documentOf(['D/2']);
  const events = [incoming({ invoice }), incoming({ invoice })];
  await take(...events);
  assert.deepEqual(await statusesOf(...events), ['TOBE_SENT', 'INVALID']);
  assert.deepEqual((await outcomeOf(events[1]!)).codes, ['00002 error']);
});

test('of many in one batch the first wins, and each other names it by its number', async () => {
  const batch = [incoming({ invoice: documentOf(['D/3']) }), again('D/3'), again('D/3'), again('D/3')];
  await take(...batch);
  assert.deepEqual(await statusesOf(...batch), ['TOBE_SENT', 'INVALID', 'INVALID', 'INVALID']);
  const number = await numberOf(batch[0]!);
  for (const late of batch.slice(1)) {
    const [finding] = findingsOf((await outcomeOf(late)).saved);
    assert.match(finding?.message.en ?? '', new RegExp(`invoice ${number}\\.`));
  }
});

test('two instances that store the same numbers at once, in any order, send each exactly once', async () => {
  const numbers = Array.from({ length: 30 }, (_, n) => `R/${n}`);
  const one = numbers.map(again);
  const other = numbers.toReversed().map((number) => incoming({ invoice: documentOf([number]) }));
  const third = numbers.map((number) => incoming({ invoice: `${documentOf([number])}\n\n` }));
  await Promise.all([take(...one), take(...other), take(...third)]);
  const won = new Map<string, number>();
  for (const [batch, order] of [
    [one, numbers],
    [other, numbers.toReversed()],
    [third, numbers],
  ] as const) {
    const statuses = await statusesOf(...batch);
    statuses.forEach((status, place) => {
      assert.match(status, /^(TOBE_SENT|INVALID)$/);
      if (status === 'TOBE_SENT') won.set(order[place]!, (won.get(order[place]!) ?? 0) + 1);
    });
  }
  assert.deepEqual(
    numbers.map((number) => won.get(number)),
    numbers.map(() => 1),
  );
});

test('an invoice that SdI discarded or that was deleted frees its number; a replayed event takes it no more', async () => {
  const discarded = incoming({ invoice: documentOf(['D/4']) });
  await take(discarded);
  const invoiceNumber = await numberOf(discarded);
  const notice = { customerId: 2, invoiceNumber, status: 'INTERNAL_INVOICE_DISCARDED' } as const;
  await takeNotifications(world)([eventOf('dsiNotification', String(invoiceNumber), notice)], signal);
  const corrected = again('D/4');
  await take(corrected);
  assert.deepEqual(await statusesOf(corrected), ['TOBE_SENT']);
  await take(discarded);
  const third = again('D/4');
  await take(third);
  assert.deepEqual(await statusesOf(third), ['INVALID']);
});

test('an invoice that could not be mailed keeps its number until it is deleted', async () => {
  const unsent = incoming({ invoice: documentOf(['D/5']) });
  await take(unsent);
  const outgoing = (await publishedOn(world, 'outgoingInvoice')).find(
    ({ causationId }) => causationId === unsent.eventId,
  );
  const news = {
    invoiceId: unsent.message.invoiceId,
    transmissionId: outgoing?.eventId ?? '',
    invoiceStatus: 'INTERNAL_INVOICE_NOT_SENT',
    customer: { customerId: 2 },
  } as const;
  await takeSentInvoices(world)([eventOf('sentInvoice', unsent.message.invoiceId, news)], signal);
  const [early, late] = [again('D/5'), again('D/5')];
  await take(early);
  assert.deepEqual(await statusesOf(early), ['INVALID']);
  const target = { invoiceNumber: await numberOf(unsent), customerId: undefined };
  await world.store.transaction((tx) => deleteInvoice(tx, target, { by: 'test', at: world.clock.now() }));
  await take(late);
  assert.deepEqual(await statusesOf(late), ['TOBE_SENT']);
});

test('a lot that repeats one number is refused whole, and its other numbers stay free', async () => {
  await take(incoming({ invoice: documentOf(['L/2']) }));
  const lot = incoming({ invoice: documentOf(['L/1', 'L/2', 'L/3']) });
  await take(lot);
  const { status, saved } = await outcomeOf(lot);
  const [finding, ...more] = findingsOf(saved);
  assert.equal(status, 'INVALID');
  assert.equal(more.length, 0);
  assert.match(finding?.path ?? '', /^FatturaElettronicaBody\[2\]\//);
  const later = [incoming({ invoice: documentOf(['L/1']) }), incoming({ invoice: documentOf(['L/3']) })];
  await take(...later);
  assert.deepEqual(await statusesOf(...later), ['TOBE_SENT', 'TOBE_SENT']);
});

test('a wrong invoice and one of an unknown customer take no number; a supplier’s invoice neither', async () => {
  const invoice = documentOf(['D/6']);
  await take(
    incoming({ invoice: invoice.replace('<Imposta>22.00', '<Imposta>23.00') }),
    incoming({ invoice, customer: { customerId: 4711 } }),
    incoming({ invoice, invoiceStatus: 'EXTERNAL_INVOICE' }),
  );
  const right = incoming({ invoice });
  await take(right);
  assert.deepEqual(await statusesOf(right), ['TOBE_SENT']);
  const external = again('D/6');
  await take({ ...external, message: { ...external.message, invoiceStatus: 'EXTERNAL_INVOICE' } });
  assert.deepEqual(await outcomeOf(external).then(({ status, codes }) => [status, codes]), ['EXTERNAL_INVOICE', []]);
});

test("an invoice in another customer's name is refused and takes no number", async () => {
  const issuerCheck = { stranger: 'warn', neighbour: 'refuse' } as const;
  const options = optionsOf({ duplicateCheck: 'refuse', issuerCheck });
  const invoice = documentOf(['D/9']);
  // The supplier's number is that of customer 4's profile.
  const [foreign, own] = [incoming({ invoice }), incoming({ invoice, customer: { customerId: 4 } })];
  await takeInvoices(world, options)([foreign, own], signal);
  assert.deepEqual(await statusesOf(foreign, own), ['INVALID', 'TOBE_SENT']);
  assert.deepEqual((await outcomeOf(foreign)).codes, ['NOT_YOUR_INVOICE error']);
  assert.deepEqual((await outcomeOf(own)).codes, []);
});

test('`warn` sends it all the same and says so; `off` says nothing', async () => {
  const invoice = documentOf(['D/7']);
  const [first, warned, quiet] = [incoming({ invoice }), incoming({ invoice }), incoming({ invoice })];
  await takeAs('warn', first, warned);
  await takeAs('off', quiet);
  assert.deepEqual(await statusesOf(first, warned, quiet), ['TOBE_SENT', 'TOBE_SENT', 'TOBE_SENT']);
  assert.deepEqual((await outcomeOf(warned)).codes, ['00002 warning']);
  assert.deepEqual((await outcomeOf(quiet)).codes, []);
});
