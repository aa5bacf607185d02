// journeys: one invoice is one story in a trace viewer: from the door to the last callback, through kills, and days later.
import { parseTraceparent } from '@staffetta/flow/trace-context.ts';
import { turnHubClock } from '@staffetta/platform/hub-clock.ts';
import type { CallbackRecord } from '@staffetta/sandbox/callback-book.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keys } from './harness/client.ts';
import type { Estate } from './harness/estate.ts';
import { invoiceXml } from './harness/invoices.ts';
import { expectAccepted, goodOutcomes, passTime, untilStatus, untilTold } from './harness/outcomes.ts';
import { defaultSetUp, splitSetUp, tellOn } from './harness/set-ups.ts';
import { callbackSpan, expectLeadsBack, stagesOf, traceNamedBy, TraceViewer } from './harness/trace-viewer.ts';
import { until } from './harness/wait.ts';

const viewer = new TraceViewer();

const arrival = [
  'receiver: POST /api/salvaFatturaInterna',
  'receiver: send incomingInvoice',
  'dbmanager: process incomingInvoice',
];
const atTheDoor = ['gatewayserver: POST /receiver/*', 'gatewayserver: POST receiver'];
const telling = ['dbmanager: create savedInvoice', 'receiver: process savedInvoice', 'receiver: callback'];
/** From the POST to the callback that tells SENT. */
const wholeStory = [
  ...atTheDoor,
  ...arrival,
  'dbmanager: create outgoingInvoice',
  'sender: process outgoingInvoice',
  'sender: create sentInvoice',
  'dbmanager: process sentInvoice',
  ...telling,
];

const caller = { traceId: 'c0ffee0916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' } as const;
const withFlags = (flags: string, traceId: string = caller.traceId) => ({
  traceparent: `00-${traceId}-${caller.spanId}-${flags}`,
  tracestate: 'vendor=t61rcWkgMzE,other=1',
});

/** What must be in no span, by what it is. */
const planted = {
  'text of a document': 'Marcatore-Tau di Testo',
  "a supplier's VAT number": '13579246805',
  "a customer's VAT number": '24680135795',
  'an API key': 'marker-api-key-4712',
  'a key that is refused': 'marker-wrong-key-0816',
  "a callback's API key": 'marker-callback-key-78',
  "a secret in a callback's address": 'marker-in-the-query-8',
  "a callback's login": 'marker-callback-login-4',
  'a path that nobody has': 'marker-path-5',
  "the collector's key": 'marker-collector-key-6',
} as const;

const settings = {
  CALLBACK_SCHEDULE: '0,1s,1s,1s,1s,1s,1s',
  STAFFETTA_API_KEYS: `marker-shop:${planted['an API key']}:CUSTOMER:2`,
  CALLBACK_API_KEYS: `127.0.0.1=${planted["a callback's API key"]}`,
  OTEL_EXPORTER_OTLP_HEADERS: `x-marker=${planted["the collector's key"]}`,
};

async function tell(estate: Estate, story: string, headers: Readonly<Record<string, string>> = {}) {
  const correlationId = await estate.client.accept({ callback: estate.sandbox.callbackUrl(story), headers });
  const told = await untilTold(estate, correlationId, goodOutcomes);
  return { correlationId, told };
}

