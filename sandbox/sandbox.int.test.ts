// The sandbox from outside: mails go in by SMTP, callbacks by HTTP, and come out by REST.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startSandbox } from './sandbox.ts';
import type { Sandbox, SandboxOptions } from './sandbox.ts';
import { sampleMail, sendMail } from './smtp-client.fixture.ts';

interface MailJson {
  readonly id: string;
  readonly subject: string;
  readonly correlationId: string;
  readonly attachments: ReadonlyArray<{ readonly name: string; readonly bytes: number; readonly sha256: string }>;
}
interface CallbackJson {
  readonly path: string;
  readonly answered: number;
  readonly attempt: number;
  readonly invoiceNumber: number;
  readonly invoiceStatus: string;
  readonly sequence: number;
  readonly correlationId: string;
  readonly webhookId: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}
interface PageJson<T> {
  readonly content: readonly T[];
  readonly totalElements: number;
  readonly totalPages: number;
}

const cleanUps: Array<() => Promise<unknown>> = [];
after(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'staffetta-sandbox-'));
  cleanUps.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox & { url: string; dir: string }> {
  const dir = options.dir ?? (await newDir());
  const sandbox = await startSandbox({ smtpPort: 0, pagePort: 0, host: '127.0.0.1', ...options, dir });
  cleanUps.push(() => sandbox.stop());
  return { ...sandbox, url: `http://127.0.0.1:${sandbox.pagePort}`, dir };
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  assert.equal(response.status, 200, url);
  return (await response.json()) as T;
}

async function put(url: string, body: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) })).status;
}

async function callBack(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const all = { 'content-type': 'application/json', ...headers };
  return fetch(url, { method: 'POST', headers: all, body: JSON.stringify(body) });
}

test('a mail is listed with its attachment, whose bytes come back exactly', async () => {
  const sandbox = await start();
  const content = Buffer.from(Array.from({ length: 10_000 }, (_, at) => (at * 31) % 256));
  assert.match(await sendMail(sandbox.smtpPort, sampleMail({ content })), /^250/);
  const { content: mails } = await getJson<PageJson<MailJson>>(`${sandbox.url}/api/mails`);
  const [mail] = mails;
  assert.ok(mail);
  assert.equal(mail.correlationId, 'order-7');
  const sha256 = createHash('sha256').update(content).digest('hex');
  assert.deepEqual(mail.attachments, [
    { name: 'IT01234567890_00001.xml', contentType: 'application/xml', bytes: 10_000, sha256 },
  ]);
  const download = await fetch(`${sandbox.url}/mails/${mail.id}/attachments/IT01234567890_00001.xml`);
  assert.deepEqual(Buffer.from(await download.arrayBuffer()), content);
  assert.match(download.headers.get('content-disposition') ?? '', /^attachment/);
  assert.deepEqual(await getJson(`${sandbox.url}/api/mails/${mail.id}`), mail);
  const raw = Buffer.from(await (await fetch(`${sandbox.url}/mails/${mail.id}/raw`)).arrayBuffer());
  assert.equal(raw.toString('latin1').trimEnd(), sampleMail({ content }).toString('latin1').trimEnd());
});

test('mails are found by file name in any case and by correlation id', async () => {
  const sandbox = await start();
  for (const at of [1, 2, 3]) {
    await sendMail(sandbox.smtpPort, sampleMail({ fileName: `IT01_${at}.xml`, correlationId: `c${at % 2}` }));
  }
  const find = (query: string) => getJson<PageJson<MailJson>>(`${sandbox.url}/api/mails?${query}`);
  assert.deepEqual(
    (await find('fileName=it01_2.XML')).content.map((mail) => mail.subject),
    ['IT01_2.xml'],
  );
  assert.deepEqual(
    (await find('correlationId=c1')).content.map((mail) => mail.subject),
    ['IT01_3.xml', 'IT01_1.xml'],
  );
  assert.equal((await find('messageId=IT01_3.xml@pec.example.it')).totalElements, 1);
  assert.equal((await find('fileName=other.xml')).totalElements, 0);
  assert.deepEqual(
    (await find('page=1&size=2')).content.map((mail) => mail.subject),
    ['IT01_1.xml'],
  );
  assert.equal((await find('size=2')).totalPages, 2);
});

test('mails outlive a restart, half-written ones do not', async () => {
  const first = await start();
  await sendMail(first.smtpPort, sampleMail());
  await first.stop();
  await writeFile(join(first.dir, 'mails', '1795425524162-00000009-693f9df7.part'), 'half');
  const second = await start({ dir: first.dir });
  assert.equal((await getJson<PageJson<MailJson>>(`${second.url}/api/mails`)).totalElements, 1);
  assert.equal((await readdir(join(first.dir, 'mails'))).length, 1);
});

