// dbmanager: documents made of JSON get their numbers without gaps, whatever comes twice, at once, or breaks off.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { insertCustomer } from './customers.ts';
import { findingsOf, optionsOf, preparedWorld, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { documentOf, eventOf } from './events.fixture.ts';
import { saveProfile } from './fiscal-profiles.ts';
import { listRegisters, saveRegisterForm, startRegister } from './fiscal-registers.ts';
import { findInvoice } from './invoice-views.ts';
import { takeInvoices } from './on-incoming-invoice.ts';

let world: TestWorld;
let customerId: number;
before(async () => {
  world = await preparedWorld();
});
after(() => world.end());

const supplier = {
  name: 'Officina Esempio S.r.l.',
  vatNumber: 'IT03123450672',
  taxRegime: 'RF01',
  address: { street: 'Corso Esempio 3', postcode: '64100', city: 'Teramo', province: 'TE' },
} as const;

// Each test has a customer, and so registers, of its own; a supplier's number too, since SdI takes a number once a year.
beforeEach(async () => {
  const at = world.clock.now();
  const fields = { username: uuidv7(), email: undefined, customerType: 'ARUBA', passwordHash: undefined } as const;
  const customer = await insertCustomer(world.store, fields, 'test', at);
  customerId = customer?.customerId ?? 0;
  await saveProfile(world.store, customerId, { ...supplier, vatNumber: vatNumberOf(customerId) }, 'test', at);
});

function vatNumberOf(number: number): string {
  const digits = String(number + 100).padStart(10, '1');
  const sum = [...digits].reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `IT${digits}${(10 - (sum % 10)) % 10}`;
}

const buyer = {
  name: 'Studio Neri Associati',
  vatNumber: 'IT11223344554',
  address: { street: 'Viale dei Campioni 7', postcode: '20121', city: 'Milano', province: 'MI' },
};

const publicBody = { ...buyer, vatNumber: undefined, taxCode: '80012345676', recipientCode: 'UFABCD' };

function json(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { customer: buyer, lines: [{ description: 'Manutenzione', price: '100.00', vatRate: 22 }], ...more };
}

function asked(document: Record<string, unknown> = json(), changes: Partial<IncomingInvoice> = {}) {
  const invoiceId = uuidv7();
  return eventOf('incomingInvoice', invoiceId, {
    invoiceId,
    invoiceStatus: 'INTERNAL_INVOICE_NEW',
    customer: { customerId },
    correlationId: `c-${invoiceId}`,
    createdBy: 'aruba',
    document,
    ...changes,
  });
}

type Asked = ReturnType<typeof asked>;

async function take(batch: readonly Asked[], inWorld: World = world, options = optionsOf()) {
  return takeInvoices(inWorld, options)(batch, new AbortController().signal);
}

async function savedFor({ eventId }: Asked) {
  const all = await publishedOn(world, 'savedInvoice');
  return all.filter(({ causationId }) => causationId === eventId);
}

/** The numbers inside the XML of what these events became, in their order. */
async function numbersOf(events: readonly Asked[]): Promise<(string | undefined)[]> {
  const all = await publishedOn(world, 'savedInvoice');
  return events.map((event) => {
    const saved = all.find(({ causationId }) => causationId === event.eventId);
    return /<Numero>(.*)<\/Numero>/.exec(String(saved?.value['invoice'] ?? ''))?.[1];
  });
}

const year = new Date().getFullYear();

function upTo(count: number, form: (n: number) => string = (n) => `${n}/${year}`): string[] {
  return Array.from({ length: count }, (_, index) => form(index + 1));
}

function sorted(numbers: readonly (string | undefined)[]): (string | undefined)[] {
  return numbers.toSorted((a, b) => Number.parseInt(a ?? '0', 10) - Number.parseInt(b ?? '0', 10));
}

test('a JSON document becomes XML with number, date, progressive and transmitter, and both are kept', async () => {
  const event = asked();
  await take([event]);
  const [saved] = await savedFor(event);
  assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_TOBE_SENT', JSON.stringify(saved?.value['findings']));
  const xml = String(saved?.value['invoice']);
  const outgoing = (await publishedOn(world, 'outgoingInvoice')).find(
    ({ causationId }) => causationId === event.eventId,
  );
  const { fileName } = transmissionIn(outgoing);
  const [, id, progressive] = /^(.*)_(.*)\.xml$/.exec(fileName) ?? [];
  assert.equal(id, vatNumberOf(customerId));
  assert.match(xml, new RegExp(`<ProgressivoInvio>${progressive}</ProgressivoInvio>`));
  assert.match(xml, new RegExp(`<Numero>1/${year}</Numero>`));
  assert.match(xml, /<ImportoTotaleDocumento>122.00<\/ImportoTotaleDocumento>/);
  assert.deepEqual(await numbersOf([event]), [`1/${year}`]);
  const view = await findInvoice(world.store, Number(saved?.value['invoiceNumber']));
  assert.equal(view?.bytes.toString(), xml);
  const { rows } = await world.store.query<{ bytes: Buffer }>({
    text: `SELECT bytes FROM dbmanager.content JOIN dbmanager.invoice i ON i.request_content_id = content.content_id
      WHERE i.invoice_id = $1`,
    values: [event.message.invoiceId],
  });
  assert.deepEqual(JSON.parse(String(rows[0]?.bytes)), event.message.document);
});

test('what is not valid uses no number and is kept as the JSON that it was', async () => {
  const good = [asked(), asked()];
  const bad = [
    asked(json({ lines: [{ description: 'Senza motivo', price: 10, vatRate: 0 }] })),
    asked(json({ customer: { ...buyer, vatNumber: 'IT11223344555' } })),
    asked(json({ register: 'Z' })),
    asked({ nothing: true }),
  ];
  await take([good[0]!, ...bad, good[1]!]);
  assert.deepEqual(await numbersOf(good), upTo(2));
  for (const event of bad) {
    const [saved] = await savedFor(event);
    assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_INVALID');
    assert.deepEqual(saved?.value['document'], event.message.document);
    assert.equal(saved?.value['invoice'], undefined);
  }
  const codes = await Promise.all(bad.map(async (event) => findingsOf((await savedFor(event))[0])[0]?.code));
  assert.deepEqual(codes, ['00400', '00305', 'REGISTER_UNKNOWN', 'SHAPE_WRONG']);
  const wrongVat = findingsOf((await savedFor(bad[1]!))[0])[0];
  assert.equal(wrongVat?.path, '/document/customer/vatNumber');
});

test('a register that nobody made is told with its place, and as the profile’s where that names it', async () => {
  const details = { ...supplier, vatNumber: vatNumberOf(customerId), defaults: { register: 'X' } };
  await saveProfile(world.store, customerId, details, 'test', world.clock.now());
  const [byProfile, own] = [asked(), asked(json({ register: 'Y' }))];
  await take([byProfile, own]);
  const [first] = findingsOf((await savedFor(byProfile))[0]);
  assert.deepEqual([first?.code, first?.path, first?.value], ['REGISTER_UNKNOWN', undefined, 'X']);
  assert.match(`${first?.message.it} ${first?.fix?.it}`, /profilo fiscale.*defaults\.register.*\(main\)/s);
  const [second] = findingsOf((await savedFor(own))[0]);
  assert.deepEqual([second?.path, second?.value], ['/document/register', 'Y']);
});

test('a repeated request gets the same number again and uses no other', async () => {
  const first = asked(json(), { idempotencyKey: `order-${customerId}` });
  const second = asked(json(), { idempotencyKey: `order-${customerId}` });
  await take([first]);
  await take([second, first]);
  await take([asked()]);
  assert.deepEqual(await numbersOf([first, second]), [`1/${year}`, `1/${year}`]);
  const [register] = await listRegisters(world.store, customerId, year);
  assert.equal(register?.lastNumber, 2);
});

test('concurrent batches of two instances number without gap and without waiting for each other for ever', async () => {
  const events = Array.from({ length: 60 }, () => asked());
  const batches = Array.from({ length: 6 }, (_, index) => events.slice(index * 10, index * 10 + 10));
  await Promise.all(batches.map((batch) => take(batch)));
  assert.deepEqual(sorted(await numbersOf(events)), upTo(60));
});

test('batches that want two registers in opposite order both end', async () => {
  const at = world.clock.now();
  await saveRegisterForm(world.store, { customerId, name: 'A' }, 'A{n}/{year}', 'test', at);
  await saveRegisterForm(world.store, { customerId, name: 'B' }, 'B{n}/{year}', 'test', at);
  const of = (register: string) => asked(json({ register }));
  const batches = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? [of('A'), of('B')] : [of('B'), of('A')]));
  await Promise.all(batches.map((batch) => take(batch)));
  const numbers = await numbersOf(batches.flat());
  const expected = ['A', 'B'].flatMap((name) => upTo(8, (n) => `${name}${n}/${year}`));
  assert.deepEqual(new Set(numbers), new Set(expected));
});

