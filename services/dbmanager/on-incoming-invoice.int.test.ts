// dbmanager: new invoices are stored once, numbered, named and told of, whatever comes twice.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { signCades } from '@staffetta/fatturapa/signature/cades.ts';
import { madeKey } from '@staffetta/fatturapa/signature/keys.fixture.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { countRows, findingsOf, optionsOf, preparedWorld, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { documentOf, incoming, readNow } from './events.fixture.ts';
import { deleteInvoice } from './change-invoices.ts';
import { findInvoice } from './invoice-views.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { rebuildEvent } from './rebuild-event.ts';
import { transmissionsOf } from './transmissions.ts';

let world: TestWorld;
before(async () => {
  world = await preparedWorld();
});
after(() => world.end());

const signal = new AbortController().signal;

async function savedFor(eventId: string) {
  return (await publishedOn(world, 'savedInvoice')).filter(({ causationId }) => causationId === eventId);
}

async function outgoingFor(eventId: string) {
  return (await publishedOn(world, 'outgoingInvoice')).filter(({ causationId }) => causationId === eventId);
}

async function take(...batch: ReturnType<typeof incoming>[]) {
  return takeInvoices(world, optionsOf())(batch, signal);
}

test('a valid internal invoice is TOBE_SENT, named for SdI and told on both topics', async () => {
  const event = incoming({ callback: 'http://127.0.0.1:1/cb', invoiceNumber: 7777 });
  await take(event);
  const [saved] = await savedFor(event.eventId);
  const [outgoing] = await outgoingFor(event.eventId);
  const { invoiceId } = event.message;
  assert.ok(saved && outgoing);
  assert.equal(saved.eventId, `${invoiceId}:1`);
  assert.equal(saved.value['invoiceStatus'], 'INTERNAL_INVOICE_TOBE_SENT');
  assert.notEqual(saved.value['invoiceNumber'], 7777);
  assert.equal(saved.value['sequence'], 1);
  assert.equal(saved.value['invoice'], event.message.invoice);
  assert.equal(saved.correlationId, event.message.correlationId);
  assert.equal((saved.value['customer'] as { username: string }).username, 'test_user_1');
  assert.deepEqual(saved.value['documents'], [{ numero: '1', data: '2025-11-22', totale: '122.00' }]);
  assert.match(String(saved.value['createdAt']), /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}$/);
  const { transmissionId, fileName, sha256 } = transmissionIn(outgoing);
  assert.equal(outgoing.eventId, transmissionId);
  assert.match(fileName, /^IT01234567897_[0-9A-Z]{5}\.xml$/);
  assert.equal(sha256, hash('sha256', event.message.invoice ?? ''));
  const [transmission] = await transmissionsOf(world.store, invoiceId);
  assert.deepEqual(
    [transmission?.fileName, transmission?.state, transmission?.sha256],
    [fileName, 'TOBE_SENT', sha256],
  );
});

test('the same batch again changes nothing more and answers as repeated', async () => {
  const batch = [
    incoming(),
    incoming({ customer: { customerId: 99 } }),
    incoming({ invoiceStatus: 'EXTERNAL_INVOICE' }),
  ];
  await take(...batch);
  const before = await countRows(world);
  const outgoing = (await publishedOn(world, 'outgoingInvoice')).length;
  await take(...batch);
  assert.deepEqual(await countRows(world), before);
  assert.equal((await publishedOn(world, 'outgoingInvoice')).length, outgoing);
  for (const event of batch) {
    const [first, second, ...more] = await savedFor(event.eventId);
    assert.equal(more.length, 0);
    assert.deepEqual([first?.repeated, second?.repeated], [false, true]);
    assert.deepEqual(second?.value, first?.value);
  }
});

test('one event twice in one batch is one invoice', async () => {
  const event = incoming();
  await take(event, event);
  assert.deepEqual(
    (await savedFor(event.eventId)).map(({ repeated }) => repeated),
    [false, true],
  );
});