tellOn(
  [defaultSetUp, splitSetUp].map((setUp) => viewer.watching(setUp)),
  { mail: 'sandbox', settings },
  (estate) => {
    test('an invoice is one trace from the gateway to its callbacks, with every stage in it', async () => {
      const { correlationId, told } = await tell(estate(), 'whole');
      const [saved, sent] = told.toSorted((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0));
      const way = await viewer.wayTo(await viewer.spanOfTold(correlationId, sent));
      assert.deepEqual(stagesOf(way), wholeStory);
      const first = await viewer.wayTo(await viewer.spanOfTold(correlationId, saved));
      assert.deepEqual(stagesOf(first), [...atTheDoor, ...arrival, ...telling]);
      assert.equal(first[0], way[0], 'both begin with the same request');
      const mail = await viewer.untilSeen({
        service: 'sender',
        name: 'mail',
        facts: { 'staffetta.correlation_id': correlationId, 'staffetta.mail.answer': 'taken' },
      });
      const outgoing = way.find(({ name }) => name === 'process outgoingInvoice');
      assert.deepEqual([mail.traceId, mail.parentId], [outgoing?.traceId, outgoing?.spanId]);
      const { invoiceId } = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
      assert.equal(outgoing?.facts['staffetta.invoice.id'], invoiceId);
    });

    test("a caller's own trace goes on in ours, and its state reaches the callback", async () => {
      const given = withFlags('01');
      const { correlationId, told } = await tell(estate(), 'caller', given);
      for (const one of told) {
        assert.equal(one.headers['tracestate'], given.tracestate);
        assert.equal(traceNamedBy(one).traceId, caller.traceId);
      }
      const sent = told.find(({ invoiceStatus }) => invoiceStatus === 'INTERNAL_INVOICE_SENT');
      const way = await viewer.wayTo(await viewer.spanOfTold(correlationId, sent), caller.spanId);
      assert.deepEqual(stagesOf(way), wholeStory);
    });

    test('a trace that its caller does not record reaches the callback as it came, and nothing of it is recorded', async () => {
      const traceId = 'dec0de0916cd43dd8448eb211c80319c';
      const given = withFlags('00', traceId);
      const { told } = await tell(estate(), 'unrecorded', given);
      for (const { headers } of told) assert.deepEqual(pick(headers), given);
      // Its spans, were there any, would have come before those of this one.
      const after = await tell(estate(), 'after');
      await viewer.spanOfTold(after.correlationId, after.told.at(-1));
      assert.deepEqual(
        viewer.sink.spans.filter((span) => span.traceId === traceId),
        [],
      );
    });

    test('what SdI says days later is a trace of its own that leads back to the invoice', async () => {
      const { client, sandbox } = estate();
      const { correlationId, told } = await tell(estate(), 'later');
      const before = await viewer.spanOfTold(correlationId, told[0]);
      const { invoiceNumber, invoiceId } = await untilStatus(estate(), correlationId, 'INTERNAL_INVOICE_SENT');
      await turnHubClock(estate().dataDir, 3 * 86_400_000);
      const status = 'INTERNAL_INVOICE_DELIVERED';
      expectAccepted(await client.notify({ customerId: 2, invoiceNumber, status }));
      const look = () => sandbox.callbacks({ invoiceNumber, invoiceStatus: status, answered: 200 });
      const [delivered] = await until('the callback about it', look, (all) => all.length > 0);

      const way = await viewer.wayTo(await viewer.spanOfTold(correlationId, delivered));
      assert.deepEqual(stagesOf(way), [
        ...atTheDoor,
        'receiver: POST /api/notificaSdI',
        'receiver: send dsiNotification',
        'dbmanager: process dsiNotification',
        'dbmanager: match dsiNotification',
        ...telling,
      ]);
      const [match] = way.filter(({ name }) => name.startsWith('match'));
      assert.notEqual(match?.traceId, before.traceId);
      expectLeadsBack(match, { traceId: before.traceId, invoiceId, invoiceNumber, correlationId });
    });

    test('kill -9 after a first failed try leaves the callback in the trace of its invoice', async () => {
      const { client, sandbox } = estate();
      await sandbox.misbehaveCallbacks({ path: '/killed', status: 500 });
      const correlationId = await client.accept({ callback: sandbox.callbackUrl('killed') });
      const failed = await viewer.untilSeen(callbackSpan(correlationId, { 'http.response.status_code': 500 }));
      assert.ok(failed.failed);
      const [door] = await viewer.wayTo(failed);
      const { name } = estate().processOf('receiver');
      await estate().process(name).kill9();
      await estate().startAgain(name);
      await sandbox.behaveCallbacks();

      const [again] = await untilTold(estate(), correlationId, goodOutcomes);
      // What it was about to send of the other callback's way went down with it; the ids in the row did not.
      const way = await viewer.wayTo(await viewer.spanOfTold(correlationId, again));
      assert.equal(way[0], door, 'told in the trace that began with the request');
      const tries = await sandbox.callbacks({ correlationId });
      assert.ok(tries.some(({ answered }) => answered === 500));
      assert.deepEqual([...new Set(tries.map((one) => traceNamedBy(one).traceId))], [door?.traceId]);
    });

    test('spans say nothing of taxpayers, addresses, keys or documents', async () => {
      const { client, sandbox } = estate();
      await sandbox.misbehaveCallbacks({ path: '/secret', fail: 1, status: 500 });
      const document = invoiceXml({
        supplier: `IT${planted["a supplier's VAT number"]}`,
        customer: `IT${planted["a customer's VAT number"]}`,
        reasons: [planted['text of a document']],
      });
      const fileName = `IT${planted["a supplier's VAT number"]}_A.xml`;
      const login = sandbox.callbackUrl('secret').replace('//', `//u:${planted["a callback's login"]}@`);
      const query = `?token=${planted["a secret in a callback's address"]}`;
      const key = planted['an API key'];
      const correlationId = await client.accept({
        document,
        fileName,
        key,
        callback: `${sandbox.callbackUrl('secret')}${query}`,
      });
      await client.post({ document, callback: `${login}${query}` });
      await client.post({ document, key: planted['a key that is refused'] });
      await client.post({ document: document.slice(0, 900), key });
      await client.bringNotice(Buffer.from(document), fileName);
      await client.ask('dbmanager', { path: `/api/${planted['a path that nobody has']}${query}` });
      await client.ask('dbmanager', { path: `/api/invoices${query}&customer=IT${planted["a customer's VAT number"]}` });
      const told = await untilTold(estate(), correlationId, goodOutcomes);
      await viewer.wayTo(await viewer.spanOfTold(correlationId, told.at(-1)));
      await passTime(estate());

      const { bodies, headers } = viewer.sink;
      assert.ok(
        bodies.some((body) => body.includes(correlationId)),
        'what is searched is what was told',
      );
      assert.equal(headers[0]?.['x-marker'], planted["the collector's key"]);
      for (const [what, value] of Object.entries({ ...planted, 'a key of profile dev': keys.platform })) {
        const forms = [value, encodeURIComponent(value), Buffer.from(value).toString('base64').replace(/=+$/, '')];
        for (const form of forms) assertUntold(form, what);
      }
      assertUntold('@', 'a mail address');
    });
  },
);