test('the same events in two instances at once are numbered once', async () => {
  const events = Array.from({ length: 10 }, () => asked());
  await Promise.all([take(events), take(events.toReversed()), take(events)]);
  assert.deepEqual(sorted(await numbersOf(events)), upTo(10));
  const [register] = await listRegisters(world.store, customerId, year);
  assert.equal(register?.lastNumber, 10);
});

test('a transaction that fails in the middle gives its numbers back', async () => {
  const failing: World = {
    ...world,
    store: {
      ...world.store,
      query: (statement) => world.store.query(statement),
      transaction: (work) =>
        world.store.transaction(async (tx) => {
          await work(tx);
          throw new Error('pulled');
        }),
    },
  };
  const event = asked();
  await assert.rejects(take([event], failing), /pulled/);
  assert.deepEqual(await listRegisters(world.store, customerId, year), []);
  await take([asked(), event]);
  assert.deepEqual(await numbersOf([event]), [`2/${year}`]);
});

test('a connection that dies in the middle gives its numbers back', async () => {
  const dying: World = {
    ...world,
    store: {
      ...world.store,
      query: (statement) => world.store.query(statement),
      transaction: (work) =>
        world.store.transaction(async (tx) => {
          const done = await work(tx);
          await tx.query({ text: 'SELECT pg_terminate_backend(pg_backend_pid())' });
          return done;
        }),
    },
  };
  await assert.rejects(take([asked()], dying));
  const event = asked();
  await take([event]);
  assert.deepEqual(await numbersOf([event]), [`1/${year}`]);
});