test('one Idempotency-Key is one invoice, in one batch and later', async () => {
  const [first, second, third] = [1, 2, 3].map(() => incoming({ idempotencyKey: 'order-1' }));
  await take(first!, second!);
  await take(third!);
  const numbers = await Promise.all([first!, second!, third!].map(async ({ eventId }) => (await savedFor(eventId))[0]));
  assert.equal(new Set(numbers.map((saved) => saved?.value['invoiceNumber'])).size, 1);
  assert.deepEqual(
    numbers.map((saved) => saved?.repeated),
    [false, true, true],
  );
  const other = incoming({ idempotencyKey: 'order-1', customer: { customerId: 3 } });
  await take(other);
  assert.equal((await savedFor(other.eventId))[0]?.repeated, false);
});

test('a given correlation id and the same document are one invoice; another document is another', async () => {
  const correlationId = `batch-${uuidv7()}`;
  const given = { correlationId, correlationGiven: true };
  const events = [incoming(given), incoming(given), incoming({ ...given, invoice: documentOf(['2']) })];
  await take(...events);
  const repeated = await Promise.all(events.map(async ({ eventId }) => (await savedFor(eventId))[0]?.repeated));
  assert.deepEqual(repeated, [false, true, false]);
  const made = [incoming({ correlationId }), incoming({ correlationId })];
  await take(...made);
  const fresh = await Promise.all(made.map(async ({ eventId }) => (await savedFor(eventId))[0]?.repeated));
  assert.deepEqual(fresh, [false, false]);
});

/** An invoice that was INVALID and is deleted, so that its key is free again. */
async function deleted(idempotencyKey: string) {
  const event = incoming({ invoice: '<no/>', idempotencyKey });
  await take(event);
  const invoiceNumber = Number((await savedFor(event.eventId))[0]?.value['invoiceNumber']);
  const act = { by: 'test', at: world.clock.now() };
  await world.store.transaction((tx) => deleteInvoice(tx, { invoiceNumber, customerId: undefined }, act));
  return event;
}

test('the replayed letter of a deleted invoice does not take its key again', async () => {
  for (const together of [false, true]) {
    const idempotencyKey = `order-deleted-${together}`;
    const old = await deleted(idempotencyKey);
    const replay = { ...old, eventId: uuidv7() };
    const honest = incoming({ idempotencyKey });
    if (together) await take(replay, honest);
    else {
      await take(replay);
      await take(honest);
    }
    assert.equal((await savedFor(replay.eventId))[0]?.repeated, true);
    const [saved] = await savedFor(honest.eventId);
    assert.deepEqual(
      [saved?.repeated, saved?.value['invoiceId'], saved?.value['invoiceStatus']],
      [false, honest.message.invoiceId, 'INTERNAL_INVOICE_TOBE_SENT'],
    );
  }
});

test('a key that a deleted invoice still owns goes to the next who asks', async () => {
  const old = await deleted('order-owned');
  const honest = incoming({ idempotencyKey: 'order-owned' });
  const other = incoming({ idempotencyKey: 'order-owned' });
  const { key } = await readNow(old);
  await world.store.query({
    text: 'INSERT INTO dbmanager.request_key (key, invoice_id, created_at) VALUES ($1, $2, now())',
    values: [key, old.message.invoiceId],
  });
  await take(honest);
  await take(other);
  assert.equal((await savedFor(honest.eventId))[0]?.repeated, false);
  assert.deepEqual(
    (await savedFor(other.eventId)).map(({ repeated, value }) => [repeated, value['invoiceId']]),
    [[true, honest.message.invoiceId]],
  );
});

