// dbmanager: SdI's notices are kept once, verbatim, and move the invoices of their file; late, repeated or strange ones change nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { NewNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import type { TestWorld } from '@staffetta/platform/test-world.ts';
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import { zipSync } from 'fflate';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { arrivedNotices } from './arrived-notices.ts';
import { countRows, findingsOf, optionsOf, preparedWorld, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { documentOf, eventOf, incoming } from './events.fixture.ts';
import { findInvoice } from './invoice-views.ts';
import { noticesOf } from './notices.ts';
import {
  answered,
  attested,
  broughtBy,
  deadlinePassed,
  delivered,
  deliveredToOffice,
  discarded,
  discardedPart,
  noticeEvent,
  undelivered,
} from './notices.fixture.ts';
import { takeNotifications } from './on-dsi-notification.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeNotices } from './on-sdi-notice.ts';
import { takeSentInvoices } from './on-sent-invoice.ts';
import { historyOf } from './outcomes.ts';
import { rebuildEvent } from './rebuild-event.ts';
import { transmissionsOf } from './transmissions.ts';

let world: TestWorld;
before(async () => {
  world = await preparedWorld();
});
after(() => world.end());

const signal = new AbortController().signal;
const callback = 'http://127.0.0.1:1/cb';

/** An invoice that is TOBE_SENT; one of several bodies is a lot. */
async function stored(
  numbers: readonly string[] = ['1'],
  changes: Parameters<typeof incoming>[0] = {},
  options = optionsOf(),
) {
  const document = changes.file === undefined && { invoice: documentOf(numbers) };
  const event = incoming({ callback, ...document, ...changes });
  await takeInvoices(world, options)([event], signal);
  const [outgoing] = (await publishedOn(world, 'outgoingInvoice')).filter(({ key }) => key === event.key);
  const { fileName, sha256, transmissionId } = transmissionIn(outgoing);
  const invoiceNumber = Number(outgoing!.value['invoiceNumber']);
  return { invoiceId: event.message.invoiceId, invoiceNumber, fileName, sha256, transmissionId };
}
type Stored = Awaited<ReturnType<typeof stored>>;

async function sent(...what: Parameters<typeof stored>): Promise<Stored> {
  const one = await stored(...what);
  const { invoiceId, transmissionId } = one;
  const news = {
    invoiceId,
    transmissionId,
    invoiceStatus: 'INTERNAL_INVOICE_SENT',
    customer: { customerId: 2 },
  } as const;
  await takeSentInvoices(world)([eventOf('sentInvoice', invoiceId, news)], signal);
  return one;
}

const takeEvents = (...events: ReturnType<typeof noticeEvent>[]) => takeNotices(world, optionsOf())(events, signal);
const take = (...notices: NewNotice[]) => takeEvents(...notices.map(broughtBy));

let ids = 0;
/** What identifies a notice of this invoice. */
function about({ fileName }: Stored, messageId = '1') {
  ids += 1;
  return { fileName, sdiId: `7${String(ids).padStart(6, '0')}`, messageId };
}

async function standing({ invoiceNumber }: Stored) {
  const view = await findInvoice(world.store, invoiceNumber);
  return [view?.status.replace('INTERNAL_INVOICE_', ''), view?.detail];
}

async function toldOf({ invoiceId }: Stored) {
  return (await publishedOn(world, 'savedInvoice')).filter(
    ({ key, value }) => key === invoiceId && Number(value['sequence']) > 2,
  );
}

async function rowOf(sdiId: string) {
  const { rows } = await world.store.query<{ transmission_id: string | null; doubt: string | null; bytes: Buffer }>({
    text: 'SELECT transmission_id, doubt, bytes FROM dbmanager.notice WHERE sdi_id = $1',
    values: [sdiId],
  });
  return rows;
}

test('RC delivers, is kept verbatim, tells the customer and gives the file its id', async () => {
  const invoice = await sent();
  const which = { ...about(invoice), hash: invoice.sha256 };
  const bytes = writeNotice(delivered(which));
  const event = noticeEvent(bytes, { fileName: 'IT01_RC_001.xml' });
  await takeEvents(event);
  assert.deepEqual(await standing(invoice), ['DELIVERED', 'DELIVERED_TO_RECIPIENT']);
  const [told, ...more] = await toldOf(invoice);
  assert.deepEqual([told?.value['detail'], told?.value['sequence'], more.length], ['DELIVERED_TO_RECIPIENT', 3, 0]);
  assert.deepEqual([told?.causationId, told?.value['callback']], [event.eventId, callback]);
  const [transmission] = await transmissionsOf(world.store, invoice.invoiceId);
  assert.deepEqual([transmission?.sdiId, transmission?.state], [which.sdiId, 'DELIVERED']);
  const [row] = await rowOf(which.sdiId);
  assert.deepEqual(row?.bytes, bytes);
  const [notice] = await noticesOf(world.store, invoice.invoiceId);
  assert.equal(notice?.kind, 'RC');
});

test('the same notice twice, at once or later, changes nothing more', async () => {
  const invoice = await sent();
  const notice = delivered(about(invoice));
  await take(notice, notice);
  const counts = await countRows(world);
  const told = (await toldOf(invoice)).length;
  await take(notice);
  await Promise.all([take(notice), take(notice)]);
  assert.deepEqual(await countRows(world), counts);
  assert.equal((await toldOf(invoice)).length, told);
  assert.equal((await noticesOf(world.store, invoice.invoiceId)).length, 1);
});

test('a notice finds its file whatever the case and the extension of the name', async () => {
  const invoice = await sent();
  const { sdiId } = about(invoice);
  await take(delivered({ sdiId, fileName: `${invoice.fileName.toLowerCase()}.p7m` }));
  assert.equal((await standing(invoice))[0], 'DELIVERED');
});

test("a notice whose file name is not ours finds its file by SdI's id", async () => {
  const invoice = await sent();
  const which = about(invoice);
  await take(deliveredToOffice(which));
  await take(answered({ ...which, fileName: 'altro.xml', messageId: '2' }, 'EC02'));
  assert.deepEqual(await standing(invoice), ['DELIVERED', 'REFUSED']);
  const [last] = (await historyOf(world.store, invoice.invoiceId)).slice(-1);
  assert.deepEqual([last?.event, last?.reason], ['delivered', 'CIG mancante']);
});

test('NS discards: each error is told with its code, its text, our explanation and what to do', async () => {
  const invoice = await sent();
  await take(discarded({ ...about(invoice), hash: invoice.sha256 }, ['00311', '00417', '99999']));
  assert.deepEqual(await standing(invoice), ['DISCARDED', 'DISCARDED_BY_SDI']);
  const [told] = await toldOf(invoice);
  const errors = findingsOf(told).filter(({ severity }) => severity === 'error');
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['00311', '00417', '99999'],
  );
  assert.match(errors[0]!.message.it, /testo di 00311/);
  assert.match(errors[2]!.message.it, /codice che non conosciamo/);
  for (const { fix } of errors) assert.match(fix?.it ?? '', /SdI suggerisce: rifare/);
  const view = await findInvoice(world.store, invoice.invoiceNumber);
  assert.deepEqual(
    view?.findings?.slice(0, 3).map(({ code }) => code),
    ['00311', '00417', '99999'],
  );
  const again = await rebuildEvent(world.store)(`outcome:${invoice.invoiceId}:3`);
  assert.deepEqual(again, told?.raw);
});