test('two registers count each for itself, with its own format and start', async () => {
  const at = world.clock.now();
  await saveRegisterForm(world.store, { customerId, name: 'PA' }, '{register}-{n:4}/{yy}', 'test', at);
  await startRegister(world.store, { customerId, name: 'PA', year }, 41);
  const main = [asked(), asked()];
  const pa = [asked(json({ register: 'PA' })), asked(json({ register: 'PA' }))];
  await take([main[0]!, pa[0]!, main[1]!, pa[1]!]);
  const yy = String(year % 100);
  assert.deepEqual(await numbersOf(main), upTo(2));
  assert.deepEqual(await numbersOf(pa), [`PA-0041/${yy}`, `PA-0042/${yy}`]);
  assert.equal(await startRegister(world.store, { customerId, name: 'PA', year }, 100), false);
});

test('a new year starts anew, by the date of the document', async () => {
  const old = asked(json({ date: `${year - 1}-12-30` }));
  const now = asked();
  await take([now, old]);
  assert.deepEqual(await numbersOf([old, now]), [`1/${year - 1}`, `1/${year}`]);
});

test('a date before the last one of its register is a warning, and is sent', async () => {
  const first = asked(json({ date: `${year - 1}-11-20` }));
  const second = asked(json({ date: `${year - 1}-11-10` }));
  await take([first]);
  await take([second]);
  const [saved] = await savedFor(second);
  assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_TOBE_SENT');
  const late = findingsOf(saved).find(({ code }) => code === 'DATE_BEFORE_LAST');
  assert.deepEqual([late?.severity, late?.path], ['warning', '/document/date']);
  assert.match(late?.message.it ?? '', /20\/11/);
});

/** An invoice of the test's supplier that came as XML. */
function xml(number: string, changes: Partial<IncomingInvoice> = {}, edit = (text: string) => text): Asked {
  const supplied = `$1${vatNumberOf(customerId).slice(2)}`;
  const invoice = documentOf([number])
    .replaceAll(/(<CedentePrestatore>.*?<IdCodice>)\d+/gs, supplied)
    .replaceAll(/<Data>[^<]*/g, '<Data>2025-11-22');
  const { document: _document, ...message } = asked().message;
  return eventOf('incomingInvoice', message.invoiceId, { ...message, invoice: edit(invoice), ...changes });
}

const dated = (more: Readonly<Record<string, unknown>> = {}) => asked(json({ date: '2025-11-22', ...more }));

