// sandbox: SdI by REST and on the page: told what to answer, looked at, and brought invoices to hand on.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, test } from 'node:test';
import fastify, { type FastifyInstance } from 'fastify';
import { noticeKinds } from '@staffetta/fatturapa/notices/notice-kinds.ts';
import { readNotices } from '@staffetta/fatturapa/notices/read-notices.ts';
import { verifyNotice } from '@staffetta/fatturapa/notices/verify-notice.ts';
import { html } from '../html.ts';
import { documentWith, mailbox, startTrial, today, type Trial } from './sdi.fixture.ts';
import { sdiSection } from './sdi-html.ts';
import { addSdiRoutes } from './sdi-routes.ts';
import { shownFile, type ShownFile } from './show-file.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
});

async function start(): Promise<Trial & { app: FastifyInstance }> {
  const trial = await startTrial();
  const app = fastify();
  await addSdiRoutes(app, { sdi: trial.sdi, clock: trial.clock });
  cleanUps.push(
    () => app.close(),
    () => trial.stop(),
  );
  return Object.assign(trial, { app });
}

function post(app: FastifyInstance, url: string, payload: object) {
  return app.inject({ method: 'POST', url, payload });
}

test('a rule is told, listed and forgotten; nonsense is refused in words', async () => {
  const { app } = await start();
  const made = await post(app, '/sdi/rules', { match: 'ABC1234', outcome: 'SCARTO 00404', count: 1 });
  assert.equal(made.statusCode, 201);
  assert.deepEqual((await app.inject('/sdi/rules')).json().rules, [made.json()]);
  const wrong = await post(app, '/sdi/rules', { outcome: 'FORSE' });
  assert.equal(wrong.statusCode, 400);
  assert.match(wrong.json().message, /FORSE/);
  assert.equal((await post(app, '/sdi/rules', { match: '(', outcome: 'MC' })).statusCode, 400);
  assert.equal((await post(app, '/sdi/rules', {})).statusCode, 400);
  const left = await app.inject({ method: 'DELETE', url: '/sdi/rules' });
  assert.deepEqual(left.json().rules, []);
});

test('what SdI got and answered is listed, newest first, and its bytes come back', async () => {
  const trial = await start();
  const { app } = trial;
  const bytes = documentWith('goods');
  await trial.send(bytes);
  await trial.send(Buffer.from('<a/>'));
  await trial.waitFor(2);
  const list = (await app.inject('/sdi/files')).json();
  assert.deepEqual(
    list.content.map(({ decided }: ShownFile) => decided),
    ['SCARTO 00200', 'RC'],
  );
  const [found] = (await app.inject('/sdi/files?fileName=it01234567897_00001.XML')).json().content;
  assert.equal(found.fileName, 'IT01234567897_00001.xml');
  assert.deepEqual((await app.inject(`/sdi/files/${found.sdiId}`)).json(), found);
  assert.deepEqual((await app.inject(`/sdi/files/${found.sdiId}/raw`)).rawPayload, bytes);
  for (const way of ['', '/raw']) assert.equal((await app.inject(`/sdi/files/7${way}`)).statusCode, 404);
});

test('an invoice is brought as JSON or as the file itself', async () => {
  const trial = await start();
  const { app } = trial;
  const bytes = documentWith('goods');
  const json = { to: mailbox, file: bytes.toString('base64'), fileName: 'IT12345678903_00007.xml' };
  assert.equal((await post(app, '/sdi/incoming', json)).statusCode, 202);
  for (const type of ['application/xml', 'text/xml', 'text/plain', 'application/x-www-form-urlencoded']) {
    const url = `/sdi/incoming?to=${encodeURIComponent(mailbox)}`;
    const raw = await app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload: bytes });
    assert.equal(raw.statusCode, 202, type);
  }
  const mails = await trial.waitFor(5);
  for (const mail of mails) assert.deepEqual(mail.files[1]?.bytes, bytes);
  assert.equal(mails[0]?.files[1]?.name, 'IT12345678903_00007.xml');
});

test('an invoice for nobody, or none at all, is refused in words', async () => {
  const { app } = await start();
  assert.match((await post(app, '/sdi/incoming', { file: 'AAAA' })).json().message, /to/);
  const headers = { 'content-type': 'application/xml' };
  const nobody = await app.inject({ method: 'POST', url: '/sdi/incoming', headers, payload: '<a/>' });
  assert.equal(nobody.statusCode, 400);
  assert.match(nobody.json().message, /\?to=/);
  const noAddress = await post(app, '/sdi/incoming', { to: 'nobody', file: 'AAAA' });
  assert.equal(noAddress.statusCode, 400);
  assert.match(noAddress.json().message, /nobody is no address of a mailbox/);
});