test('only the newest mails are kept', async () => {
  const sandbox = await start({ mailsMax: 3 });
  for (let at = 1; at <= 5; at += 1) await sendMail(sandbox.smtpPort, sampleMail({ fileName: `IT01_${at}.xml` }));
  const { content } = await getJson<PageJson<MailJson>>(`${sandbox.url}/api/mails`);
  assert.deepEqual(
    content.map((mail) => mail.subject),
    ['IT01_5.xml', 'IT01_4.xml', 'IT01_3.xml'],
  );
});

test('all mails can be forgotten', async () => {
  const sandbox = await start();
  await sendMail(sandbox.smtpPort, sampleMail());
  assert.equal((await fetch(`${sandbox.url}/api/mails`, { method: 'DELETE' })).status, 204);
  assert.equal((await getJson<PageJson<MailJson>>(`${sandbox.url}/api/mails`)).totalElements, 0);
  assert.deepEqual(await readdir(join(sandbox.dir, 'mails')), []);
});

test('what is not there is 404, also when the name tries to leave the folder', async () => {
  const sandbox = await start();
  for (const path of [
    '/api/mails/x',
    '/mails/x/raw',
    '/mails/..%2F..%2Fetc%2Fpasswd/raw',
    '/mails/x/attachments/y',
    '/nothing',
  ]) {
    assert.equal((await fetch(sandbox.url + path)).status, 404, path);
  }
});

test('mails are refused as told, as often as told, by file name or recipient', async () => {
  const sandbox = await start();
  const rules = `${sandbox.url}/smtp-behaviour`;
  assert.equal(await put(rules, { match: 'IT01_.*', code: 451, text: '4.7.1 later', times: 2 }), 200);
  assert.equal(await put(rules, { match: 'nobody@', code: 550, text: '5.1.1 nobody' }), 200);
  assert.equal(await sendMail(sandbox.smtpPort, sampleMail({ fileName: 'IT01_1.xml' })), '451 4.7.1 later');
  assert.match(await sendMail(sandbox.smtpPort, sampleMail({ fileName: 'IT02_1.xml' })), /^250/);
  assert.equal(await sendMail(sandbox.smtpPort, sampleMail({ fileName: 'it01_1.xml' })), '451 4.7.1 later');
  assert.match(await sendMail(sandbox.smtpPort, sampleMail({ fileName: 'IT01_1.xml' })), /^250/);
  assert.match(await sendMail(sandbox.smtpPort, sampleMail(), 'nobody@example.it'), /^550/);
  assert.equal((await getJson<PageJson<MailJson>>(`${sandbox.url}/api/mails`)).totalElements, 2);
});

test('a mail server told to die after it took the mail has the mail', async () => {
  const sandbox = await start();
  await put(`${sandbox.url}/smtp-behaviour`, { cut: true, keep: true, times: 1 });
  assert.equal(await sendMail(sandbox.smtpPort, sampleMail()), 'cut');
  await put(`${sandbox.url}/smtp-behaviour`, { cut: true, times: 1 });
  assert.equal(await sendMail(sandbox.smtpPort, sampleMail()), 'cut');
  assert.equal((await getJson<PageJson<MailJson>>(`${sandbox.url}/api/mails`)).totalElements, 1);
});

test('a mail server told to be down refuses connections and cuts open ones, until told otherwise', async () => {
  const sandbox = await start();
  const open = connect(sandbox.smtpPort, '127.0.0.1');
  open.on('error', () => open.destroy());
  await new Promise((resolve) => open.once('data', resolve));
  const cut = new Promise((resolve) => open.once('close', resolve));
  await put(`${sandbox.url}/smtp-behaviour`, { down: true });
  await cut;
  await assert.rejects(sendMail(sandbox.smtpPort, sampleMail()), /ECONNREFUSED/);
  assert.match(await (await fetch(sandbox.url)).text(), /told to be down/);
  await put(`${sandbox.url}/smtp-behaviour`, { down: false });
  assert.match(await sendMail(sandbox.smtpPort, sampleMail()), /^250/);
});

const invoice = {
  invoiceNumber: 41,
  invoiceStatus: 'INTERNAL_INVOICE_SENT',
  sequence: 2,
  invoice: '<x/>',
  file: 'PHgvPg==',
  customer: { customerId: 2 },
};

test('a callback is kept with its headers and all of its body but the document', async () => {
  const sandbox = await start();
  const headers = { 'X-Correlation-ID': 'order-7', 'webhook-id': 'w1', 'X-ARUBA-API-KEY': 'k' };
  assert.equal((await callBack(`${sandbox.url}/callbacks/shop/1?x=y`, invoice, headers)).status, 200);
  const { content } = await getJson<PageJson<CallbackJson>>(`${sandbox.url}/api/callbacks?invoiceNumber=41`);
  const [callback] = content;
  assert.ok(callback);
  assert.deepEqual([callback.path, callback.answered, callback.attempt], ['/shop/1', 200, 1]);
  assert.deepEqual(
    [callback.invoiceStatus, callback.sequence, callback.correlationId],
    ['INTERNAL_INVOICE_SENT', 2, 'order-7'],
  );
  assert.equal(callback.headers['x-aruba-api-key'], 'k');
  assert.deepEqual(Object.keys(callback.body), ['invoiceNumber', 'invoiceStatus', 'sequence', 'customer']);
});