test('a number that came by XML is passed over, in the store and in the same batch', async () => {
  const handmade = [xml('1/2025'), xml('3/2025')];
  await take([handmade[0]!]);
  const events = [dated(), dated()];
  await take([handmade[1]!, ...events]);
  assert.deepEqual(await numbersOf(events), ['2/2025', '4/2025']);
});

test('an XML that is refused uses no number, in the same batch or before', async () => {
  const toPublicBody = (text: string) => text.replaceAll('FPR12', 'FPA12').replace('ABC1234', 'UFABCD');
  const options = optionsOf({ duplicateCheck: 'refuse' });
  const unsigned = { ...options, signing: { ...options.signing, signs: false } };
  const refused = [xml('1/2025', {}, toPublicBody), xml('2/2025', {}, toPublicBody)];
  await take([refused[0]!], world, unsigned);
  const events = [dated(), dated()];
  await take([refused[1]!, ...events], world, unsigned);
  for (const event of refused) {
    const [saved] = await savedFor(event);
    const errors = findingsOf(saved).filter(({ severity }) => severity === 'error');
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['SIGNATURE_MISSING'],
    );
  }
  assert.deepEqual(await numbersOf(events), ['1/2025', '2/2025']);
});

test('a number whose document was deleted, or refused after it had taken it, is given', async () => {
  const gone = [xml('1/2025'), xml('2/2025'), xml('3/2025')];
  await take(gone);
  const change = (text: string, event: Asked) =>
    world.store.query({
      text: `UPDATE dbmanager.invoice SET ${text} WHERE invoice_id = $1`,
      values: [event.message.invoiceId],
    });
  await change('deleted_at = now()', gone[0]!);
  await change("status = 'INTERNAL_INVOICE_INVALID'", gone[1]!);
  const events = [dated(), dated(), dated()];
  await take(events, world, optionsOf({ duplicateCheck: 'refuse' }));
  assert.deepEqual(await numbersOf(events), ['1/2025', '2/2025', '4/2025']);
});

test('a number that SdI discarded waits for the document that is sent again under it', async () => {
  const discarded = xml('1/2025');
  await take([discarded]);
  await world.store.query({
    text: "UPDATE dbmanager.invoice SET status = 'INTERNAL_INVOICE_DISCARDED' WHERE invoice_id = $1",
    values: [discarded.message.invoiceId],
  });
  const next = dated();
  await take([next]);
  const again = dated({ number: '1/2025' });
  await take([again], world, optionsOf({ duplicateCheck: 'refuse' }));
  assert.deepEqual(await numbersOf([next, again]), ['2/2025', '1/2025']);
});

test('documents with and without a number in one batch never share one', async () => {
  for (const duplicateCheck of ['warn', 'refuse'] as const) {
    const before = Array.from({ length: 6 }, () => dated());
    const start = duplicateCheck === 'warn' ? 0 : 10;
    const given = dated({ number: `${start + 8}/2025` });
    const behind = Array.from({ length: 3 }, () => dated());
    const batch = [...before, given, ...behind];
    await take(batch, world, optionsOf({ duplicateCheck }));
    const expected = [1, 2, 3, 4, 5, 6, 8, 7, 9, 10].map((n) => `${start + n}/2025`);
    assert.deepEqual(await numbersOf(batch), expected);
  }
});

function lotWith(numbers: readonly (string | undefined)[]): Record<string, unknown> {
  const body = (Numero: string | undefined) => ({
    DatiGenerali: { DatiGeneraliDocumento: { TipoDocumento: 'TD01', Data: '2025-11-22', ...(Numero && { Numero }) } },
    DatiBeniServizi: { DettaglioLinee: [{ Descrizione: 'Canone', PrezzoUnitario: 10, AliquotaIVA: 22 }] },
  });
  const cessionario = {
    DatiAnagrafici: { IdFiscaleIVA: { IdPaese: 'IT', IdCodice: '11223344554' }, Anagrafica: { Denominazione: 'Neri' } },
    Sede: { Indirizzo: 'Viale 7', CAP: '20121', Comune: 'Milano', Nazione: 'IT' },
  };
  const FatturaElettronicaHeader = { CessionarioCommittente: cessionario };
  return { FatturaElettronicaHeader, FatturaElettronicaBody: numbers.map(body) };
}

