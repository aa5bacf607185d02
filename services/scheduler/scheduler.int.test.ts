// scheduler: dead letters are kept, replayed, discarded and closed, and each due run is done once.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { HubError } from '@staffetta/flow/errors.ts';
import { encodeEvent, headerText } from '@staffetta/flow/events.ts';
import { toDeadLetter } from '@staffetta/platform/bus/dead-letter.ts';
import type { ConsumedEvent } from '@staffetta/platform/bus/bus.ts';
import { liveSettings } from '@staffetta/platform/config/live-settings.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { Metrics } from '@staffetta/platform/telemetry/metrics.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { settings } from './config.ts';
import { startJobs } from './jobs.ts';
import { scheduler } from './scheduler.ts';

let world: TestWorld;
let running: Running;
let replayed: ConsumedEvent[];

/** Three open alarms, two at a time. */
function alarmRows(after: string | null): unknown[] {
  const ids = ['a', 'b', 'c'].map((letter) => `018f0000-0000-7000-8000-00000000000${letter}`);
  const words = 'SdI non ha ancora risposto';
  const [since, dueAt] = ['2026-11-20T10:00:00.000', '2026-11-25T10:00:00.000'];
  const rows = ids.map((alarmId, at) => {
    return { alarmId, kind: 'NO_NOTICE', invoiceNumber: at + 1, username: '=u', email: null, since, dueAt, words };
  });
  return rows.filter(({ alarmId }) => after === null || alarmId > after).slice(0, 2);
}

const dbmanager = createServer((asked, answer) => {
  const { pathname, searchParams } = new URL(asked.url ?? '', 'http://x');
  if (pathname === '/api/report/alarms') {
    answer
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ content: alarmRows(searchParams.get('after')) }));
    return;
  }
  const after = Number(searchParams.get('after'));
  const row = (invoiceNumber: number) => ({
    invoiceStatus: 'INTERNAL_INVOICE_SENT',
    invoiceNumber,
    username: 'test_user_1',
    email: 'a@b.example',
    createdAt: '2026-11-22T10:00:00.000',
    createdBy: 'receiver',
    updatedAt: null,
    updatedBy: null,
  });
  const content = [1, 2, 3].filter((number) => number > after).slice(0, 2);
  answer
    .setHeader('content-type', 'application/json')
    .end(JSON.stringify({ content: content.map((each) => row(each)) }));
});

before(async () => {
  await new Promise<void>((listening) => dbmanager.listen(0, '127.0.0.1', listening));
  const address = dbmanager.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  world = await testWorld({ addressOf: () => `http://127.0.0.1:${port}` });
  const environment = {
    REPORT_PAGE_SIZE: '2',
    DEAD_LETTER_REPORT_CRON: 'off',
    INVOICE_REPORT_CRON: 'off',
    ALARM_REPORT_CRON: 'off',
    CLEANUP_CRON: 'off',
  };
  running = await scheduler.start(world, readSettings(settings, environment).values);
  replayed = [];
  await world.bus.ensureTopics(['incomingInvoice']);
  await world.bus.consume({
    group: 'test',
    topic: 'incomingInvoice',
    batchMax: 10,
    retry: { tries: 1, delaysMs: [10], jitter: 0 },
    handle: async (batch) => {
      replayed.push(...batch);
    },
  });
});

after(async () => {
  await running.stop();
  await world.end();
  dbmanager.close();
});