test('MC then RC delivers, RC then MC stays delivered', async () => {
  const [first, second] = [await sent(), await sent()];
  const [one, two] = [about(first), about(second)];
  await take(undelivered(one));
  assert.deepEqual(await standing(first), ['NOT_DELIVERED', 'AVAILABLE_TO_CUSTOMER']);
  await take(delivered({ ...one, messageId: '2' }));
  assert.deepEqual(await standing(first), ['DELIVERED', 'DELIVERED_TO_RECIPIENT']);
  await take(delivered(two), undelivered({ ...two, messageId: '2' }));
  assert.deepEqual(await standing(second), ['DELIVERED', 'DELIVERED_TO_RECIPIENT']);
  assert.equal((await noticesOf(world.store, second.invoiceId)).length, 2);
});

test('NE before RC is kept, and the late RC changes nothing back', async () => {
  const invoice = await sent();
  const which = about(invoice);
  await take(answered(which, 'EC01'));
  await take(deliveredToOffice({ ...which, messageId: '2' }));
  assert.deepEqual(await standing(invoice), ['DELIVERED', 'ACCEPTED']);
});

test('AT leaves the invoice issued and not delivered; in its archive with the invoice it is found too', async () => {
  const invoice = await sent();
  const which = { ...about(invoice), hash: invoice.sha256 };
  const notice = writeNotice(attested(which));
  const stem = invoice.fileName.replace(/\..*$/, '');
  const zip = zipSync({
    [`${stem}_AT_001.xml`]: notice,
    [invoice.fileName]: Buffer.from(documentOf(['1'])),
  });
  await takeEvents(noticeEvent(zip, { fileName: `${stem}_AT_001.zip` }));
  assert.deepEqual(await standing(invoice), ['NOT_DELIVERED', 'UNDELIVERABLE_ATTESTED']);
  assert.deepEqual((await rowOf(which.sdiId))[0]?.bytes, notice);
});

