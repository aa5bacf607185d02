// dbmanager: originals are never changed, and a period of them comes out as one archive whose bytes and hashes agree.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { callerHeader, signCaller, type Caller } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { unzipSync } from 'fflate';
import { settings } from './config.ts';
import { dbmanager } from './dbmanager.ts';
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import { optionsOf, publishedOn, transmissionIn } from './dbmanager.fixture.ts';
import { documentOf, incoming } from './events.fixture.ts';
import { beginExport } from './export-invoices.ts';
import { judgingWith } from './judging.ts';
import { delivered, noticeEvent } from './notices.fixture.ts';
import { takeInvoices } from './on-incoming-invoice.ts';
import { takeNotices } from './on-sdi-notice.ts';

let world: TestWorld;
let running: Running;
const numbers: Record<string, number> = {};

async function stored(changes: Parameters<typeof incoming>[0]): Promise<number> {
  const options = optionsOf({ validation: 'customer' });
  const event = incoming(changes);
  await takeInvoices(world, options, judgingWith(options, world.clock))([event], new AbortController().signal);
  const saved = (await publishedOn(world, 'savedInvoice')).find(({ causationId }) => causationId === event.eventId);
  return Number(saved?.value['invoiceNumber']);
}

const binary = randomBytes(6_000_000);

before(async () => {
  world = await testWorld();
  running = await dbmanager.start(world, readSettings(settings, {}).values);
  numbers['plain'] = await stored({ invoice: documentOf(['A/1']) });
  const [outgoing] = await publishedOn(world, 'outgoingInvoice');
  const { fileName } = transmissionIn(outgoing);
  const brought = noticeEvent(writeNotice(delivered({ fileName, sdiId: '601' })), { fileName: 'IT01_1_RC_001.xml' });
  await takeNotices(world, optionsOf())([brought], new AbortController().signal);
  numbers['lot'] = await stored({ invoice: documentOf(['L/1', 'L/2']), customer: { customerId: 3 } });
  numbers['external'] = await stored({
    invoiceStatus: 'EXTERNAL_INVOICE',
    file: binary.toString('base64'),
    fileName: '../=cmd.xml.p7m',
  });
});
after(async () => {
  await running.stop();
  await world.end();
});

