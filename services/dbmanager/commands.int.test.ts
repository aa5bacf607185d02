// dbmanager: what trusted systems ask by message follows the rules of REST and is answered once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CustomerCommand, InvoiceCommand } from '@staffetta/flow/messages.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { countRows, findingsOf, optionsOf, preparedWorld, publishedOn } from './dbmanager.fixture.ts';
import { documentOf, eventOf, incoming } from './events.fixture.ts';
import { findInvoice } from './invoice-views.ts';
import { obeyCustomerCommands } from './on-customer-command.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { obeyInvoiceCommands } from './on-invoice-command.ts';

let world: TestWorld;
before(async () => {
  world = await preparedWorld();
});
after(() => world.end());

const signal = new AbortController().signal;

const customers = (...commands: ReturnType<typeof customerCommand>[]) => obeyCustomerCommands(world)(commands, signal);
const invoices = (...commands: ReturnType<typeof invoiceCommand>[]) =>
  obeyInvoiceCommands(world, optionsOf())(commands, signal);

function customerCommand(message: CustomerCommand) {
  return eventOf('customerCommand', String(message.customerId ?? message.username), message);
}

function invoiceCommand(message: InvoiceCommand) {
  return eventOf('invoiceCommand', String(message.invoiceNumber), message);
}

async function answersTo(eventId: string, topic = 'savedCustomer') {
  return (await publishedOn(world, topic)).filter(({ causationId }) => causationId === eventId);
}

async function stored(invoice = documentOf(['1'])): Promise<number> {
  const event = incoming({ invoice });
  await takeInvoices(world, optionsOf())([event], signal);
  return Number((await answersTo(event.eventId, 'savedInvoice'))[0]?.value['invoiceNumber']);
}

test('a customer is created, changed and deleted by message, each told once', async () => {
  const create = customerCommand({ command: 'create', username: 'nuova', email: 'n@x.it', password: 'segreta' });
  await customers(create);
  await customers(create);
  const [created, ...more] = await answersTo(create.eventId);
  assert.equal(more.length, 0);
  assert.equal(created?.value['statusCode'], '201');
  const customer = created?.value['customer'] as { customerId: number; username: string; password?: string };
  assert.deepEqual([customer.username, customer.password], ['nuova', undefined]);
  assert.ok(customer.customerId > 4);
  const { customerId } = customer;
  const update = customerCommand({ command: 'update', customerId, email: 'due@x.it' });
  const remove = customerCommand({ command: 'delete', customerId });
  await customers(update, remove);
  const [updated] = await answersTo(update.eventId);
  assert.equal((updated?.value['customer'] as { email?: string } | undefined)?.email, 'due@x.it');
  assert.equal((await answersTo(remove.eventId))[0]?.value['statusCode'], '200');
});

test('a refused customer command is answered with the reason and undoes no other', async () => {
  const taken = customerCommand({ command: 'create', username: 'test_user_1' });
  const unknown = customerCommand({ command: 'update', customerId: 4711, email: 'a@b' });
  const nobody = customerCommand({ command: 'delete' });
  const good = customerCommand({ command: 'create', username: 'buona' });
  assert.deepEqual(await customers(taken, unknown, nobody, good), []);
  const codes = await Promise.all(
    [taken, unknown, nobody, good].map(async ({ eventId }) => (await answersTo(eventId))[0]?.value['statusCode']),
  );
  assert.deepEqual(codes, ['409', '404', '400', '201']);
});

test('an invoice asked for by message enters the saga like any other', async () => {
  const create = invoiceCommand({
    command: 'create',
    customer: { customerId: 3 },
    invoice: documentOf(['5']),
    callback: 'http://x/y',
  });
  await invoices(create);
  await invoices(create);
  const entered = await answersTo(create.eventId, 'incomingInvoice');
  assert.equal(entered.length, 1);
  const { value, key } = entered[0]!;
  assert.deepEqual(
    [value['invoiceStatus'], value['callback'], value['invoiceId']],
    ['INTERNAL_INVOICE_NEW', 'http://x/y', key],
  );
});