test('a notice that overtakes the mail server is no less true', async () => {
  const invoice = await stored();
  await take(delivered(about(invoice)));
  const { invoiceId, transmissionId } = invoice;
  const news = {
    invoiceId,
    transmissionId,
    invoiceStatus: 'INTERNAL_INVOICE_SENT',
    customer: { customerId: 2 },
  } as const;
  await takeSentInvoices(world)([eventOf('sentInvoice', invoiceId, news)], signal);
  assert.deepEqual(await standing(invoice), ['DELIVERED', 'DELIVERED_TO_RECIPIENT']);
});

test('NS 00002 or 00404 about a file that was taken never undoes it', async () => {
  for (const taken of [delivered, undelivered]) {
    const invoice = await sent();
    const which = about(invoice);
    await take(taken(which));
    const before = await standing(invoice);
    await take(discarded({ ...which, sdiId: about(invoice).sdiId }, ['00002', '00404']));
    assert.deepEqual(await standing(invoice), before);
    assert.equal((await noticesOf(world.store, invoice.invoiceId)).length, 2);
    assert.equal((await transmissionsOf(world.store, invoice.invoiceId))[0]?.sdiId, which.sdiId);
  }
});

test('NS 00002 while nothing is known of the first copy asks for a decision, and RC settles it', async () => {
  const invoice = await sent();
  const which = about(invoice);
  await take(discarded(which, ['00002']));
  assert.deepEqual(await standing(invoice), ['SENT', 'DECISION_NEEDED']);
  const [told] = await toldOf(invoice);
  const found = findingsOf(told);
  assert.deepEqual([found[0]?.code, found.at(-1)?.code], ['00002', 'DECISION_NEEDED']);
  assert.match(found[0]?.message.it ?? '', /testo di 00002/);
  assert.ok(found.every(({ severity }) => severity === 'warning'));
  await take(delivered(about(invoice)));
  assert.deepEqual(await standing(invoice), ['DELIVERED', 'DELIVERED_TO_RECIPIENT']);
  const [, settled] = await toldOf(invoice);
  assert.ok(
    findingsOf(settled).every(({ code, message }) => code !== 'DECISION_NEEDED' && !message.it.includes('testo')),
  );
});

test('NS that contradicts RC is kept, moves nothing, and does not lend the file its id', async () => {
  const invoice = await sent();
  const which = about(invoice);
  await take(delivered(which));
  await take(discarded(about(invoice), ['00311']));
  assert.equal((await transmissionsOf(world.store, invoice.invoiceId))[0]?.sdiId, which.sdiId);
  assert.deepEqual(await standing(invoice), ['DELIVERED', 'DELIVERED_TO_RECIPIENT']);
  assert.equal((await noticesOf(world.store, invoice.invoiceId)).length, 2);
});

test('an answer about one invoice of a lot is that invoice’s; one for all makes it the lot’s', async () => {
  const lot = await sent(['10', '11']);
  const which = about(lot);
  await take(deliveredToOffice(which));
  await take(answered({ ...which, messageId: '2' }, 'EC02', { number: '11' }));
  const details = async () => {
    const view = await findInvoice(world.store, lot.invoiceNumber);
    return [view?.detail, ...(view?.documents ?? []).map(({ detail }) => detail)];
  };
  assert.deepEqual(await details(), ['DELIVERED_TO_RECIPIENT', undefined, 'REFUSED']);
  await take(deadlinePassed({ ...which, messageId: '3' }));
  assert.deepEqual(await details(), ['DELIVERED_TO_RECIPIENT', 'DEADLINE_PASSED', 'REFUSED']);
  await take(answered({ ...which, messageId: '4' }, 'EC01', { number: '11' }));
  assert.deepEqual(await details(), ['DELIVERED_TO_RECIPIENT', 'DEADLINE_PASSED', 'REFUSED']);
  await take(answered({ ...which, messageId: '5' }, 'EC01', { number: '11', year: '2024' }));
  assert.deepEqual(await details(), ['DELIVERED_TO_RECIPIENT', 'DEADLINE_PASSED', 'REFUSED']);
  assert.equal((await historyOf(world.store, lot.invoiceId)).length, 6);
  assert.equal(findingsOf((await toldOf(lot)).at(-1))[0]?.code, 'ANSWER_FITS_NO_INVOICE');
});