test('an unknown customer makes an INVALID invoice that goes nowhere', async () => {
  const event = incoming({ customer: { customerId: 4711 } });
  await take(event);
  const [saved] = await savedFor(event.eventId);
  assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_INVALID');
  assert.deepEqual(saved?.value['customer'], { customerId: 4711 });
  assert.equal(findingsOf(saved)[0]?.code, 'CUSTOMER_UNKNOWN');
  assert.equal((await outgoingFor(event.eventId)).length, 0);
});

test('an invalid document is stored with what is wrong and where', async () => {
  const event = incoming({ invoice: '<a>\n<b></a>' });
  await take(event);
  const [saved] = await savedFor(event.eventId);
  assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_INVALID');
  const [finding] = findingsOf(saved);
  assert.deepEqual([finding?.code, finding?.line], ['00200', 1]);
  const view = await findInvoice(world.store, Number(saved?.value['invoiceNumber']));
  assert.equal(view?.bytes.toString(), '<a>\n<b></a>');
});

test('with only the customer to check, any document goes out', async () => {
  const event = incoming({ invoice: '<xml…>' });
  await takeInvoices(world, optionsOf({ validation: 'customer' }))([event], signal);
  assert.equal((await savedFor(event.eventId))[0]?.value['invoiceStatus'], 'INTERNAL_INVOICE_TOBE_SENT');
});

test('an external invoice is kept and goes nowhere', async () => {
  const event = incoming({ invoiceStatus: 'EXTERNAL_INVOICE' });
  await take(event);
  const [saved] = await savedFor(event.eventId);
  assert.deepEqual([saved?.value['invoiceStatus'], saved?.value['detail']], ['EXTERNAL_INVOICE', 'RECEIVED']);
  assert.equal((await outgoingFor(event.eventId)).length, 0);
});

test('bytes that are no UTF-8 text travel as a file, and stay exactly as they came', async () => {
  const bytes = Buffer.from(documentOf(['latin1']).replace('UTF-8', 'ISO-8859-1'), 'latin1');
  const event = incoming({ file: bytes.toString('base64'), fileName: 'mia.xml' });
  await take(event);
  const [outgoing] = await outgoingFor(event.eventId);
  assert.equal(outgoing?.value['invoice'], undefined);
  assert.equal(outgoing?.value['fileName'], 'mia.xml');
  assert.deepEqual(Buffer.from(String(outgoing?.value['file']), 'base64'), bytes);
  assert.deepEqual(outgoing?.value['documents'], [{ numero: 'latin1', data: '2025-11-22', totale: '122.00' }]);
});

async function signedDocument(): Promise<Buffer> {
  return signCades(Buffer.from(documentOf(['signed-1'])), madeKey('EC'), { at: world.clock.now() });
}

test('a signed file goes out under its own extension', async () => {
  const event = incoming({ file: (await signedDocument()).toString('base64') });
  await take(event);
  const [outgoing] = await outgoingFor(event.eventId);
  assert.match(transmissionIn(outgoing).fileName, /\.xml\.p7m$/);
  assert.match(String(outgoing?.value['fileName']), /^\d+\.xml\.p7m$/);
});

test('what the store can never keep fails alone, and the rest of its batch is stored', async () => {
  const good = incoming();
  const bad = [
    incoming({ callback: 'http://x/\u0000' }),
    incoming({ correlationId: 'c\ud800' }),
    incoming({ correlationId: 'c'.repeat(201) }),
    incoming({ invoiceId: 'not-a-uuid' }),
  ];
  const failed = await take(bad[0]!, good, ...bad.slice(1));
  assert.deepEqual(
    failed?.map(({ event }) => event),
    bad,
  );
  for (const { error } of failed ?? []) assert.equal((error as { kind: string }).kind, 'poison');
  assert.equal((await savedFor(good.eventId)).length, 1);
});