test('a notice is sent on demand', async () => {
  const trial = await start();
  const { app } = trial;
  await trial.send(documentWith('goods', ['SDI:SILENZIO']));
  const [file] = trial.sdi.archive.files();
  assert.ok(file);
  const wish = { sdiId: file.sdiId, kind: 'RC' };
  assert.equal((await post(app, '/sdi/notices', wish)).statusCode, 202);
  assert.equal((await trial.waitFor(1)).length, 1);
  assert.equal((await post(app, '/sdi/notices', { fileName: file.name.toLowerCase(), kind: 'MC' })).statusCode, 202);
  assert.equal((await trial.waitFor(2)).length, 2);
  assert.equal((await post(app, '/sdi/notices', { fileName: 'other.xml', kind: 'MC' })).statusCode, 400);
  assert.equal((await post(app, '/sdi/notices', { kind: 'MC' })).statusCode, 400);
  assert.equal((await post(app, '/sdi/notices', { ...wish, kind: 'NE' })).statusCode, 400);
  assert.equal((await post(app, '/sdi/notices', { ...wish, kind: 'EC' })).statusCode, 400);
});

test('times that are told hold from then on', async () => {
  const trial = await start();
  const told = await trial.app.inject({ method: 'PUT', url: '/sdi/times', payload: { answerMs: 3_600_000 } });
  assert.deepEqual(told.json().times, { answerMs: 3_600_000 });
  await trial.send(documentWith('goods'));
  await trial.rest();
  assert.equal(trial.mails.length, 0);
  trial.clock.turn(3_600_000);
  await trial.waitFor(1);
});

test('the certificate that is shown is that of the notices', async () => {
  const trial = await start();
  const certificate = (await trial.app.inject('/sdi/certificate')).body;
  assert.match(new X509Certificate(certificate).subject, /sandbox/);
  await trial.send(documentWith('goods'));
  const [mail] = await trial.waitFor(1);
  const [found] = readNotices(mail?.files[0]?.bytes ?? Buffer.alloc(0)).notices;
  assert.ok(found);
  assert.equal(verifyNotice(found, { trust: [certificate], at: today }).result, 'valid');
});

test("the page's forms do the same, and lead back to it", async () => {
  const trial = await start();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const submit = (url: string, fields: Record<string, string>) =>
    trial.app.inject({ method: 'POST', url, headers, payload: new URLSearchParams(fields).toString() });
  const told = await submit('/sdi/forms/rule', { outcome: 'SILENZIO', match: '', count: '' });
  assert.deepEqual([told.statusCode, told.headers.location], [303, '/#sdi']);
  assert.deepEqual(trial.sdi.archive.rules(), [{ id: 1, match: '', outcome: 'SILENZIO' }]);
  await submit('/sdi/forms/clear-rules', {});
  assert.deepEqual(trial.sdi.archive.rules(), []);
  for (const format of ['FPR12', 'FPA12']) {
    assert.equal((await submit('/sdi/forms/sample', { to: mailbox, format, customer: '' })).statusCode, 303);
  }
  const mails = await trial.waitFor(2);
  assert.deepEqual(
    trial.sdi.archive.files().map(({ format }) => format),
    ['FPR12', 'FPA12'],
  );
  const [first] = trial.sdi.archive.files();
  assert.equal((await submit('/sdi/forms/notice', { sdiId: first?.sdiId ?? '', kind: 'RC' })).statusCode, 303);
  assert.equal(mails.length, 2);
});

test('the page leads to its forms, however many files stand before them, and says what the notices are', () => {
  const files = { content: [], totalElements: 0, totalPages: 0, number: 0, size: 50 };
  const section = sdiSection({ files, rules: [], mailbox }, html``).html;
  const [, ...links] = section.split('href="#').map((piece) => piece.slice(0, piece.indexOf('"')));
  assert.deepEqual(links, ['sdi-rules', 'sdi-notice', 'sdi-sample']);
  for (const link of links) assert.match(section, RegExp(`<h3 id="${link}"`));
  for (const kind of noticeKinds) assert.match(section, RegExp(`[> ]${kind} [a-z]`), kind);
});

test('names and texts of strangers are text on the page', async () => {
  const trial = await startTrial();
  cleanUps.push(() => trial.stop());
  const evil = `"'><script>alert(1)</script>`;
  await trial.sdi.addRule({ match: '<script>', outcome: 'RIFIUTA <script>' });
  await trial.send(Buffer.from('<a/>'), { fileName: evil, from: evil });
  await trial.sdi.bring({ to: '"<script>@x', bytes: Buffer.from('<a/>'), fileName: evil });
  const files = trial.sdi.archive.files().map((file) => shownFile(file, trial.sdi.archive));
  const page = { content: files, totalElements: 2, totalPages: 1, number: 0, size: 50 };
  const section = sdiSection({ files: page, rules: trial.sdi.archive.rules(), mailbox: evil }, html``).html;
  assert.doesNotMatch(section, /<script|alert\(1\)<\/script/);
  assert.match(section, /&#60;script&#62;/);
});