test('an answer whose number fits none of a lot is that of its place', async () => {
  const lot = await sent(['20', '21']);
  await take(answered(about(lot), 'EC02', { number: 'altro', position: '2' }));
  const view = await findInvoice(world.store, lot.invoiceNumber);
  assert.deepEqual(
    view?.documents?.map(({ detail }) => detail),
    [undefined, 'REFUSED'],
  );
});

test('a receipt after a discard asks for a decision, is told, and leaves the file its id', async () => {
  const invoice = await sent();
  const which = about(invoice);
  await take(discarded(which, ['00311']));
  await take(delivered(about(invoice)));
  assert.deepEqual(await standing(invoice), ['DISCARDED', 'DECISION_NEEDED']);
  const told = await toldOf(invoice);
  const codes = findingsOf(told.at(-1)).map(({ code }) => code);
  assert.deepEqual([told.length, codes.includes('DECISION_NEEDED'), codes.includes('SEND_AGAIN')], [2, true, false]);
  assert.equal((await transmissionsOf(world.store, invoice.invoiceId))[0]?.sdiId, which.sdiId);
  await take(undelivered(about(invoice)), discarded({ ...which, messageId: '2' }, ['00311']));
  assert.deepEqual(await standing(invoice), ['DISCARDED', 'DECISION_NEEDED']);
});

test('NS that says "sent before" among other errors asks for a decision, and RC settles it', async () => {
  const invoice = await sent();
  await take(discarded(about(invoice), ['00311', '00002']));
  assert.deepEqual(await standing(invoice), ['SENT', 'DECISION_NEEDED']);
  await take(delivered(about(invoice)));
  assert.deepEqual(await standing(invoice), ['DELIVERED', 'DELIVERED_TO_RECIPIENT']);
});

test('a change of detail alone is told only where the profile asks for it', async () => {
  const [quiet, eager] = [await sent(), await sent(['1'], { customer: { customerId: 3 } })];
  await world.store.query({
    text: `INSERT INTO dbmanager.fiscal_profile (customer_id, callback_on_detail, updated_at, updated_by)
      VALUES (3, true, now(), 'test') ON CONFLICT (customer_id) DO UPDATE SET callback_on_detail = true`,
  });
  for (const invoice of [quiet, eager]) {
    const which = about(invoice);
    await take(deliveredToOffice(which), deadlinePassed({ ...which, messageId: '2' }));
    assert.deepEqual(await standing(invoice), ['DELIVERED', 'DEADLINE_PASSED']);
  }
  assert.equal((await toldOf(quiet)).length, 1);
  assert.equal((await toldOf(eager)).length, 2);
});

test('a notice for nobody is kept without a transmission; once its file is known it counts when it comes again', async () => {
  const invoice = await sent();
  const which = { ...about(invoice), fileName: 'IT01234567897_zzzzz.xml' };
  await take(delivered(which));
  assert.deepEqual(await rowOf(which.sdiId), [
    { ...(await rowOf(which.sdiId))[0], transmission_id: null, doubt: 'NO_SUCH_FILE' },
  ]);
  await world.store.query({
    text: 'UPDATE dbmanager.transmission SET file_name = $2 WHERE transmission_id = $1',
    values: [invoice.transmissionId, which.fileName],
  });
  await take(delivered(which));
  assert.deepEqual(await standing(invoice), ['DELIVERED', 'DELIVERED_TO_RECIPIENT']);
  assert.equal((await rowOf(which.sdiId)).length, 1);
});

test('a notice with the hash of another file is nobody’s', async () => {
  const invoice = await sent();
  const which = { ...about(invoice), hash: 'ab'.repeat(32) };
  await take(discarded(which, ['00311']));
  assert.deepEqual(await standing(invoice), ['SENT', 'SUBMITTED']);
  assert.equal((await rowOf(which.sdiId))[0]?.doubt, 'HASH_DIFFERS');
});

test('late news of an earlier transmission moves its file, not the invoice', async () => {
  const invoice = await sent();
  await world.store.query({
    text: 'UPDATE dbmanager.invoice SET transmission_id = gen_random_uuid() WHERE invoice_id = $1',
    values: [invoice.invoiceId],
  });
  await take(discarded(about(invoice), ['00311']));
  assert.equal((await standing(invoice))[0], 'SENT');
  assert.equal((await transmissionsOf(world.store, invoice.invoiceId))[0]?.state, 'DISCARDED');
});