test('NUL, half characters, a wrong base64 and no document at all are INVALID, not a failure', async () => {
  const events = [
    incoming({ invoice: documentOf(['1\u0000']) }),
    incoming({ invoice: documentOf(['\ud800']) }),
    incoming({ file: '§§§' }),
    incoming({ invoice: '' }),
    incoming({
      invoice: documentOf(['9'.repeat(100_000)])
        .replace('2025-11-22', '2026-02-31')
        .replace('122.00', '1e999'),
    }),
  ];
  assert.deepEqual(await take(...events), []);
  const statuses = await Promise.all(
    events.map(async ({ eventId }) => (await savedFor(eventId))[0]?.value['invoiceStatus']),
  );
  assert.deepEqual(statuses, Array(5).fill('INTERNAL_INVOICE_INVALID'));
});

test('file names are one sequence per transmitter, and never the same twice in any case', async () => {
  const named = (idCodice: string) => incoming({ invoice: documentOf(['1'], idCodice) });
  const a = [named('11111111115'), named('22222222220'), named('11111111115'), named('22222222220')];
  const b = [named('22222222220'), named('11111111115')];
  await Promise.all([take(...a), take(...b)]);
  const names = await Promise.all(
    [...a, ...b].map(async ({ eventId }) => {
      const [event] = await outgoingFor(eventId);
      return transmissionIn(event).fileName;
    }),
  );
  const of = (id: string) => names.filter((name) => name.includes(id)).sort();
  assert.deepEqual(of('IT1111'), ['IT11111111115_00001.xml', 'IT11111111115_00002.xml', 'IT11111111115_00003.xml']);
  assert.deepEqual(of('IT2222'), ['IT22222222220_00001.xml', 'IT22222222220_00002.xml', 'IT22222222220_00003.xml']);
});

test('start and prefix are respected, and a name used before is skipped', async () => {
  const step = (fileNameStart: number, fileNamePrefix: string) =>
    takeInvoices(world, optionsOf({ fileNameStart, fileNamePrefix }));
  const named = () => incoming({ invoice: documentOf(['1'], '33333333335') });
  const nameOf = async ({ eventId }: ReturnType<typeof incoming>) =>
    transmissionIn((await outgoingFor(eventId))[0]).fileName;
  const first = named();
  await step(10 * 36 ** 4 + 1, '')([first], signal);
  assert.equal(await nameOf(first), 'IT33333333335_A0001.xml');
  const [second, third] = [named(), named()];
  await step(1, 'A')([second, third], signal);
  assert.deepEqual(await Promise.all([second, third].map(nameOf)), [
    'IT33333333335_A0003.xml',
    'IT33333333335_A0002.xml',
  ]);
});

test("the customer's own transmitter wins over the document's", async () => {
  await world.store.query({
    text: `INSERT INTO dbmanager.fiscal_profile (customer_id, transmitter, updated_at, updated_by)
      VALUES (4, 'IT44444444444', now(), 'test')
      ON CONFLICT (customer_id) DO UPDATE SET transmitter = excluded.transmitter`,
  });
  const own = incoming({ customer: { customerId: 4 } });
  await take(own);
  assert.match(transmissionIn((await outgoingFor(own.eventId))[0]).fileName, /^IT44444444444_/);
});

test('events are built again from the tables byte by byte', async () => {
  const events = [
    incoming({ callback: 'http://127.0.0.1:1/x' }),
    incoming({ file: (await signedDocument()).toString('base64') }),
  ];
  await take(...events);
  const rebuild = rebuildEvent(world.store);
  for (const { eventId, message } of events) {
    const [saved] = await savedFor(eventId);
    const [outgoing] = await outgoingFor(eventId);
    assert.equal(String(await rebuild(`outcome:${message.invoiceId}:1`)), String(saved?.raw));
    assert.equal(String(await rebuild(`state:${message.invoiceId}`)), String(saved?.raw));
    assert.equal(String(await rebuild(`outgoing:${outgoing?.eventId}`)), String(outgoing?.raw));
  }
  assert.equal(await rebuild(`outcome:${uuidv7()}:1`), undefined);
  assert.equal(await rebuild('something:else'), undefined);
});
