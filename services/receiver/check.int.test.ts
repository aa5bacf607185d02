// receiver: `verificaFattura` says what is wrong, keeps nothing, and large documents hold up nobody.
import { documentBytesMax } from '@staffetta/fatturapa/document-bytes-max.ts';
import { flows } from '@staffetta/flow/flows.ts';
import { signCaller, readCaller, callerHeader, type Caller } from '@staffetta/platform/http/caller.ts';
import type { Running } from '@staffetta/platform/service.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { lotOf, zipOf } from './lot.fixture.ts';
import { receiver } from './receiver.ts';
import { quickSettings } from './receiver-test-kit.ts';

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: {
    readonly valid?: boolean;
    readonly findings?: readonly {
      code: string;
      severity: string;
      path?: string;
      file?: string;
      message: { it: string };
    }[];
    readonly documents?: readonly Record<string, unknown>[];
    readonly notChecked?: readonly string[];
    readonly errorMessage?: string;
  };
}

let world: TestWorld;
let running: Running;
let dbmanagerUrl = 'http://127.0.0.1:9';

async function start(environment: Record<string, string> = {}): Promise<Running> {
  return receiver.start(world, quickSettings(environment));
}

before(async () => {
  world = await testWorld({ addressOf: () => dbmanagerUrl });
  running = await start();
});

after(async () => {
  await running.stop();
  await world.end();
});

async function check(
  content: string | Buffer | object,
  headers: Record<string, string> = {},
  query = '',
  { port } = running,
): Promise<Answer> {
  const raw = typeof content === 'string' || Buffer.isBuffer(content);
  const answer = await fetch(`http://127.0.0.1:${port}/api/verificaFattura${query}`, {
    method: 'POST',
    headers: { 'content-type': raw ? 'application/xml' : 'application/json', ...headers },
    body: raw ? (content as string) : JSON.stringify(content),
  });
  return {
    status: answer.status,
    retryAfter: answer.headers.get('retry-after'),
    body: (await answer.json()) as Answer['body'],
  };
}

function codesOf({ body }: Answer): string[] {
  return (body.findings ?? []).map(({ code }) => code);
}

function signed(caller: Caller): Record<string, string> {
  return { [callerHeader]: signCaller(world.callerSecret, caller, world.clock.now()) };
}

test('a right document is valid, and its parties and figures are shown', async () => {
  for (const answer of [await check(lotOf(1)), await check({ invoice: lotOf(1) })]) {
    assert.equal(answer.status, 200);
    assert.deepEqual([answer.body.valid, answer.body.findings], [true, []]);
    assert.deepEqual(answer.body.documents, [
      {
        formato: 'FPR12',
        posizione: 1,
        tipo: 'TD01',
        numero: 'L/1',
        data: '2025-11-22',
        divisa: 'EUR',
        totale: '122.00',
        fornitore: { nome: 'Caffè & C. S.r.l.', id: 'IT01234567897' },
        cliente: { nome: 'Bianchi S.p.A.', id: 'IT07654321095' },
        firme: [],
      },
    ]);
  }
});

test('what is wrong is said with its place, as raw bytes, as base64 and inside an archive', async () => {
  const wrong = lotOf(2).replace('<Imposta>22.00', '<Imposta>23.00');
  const archive = zipOf({ 'IT01234567897_a.xml': lotOf(1), 'IT01234567897_b.xml': wrong });
  const answers = [
    await check(wrong),
    await check({ file: Buffer.from(wrong).toString('base64'), fileName: 'b.xml' }),
    await check(archive, { 'content-type': 'application/zip' }),
  ];
  for (const { body } of answers) {
    assert.equal(body.valid, false);
    const finding = body.findings?.find(({ severity }) => severity === 'error');
    assert.equal(finding?.code, '00421');
    assert.match(finding?.path ?? '', /^FatturaElettronicaBody\[1\]\/DatiBeniServizi\/DatiRiepilogo/);
  }
  assert.equal(answers[2]?.body.findings?.[0]?.file, 'IT01234567897_b.xml');
  assert.equal(answers[2]?.body.documents?.length, 3);
});

test('no XML at all is an answer too; a wrong request is 400', async () => {
  assert.deepEqual(codesOf(await check('nothing of the kind')), ['00200']);
  assert.equal((await check({})).status, 400);
  assert.equal((await check({ invoice: lotOf(1), file: 'QQ==' })).status, 400);
  assert.equal((await check({ file: '§' })).status, 400);
  assert.equal((await check('x'.repeat(documentBytesMax + 1))).status, 413);
});

test('a document that is empty or has a DOCTYPE is judged like any other', async () => {
  const doctype = '<!DOCTYPE a><a/>';
  for (const content of ['', { invoice: '' }, { file: '' }, doctype, { invoice: doctype }]) {
    const { status, body } = await check(content);
    assert.deepEqual([status, body.valid], [200, false], JSON.stringify(content));
    assert.ok((body.findings?.[0]?.message.it ?? '') !== '');
  }
});

test('the name of a file counts, from the body or the query', async () => {
  const named = { invoice: lotOf(1), fileName: 'fattura.xml.p7m' };
  for (const answer of [await check(named), await check(lotOf(1), {}, '?fileName=fattura.xml.p7m')]) {
    assert.deepEqual(codesOf(answer), ['FILE_KIND']);
  }
});

test('without a customer the answer says what was not checked; of a supplier\u2019s invoice nothing more is asked', async () => {
  const all = ['customer', 'archive', 'signature'];
  assert.deepEqual((await check(lotOf(1))).body.notChecked, all);
  assert.equal((await check(lotOf(1), {}, '?kind=external')).body.notChecked, undefined);
  // With one, but nobody there who knows it.
  assert.deepEqual((await check(lotOf(1), {}, '?customerId=2')).body.notChecked, all);
});