const numbered = optionsOf({ duplicateCheck: 'refuse' });
let archives = 0;
/** An archive of two files, the second of them a lot of two, that was sent. */
async function sentArchive() {
  archives += 1;
  const [a, b] = [`IT01234567897_${archives}a.xml`, `IT01234567897_${archives}b.xml`];
  const files = {
    [a]: Buffer.from(documentOf([`A${archives}/1`])),
    [b]: Buffer.from(documentOf([`A${archives}/2`, `A${archives}/3`])),
  };
  const file = Buffer.from(zipSync(files)).toString('base64');
  const archive = await sent([], { file, fileName: 'lotto.zip' }, numbered);
  assert.match(archive.fileName, /\.zip$/);
  const inArchive = { IdentificativoSdI: '900', NomeFile: archive.fileName };
  const of = (name: string) => ({ ...about(archive), fileName: name, archive: inArchive });
  const details = async () => {
    const view = await findInvoice(world.store, archive.invoiceNumber);
    return (view?.documents ?? []).map(({ detail }) => detail);
  };
  return { archive, a, b, of, details };
}

test('a file of an archive that was discarded does not discard the archive, and its errors name it', async () => {
  const { archive, a, of, details } = await sentArchive();
  await take(discardedPart(of(a), archive.fileName));
  assert.deepEqual(await standing(archive), ['SENT', 'PARTLY_DISCARDED']);
  assert.deepEqual(await details(), ['DISCARDED_BY_SDI', undefined, undefined]);
  const [told] = await toldOf(archive);
  const [error] = findingsOf(told);
  assert.deepEqual([error?.code, error?.severity, error?.file], ['00311', 'error', a]);
  assert.equal((await transmissionsOf(world.store, archive.invoiceId))[0]?.sdiId, '900');
});

test("no file's receipt hides another's discard, in either order", async () => {
  for (const isDiscardFirst of [true, false]) {
    const { archive, a, b, of, details } = await sentArchive();
    const notices = [discardedPart(of(a), archive.fileName), delivered(of(b))];
    for (const notice of isDiscardFirst ? notices : notices.toReversed()) await take(notice);
    assert.deepEqual(await standing(archive), ['DELIVERED', 'PARTLY_DISCARDED']);
    assert.deepEqual(await details(), ['DISCARDED_BY_SDI', 'DELIVERED_TO_RECIPIENT', 'DELIVERED_TO_RECIPIENT']);
  }
});

test('the number of a discarded file is free for its correction, those of the other files are not', async () => {
  const { archive, a, of } = await sentArchive();
  await take(discardedPart(of(a), archive.fileName));
  const again = incoming({ invoice: documentOf([`A${archives}/1`]) });
  const taken = incoming({ invoice: documentOf([`A${archives}/2`]) });
  await takeInvoices(world, numbered)([again, taken], signal);
  const outcomes = await publishedOn(world, 'savedInvoice');
  const statusOf = (key: string) => outcomes.find((one) => one.key === key)?.value['invoiceStatus'];
  assert.equal(statusOf(again.key), 'INTERNAL_INVOICE_TOBE_SENT');
  assert.equal(statusOf(taken.key), 'INTERNAL_INVOICE_INVALID');
});

test("a public body's answer about a file of an archive, or an invoice of it, is its alone", async () => {
  const { archive, a, b, of, details } = await sentArchive();
  const [first, second] = [of(a), of(b)];
  await take(deliveredToOffice(second), answered({ ...second, messageId: '2' }, 'EC02', { number: `A${archives}/3` }));
  assert.deepEqual(await details(), [undefined, 'DELIVERED_TO_RECIPIENT', 'REFUSED']);
  assert.deepEqual(await standing(archive), ['SENT', 'SUBMITTED']);
  await take(deliveredToOffice(first), answered({ ...first, messageId: '2' }, 'EC01'));
  assert.deepEqual(await details(), ['ACCEPTED', 'DELIVERED_TO_RECIPIENT', 'REFUSED']);
  assert.deepEqual(await standing(archive), ['DELIVERED', 'DELIVERED_TO_RECIPIENT']);
});