test('a callback that is no JSON is kept too', async () => {
  const sandbox = await start();
  const response = await fetch(`${sandbox.url}/callbacks/x`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  });
  assert.equal(response.status, 200);
  assert.equal((await getJson<PageJson<CallbackJson>>(`${sandbox.url}/api/callbacks`)).totalElements, 1);
});

test('callbacks are refused as told, path by path, and tries are counted', async () => {
  const sandbox = await start();
  assert.equal(
    await put(`${sandbox.url}/callbacks-behaviour`, { path: '/x', fail: 2, status: 503, retryAfter: 1 }),
    200,
  );
  const tryIt = () => callBack(`${sandbox.url}/callbacks/x`, invoice, { 'webhook-id': 'w1' });
  const first = await tryIt();
  assert.deepEqual([first.status, first.headers.get('retry-after')], [503, '1']);
  assert.equal((await callBack(`${sandbox.url}/callbacks/y`, invoice)).status, 200);
  assert.equal((await tryIt()).status, 503);
  assert.equal((await tryIt()).status, 200);
  const { content } = await getJson<PageJson<CallbackJson>>(`${sandbox.url}/api/callbacks?path=/x`);
  assert.deepEqual(
    content.map((each) => [each.attempt, each.answered]),
    [
      [3, 200],
      [2, 503],
      [1, 503],
    ],
  );
});

test('a callback left hanging gets no answer, and does not keep the sandbox from stopping', async () => {
  const sandbox = await start();
  await put(`${sandbox.url}/callbacks-behaviour`, { path: '*', hang: true });
  await assert.rejects(fetch(`${sandbox.url}/callbacks/x`, { method: 'POST', signal: AbortSignal.timeout(200) }));
  const hanging = callBack(`${sandbox.url}/callbacks/x`, invoice).catch(() => 'cut');
  while ((await getJson<PageJson<CallbackJson>>(`${sandbox.url}/api/callbacks`)).totalElements < 2) continue;
  await sandbox.stop();
  assert.equal(await hanging, 'cut');
});

test('callbacks outlive a restart, a line cut short by a crash does not', async () => {
  const first = await start();
  await Promise.all([1, 2, 3].map((at) => callBack(`${first.url}/callbacks/x`, { ...invoice, invoiceNumber: at })));
  await first.stop();
  await appendFile(join(first.dir, 'callbacks.ndjson'), '{"id":4,"pa');
  const second = await start({ dir: first.dir });
  assert.equal((await getJson<PageJson<CallbackJson>>(`${second.url}/api/callbacks`)).totalElements, 3);
  await callBack(`${second.url}/callbacks/x`, invoice);
  await second.stop();
  const third = await start({ dir: first.dir });
  assert.equal((await getJson<PageJson<CallbackJson>>(`${third.url}/api/callbacks`)).totalElements, 4);
  assert.equal((await fetch(`${third.url}/api/callbacks`, { method: 'DELETE' })).status, 204);
  assert.equal((await getJson<PageJson<CallbackJson>>(`${third.url}/api/callbacks`)).totalElements, 0);
});

test('a behaviour that makes no sense is 400', async () => {
  const sandbox = await start();
  for (const body of [{ code: 200 }, { match: '(' }, { text: 'a\r\nb' }, { unknown: 1 }, {}, { times: -1 }]) {
    assert.equal(await put(`${sandbox.url}/smtp-behaviour`, body), 400, JSON.stringify(body));
  }
  for (const body of [{ fail: 2 }, { path: '/x', status: 99 }, { path: '/x', retryAfter: 'a\r\nb' }]) {
    assert.equal(await put(`${sandbox.url}/callbacks-behaviour`, body), 400, JSON.stringify(body));
  }
  assert.equal((await fetch(`${sandbox.url}/api/mails?size=0`)).status, 400);
  assert.equal((await fetch(`${sandbox.url}/api/mails?fileNam=x`)).status, 400);
});

test('the page may run no script, whoever wrote what it shows', async () => {
  const sandbox = await start();
  const response = await fetch(sandbox.url);
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.match(await response.text(), /Staffetta sandbox/);
});

test('a taken port fails the start and leaves nothing behind', async () => {
  const first = await start();
  const second = startSandbox({ dir: await newDir(), host: '127.0.0.1', smtpPort: 0, pagePort: first.pagePort });
  await assert.rejects(second, /EADDRINUSE/);
  const third = startSandbox({ dir: await newDir(), host: '127.0.0.1', smtpPort: first.smtpPort, pagePort: 0 });
  await assert.rejects(third, /EADDRINUSE/);
});