test('a command with a correlation id that no header carries is answered, and enters nothing', async () => {
  const wrong = ['a\nb', '€', 'half\ud800', 'nul\u0000'].map((correlationId) =>
    invoiceCommand({ command: 'create', customer: { customerId: 3 }, invoice: documentOf(['6']), correlationId }),
  );
  assert.deepEqual(await invoices(...wrong), []);
  for (const { eventId } of wrong) {
    assert.equal((await answersTo(eventId, 'incomingInvoice')).length, 0);
    const [answer] = await answersTo(eventId, 'savedInvoice');
    assert.equal((answer?.value['findings'] as { code: string }[] | undefined)?.[0]?.code, 'BODY_NOT_VALID');
  }
});

test('status, callback and deletion follow the rules; refusals show the present state with the reason', async () => {
  const number = await stored();
  const update = invoiceCommand({ command: 'update', invoiceNumber: number, callback: 'http://x/new' });
  const move = invoiceCommand({ command: 'update', invoiceNumber: number, invoiceStatus: 'INTERNAL_INVOICE_SENT' });
  const refused = invoiceCommand({
    command: 'update',
    invoiceNumber: number,
    invoiceStatus: 'INTERNAL_INVOICE_INVALID',
  });
  const remove = invoiceCommand({ command: 'delete', invoiceNumber: number });
  await invoices(update, move, refused, remove);
  const counts = await countRows(world);
  await invoices(update, move, refused, remove);
  assert.deepEqual(await countRows(world), counts);
  const answer = async ({ eventId }: typeof update) => {
    const all = await answersTo(eventId, 'savedInvoice');
    assert.equal(all.length, 1);
    return all[0]!;
  };
  assert.deepEqual([(await answer(update)).repeated, (await answer(update)).value['callback']], [true, 'http://x/new']);
  assert.deepEqual([(await answer(move)).repeated, (await answer(move)).value['sequence']], [false, 2]);
  for (const [command, code] of [
    [refused, 'MOVE_REFUSED'],
    [remove, 'INVOICE_MUST_STAY'],
  ] as const) {
    const { value, repeated } = await answer(command);
    assert.deepEqual([repeated, value['invoiceStatus']], [true, 'INTERNAL_INVOICE_SENT']);
    assert.equal((value['findings'] as { code: string }[] | undefined)?.[0]?.code, code);
  }
});

test('an INVALID invoice is deleted by message', async () => {
  const number = await stored('<no/>');
  const remove = invoiceCommand({ command: 'delete', invoiceNumber: number });
  await invoices(remove);
  assert.equal((await answersTo(remove.eventId, 'savedInvoice'))[0]?.value['detail'], 'DELETED');
  assert.equal(await findInvoice(world.store, number), undefined);
});

test('an unknown invoice is answered INVALID where the customer is known, and set aside where nobody is', async () => {
  const named = invoiceCommand({ command: 'delete', invoiceNumber: 777_777, customer: { customerId: 2 } });
  const nobody = invoiceCommand({ command: 'delete', invoiceNumber: 777_777 });
  const failed = await invoices(named, nobody);
  assert.deepEqual(
    failed?.map(({ event }) => event),
    [nobody],
  );
  const [answer] = await answersTo(named.eventId, 'savedInvoice');
  assert.deepEqual(
    [answer?.value['invoiceStatus'], answer?.value['invoiceId']],
    ['INTERNAL_INVOICE_INVALID', undefined],
  );
});

test('a JSON document enters the saga by message; one that does not fit is answered with its place', async () => {
  const document = {
    customer: {
      name: 'Neri',
      vatNumber: 'IT11223344554',
      address: { street: 'Via 1', postcode: '20121', city: 'Milano' },
    },
    lines: [{ description: 'Lavoro', price: '10.00' }],
  };
  const good = invoiceCommand({ command: 'create', customer: { customerId: 2 }, document });
  const bad = invoiceCommand({ command: 'create', customer: { customerId: 2 }, document: { ...document, lines: [] } });
  await invoices(good, bad);
  const [entered] = await answersTo(good.eventId, 'incomingInvoice');
  assert.deepEqual(entered?.value['document'], document);
  const [refused] = await answersTo(bad.eventId, 'savedInvoice');
  const [finding] = findingsOf(refused);
  assert.equal(finding?.code, 'BODY_NOT_VALID');
  assert.match(finding?.message.en ?? '', /^body\/document\/lines: /);
});
