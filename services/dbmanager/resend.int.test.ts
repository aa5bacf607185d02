// dbmanager: an invoice goes out again, as it was or corrected; what was sent before stays, and nothing goes out twice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import type { NewNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import { settings } from './config.ts';
import { dbmanager } from './dbmanager.ts';
import { findingsOf, optionsOf, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { documentOf, eventOf, incoming } from './events.fixture.ts';
import { sentFile } from './invoice-files.ts';
import { saveProfile } from './fiscal-profiles.ts';
import { answered, broughtBy, delivered, discarded, undelivered } from './notices.fixture.ts';
import { takeNotifications } from './on-dsi-notification.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeNotices } from './on-sdi-notice.ts';
import { takeSentInvoices } from './on-sent-invoice.ts';
import { takeSignedInvoices } from './on-signed-invoice.ts';
import { watchDeadlines } from './watch-deadlines.ts';
import { rebuildEvent } from './rebuild-event.ts';
import { zipSync } from 'fflate';
import { hash } from 'node:crypto';

let world: TestWorld;
let running: Running;
before(async () => {
  world = await testWorld();
  running = await dbmanager.start(world, readSettings(settings, { DUPLICATE_CHECK: 'refuse' }).values);
});
after(async () => {
  await running.stop();
  await world.end();
});

const signal = new AbortController().signal;
const options = optionsOf({ duplicateCheck: 'refuse' });

interface Shown {
  readonly invoiceStatus: string;
  readonly detail?: string;
  readonly sequence: number;
  readonly invoice?: string;
  readonly resendBy?: string;
  readonly transmissionId?: string;
  readonly errorMessage?: string;
  readonly findings?: readonly { code: string; severity: string; message: { it: string } }[];
  readonly documents?: readonly { numero?: string; detail?: string }[];
  readonly transmissions: readonly {
    transmissionId: string;
    fileName: string;
    sha256: string;
    state: string;
    repeats: string | null;
    sdiId: string | null;
    current: boolean;
  }[];
  readonly history: readonly { status: string; detail?: string; event: string; reason?: string; findings?: unknown }[];
  readonly notices: readonly { kind: string; transmissionId: string }[];
}

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const raw = typeof body === 'string';
  const answer = await fetch(`http://127.0.0.1:${running.port}/api/invoices/${path}`, {
    method,
    headers: body === undefined || raw ? headers : { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Shown };
}

const read = async (invoiceNumber: number) => (await call('GET', String(invoiceNumber))).body;
const resend = (invoiceNumber: number, body?: unknown, headers?: Record<string, string>) =>
  call('POST', `${invoiceNumber}/reinvia`, body, headers);

let numbers = 0;
function nextNumber(): string {
  numbers += 1;
  return `R${numbers}`;
}

/** A correction: the same number and date, another buyer's street. */
function corrected(number: string): string {
  return documentOf([number]).replace('Viale Lungo 7', 'Viale Lungo 9');
}

async function stored(document: string, changes: Parameters<typeof incoming>[0] = {}) {
  const event = incoming({ invoice: document, callback: 'http://127.0.0.1:1/cb', ...changes });
  await takeInvoices(world, options)([event], signal);
  const [outgoing] = await outgoingOf(event.key);
  const { transmissionId, fileName, sha256 } = transmissionIn(outgoing);
  const invoiceNumber = Number(outgoing!.value['invoiceNumber']);
  return { invoiceId: event.key, invoiceNumber, transmissionId, fileName, sha256 };
}
type Stored = Awaited<ReturnType<typeof stored>>;

async function storedFile(bytes: Buffer): Promise<Stored> {
  const { invoice: _text, ...message } = incoming({ fileName: 'lotto.zip' }).message;
  const event = eventOf('incomingInvoice', message.invoiceId, { ...message, file: bytes.toString('base64') });
  await takeInvoices(world, options)([event], signal);
  const [outgoing] = await outgoingOf(event.key);
  return { ...transmissionIn(outgoing), invoiceId: event.key, invoiceNumber: Number(outgoing?.value['invoiceNumber']) };
}

async function outgoingOf(invoiceId: string) {
  return (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === invoiceId);
}

async function mailed({ invoiceId }: Stored, transmissionId: string, how: 'SENT' | 'NOT_SENT') {
  const news = { invoiceId, transmissionId, customer: { customerId: 2 }, reason: 'as the server said' };
  const status = `INTERNAL_INVOICE_${how}` as const;
  await takeSentInvoices(world)([eventOf('sentInvoice', invoiceId, { ...news, invoiceStatus: status })], signal);
}

const take = (...notices: NewNotice[]) => takeNotices(world, options)(notices.map(broughtBy), signal);

let ids = 0;
function about(fileName: string) {
  ids += 1;
  return { fileName, sdiId: `8${String(ids).padStart(6, '0')}`, messageId: String(ids) };
}

async function discardedInvoice(number = nextNumber()) {
  const invoice = await stored(documentOf([number]));
  await mailed(invoice, invoice.transmissionId, 'SENT');
  await take(discarded(about(invoice.fileName), ['00423', '00311']));
  return { ...invoice, number };
}

test('a correction under a misspelt field is refused: the file as it was does not go again in its place', async () => {
  const number = nextNumber();
  const invoice = await stored(documentOf([number]));
  await mailed(invoice, invoice.transmissionId, 'NOT_SENT');
  const answer = await resend(invoice.invoiceNumber, { xml: corrected(number) });
  assert.equal(answer.status, 400);
  assert.match(answer.body.errorMessage ?? '', /xml is no field of this request/);
  assert.equal((await read(invoice.invoiceNumber)).transmissions.length, 1);
  const decided = await call('POST', `${invoice.invoiceNumber}/decisione`, { firstCopyTaken: true, fileName: 'a.xml' });
  assert.equal(decided.status, 400, 'what is said of one file of an archive is not said of all');
});

test('a correction that destroys the history is impossible', async () => {
  const invoice = await discardedInvoice();
  const { status, body } = await resend(invoice.invoiceNumber, {
    invoice: corrected(invoice.number),
    reason: 'indirizzo corretto',
  });
  assert.equal(status, 200);
  assert.deepEqual([body.invoiceStatus, body.detail], ['INTERNAL_INVOICE_TOBE_SENT', undefined]);
  const now = await read(invoice.invoiceNumber);
  const [first, second, ...more] = now.transmissions;
  assert.equal(more.length, 0);
  assert.deepEqual([first?.transmissionId, first?.state], [invoice.transmissionId, 'DISCARDED']);
  assert.deepEqual([second?.transmissionId, second?.state, second?.repeats], [body.transmissionId, 'TOBE_SENT', null]);
  assert.notEqual(second?.fileName.toLowerCase(), first?.fileName.toLowerCase());
  const bytesOf = async (id = '') => (await sentFile(world.store, invoice.invoiceId, id))?.bytes.toString();
  assert.equal(await bytesOf(first?.transmissionId), documentOf([invoice.number]));
  assert.equal(await bytesOf(second?.transmissionId), corrected(invoice.number));
  assert.deepEqual(
    now.history.map(({ event }) => event),
    ['accepted', 'sent', 'discarded', 'resent'],
  );
  assert.equal(now.history.at(-1)?.reason, 'indirizzo corretto');
  assert.ok(now.history[2]?.findings);
  assert.deepEqual(
    now.notices.map(({ kind, transmissionId }) => [kind, transmissionId]),
    [['NS', invoice.transmissionId]],
  );
  await mailed(invoice, second!.transmissionId, 'SENT');
  await take(delivered({ ...about(second!.fileName), hash: second!.sha256 }));
  assert.equal((await read(invoice.invoiceNumber)).invoiceStatus, 'INTERNAL_INVOICE_DELIVERED');
});

test('a discarded invoice goes out corrected, told and published once, under a new name', async () => {
  const invoice = await discardedInvoice();
  const { body } = await resend(invoice.invoiceNumber, corrected(invoice.number), {
    'content-type': 'application/xml',
  });
  const [, outgoing, ...more] = await outgoingOf(invoice.invoiceId);
  assert.equal(more.length, 0);
  assert.equal(transmissionIn(outgoing).transmissionId, body.transmissionId);
  assert.equal(outgoing?.value['invoice'], corrected(invoice.number));
  assert.equal(transmissionIn(outgoing).sha256, hash('sha256', corrected(invoice.number), 'hex'));
  const told = (await publishedOn(world, 'savedInvoice')).filter(({ key }) => key === invoice.invoiceId).at(-1);
  assert.deepEqual([told?.value['sequence'], told?.value['invoiceStatus']], [4, 'INTERNAL_INVOICE_TOBE_SENT']);
  assert.ok(told?.value['callback']);
});

test('the term of five days is shown, and after it the invoice goes out with a warning', async () => {
  const invoice = await discardedInvoice();
  const shown = await read(invoice.invoiceNumber);
  assert.match(shown.resendBy ?? '', /^\d{4}-\d{2}-\d{2}$/);
  world.clock.turn(7 * 86_400_000);
  const { status, body } = await resend(invoice.invoiceNumber, { invoice: corrected(invoice.number) });
  assert.deepEqual([status, body.resendBy], [200, shown.resendBy]);
  assert.ok(body.findings?.some(({ code, severity }) => code === 'RESEND_LATE' && severity === 'warning'));
  assert.equal((await read(invoice.invoiceNumber)).resendBy, undefined);
});

test('a correction that is the same file, another invoice, or wrong, changes nothing and says why', async () => {
  const invoice = await discardedInvoice();
  const before = await read(invoice.invoiceNumber);
  const wrong: readonly [document: string, code: string][] = [
    [documentOf([invoice.number]), '00002'],
    [corrected(nextNumber()), 'CORRECTION_DIFFERS'],
    [corrected(invoice.number).replace('<Data>2025-11-22', '<Data>2025-11-21'), 'CORRECTION_DIFFERS'],
    [documentOf([invoice.number, `${invoice.number}b`]), 'CORRECTION_DIFFERS'],
    [documentOf([invoice.number], '11111111111'), '00300'],
    ['no invoice', 'FILE_KIND'],
  ];
  for (const [document, code] of wrong) {
    const { status, body } = await resend(invoice.invoiceNumber, { invoice: document });
    assert.equal(status, 400, document);
    const codes = body.findings?.map((one) => one.code);
    assert.ok(code === 'FILE_KIND' ? (codes?.length ?? 0) > 0 : codes?.includes(code), `${code}: ${String(codes)}`);
  }
  assert.deepEqual(await read(invoice.invoiceNumber), before);
});

test('a number that another invoice has taken meanwhile is not taken back', async () => {
  const invoice = await discardedInvoice();
  await stored(documentOf([invoice.number]).replace('Via Prova 1', 'Via Prova 2'));
  const { status, body } = await resend(invoice.invoiceNumber, { invoice: corrected(invoice.number) });
  assert.deepEqual([status, body.findings?.[0]?.code], [400, '00404']);
});

test('the same file goes out again where SdI has not seen it: one name, the same bytes, another mail', async () => {
  const invoice = await stored(documentOf([nextNumber()]));
  await mailed(invoice, invoice.transmissionId, 'NOT_SENT');
  const { status, body } = await resend(invoice.invoiceNumber);
  assert.deepEqual([status, body.invoiceStatus], [200, 'INTERNAL_INVOICE_TOBE_SENT']);
  const [, again] = await outgoingOf(invoice.invoiceId);
  const { transmissionId, fileName, sha256 } = transmissionIn(again);
  assert.deepEqual([fileName, sha256], [invoice.fileName, invoice.sha256]);
  assert.notEqual(transmissionId, invoice.transmissionId);
  const { transmissions } = await read(invoice.invoiceNumber);
  assert.deepEqual(
    transmissions.map(({ state, repeats }) => [state, repeats]),
    [
      ['NOT_SENT', null],
      ['TOBE_SENT', invoice.transmissionId],
    ],
  );
  await mailed(invoice, transmissionId, 'SENT');
  await take(delivered({ ...about(fileName), hash: sha256 }));
  const now = await read(invoice.invoiceNumber);
  assert.deepEqual([now.invoiceStatus, now.transmissions[1]?.state], ['INTERNAL_INVOICE_DELIVERED', 'DELIVERED']);
  assert.equal(now.notices[0]?.transmissionId, transmissionId);
});

test('a status stuck at "sent" is impossible: once news is overdue the same file goes again, and whichever copy SdI takes counts', async () => {
  const invoice = await stored(documentOf([nextNumber()]));
  await mailed(invoice, invoice.transmissionId, 'SENT');
  assert.equal((await resend(invoice.invoiceNumber)).status, 409);
  world.clock.turn(6 * 86_400_000);
  await watchDeadlines(world, options);
  assert.equal((await read(invoice.invoiceNumber)).detail, 'NEWS_OVERDUE');
  const { status, body } = await resend(invoice.invoiceNumber);
  assert.deepEqual([status, body.invoiceStatus, body.detail], [200, 'INTERNAL_INVOICE_TOBE_SENT', undefined]);
  await mailed(invoice, body.transmissionId ?? '', 'SENT');
  await take(delivered({ ...about(invoice.fileName), hash: invoice.sha256 }));
  await take(discarded(about(invoice.fileName), ['00002']));
  const now = await read(invoice.invoiceNumber);
  assert.deepEqual([now.invoiceStatus, now.detail], ['INTERNAL_INVOICE_DELIVERED', 'DELIVERED_TO_RECIPIENT']);
});

test('an archive of which some files were answered is not sent again: their outcome would be lost', async () => {
  const [a, b] = [nextNumber(), nextNumber()];
  const files = Object.fromEntries([a, b].map((one) => [`IT01234567897_${one}.xml`, Buffer.from(documentOf([one]))]));
  const archive = await storedFile(Buffer.from(zipSync(files)));
  await mailed(archive, archive.transmissionId, 'SENT');
  const inArchive = { IdentificativoSdI: '901', NomeFile: archive.fileName };
  await take(delivered({ ...about(`IT01234567897_${a}.xml`), archive: inArchive }));
  world.clock.turn(6 * 86_400_000);
  await watchDeadlines(world, options);
  const before = await read(archive.invoiceNumber);
  assert.deepEqual([before.invoiceStatus, before.detail], ['INTERNAL_INVOICE_SENT', 'NEWS_OVERDUE']);
  const { status, body } = await resend(archive.invoiceNumber);
  assert.deepEqual([status, body.findings?.[0]?.code], [409, 'RESEND_REFUSED']);
  assert.match(body.findings?.[0]?.message.it ?? '', /già risposto per alcuni file/);
  assert.deepEqual((await read(archive.invoiceNumber)).documents, before.documents);
});

test('what was not sent and is handed in again unchanged is the same file', async () => {
  const number = nextNumber();
  const invoice = await stored(documentOf([number]));
  await mailed(invoice, invoice.transmissionId, 'NOT_SENT');
  assert.equal((await resend(invoice.invoiceNumber, { invoice: documentOf([number]) })).status, 200);
  const { transmissions } = await read(invoice.invoiceNumber);
  assert.equal(transmissions[1]?.repeats, invoice.transmissionId);
});

test('what was not sent may also go out corrected, with a later date', async () => {
  const number = nextNumber();
  const invoice = await stored(documentOf([number]));
  await mailed(invoice, invoice.transmissionId, 'NOT_SENT');
  const later = corrected(number).replace('<Data>2025-11-22', '<Data>2025-11-24');
  const { status } = await resend(invoice.invoiceNumber, { file: Buffer.from(later).toString('base64') });
  assert.equal(status, 200);
});

test('a late discard of the file before is noted on that file alone', async () => {
  const invoice = await discardedInvoice();
  const { body } = await resend(invoice.invoiceNumber, { invoice: corrected(invoice.number) });
  await take(discarded(about(invoice.fileName), ['00311']));
  const now = await read(invoice.invoiceNumber);
  assert.deepEqual([now.invoiceStatus, now.detail, now.notices.length], ['INTERNAL_INVOICE_TOBE_SENT', undefined, 2]);
  assert.deepEqual(
    now.transmissions.map(({ transmissionId, state }) => [transmissionId, state]),
    [
      [invoice.transmissionId, 'DISCARDED'],
      [body.transmissionId, 'TOBE_SENT'],
    ],
  );
});

/** The mail server refused it, so it seemed; corrected, it went out under another name. */
async function replacedInvoice() {
  const number = nextNumber();
  const invoice = await stored(documentOf([number]));
  await mailed(invoice, invoice.transmissionId, 'NOT_SENT');
  const { body } = await resend(invoice.invoiceNumber, { invoice: corrected(number) });
  await mailed(invoice, body.transmissionId ?? '', 'SENT');
  const { transmissions } = await read(invoice.invoiceNumber);
  return { ...invoice, number, second: transmissions[1]! };
}

const statesOf = (shown: Shown) => shown.transmissions.map(({ state }) => state);

test('a receipt for a file that another one took the place of is not lost: it asks for a decision, and then counts', async () => {
  const invoice = await replacedInvoice();
  await take(delivered(about(invoice.fileName)));
  const asked = await read(invoice.invoiceNumber);
  assert.deepEqual([asked.invoiceStatus, asked.detail], ['INTERNAL_INVOICE_SENT', 'DECISION_NEEDED']);
  const told = (await publishedOn(world, 'savedInvoice')).filter(({ key }) => key === invoice.invoiceId).at(-1);
  assert.ok(
    findingsOf(told).some(
      ({ code, message }) => code === 'EARLIER_FILE_TAKEN' && message.it.includes(invoice.fileName),
    ),
  );
  await take(discarded(about(invoice.second.fileName), ['00404']));
  const settled = await decide(invoice.invoiceNumber, true);
  assert.deepEqual(
    [settled.body.invoiceStatus, settled.body.detail],
    ['INTERNAL_INVOICE_DELIVERED', 'DELIVERED_TO_RECIPIENT'],
  );
  const now = await read(invoice.invoiceNumber);
  assert.deepEqual(statesOf(now), ['DELIVERED', 'SENT']);
  assert.deepEqual(
    now.transmissions.map(({ current }) => current),
    [true, false],
  );
  // What becomes known of that file later counts too.
  await take(answered(about(invoice.fileName), 'EC02'));
  assert.equal((await read(invoice.invoiceNumber)).detail, 'REFUSED');
});

test('the receipt that is waited for after a decision may be that of a file with another name', async () => {
  const invoice = await replacedInvoice();
  await take(discarded(about(invoice.second.fileName), ['00404']));
  assert.equal((await decide(invoice.invoiceNumber, true)).body.detail, 'TAKEN_EARLIER');
  await take(delivered(about(invoice.fileName)), answered(about(invoice.fileName), 'EC01'));
  const now = await read(invoice.invoiceNumber);
  assert.deepEqual(
    [now.invoiceStatus, now.detail, statesOf(now)[0]],
    ['INTERNAL_INVOICE_DELIVERED', 'ACCEPTED', 'DELIVERED'],
  );
});

test('where the file before was not taken after all, the latest goes on', async () => {
  const invoice = await replacedInvoice();
  await take(undelivered(about(invoice.fileName)));
  const { body } = await decide(invoice.invoiceNumber, false);
  assert.deepEqual([body.invoiceStatus, body.detail], ['INTERNAL_INVOICE_SENT', 'SUBMITTED']);
  await take(delivered(about(invoice.second.fileName)));
  assert.equal((await read(invoice.invoiceNumber)).invoiceStatus, 'INTERNAL_INVOICE_DELIVERED');
});

test('what SdI has seen is not deleted, though the correction did not go out', async () => {
  const invoice = await discardedInvoice();
  const { body } = await resend(invoice.invoiceNumber, { invoice: corrected(invoice.number) });
  await mailed(invoice, body.transmissionId ?? '', 'NOT_SENT');
  assert.equal((await call('DELETE', String(invoice.invoiceNumber))).status, 409);
});

test('an answer of SdI that is read once more does not discard the file that was sent since', async () => {
  const number = nextNumber();
  const invoice = await stored(documentOf([number]));
  await mailed(invoice, invoice.transmissionId, 'SENT');
  const { invoiceNumber } = invoice;
  const news = { customerId: 2, invoiceNumber, status: 'INTERNAL_INVOICE_DISCARDED' } as const;
  const event = eventOf('dsiNotification', String(invoiceNumber), news);
  await takeNotifications(world)([event], signal);
  assert.equal((await read(invoiceNumber)).invoiceStatus, 'INTERNAL_INVOICE_DISCARDED');
  await resend(invoiceNumber, { invoice: corrected(number) });
  await takeNotifications(world)([event], signal);
  assert.equal((await read(invoiceNumber)).invoiceStatus, 'INTERNAL_INVOICE_TOBE_SENT');
});

test('two requests at the same time make one transmission, and the same key again changes nothing', async () => {
  const invoice = await discardedInvoice();
  const document = { invoice: corrected(invoice.number) };
  const both = await Promise.all([resend(invoice.invoiceNumber, document), resend(invoice.invoiceNumber, document)]);
  assert.deepEqual(new Set(both.map(({ status }) => status)), new Set([200, 409]));
  const keyed = await discardedInvoice();
  const key = { 'idempotency-key': 'k-1' };
  const wish = { invoice: corrected(keyed.number) };
  const answers = await Promise.all([resend(keyed.invoiceNumber, wish, key), resend(keyed.invoiceNumber, wish, key)]);
  const later = await resend(keyed.invoiceNumber, wish, key);
  for (const { status, body } of [...answers, later]) {
    assert.deepEqual([status, body.transmissionId], [200, answers[0]?.body.transmissionId]);
  }
  for (const one of [invoice, keyed]) {
    assert.equal((await outgoingOf(one.invoiceId)).length, 2);
    assert.equal((await read(one.invoiceNumber)).transmissions.length, 2);
  }
});

test('what is issued, under way or not ours to send is refused with its reason in both languages', async () => {
  const underWay = await stored(documentOf([nextNumber()]));
  const issued = await stored(documentOf([nextNumber()]));
  await mailed(issued, issued.transmissionId, 'SENT');
  await take(delivered(about(issued.fileName)));
  const discardedOne = await discardedInvoice();
  for (const [{ invoiceNumber }, words] of [
    [underWay, /già in viaggio/],
    [issued, /nota di variazione/],
    [discardedOne, /Inviare il documento corretto/],
  ] as const) {
    const { status, body } = await resend(invoiceNumber, {});
    assert.deepEqual([status, body.findings?.[0]?.code], [409, 'RESEND_REFUSED']);
    assert.match(body.findings?.[0]?.message.it ?? '', words);
  }
});

test('a customer sends again only what is its own', async () => {
  const invoice = await discardedInvoice();
  const as = (customerId: number): Record<string, string> => {
    const caller: Caller = { name: 'c', roles: ['CUSTOMER'], customerId };
    return { [callerHeader]: signCaller(world.callerSecret, caller, world.clock.now()) };
  };
  const wish = { invoice: corrected(invoice.number) };
  assert.equal((await resend(invoice.invoiceNumber, wish, as(3))).status, 404);
  assert.equal((await call('POST', `${invoice.invoiceNumber}/decisione`, { firstCopyTaken: true }, as(3))).status, 404);
  assert.equal((await resend(invoice.invoiceNumber, wish, as(2))).status, 200);
});

test('events of the older and of the newer file are built again each with its own bytes', async () => {
  const invoice = await discardedInvoice();
  const { body } = await resend(invoice.invoiceNumber, { invoice: corrected(invoice.number) });
  const rebuild = rebuildEvent(world.store);
  const fileOf = (value: Buffer | undefined) => {
    const { invoice: text, file } = JSON.parse(value?.toString() ?? '{}') as { invoice?: string; file?: string };
    return text ?? Buffer.from(file ?? '', 'base64').toString();
  };
  assert.equal(fileOf(await rebuild(`outgoing:${invoice.transmissionId}`)), documentOf([invoice.number]));
  const newer = await rebuild(`outgoing:${body.transmissionId}`);
  assert.equal(fileOf(newer), corrected(invoice.number));
  const [, published] = await outgoingOf(invoice.invoiceId);
  assert.deepEqual(newer, published?.raw);
});

test('a correction that has to be signed waits for its signature again', async () => {
  const signing = { signs: true, format: 'cades', private: true, refuses: true, bytesMax: 5_000_000 } as const;
  const number = nextNumber();
  const event = incoming({ invoice: documentOf([number]) });
  await takeInvoices(world, optionsOf({ signing }))([event], signal);
  const [unsigned] = (await publishedOn(world, 'unsignedInvoice')).filter(({ key }) => key === event.key);
  const { transmissionId } = transmissionIn(unsigned);
  const file = Buffer.from('signed');
  const signed = {
    invoiceId: event.key,
    transmissionId,
    file: file.toString('base64'),
    sha256: hash('sha256', file, 'hex'),
  };
  await takeSignedInvoices(world)([eventOf('signedInvoice', event.key, signed)], signal);
  const [outgoing] = await outgoingOf(event.key);
  const invoice = {
    ...transmissionIn(outgoing),
    invoiceId: event.key,
    invoiceNumber: Number(outgoing?.value['invoiceNumber']),
  };
  await mailed(invoice, transmissionId, 'NOT_SENT');
  await resend(invoice.invoiceNumber);
  const [, again] = await outgoingOf(event.key);
  assert.deepEqual([again?.value['file'], transmissionIn(again).sha256], [signed.file, signed.sha256]);
  assert.deepEqual(await rebuildEvent(world.store)(`outgoing:${transmissionIn(again).transmissionId}`), again?.raw);
});

test('a correction in JSON keeps the number that the register gave, and the JSON that was asked', async () => {
  const address = { street: 'Corso Esempio 3', postcode: '64100', city: 'Teramo', province: 'TE' };
  const profile = { name: 'Officina S.r.l.', vatNumber: 'IT03123450672', taxRegime: 'RF01', address } as const;
  await saveProfile(world.store, 4, profile, 'test', world.clock.now());
  const customer = { name: 'Studio Neri', vatNumber: 'IT11223344554', address };
  const date = '2026-11-20';
  const json = (price: string, day = date) => {
    return { date: day, customer, lines: [{ description: 'Manutenzione', price, vatRate: 22 }] };
  };
  const { invoice: _text, ...event } = incoming({ customer: { customerId: 4 } }).message;
  const asked = eventOf('incomingInvoice', event.invoiceId, { ...event, document: json('100.00') });
  await takeInvoices(world, options)([asked], signal);
  const [outgoing] = await outgoingOf(asked.key);
  const invoiceNumber = Number(outgoing?.value['invoiceNumber']);
  const { fileName } = transmissionIn(outgoing);
  const before = await read(invoiceNumber);
  await take(discarded(about(fileName), ['00423']));
  assert.equal((await resend(invoiceNumber, { document: json('100.00') })).body.findings?.[0]?.code, '00002');
  const other = await resend(invoiceNumber, { document: json('120.00', '2026-11-21') });
  assert.equal(other.body.findings?.[0]?.code, 'CORRECTION_DIFFERS');
  const { status, body } = await resend(invoiceNumber, { document: json('120.00') });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.documents?.[0]?.numero, before.documents?.[0]?.numero);
  assert.match(body.invoice ?? '', /<PrezzoUnitario>120\.00/);
  const original = await call('GET', `${invoiceNumber}/original`);
  assert.deepEqual(original.body, json('120.00'));
});

async function doubtful(codes: readonly string[] = ['00404']) {
  const number = nextNumber();
  const invoice = await stored(documentOf([number]));
  await mailed(invoice, invoice.transmissionId, 'SENT');
  await take(discarded(about(invoice.fileName), codes));
  return { ...invoice, number };
}

const decide = (invoiceNumber: number, firstCopyTaken: boolean) =>
  call('POST', `${invoiceNumber}/decisione`, { firstCopyTaken, reason: 'visto nel portale' });

test('a copy that was taken before is waited for, and its receipt counts', async () => {
  const invoice = await doubtful();
  assert.equal((await resend(invoice.invoiceNumber, { invoice: corrected(invoice.number) })).status, 409);
  const { status, body } = await decide(invoice.invoiceNumber, true);
  assert.deepEqual([status, body.invoiceStatus, body.detail], [200, 'INTERNAL_INVOICE_SENT', 'TAKEN_EARLIER']);
  const told = (await publishedOn(world, 'savedInvoice')).filter(({ key }) => key === invoice.invoiceId).at(-1);
  assert.equal(told?.value['detail'], 'TAKEN_EARLIER');
  assert.equal(
    findingsOf(told).some(({ code }) => code === 'DECISION_NEEDED'),
    false,
  );
  assert.equal((await read(invoice.invoiceNumber)).history.at(-1)?.reason, 'visto nel portale');
  await take(undelivered(about(invoice.fileName)));
  assert.equal((await read(invoice.invoiceNumber)).invoiceStatus, 'INTERNAL_INVOICE_NOT_DELIVERED');
});

test('where no copy was taken the invoice is discarded, and goes out corrected', async () => {
  const invoice = await doubtful(['00404', '00423']);
  assert.equal((await decide(invoice.invoiceNumber, false)).body.invoiceStatus, 'INTERNAL_INVOICE_DISCARDED');
  assert.equal((await decide(invoice.invoiceNumber, false)).status, 409);
  assert.equal((await resend(invoice.invoiceNumber, { invoice: corrected(invoice.number) })).status, 200);
});

test('a discard that a receipt contradicts becomes what the receipt says, or stays', async () => {
  const [right, wrong] = [await discardedInvoice(), await discardedInvoice()];
  for (const { fileName } of [right, wrong]) await take(undelivered(about(fileName)));
  const issued = await decide(right.invoiceNumber, true);
  assert.deepEqual(
    [issued.body.invoiceStatus, issued.body.detail],
    ['INTERNAL_INVOICE_NOT_DELIVERED', 'AVAILABLE_TO_CUSTOMER'],
  );
  assert.equal((await read(right.invoiceNumber)).transmissions[0]?.state, 'NOT_DELIVERED');
  const stays = await decide(wrong.invoiceNumber, false);
  assert.deepEqual([stays.body.invoiceStatus, stays.body.detail], ['INTERNAL_INVOICE_DISCARDED', 'DISCARDED_BY_SDI']);
});

async function doubtfulArchive() {
  const [a, b, c] = [nextNumber(), nextNumber(), nextNumber()];
  const nameOf = (number: string) => `IT01234567897_${number}.xml`;
  const files = Object.fromEntries([a, b, c].map((number) => [nameOf(number), Buffer.from(documentOf([number]))]));
  const archive = await storedFile(Buffer.from(zipSync(files)));
  await mailed(archive, archive.transmissionId, 'SENT');
  const inArchive = { IdentificativoSdI: '900', NomeFile: archive.fileName };
  const of = (number: string) => ({ ...about(nameOf(number)), archive: inArchive });
  await take(discarded(of(a), ['00404']), discarded(of(b), ['00423']), delivered(of(b)), delivered(of(c)));
  const details = async () => (await read(archive.invoiceNumber)).documents?.map(({ detail }) => detail);
  return { ...archive, first: nameOf(a), second: nameOf(b), details };
}

test('a file of an archive whose discard a receipt contradicts has its number back, before and after the decision', async () => {
  const [a, b] = [nextNumber(), nextNumber()];
  const nameOf = (number: string) => `IT01234567897_${number}.xml`;
  const files = Object.fromEntries([a, b].map((number) => [nameOf(number), Buffer.from(documentOf([number]))]));
  const archive = await storedFile(Buffer.from(zipSync(files)));
  await mailed(archive, archive.transmissionId, 'SENT');
  const of = (number: string) => {
    return { ...about(nameOf(number)), archive: { IdentificativoSdI: '902', NomeFile: archive.fileName } };
  };
  await take(delivered(of(a)), discarded(of(b), ['00423']));
  await take(delivered(of(b)));
  const again = async () => {
    const event = incoming({ invoice: documentOf([b]).replace('Via Prova 1', 'Via Prova 3') });
    await takeInvoices(world, options)([event], signal);
    return findingsOf((await publishedOn(world, 'savedInvoice')).findLast(({ key }) => key === event.key));
  };
  assert.ok((await again()).some(({ code }) => code === '00404'));
  assert.equal((await decide(archive.invoiceNumber, true)).body.invoiceStatus, 'INTERNAL_INVOICE_DELIVERED');
  assert.ok((await again()).some(({ code }) => code === '00404'));
});

test('doubtful files of an archive are settled one by one, and the archive stands where its files stand', async () => {
  const archive = await doubtfulArchive();
  assert.deepEqual(await archive.details(), ['DECISION_NEEDED', 'DECISION_NEEDED', 'DELIVERED_TO_RECIPIENT']);
  const settle = (file: string, firstCopyTaken: boolean) =>
    call('POST', `${archive.invoiceNumber}/decisione`, { firstCopyTaken, file });
  const first = await settle(archive.first, false);
  assert.deepEqual([first.body.invoiceStatus, first.body.detail], ['INTERNAL_INVOICE_DELIVERED', 'DECISION_NEEDED']);
  assert.equal((await settle(archive.first, true)).status, 409);
  const second = await settle(archive.second, true);
  assert.deepEqual([second.body.invoiceStatus, second.body.detail], ['INTERNAL_INVOICE_DELIVERED', 'PARTLY_DISCARDED']);
  assert.deepEqual(await archive.details(), ['DISCARDED_BY_SDI', 'DELIVERED_TO_RECIPIENT', 'DELIVERED_TO_RECIPIENT']);
  const again = await resend(archive.invoiceNumber);
  assert.match(again.body.findings?.[0]?.message.it ?? '', /come nuove fatture/);
});
