// journeys: a software house uses the hub by the REST of its own at the front door, from the first invoice to its last notice.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Answer, Ask } from './harness/client.ts';
import { invoiceXml } from './harness/invoices.ts';
import { defaultSetUp, tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

interface Shown {
  readonly id: string;
  readonly number: number;
  readonly status: string;
  readonly direction: string;
  readonly createdAt: string;
  readonly correlationId: string;
  readonly links: Readonly<Record<string, string>>;
}

interface Listed {
  readonly items: readonly Shown[];
  readonly next: string | null;
}

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
}

const keys = { STAFFETTA_API_KEYS: 'due:key-of-two:CUSTOMER:2,tre:key-of-three:CUSTOMER:3' };
const ofTwo = 'key-of-two';
const ofThree = 'key-of-three';

tellOn([defaultSetUp], { mail: 'any', settings: keys }, (estate) => {
  const ask = (path: string, more: Partial<Ask> = {}) => estate().client.ask('gatewayserver', { path, ...more });

  function send(body: object, more: Partial<Ask> = {}): Promise<Answer> {
    const headers = { 'content-type': 'application/json', ...more.headers };
    return ask('/api/invoices', { method: 'POST', body: JSON.stringify(body), ...more, headers });
  }

  function locationOf(answer: Answer): string {
    assert.equal(answer.status, 202, answer.text);
    return String(answer.headers['location']);
  }

  async function untilIs(path: string, status: string): Promise<Shown> {
    const look = async () => (await ask(path)).json as Shown;
    return until(`${path} is ${status}`, look, (seen) => seen.status === status);
  }

  function problemOf(answer: Answer, status: number): Problem {
    assert.equal(answer.status, status, answer.text);
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
    const problem = answer.json as Problem;
    assert.equal(problem.status, status);
    assert.ok(problem.title !== '' && problem.detail !== '', answer.text);
    assert.match(problem.code, /^(?!NOT_FOUND|CONFLICT|BAD_REQUEST|FORBIDDEN|UNAUTHORIZED)[A-Z_]+$/, answer.text);
    return problem;
  }

  test('an invoice is sent, found where Location says, and shown in all its forms', async () => {
    const correlationId = `own-${randomUUID()}`;
    const answer = await send({ customerId: 2, xml: invoiceXml() }, { headers: { 'x-correlation-id': correlationId } });
    const location = locationOf(answer);
    assert.deepEqual(answer.json, {
      id: location.split('/').at(-1),
      customerId: 2,
      direction: 'issued',
      correlationId,
    });
    const sent = await untilIs(location, 'sent');
    assert.equal(`/api/invoices/${sent.id}`, location);
    assert.equal(sent.correlationId, correlationId);
    assert.match(sent.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual((await ask(sent.links['self'] ?? '')).json, (await ask(location)).json);
    for (const [name, type] of [
      ['xml', /^application\/xml/],
      ['pdf', /^application\/pdf/],
      ['html', /^text\/html/],
      ['original', /^application\/xml/],
    ] as const) {
      const file = await ask(sent.links[name] ?? '');
      assert.equal(file.status, 200, name);
      assert.match(String(file.headers['content-type']), type);
    }
    const print = await ask(`${location}/document`, { headers: { accept: 'application/pdf' } });
    assert.ok(print.text.startsWith('%PDF'));
    const history = (await ask(sent.links['history'] ?? '')).json as {
      changes: { status: string }[];
      story: unknown[];
    };
    assert.deepEqual(history.changes.map(({ status }) => status).slice(0, 2), ['to-be-sent', 'sent']);
    assert.ok(history.story.length >= 2);
    const files = (await ask(sent.links['transmissions'] ?? '')).json as { items: { id: string; state: string }[] };
    assert.ok(['sent', 'delivered'].includes(files.items[0]?.state ?? ''), JSON.stringify(files));
    const bytes = await ask(`${location}/transmissions/${files.items[0]?.id}/file`);
    assert.match(bytes.text, /FatturaElettronica/);
  });

  test('raw bytes, JSON documents and received invoices are taken alike', async () => {
    const raw = await ask('/api/invoices?fileName=fattura.xml', {
      method: 'POST',
      key: ofTwo,
      headers: { 'content-type': 'application/xml' },
      body: invoiceXml(),
    });
    assert.equal((await untilIs(locationOf(raw), 'sent')).direction, 'issued');
    const received = await send({ customerId: 2, direction: 'received', xml: invoiceXml() });
    assert.equal((await untilIs(locationOf(received), 'received')).direction, 'received');
    const wrong = await send({ customerId: 2, xml: '<p:no' });
    const invalid = await untilIs(locationOf(wrong), 'invalid');
    const { findings } = invalid as unknown as { findings: { code: string; message: { it: string } }[] };
    assert.ok(findings.length > 0);
  });

  test('the same request twice is one invoice, and both its answers lead there', async () => {
    const body = { customerId: 2, xml: invoiceXml() };
    const headers = { 'idempotency-key': `own-${randomUUID()}` };
    const [one, two] = [locationOf(await send(body, { headers })), locationOf(await send(body, { headers }))];
    const [first, again] = [await untilIs(one, 'sent'), await untilIs(two, 'sent')];
    assert.equal(first.number, again.number);
  });

  test('a list is read to its end by cursors, by links as well, though invoices come in meanwhile', async () => {
    const mine: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const answer = await send({ customerId: 3, xml: invoiceXml() });
      mine.push((await untilIs(locationOf(answer), 'sent')).id);
    }
    const read: string[] = [];
    for (let path: string | undefined = '/api/invoices?customerId=3&limit=2'; path !== undefined;) {
      const answer: Answer = await ask(path);
      const { items, next } = answer.json as Listed;
      read.push(...items.map(({ id }) => id));
      path = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers['link'] ?? ''))?.[1];
      assert.equal(path === undefined, next === null);
      await send({ customerId: 3, xml: invoiceXml() });
    }
    assert.deepEqual(read, mine.toReversed());
    const { items } = (await ask('/api/invoices?status=sent&customerId=3&direction=issued&limit=1')).json as Listed;
    assert.equal(items.length, 1);
    assert.deepEqual(((await ask('/api/invoices?createdTo=2020-01-01T00:00:00Z')).json as Listed).items, []);
  });

  test('what was read before is not read again', async () => {
    const path = '/api/customers/2';
    const { headers, status } = await ask(path);
    assert.equal(status, 200);
    const again = await ask(path, { headers: { 'if-none-match': String(headers['etag']) } });
    assert.deepEqual([again.status, again.text], [304, '']);
    assert.equal((await ask(path, { headers: { 'if-none-match': 'W/"other"' } })).status, 200);
  });

  test('a customer reaches what is its own, and nobody else’s', async () => {
    const answer = await send({ xml: invoiceXml() }, { key: ofTwo });
    const { number } = await untilIs(locationOf(answer), 'sent');
    for (const path of [locationOf(answer), `/api/invoices/${number}`, `/api/invoices/${number}/document?format=pdf`]) {
      assert.equal((await ask(path, { key: ofTwo })).status, 200, path);
      assert.equal(problemOf(await ask(path, { key: ofThree }), 404).instance, path.split('?', 1)[0]);
    }
    problemOf(await send({ customerId: 2, xml: invoiceXml() }, { key: ofThree }), 403);
    problemOf(await ask(`/api/invoices/${number}`, { method: 'DELETE', key: ofThree }), 404);
    const { items } = (await ask('/api/customers', { key: ofThree })).json as { items: { id: number }[] };
    assert.deepEqual(
      items.map(({ id }) => id),
      [3],
    );
  });

  test('what is refused by SdI’s rules may be deleted, what went out may not', async () => {
    const invalid = locationOf(await send({ customerId: 2, xml: '<p:no' }));
    await untilIs(invalid, 'invalid');
    const gone = await ask(invalid, { method: 'DELETE' });
    assert.deepEqual([gone.status, gone.text], [204, '']);
    problemOf(await ask(invalid), 404);
    const sent = locationOf(await send({ customerId: 2, xml: invoiceXml() }));
    await untilIs(sent, 'sent');
    problemOf(await ask(sent, { method: 'DELETE' }), 409);
    const headers = { 'content-type': 'application/json' };
    problemOf(await ask(`${sent}/resend`, { method: 'POST', headers, body: '{}' }), 409);
  });

  test('a change is answered with the whole invoice, as a reading would be', async () => {
    const sent = locationOf(await send({ customerId: 2, xml: invoiceXml() }));
    const { number } = await untilIs(sent, 'sent');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ callbackUrl: 'http://127.0.0.1:9/told' });
    const changed = await ask(`/api/invoices/${number}`, { method: 'PATCH', headers, body });
    assert.equal(changed.status, 200, changed.text);
    const { callbackUrl, direction, text } = changed.json as Shown & { callbackUrl: string; text: { it: string } };
    assert.deepEqual([callbackUrl, direction], ['http://127.0.0.1:9/told', 'issued']);
    assert.ok(text.it !== '');
  });

  test('every refusal is a problem that says what to do, and only here', async () => {
    assert.equal(problemOf(await ask('/api/invoices', { key: null }), 401).code, 'KEY_WRONG');
    problemOf(await ask('/api/invoices', { key: 'sdi-secret-token' }), 403);
    problemOf(await ask('/api/nothing'), 404);
    assert.equal(problemOf(await ask(`/api/invoices/${randomUUID()}`), 404).code, 'INVOICE_UNKNOWN');
    assert.match(
      problemOf(await ask('/api/invoices/x'), 400).detail,
      /id has not the right form: the id that the 202 told/,
    );
    problemOf(await ask('/api/invoices/9999999999999999'), 400);
    assert.match(problemOf(await send({}), 400).detail, /customerId is required/);
    assert.match(problemOf(await send({ customerId: 2 }), 400).detail, /give xml, file or document/);
    assert.match(problemOf(await send({ customerId: 2, xlm: 'x' }), 400).detail, /xlm/);
    assert.match(problemOf(await send({ customerId: 2, xml: '<x/>', callbackUrl: 'ftp://x' }), 400).detail, /http/);
    assert.match(problemOf(await ask('/api/invoices?cursor=x'), 400).detail, /querystring\/cursor/);
    assert.match(
      problemOf(await ask('/api/invoices?status=INTERNAL_INVOICE_SENT'), 400).detail,
      /must be one of new, to-be-sent/,
    );
    problemOf(await ask('/api/invoices?createdFrom=2026-11-22T10:15:30'), 400);
    const headers = { 'content-type': 'text/plain' };
    problemOf(await ask('/api/invoices', { method: 'POST', headers, body: 'x' }), 400);
    const { json } = await ask('/dbmanager/api/invoices/999999');
    assert.deepEqual(Object.keys(json as object), ['apiPath', 'errorCode', 'errorMessage', 'errorTime']);
  });
});
