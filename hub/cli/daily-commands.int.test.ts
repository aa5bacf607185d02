// hub: `mails`, `alarms`, `decide` and `status` run as a person runs them, against a gateway that answers as the hub does.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../staffetta.ts', import.meta.url));
let server: Server;
let asked: { call: string; body: string }[] = [];
/** Does something once an answer was given. */
let onAsked: () => void = () => undefined;
let answers: Record<string, { status?: number; body: unknown }> = {};

before(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const call = `${request.method} ${request.url}`;
      asked.push({ call, body });
      const answer = answers[call] ?? { status: 404, body: { errorMessage: `There is no ${call}.` } };
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      onAsked();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  asked = [];
  answers = {};
  onAsked = () => undefined;
});
after(() => server.close());

function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...words, '--gateway', gateway],
      { env: { PATH: process.env['PATH'] } },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

const id = '01a213f0-eaeb-72e7-b6e7-044268d20b47';
const mail = {
  mailId: id,
  mailbox: 'fatture@example.it',
  storedAt: '2026-11-25T10:00:01.000Z',
  state: 'quarantined',
  words: { it: ['Messaggio.'], en: ['Message.'] },
  results: [],
};

test('mails lists by state, and says what is wrong with a mailbox', async () => {
  answers['GET /mailbox/api/mails?size=50&state=quarantined'] = { body: { content: [mail], totalElements: 1 } };
  answers['GET /mailbox/api/mailboxes'] = { body: [] };
  const { code, out } = await run('mails', '--state', 'quarantined');
  assert.deepEqual([code, out.split('\n')[0]], [0, '25/11/2026 11:00:01  da guardare  (senza oggetto)']);
  const { out: json } = await run('mails', '--state', 'quarantined', '--json');
  assert.deepEqual(JSON.parse(json), [mail]);
  const wrong = await run('mails', '--state', 'lost');
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /uno di stored, understood/);
});

test('a mail is settled with a reason, and what the hub refuses is told and exits 1', async () => {
  assert.match((await run('mails', 'settle', id)).err, /Dire che cosa è stato fatto/);
  answers[`POST /mailbox/api/mails/${id}/settle`] = { body: mail };
  const { code, out } = await run('mails', 'settle', id, '--reason', 'registrata a mano');
  assert.deepEqual([code, out], [0, `${id}: chiusa\n`]);
  assert.deepEqual(JSON.parse(asked.at(-1)?.body ?? ''), { reason: 'registrata a mano' });
  answers[`POST /mailbox/api/mails/${id}/retry`] = { status: 409, body: { errorMessage: 'It is understood.' } };
  const refused = await run('mails', 'retry', id, id);
  assert.deepEqual([refused.code, refused.out], [1, `${id}: It is understood.\n`.repeat(2)]);
});

test('all mails of one reason are tried again, call by call until the hub names no more', async () => {
  const path = 'POST /mailbox/api/mails/retry';
  answers[path] = { body: { retried: 500, next: 812 } };
  onAsked = () => (answers[path] = { body: { retried: 3 } });
  const words = ['mails', 'retry', '--all', '--why', 'UNKNOWN_RECIPIENT'];
  const { code, out } = await run(...words, '--mailbox', 'fatture@example.it');
  assert.deepEqual([code, out], [0, 'Mail riprovate: 503.\n']);
  const wish = { why: 'UNKNOWN_RECIPIENT', mailbox: 'fatture@example.it' };
  assert.deepEqual(
    asked.map(({ body }) => JSON.parse(body) as unknown),
    [
      { ...wish, after: 0 },
      { ...wish, after: 812 },
    ],
  );
  answers[path] = { body: { retried: 0 } };
  assert.equal((await run(...words, '--lang', 'en')).out, 'No mail waits for this reason.\n');
  answers[path] = { status: 400, body: { errorMessage: 'body/why must be one of…' } };
  assert.deepEqual((await run(...words)).err, 'body/why must be one of…\n');
});

test('--all needs a reason and no ids, and goes with retry alone', async () => {
  const all = ['--all', '--why', 'REFUSED'];
  for (const words of [
    ['retry', '--all'],
    ['retry', id, ...all],
    ['settle', ...all],
    ['retry', '--why', 'REFUSED'],
    all,
  ]) {
    const { code, err } = await run('mails', ...words);
    assert.deepEqual([code, err.includes('mails retry --all --why')], [2, true], words.join(' '));
  }
  assert.equal(asked.length, 0);
});

test('alarms says what did not happen and what to do, or that all is well', async () => {
  const alarm = {
    invoiceNumber: 41,
    customer: { customerId: 2, username: 'rossi' },
    raisedAt: '2026-11-25T10:00:00.000',
    dueAt: '2026-11-24T10:00:00.000',
    words: { it: 'SdI non ha ancora risposto.', en: 'SdI has not answered yet.' },
    fix: { it: 'Cercarla nel portale.', en: 'Look for it on the portal.' },
  };
  const path = 'GET /dbmanager/api/alarms?state=open&size=100';
  answers[path] = { body: { content: [alarm], totalElements: 1 } };
  assert.equal(
    (await run('alarms')).out,
    '25/11/2026  fattura 41, cliente rossi (termine 24/11/2026): SdI non ha ancora risposto.\n    Cercarla nel portale.\n',
  );
  answers[path] = { body: { content: [], totalElements: 0 } };
  assert.equal((await run('alarms', '--lang', 'en')).out, 'No alarm: all is within the expected times.\n');
});

test('a decision is told to the hub, and what follows from it to the person', async () => {
  const path = 'POST /dbmanager/api/invoices/41/decisione';
  answers[path] = { body: { invoiceNumber: 41, invoiceStatus: 'INTERNAL_INVOICE_DISCARDED', customer: {} } };
  const { code, out } = await run('decide', '41', 'not-taken', '--reason', 'cercata nel portale');
  assert.equal(code, 0);
  assert.match(out, /^41: SdI non ne ha alcuna copia\.\nChe cosa fare: Correggere .*resend 41 FILE\.\n$/);
  assert.deepEqual(JSON.parse(asked[0]?.body ?? ''), { firstCopyTaken: false, reason: 'cercata nel portale' });
  const unclear = await run('decide', '41', 'perhaps');
  assert.deepEqual([unclear.code, asked.length], [2, 1]);
});

test('status tells an invoice in the language asked for, and --json hands over what the hub said', async () => {
  const invoice = { invoiceNumber: 7, invoiceStatus: 'INTERNAL_INVOICE_NEW', customer: { customerId: 2 } };
  answers['GET /dbmanager/api/invoices/7'] = { body: invoice };
  assert.match((await run('status', '7')).out, /^Fattura 7\n[^]*Che cosa fare: Niente: viene controllata\.\n$/);
  assert.match((await run('status', '7', '--lang', 'en')).out, /^Invoice 7\n/);
  assert.deepEqual(JSON.parse((await run('status', '7', '--json')).out), invoice);
  const unknown = await run('status', '8');
  assert.deepEqual([unknown.code, unknown.err], [2, 'There is no GET /dbmanager/api/invoices/8.\n']);
  assert.match((await run('status', 'x')).err, /^Indicare la fattura con il suo numero/);
});

test('the help names every command, those of every day first', async () => {
  const { out } = await run('help');
  const names = [...out.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name]) => name);
  const order = [
    'send',
    'status',
    'resend',
    'decide',
    'answer',
    'alarms',
    'mails',
    'check',
    'show',
    'explain',
    'notice',
  ];
  assert.deepEqual([...new Set(names)], [...order, 'clock', 'dlt', 'keys', 'admin-link']);
});