tellOn([defaultSetUp], { mail: 'sandbox' }, (estate) => {
  test("where traces are off a caller's trace reaches its callbacks all the same", async () => {
    const given = withFlags('01');
    const { told } = await tell(estate(), 'off', given);
    assert.deepEqual(
      told.map(({ headers }) => pick(headers)),
      [given, given],
    );
  });

  test('what is no trace goes no further: the invoice begins one of its own, which nobody records', async () => {
    const nonsense = { traceparent: `${withFlags('01').traceparent}-more`, tracestate: 'vendor=1' };
    for (const headers of [nonsense, {}]) {
      const { told } = await tell(estate(), 'none', headers);
      const [first, second] = told.map((one) => pick(one.headers));
      assert.deepEqual(first, second);
      assert.equal(first?.tracestate, undefined);
      const own = parseTraceparent(first?.traceparent);
      assert.ok(own && own.traceId !== caller.traceId && own.flags === 0, first?.traceparent);
    }
  });
});

function pick({ traceparent, tracestate }: CallbackRecord['headers']) {
  return { traceparent, tracestate };
}

function assertUntold(text: string, what: string): void {
  const found = viewer.sink.bodies.find((body) => body.includes(text));
  const at = found?.indexOf(text) ?? 0;
  assert.equal(found?.slice(Math.max(0, at - 300), at + 100), undefined, `a span told ${what}`);
}