test('all files discarded discard the archive; one that is contradicted then asks for a decision', async () => {
  const { archive, a, b, of } = await sentArchive();
  await take(discardedPart(of(a), archive.fileName), discardedPart(of(b), archive.fileName));
  assert.deepEqual(await standing(archive), ['DISCARDED', 'DISCARDED_BY_SDI']);
  await take(delivered({ ...of(b), messageId: '2' }));
  assert.deepEqual(await standing(archive), ['DISCARDED', 'DECISION_NEEDED']);
});

test('a discard of a file that is not told apart asks for a decision about all that are open', async () => {
  const { archive, b, of, details } = await sentArchive();
  await take(delivered(of(b)));
  await take(discardedPart(of(archive.fileName.replace('.zip', '.xml')), archive.fileName));
  assert.deepEqual(await details(), ['DECISION_NEEDED', 'DELIVERED_TO_RECIPIENT', 'DELIVERED_TO_RECIPIENT']);
  assert.deepEqual(await standing(archive), ['SENT', 'DECISION_NEEDED']);
});

test('a notice about the archive as a whole is about each of its files', async () => {
  const { archive, details } = await sentArchive();
  await take(discarded(about(archive), ['00001']));
  assert.deepEqual(await standing(archive), ['DISCARDED', 'DISCARDED_BY_SDI']);
  assert.deepEqual(new Set(await details()), new Set(['DISCARDED_BY_SDI']));
});

test('an answer that names the only invoice of its file otherwise than we do is that invoice’s', async () => {
  const invoice = await sent();
  await take(answered(about(invoice), 'EC01', { number: '0001' }));
  assert.deepEqual(await standing(invoice), ['DELIVERED', 'ACCEPTED']);
});

test('a discard told as JSON before gets its reasons by the notice', async () => {
  const invoice = await sent();
  const { invoiceNumber } = invoice;
  const told = { customerId: 2, invoiceNumber, status: 'INTERNAL_INVOICE_DISCARDED' } as const;
  await takeNotifications(world)([eventOf('dsiNotification', `2:${invoiceNumber}`, told)], signal);
  await take(discarded(about(invoice), ['00311']));
  const view = await findInvoice(world.store, invoiceNumber);
  assert.deepEqual([view?.detail, view?.findings?.[0]?.code], ['DISCARDED_BY_SDI', '00311']);
});

test('the right copy of a notice takes the place of one whose hash was another file’s', async () => {
  const invoice = await sent();
  const which = about(invoice);
  await take(delivered({ ...which, hash: 'ab'.repeat(32) }));
  const right = delivered({ ...which, hash: invoice.sha256 });
  await take(right);
  const rows = await rowOf(which.sdiId);
  assert.deepEqual(
    rows.map(({ transmission_id: id, doubt, bytes }) => [id, doubt, bytes.equals(writeNotice(right))]),
    [[invoice.transmissionId, null, true]],
  );
  assert.equal((await standing(invoice))[0], 'DELIVERED');
});

test('a hash that is none says nothing, and long texts keep no notice out', async () => {
  const invoice = await sent();
  const which = { ...about(invoice), hash: 'not a hash', messageId: 'x'.repeat(5000) };
  await take(delivered(which), delivered({ fileName: `${'y'.repeat(250)}.xml`, sdiId: '888' }));
  assert.equal((await standing(invoice))[0], 'DELIVERED');
  assert.equal((await rowOf('888'))[0]?.doubt, 'NO_SUCH_FILE');
});

test('all public sample notices are kept, each once', { skip: servers.shared.missing }, async () => {
  const folder = join(sharedFolder(), 'sdi/samples/notifications');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.xml$/i.test(name));
  const files = names.map((name) => readFileSync(join(folder, name)));
  const before = (await countRows(world))['notice'] ?? 0;
  for (let times = 0; times < 2; times++) {
    assert.deepEqual(await takeEvents(...files.map((bytes) => noticeEvent(bytes))), []);
  }
  const distinct = new Set(files.flatMap((bytes) => arrivedNotices(noticeEvent(bytes)).map(({ key }) => key)));
  assert.ok(distinct.size > 15);
  assert.equal((await countRows(world))['notice'], before + distinct.size);
});

test('what holds no notice fails alone', async () => {
  const invoice = await sent();
  const strange = noticeEvent(Buffer.from(documentOf(['1'])));
  const failed = await takeEvents(strange, broughtBy(delivered(about(invoice))));
  assert.deepEqual(
    failed?.map(({ event }) => event),
    [strange],
  );
  assert.equal((await standing(invoice))[0], 'DELIVERED');
});