async function call(path: string, method: 'GET' | 'POST' = 'GET', body?: unknown) {
  const answer = await request(`http://127.0.0.1:${running.port}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return {
    status: answer.statusCode,
    body: (await answer.body.json()) as Record<string, unknown> & { content: Letter[] },
  };
}

interface Letter {
  deadLetterId: string;
  errorCode: string;
  state: string;
  correlationId: string;
}

async function die(eventId: string): Promise<Letter> {
  const value = Buffer.from(`{"of":"${eventId}","xml":"<a>,\\"é\\"</a>"}`);
  const event = encodeEvent('incomingInvoice', 'key', value, { eventId, correlationId: `c-${eventId}` });
  const record = { ...event, partition: 2, offset: 7n, timestamp: world.clock.now() };
  const error = new HubError('NOT_SAVED_IN_TIME', 'It was not saved within 60 s.');
  await world.bus.publish([toDeadLetter(record, error, { group: 'receiver', tries: 1 })]);
  return until(async () => (await call(`/api/dead-letters?correlationId=c-${eventId}`)).body.content[0]);
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error('it did not come');
}

test('a dead letter is kept with what Spring headers and twins say', async () => {
  const letter = await die('kept');
  assert.equal(letter.errorCode, 'NOT_SAVED_IN_TIME');
  const whole = (await call(`/api/dead-letters/${letter.deadLetterId}`)).body;
  assert.equal(whole['originalTopic'], 'incomingInvoice');
  assert.equal(whole['originalOffset'], 7);
  assert.match(String(whole['payload']), /é/);
  assert.equal((whole['headers'] as Record<string, string>)['kafka_dlt-original-partition'], '2');
});

test('a replay sends the event once more with a fresh id, once', async () => {
  const letter = await die('again');
  assert.equal((await call(`/api/dead-letters/${letter.deadLetterId}/replay`, 'POST')).body['state'], 'replayed');
  const event = await until(async () =>
    replayed.find((each) => headerText(each.headers, 'x-replay-of') === letter.deadLetterId),
  );
  assert.notEqual(headerText(event.headers, 'x-event-id'), 'again');
  assert.equal(headerText(event.headers, 'X-Correlation-ID'), 'c-again');
  assert.equal(headerText(event.headers, 'kafka_dlt-original-topic'), undefined);
  const second = await call(`/api/dead-letters/${letter.deadLetterId}/replay`, 'POST');
  assert.equal(second.status, 409);
});

test('a discard asks for a reason and keeps it', async () => {
  const letter = await die('gone');
  assert.equal((await call(`/api/dead-letters/${letter.deadLetterId}/discard`, 'POST', {})).status, 400);
  assert.equal((await call(`/api/dead-letters/${letter.deadLetterId}/discard`, 'POST', { reason: ' ' })).status, 400);
  const ended = await call(`/api/dead-letters/${letter.deadLetterId}/discard`, 'POST', {
    reason: 'a test of the customer',
  });
  assert.deepEqual([ended.body['state'], ended.body['reason']], ['discarded', 'a test of the customer']);
});

test('what was done after all closes its dead letter', async () => {
  const letter = await die('late');
  const headers = { 'x-closes': 'late' };
  await world.bus.publish([
    { topic: 'incomingInvoice.DLT', key: 'key', value: Buffer.from('{}'), headers, partition: 2 },
  ]);
  const ended = await until(async () => {
    const { body } = await call(`/api/dead-letters/${letter.deadLetterId}`);
    return body['state'] === 'closed' ? body : undefined;
  });
  assert.equal(ended['endedBy'], 'receiver');

  const other = await die('late too');
  const bySender = { 'x-closes': 'late too', 'x-closed-by': 'sender' };
  await world.bus.publish([
    { topic: 'incomingInvoice.DLT', key: 'key', value: Buffer.from('{}'), headers: bySender, partition: 2 },
  ]);
  const closed = await until(async () => {
    const { body } = await call(`/api/dead-letters/${other.deadLetterId}`);
    return body['state'] === 'closed' ? body : undefined;
  });
  assert.equal(closed['endedBy'], 'sender');
});

test('an unknown dead letter is a 404, a malformed id a 400', async () => {
  assert.equal((await call('/api/dead-letters/01900000-0000-7000-8000-000000000000')).status, 404);
  assert.equal((await call('/api/dead-letters/one')).status, 400);
});

test('both reports are written in the contract’s columns', async () => {
  await die('report');
  await call('/api/jobs/dead-letters/run', 'POST');
  await call('/api/jobs/invoices/run', 'POST');
  const folder = join(world.dataDir, 'reports');
  const names = await readdir(folder);
  const read = async (start: string) =>
    readFile(join(folder, names.find((name) => name.startsWith(start)) ?? ''), 'utf8');
  const letters = await read('dead-letters');
  assert.match(letters, /^Timestamp,Topic_DLT,Type,Partition,Offset,Key,Headers,Payload\n/);
  assert.match(letters, /incomingInvoice\.DLT,InvoiceDto,2,\d+,key,/);
  const invoices = await read('invoices');
  assert.match(
    invoices,
    /^Stato_Fattura,Numero_Fattura,Username_Customer,Email_Customer,Data_Creazione,Creato_Da,Data_Update,Aggiornato_Da\n/,
  );
  assert.equal(invoices.trim().split('\n').length, 4);
});

test('the report of open alarms has a line for each, however many pieces they come in', async () => {
  const { body } = await call('/api/jobs/alarms/run', 'POST');
  const [head, ...lines] = (await readFile(String(body['result']), 'utf8')).trim().split('\n');
  assert.equal(head, 'Allarme,Numero_Fattura,Username_Customer,Email_Customer,Da,Scadenza,Spiegazione');
  assert.deepEqual(
    lines.map((line) => line.split(',')[1]),
    ['1', '2', '3'],
  );
  assert.equal(lines[0], "NO_NOTICE,1,'=u,,2026-11-20T10:00:00.000,2026-11-25T10:00:00.000,SdI non ha ancora risposto");
});

test('two schedulers at once do each run once', async () => {
  let runs = 0;
  const job = {
    name: 'every-second',
    cron: () => '* * * * * *',
    run: async () => {
      runs++;
    },
  };
  const both = [startJobs(world, [job]), startJobs(world, [job])];
  await until(async () => (runs > 0 ? true : undefined));
  await Promise.all(both.map((each) => each.stop()));
  const { rows } = await world.store.query<{ count: number }>({
    text: `SELECT count(*) AS count FROM scheduler.job_run WHERE job = 'every-second'`,
  });
  assert.equal(runs, rows[0]?.count);
});

test('cron lines change while it runs; one that cannot be read is refused', async () => {
  const off = { DEAD_LETTER_REPORT_CRON: 'off', INVOICE_REPORT_CRON: 'off', ALARM_REPORT_CRON: 'off' };
  const read = (cron: string) => readSettings(settings, { ...off, CLEANUP_CRON: cron });
  const live = liveSettings(settings, read('off'));
  const other = await scheduler.start({ ...world, metrics: Metrics.ofService('other') }, live.values, live);
  assert.throws(() => live.offer(read('whenever')), { code: 'SETTING_WRONG', message: /cleanup.*whenever/ });
  live.offer(read('* * * * * *'));
  await until(async () => {
    const { rows } = await world.store.query({ text: `SELECT 1 FROM scheduler.job_run WHERE job = 'cleanup'` });
    return rows[0];
  });
  await other.stop();
});

test('a cron line that cannot be read stops the start with its name', () => {
  assert.throws(
    () => startJobs(world, [{ name: 'odd', cron: () => 'whenever', run: async () => undefined }]),
    /odd.*whenever/,
  );
});

test('a foreign dead letter with bytes that no text holds is kept all the same', async () => {
  const headers = {
    'x-event-id': 'odd\u0000id',
    'kafka_dlt-original-topic': Buffer.from('odd\u0000topic'),
    'x-original-offset': '999999999999999999',
    'X-Correlation-ID': 'c-odd',
  };
  const value = Buffer.from([0xff, 0x00, 0x22]);
  await world.bus.publish([{ topic: 'incomingInvoice.DLT', key: 'k', value, headers, partition: 0 }]);
  const letter = await until(async () => (await call('/api/dead-letters?correlationId=c-odd')).body.content[0]);
  const whole = (await call(`/api/dead-letters/${letter.deadLetterId}`)).body;
  assert.equal(whole['originalOffset'], null);
});

test('replaying one dead letter of an event closes its twin', async () => {
  const first = await die('twin');
  await die('twin');
  await until(async () => {
    const { body } = await call('/api/dead-letters?correlationId=c-twin');
    return body.content.length === 2 ? true : undefined;
  });
  await call(`/api/dead-letters/${first.deadLetterId}/replay`, 'POST');
  const states = (await call('/api/dead-letters?correlationId=c-twin')).body.content.map(({ state }) => state);
  assert.deepEqual(states.toSorted(), ['closed', 'replayed']);
});

test('a question with U+0000 in it is a 400', async () => {
  assert.equal((await call('/api/dead-letters?topic=%00')).status, 400);
});

test('where direct calls are not trusted, nobody gets in without the gateway', async () => {
  const strict = await scheduler.start(
    { ...world, trustDirectCalls: false },
    readSettings(settings, {
      DEAD_LETTER_REPORT_CRON: 'off',
      INVOICE_REPORT_CRON: 'off',
      ALARM_REPORT_CRON: 'off',
      CLEANUP_CRON: 'off',
    }).values,
  );
  for (const path of ['/api/dead-letters', '/%61pi/dead-letters', '//api/dead-letters']) {
    const answer = await request(`http://127.0.0.1:${strict.port}${path}`);
    assert.ok([401, 404].includes(answer.statusCode), `${path} ${answer.statusCode}`);
    await answer.body.dump();
  }
  await strict.stop();
});