async function lotNumbers(event: Asked): Promise<(string | undefined)[]> {
  const [saved] = await savedFor(event);
  return ((saved?.value['documents'] ?? []) as { numero?: string }[]).map(({ numero }) => numero);
}

test('bodies with and without a number in one lot never share one (00409)', async () => {
  const lot = asked(lotWith(['2/2025', undefined, undefined, 'N5', undefined]));
  const first = dated();
  await take([first, lot]);
  assert.deepEqual(await numbersOf([first]), ['1/2025']);
  assert.deepEqual(await lotNumbers(lot), ['2/2025', '3/2025', '4/2025', 'N5', '5/2025']);
});

test('a lot whose own number is used is refused alone, and takes none for its other bodies', async () => {
  const used = xml('7/A');
  await take([used]);
  const lot = asked(lotWith(['7/A', undefined]));
  const events = [dated(), dated()];
  await take([events[0]!, lot, events[1]!], world, optionsOf({ duplicateCheck: 'refuse' }));
  const [saved] = await savedFor(lot);
  assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_INVALID');
  const [finding, ...more] = findingsOf(saved);
  assert.deepEqual([finding?.code, finding?.value, more.length], ['00404', '7/A', 0]);
  assert.equal(finding?.path, '/document/FatturaElettronicaBody/0/DatiGenerali/DatiGeneraliDocumento/Numero');
  assert.deepEqual(saved?.value['document'], lot.message.document);
  assert.deepEqual(await numbersOf(events), ['1/2025', '2/2025']);
});

test('a refused document is never told by a placeholder for its number', async () => {
  const event = asked(json({ customer: publicBody }));
  const options = optionsOf();
  await take([event], world, { ...options, signing: { ...options.signing, signs: false } });
  const [saved] = await savedFor(event);
  assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_INVALID');
  const [document, ...more] = (saved?.value['documents'] ?? []) as { numero?: string; totale?: string }[];
  assert.deepEqual([document?.numero, document?.totale, more.length], [undefined, '122.00', 0]);
  const { rows } = await world.store.query<{ number: string | null }>({
    text: 'SELECT number FROM dbmanager.document WHERE invoice_id = $1',
    values: [event.message.invoiceId],
  });
  assert.deepEqual(rows, [{ number: null }]);
});

test('registers whose formats come to the same number never give it twice', async () => {
  const at = world.clock.now();
  await saveRegisterForm(world.store, { customerId, name: 'A' }, '1{n}', 'test', at);
  await saveRegisterForm(world.store, { customerId, name: 'B' }, '{n}', 'test', at);
  await startRegister(world.store, { customerId, name: 'B', year: 2025 }, 11);
  const events = [dated({ register: 'A' }), dated({ register: 'B' }), dated({ register: 'A' })];
  await take(events);
  assert.deepEqual(await numbersOf(events), ['11', '12', '13']);
});

test('a register whose format was kept with a blank at its end numbers all the same', async () => {
  await saveRegisterForm(world.store, { customerId, name: 'T' }, 'T{n} ', 'test', world.clock.now());
  const events = [dated({ register: 'T' }), dated({ register: 'T' })];
  for (const event of events) await take([event], world, optionsOf({ duplicateCheck: 'refuse' }));
  assert.deepEqual(await numbersOf(events), ['T1', 'T2']);
});

test('a register without a free number within reach refuses its documents only, with advice', async () => {
  const at = world.clock.now();
  await saveRegisterForm(world.store, { customerId, name: 'A' }, 'A{n}', 'test', at);
  const holder = xml('A1');
  await take([holder]);
  await world.store.query({
    text: `INSERT INTO dbmanager.issued_number (supplier, year, number, family, invoice_id, issued_on)
      SELECT $1, 2025, 'A' || n, 'invoice', $2, '2025-11-22' FROM generate_series(2, 25000) n`,
    values: [vatNumberOf(customerId), holder.message.invoiceId],
  });
  const [stuck, fine] = [dated({ register: 'A' }), dated()];
  await take([stuck, fine]);
  const [saved] = await savedFor(stuck);
  assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_INVALID');
  const [finding] = findingsOf(saved);
  assert.equal(finding?.code, 'REGISTER_USED_UP');
  assert.match(finding?.fix?.en ?? '', /Give the number in the document/);
  assert.deepEqual(await numbersOf([fine]), ['1/2025']);
  const registers = await listRegisters(world.store, customerId, 2025);
  assert.equal(registers.find(({ name }) => name === 'A')?.given, 0);
});