function get(query: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${running.port}/api/invoices/export?${query}`, { headers });
}

function as(caller: Caller): Record<string, string> {
  return { [callerHeader]: signCaller(world.callerSecret, caller, world.clock.now()) };
}

const period = 'from=2020-01-01&to=2099-12-31';

async function archive(query = period, headers: Record<string, string> = {}) {
  const answer = await get(query, headers);
  assert.equal(answer.status, 200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { bytes, files: unzipSync(bytes), answer };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Index {
  readonly invoices: readonly {
    readonly invoiceNumber: number;
    readonly status: string;
    readonly customer: { readonly customerId: number };
    readonly documents: readonly { readonly number: string; readonly total: string }[];
    readonly files: readonly {
      readonly path: string;
      readonly sha256: string;
      readonly role: string;
      readonly size: number;
    }[];
    readonly transmissions: readonly { readonly fileName: string; readonly path: string; readonly sha256: string }[];
    readonly notices: readonly { readonly kind: string; readonly path: string }[];
  }[];
}

function indexIn(files: Record<string, Uint8Array>): Index {
  return JSON.parse(Buffer.from(files['index.json'] ?? []).toString()) as Index;
}

test('content rows are never changed', async () => {
  const change = world.store.query({ text: `UPDATE dbmanager.content SET bytes = 'x'` });
  await assert.rejects(change, /only grows/);
});

test("SdI's notices lie beside the invoice that they are about", async () => {
  const { files } = await archive();
  const { invoices } = indexIn(files);
  const [notice] = invoices.find(({ invoiceNumber }) => invoiceNumber === numbers['plain'])?.notices ?? [];
  assert.equal(notice?.kind, 'RC');
  assert.match(notice.path, /\/IT01_1_RC_001\.xml$/);
  assert.match(Buffer.from(files[notice.path]!).toString(), /<IdentificativoSdI>601</);
});

test('every file is there once, and its bytes and hashes agree with index and list', async () => {
  const { files, answer } = await archive();
  assert.equal(answer.headers.get('content-type'), 'application/zip');
  assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="fatture-2020-01-01-2099-12-31.zip"');
  const indexed = indexIn(files).invoices.flatMap((invoice) => invoice.files);
  assert.deepEqual(
    Object.keys(files).sort(),
    [...indexed.map(({ path }) => path), 'SHA256SUMS', 'index.csv', 'index.json'].sort(),
  );
  for (const { path, sha256: hash, size } of indexed) {
    assert.equal(sha256(files[path]!), hash);
    assert.equal(files[path]!.length, size);
  }
  const sums = Buffer.from(files['SHA256SUMS'] ?? []).toString();
  assert.equal(sums, indexed.map(({ path, sha256: hash }) => `${hash}  ${path}\n`).join(''));
});

test('originals lie by day and number under safe names, and what was sent is told with them', async () => {
  const { files } = await archive();
  const { invoices } = indexIn(files);
  assert.deepEqual(
    invoices.map(({ invoiceNumber }) => invoiceNumber),
    [numbers['plain'], numbers['lot'], numbers['external']],
  );
  const [plain, lot, external] = invoices;
  const day = plain?.files[0]?.path.slice(0, 10) ?? '';
  assert.match(day, /^\d{4}-\d{2}-\d{2}$/);
  const folder = (number: number | undefined) => `${day}/${String(number).padStart(8, '0')}`;
  assert.equal(external?.files[0]?.path, `${folder(numbers['external'])}/_=cmd.xml.p7m`);
  assert.deepEqual(Buffer.from(files[external?.files[0]?.path ?? ''] ?? []), binary);
  // Sent as it came: one file, told twice.
  const [sent] = plain?.transmissions ?? [];
  assert.deepEqual(
    [plain?.files.filter(({ role }) => role !== 'notice').length, sent?.path],
    [1, plain?.files[0]?.path],
  );
  assert.equal(plain?.files[0]?.path, `${folder(numbers['plain'])}/${sent?.fileName}`);
  assert.deepEqual(
    lot?.documents.map(({ number, total }) => [number, total]),
    [
      ['L/1', '122.00'],
      ['L/2', '122.00'],
    ],
  );
});

test('the CSV has a line per body, and no cell that a spreadsheet would run', async () => {
  const { files } = await archive();
  const csv = Buffer.from(files['index.csv'] ?? []).toString();
  const lines = csv.trimEnd().split('\r\n');
  assert.equal(lines.length, 5);
  assert.match(lines[0]!, /^\ufeff"invoiceNumber","invoiceId"/);
  for (const line of lines.slice(1)) assert.doesNotMatch(line, /(?:^|,)"[=+@]/);
});

test('a second export is the same, byte for byte', async () => {
  assert.deepEqual((await archive()).bytes, (await archive()).bytes);
});

test('a customer gets its own, a kind and a period what belongs to them', async () => {
  const found = async (query: string, headers: Record<string, string> = {}) =>
    indexIn((await archive(query, headers)).files).invoices.map(({ invoiceNumber }) => invoiceNumber);
  const three = as({ name: 'tre', roles: ['CUSTOMER'], customerId: 3 });
  assert.deepEqual(await found(period, three), [numbers['lot']]);
  assert.deepEqual(await found(`${period}&customerId=2&kind=internal`), [numbers['plain']]);
  assert.deepEqual(await found(`${period}&kind=external`), [numbers['external']]);
  assert.deepEqual(await found('from=2020-01-01&to=2020-12-31'), []);
  assert.equal((await get(`${period}&customerId=2`, three)).status, 404);
  assert.equal((await get(period, as({ name: 'sdi', roles: ['SDI'] }))).status, 403);
});

test('a period that cannot be is a clear 400', async () => {
  for (const query of ['', 'from=x&to=2026-01-01', 'from=2026-02-01&to=2026-01-01', `${period}&kind=both`]) {
    assert.equal((await get(query)).status, 400, query);
  }
});

test('a caller has one export at a time and is told when to come back; another caller is not kept waiting', async () => {
  const two = as({ name: 'due', roles: ['CUSTOMER'], customerId: 2 });
  const three = as({ name: 'tre', roles: ['CUSTOMER'], customerId: 3 });
  // Its body is not read yet, and is more than lies in the buffers on the way.
  const slow = await get(period, two);
  const [again, other] = await Promise.all([get(period, two), get(period, three)]);
  assert.deepEqual([slow.status, again.status, other.status], [200, 429, 200]);
  assert.equal(again.headers.get('retry-after'), '30');
  assert.match(await again.text(), /An export of yours runs already.* 30 seconds/);
  await Promise.all([slow, other].map((answer) => answer.arrayBuffer()));
  assert.equal((await archive(period, two)).answer.status, 200);
});

const search = { from: new Date(0), before: new Date('2099-01-01T00:00:00Z'), customerId: undefined, kind: undefined };
const ignore = (): void => undefined;
const limits = { exportFilesMax: 100, exportBytesMax: 100_000_000, exportTimeoutMs: 60_000, exportStallMs: 60_000 };

test('an export over its limits is refused before anything is sent', async () => {
  const few = { ...limits, exportFilesMax: 2 };
  await assert.rejects(beginExport(world.store, search, few, ignore), { code: 'EXPORT_TOO_LARGE' });
  const small = { ...limits, exportBytesMax: 1_000_000 };
  await assert.rejects(beginExport(world.store, search, small, ignore), { code: 'EXPORT_TOO_LARGE' });
});

test('a reader that is gone or too slow ends the export, and nothing of it stays open', async () => {
  const gone = Promise.withResolvers<Error | undefined>();
  const unread = await beginExport(world.store, search, limits, gone.resolve);
  unread.once('error', () => undefined).destroy();
  assert.ok((await gone.promise) instanceof Error);
  const slow = Promise.withResolvers<Error | undefined>();
  const late = await beginExport(world.store, search, { ...limits, exportTimeoutMs: 50 }, slow.resolve);
  late.once('error', () => undefined);
  assert.ok((await slow.promise) instanceof Error);
  const still = Promise.withResolvers<Error | undefined>();
  const stalled = await beginExport(world.store, search, { ...limits, exportStallMs: 50 }, still.resolve);
  stalled.once('error', () => undefined);
  assert.match((await still.promise)?.message ?? '', /the reader took nothing for 50 ms/);
  const { rows } = await world.store.query<{ open: number }>({
    text: `SELECT count(*) AS open FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
  });
  assert.equal(rows[0]?.open, 0);
});