test('a byte order mark is an error in what goes out and none in what came in', async () => {
  const marked = Buffer.from(`\ufeff${lotOf(1)}`);
  assert.deepEqual(codesOf(await check(marked)), ['00200']);
  assert.deepEqual(codesOf(await check(marked, {}, '?kind=external')), []);
  assert.equal((await check(marked, {}, '?kind=other')).status, 400);
});

test('customers may ask, SdI may not', async () => {
  const customer = { name: 'due', roles: ['CUSTOMER'], customerId: 2 } as const;
  assert.equal((await check(lotOf(1), signed(customer))).status, 200);
  assert.equal((await check(lotOf(1), signed({ name: 'sdi', roles: ['SDI'] }))).status, 403);
  const foreign = { document: exampleDocument, customer: { customerId: 3 } };
  assert.equal((await check(foreign, signed(customer))).status, 403);
});

const exampleDocument = {
  customer: {
    name: 'Bianchi S.p.A.',
    vatNumber: 'IT07654321095',
    address: { street: 'Viale 7', postcode: '16121', city: 'Genova' },
  },
  lines: [{ description: 'Riparazione', price: '100.00', vatRate: '22.00' }],
};

test('a JSON document is judged by the dbmanager, for whoever asks', async (t) => {
  const asked: { url: string | undefined; caller: Caller | undefined; body: unknown }[] = [];
  let answer: { status: number; body: object } = { status: 200, body: { valid: true, findings: [], documents: [] } };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const caller = readCaller(world.callerSecret, String(request.headers[callerHeader]), world.clock.now());
      asked.push({ url: request.url, caller, body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  dbmanagerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const caller = { name: 'due', roles: ['CUSTOMER'], customerId: 2 } as const;
  const body = { document: exampleDocument, customer: { customerId: 2 } };
  assert.deepEqual((await check(body, signed(caller))).body, answer.body);
  assert.deepEqual(asked, [{ url: '/api/customers/2/verifica', caller, body: { document: exampleDocument } }]);
  assert.deepEqual((await check(lotOf(1), signed(caller))).body, answer.body);
  assert.deepEqual(
    (await check({ invoice: lotOf(1), fileName: 'a.xml', customer: { customerId: 3 } })).body,
    answer.body,
  );
  const file = Buffer.from(lotOf(1)).toString('base64');
  assert.deepEqual(
    asked.slice(1).map(({ url, body }) => ({ url, body })),
    [
      { url: '/api/customers/2/verifica', body: { file } },
      { url: '/api/customers/3/verifica', body: { file, fileName: 'a.xml' } },
    ],
  );
  answer = { status: 429, body: { errorMessage: 'Too many wait.' } };
  const full = await check(body);
  assert.deepEqual([full.status, full.retryAfter], [429, '1']);
  answer = { status: 404, body: {} };
  assert.equal((await check(body)).status, 404);
  answer = { status: 400, body: { errorMessage: 'body/document does not fit.' } };
  const refused = await check(body);
  assert.deepEqual([refused.status, /does not fit/.test(refused.body.errorMessage ?? '')], [400, true]);
  server.close();
  server.closeAllConnections();
  assert.equal((await check(body)).status, 503);
  assert.equal((await check({ document: exampleDocument })).status, 400);
});

test('nothing was published of all that was checked', async () => {
  for (let partition = 0; partition < 6; partition++) {
    assert.equal(await world.bus.readAt(flows.incomingInvoice.topic, partition, 0n), undefined);
  }
});

const large = lotOf(1500);

test('while a large document is checked, small questions are answered', async () => {
  const order: string[] = [];
  const slow = check(large).then(({ status, body }) => order.push(`large ${status} ${body.documents?.length}`));
  const quick = check(lotOf(1)).then(({ status }) => order.push(`small ${status}`));
  await Promise.all([slow, quick]);
  assert.deepEqual(order, ['small 200', 'large 200 1500']);
});

test('while a large JSON document is checked, small questions are answered; its shape is not judged here', async (t) => {
  const smallIsAnswered = Promise.withResolvers<void>();
  let asked = 0;
  const answer = { valid: false, findings: [], documents: [] };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      asked += 1;
      void smallIsAnswered.promise.then(() =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  dbmanagerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // One line is enough to refuse all of it, but that is for the dbmanager to say.
  const document = { ...exampleDocument, lines: Array.from({ length: 30_000 }, () => ({ nothing: 'of the kind' })) };
  const slow = check({ document, customer: { customerId: 2 } });
  assert.equal((await check(lotOf(1))).status, 200);
  smallIsAnswered.resolve();
  const { status, body } = await slow;
  assert.deepEqual([status, body, asked], [200, answer, 1]);
});

test('of more large documents than may wait, some are 429 with Retry-After, and all others are answered', async () => {
  const narrow = await start({ CHECK_WORKERS: '1', CHECK_QUEUE_MAX: '1', CHECK_ANSWER_WITHIN: '60s' });
  const answers = await Promise.all(Array.from({ length: 5 }, () => check(large, {}, '', narrow)));
  const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
  assert.deepEqual(statuses, [200, 200, 429, 429, 429]);
  for (const { status, retryAfter } of answers) if (status === 429) assert.ok(Number(retryAfter) >= 1);
  assert.equal((await check(large, {}, '', narrow)).status, 200);
  await narrow.stop();
});

test('a check that takes too long is 503 with Retry-After', async () => {
  const hasty = await start({ CHECK_WORKERS: '1', CHECK_ANSWER_WITHIN: '30ms' });
  const late = await check(large, {}, '', hasty);
  assert.deepEqual([late.status, late.retryAfter], [503, '1']);
  await hasty.stop();
});