test("numbers that another customer uses under this one's VAT number neither move its register nor refuse it", async () => {
  const fields = { username: uuidv7(), email: undefined, customerType: 'ARUBA', passwordHash: undefined } as const;
  const other = (await insertCustomer(world.store, fields, 'test', world.clock.now()))?.customerId ?? 0;
  const refuse = optionsOf({ duplicateCheck: 'refuse' });
  await take([xml('1/2025', { customer: { customerId: other } })], world, refuse);
  await take([xml('9/2025', { customer: { customerId: other } })], world, refuse);
  const [byJson, byXml] = [dated(), xml('9/2025', {}, (text) => `${text}\n`)];
  await take([byJson], world, refuse);
  await take([byXml], world, refuse);
  assert.deepEqual(await numbersOf([byJson, byXml]), ['1/2025', '9/2025']);
  for (const event of [byJson, byXml]) {
    const [saved] = await savedFor(event);
    assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_TOBE_SENT');
    const codes = findingsOf(saved).map(({ code, severity }) => `${code} ${severity}`);
    assert.deepEqual(codes, ['NUMBER_USED_BY_ANOTHER warning']);
  }
  const late = xml('9/2025', { customer: { customerId: other } }, (text) => `${text}\n\n`);
  await take([late], world, refuse);
  const [finding] = findingsOf((await savedFor(late))[0]);
  assert.equal(finding?.code, '00404');
  assert.match(finding?.message.it ?? '', /da un altro utente: rivolgersi al gestore/);
});

test('an invoice to a public body is numbered before it is signed, under the name of the signed file', async () => {
  const event = asked(json({ customer: publicBody, orders: { number: '12', cig: 'Z123456789' } }));
  const options = optionsOf();
  await take([event], world, { ...options, signing: { ...options.signing, signs: true, format: 'cades' } });
  const unsigned = (await publishedOn(world, 'unsignedInvoice')).find(({ key }) => key === event.message.invoiceId);
  const { fileName } = transmissionIn(unsigned);
  const progressive = /_(\w+)\.xml\.p7m$/.exec(fileName)?.[1];
  const xml = String(unsigned?.value['invoice']);
  assert.match(
    xml,
    new RegExp(`<ProgressivoInvio>${progressive}</ProgressivoInvio>[\\s\\S]*<Numero>1/${year}</Numero>`),
  );
});

test('an invoice that would have to be signed where nothing signs uses no number', async () => {
  const event = asked(json({ customer: publicBody }));
  const options = optionsOf();
  await take([event], world, { ...options, signing: { ...options.signing, signs: false } });
  const [saved] = await savedFor(event);
  assert.equal(saved?.value['invoiceStatus'], 'INTERNAL_INVOICE_INVALID');
  assert.deepEqual(saved?.value['document'], JSON.parse(JSON.stringify(event.message.document)));
  const next = asked();
  await take([next]);
  assert.deepEqual(await numbersOf([next]), upTo(1));
});

test('a number that is given is kept and takes none from the register', async () => {
  const given = asked(json({ number: '77/B', date: `${year}-01-02` }));
  const next = asked();
  await take([given, next]);
  assert.deepEqual(await numbersOf([given, next]), ['77/B', `1/${year}`]);
});

test('each body of a lot gets a number, one after the other', async () => {
  const lot = asked(lotWith([undefined, undefined, undefined]));
  await take([lot]);
  const [saved] = await savedFor(lot);
  const documents = saved?.value['documents'] as { numero: string; totale: string }[];
  assert.deepEqual(
    documents.map(({ numero, totale }) => [numero, totale]),
    [1, 2, 3].map((n) => [`${n}/2025`, '12.20']),
  );
});

test('five hundred requests in batches of many kinds leave no gap', async () => {
  const events = Array.from({ length: 500 }, (_, index) =>
    index % 7 === 3 ? asked(json({ lines: [{ description: 'x', price: 'no' }] })) : asked(),
  );
  for (let at = 0; at < 500; at += 100) await take(events.slice(at, at + 100));
  const good = events.filter((_, index) => index % 7 !== 3);
  assert.deepEqual(await numbersOf(good), upTo(good.length));
});
