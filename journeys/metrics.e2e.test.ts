// journeys: every figure that the table promises is there to be scraped, at the service that it says, and no label grows with the data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceNames, type ServiceName } from '@staffetta/flow/services.ts';
import { metricTable, type MetricRow } from '@staffetta/platform/telemetry/metric-names.ts';
import type { Estate } from './harness/estate.ts';
import { defaultSetUp, splitSetUp, tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

interface Scrape {
  readonly text: string;
  readonly names: readonly string[];
  readonly labels: readonly (readonly [string, string])[];
}

/** One line of a sample: its labels are `name="value"`, with backslashes before quotes. */
const labelForm = /(\w+)="((?:[^"\\]|\\.)*)"/g;

async function scrape(estate: Estate, service: ServiceName): Promise<Scrape> {
  const { status, text } = await estate.client.ask(service, {
    path: '/actuator/prometheus',
    direct: service !== 'gatewayserver',
  });
  assert.equal(status, 200, service);
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const labels = samples.flatMap((line) =>
    [...line.matchAll(labelForm)].map(([, label = '', value = '']) => [label, value] as const),
  );
  return { text, names, labels };
}

/** Where a metric of the table must be, when all services run in one process or each in its own. */
function isAt({ of, at }: MetricRow, service: ServiceName, isHub: boolean): boolean {
  if (of === 'process') return !isHub || service === 'gatewayserver';
  return at === undefined || at.includes(service);
}

/** Needs a database or a bus in the process that tells it. */
const ofDatabase = /^staffetta_(database|outbox)/;
const onDatabase: readonly ServiceName[] = ['receiver', 'dbmanager', 'sender', 'mailbox', 'scheduler'];

async function liveALittle(estate: Estate): Promise<void> {
  const { client, sandbox } = estate;
  const callback = sandbox.callbackUrl('metrics');
  for (const document of [undefined, '<nothing-of-sdi/>']) {
    await client.post({ ...(document !== undefined && { document }), callback, correlationId: 'metrics-1' });
  }
  await until(
    'both ended',
    () => client.invoicesOf('metrics-1'),
    (found) => {
      const ended = found.filter(
        ({ invoiceStatus }) => /SENT$|INVALID$/.test(invoiceStatus) && !invoiceStatus.endsWith('TOBE_SENT'),
      );
      return ended.length === 2;
    },
  );
  await until(
    'the callbacks came',
    () => sandbox.callbacks({ correlationId: 'metrics-1' }),
    (found) => found.length >= 2,
  );
  const [invoice] = await client.invoicesOf('metrics-1');
  await client.ask('dbmanager', { path: `/api/invoices/${invoice?.invoiceNumber}` });
  await client.ask('dbmanager', { path: '/api/invoices/987654321', direct: true });
  await client.ask('receiver', { path: '/api/nothing-of-the-kind/42', direct: true });
}

tellOn([defaultSetUp, splitSetUp], { mail: 'sandbox' }, (estate) => {
  const isHub = (): boolean => estate().processes.has('hub');

  test('every metric of the table is at its services, none twice, and nothing failed to be read', async () => {
    await liveALittle(estate());
    for (const service of serviceNames) {
      const { text, names } = await scrape(estate(), service);
      assert.deepEqual(names, [...new Set(names)], `${service} tells something twice`);
      const promised = Object.entries(metricTable as Readonly<Record<string, MetricRow>>).flatMap(([name, row]) => {
        const isThere =
          isAt(row, service, isHub()) && !(ofDatabase.test(name) && !isHub() && !onDatabase.includes(service));
        return isThere ? [name] : [];
      });
      assert.deepEqual(
        promised.filter((name) => !names.includes(name)),
        [],
        `${service} lacks`,
      );
      const stray = names.filter((name) => name.startsWith('staffetta_') && !(name in metricTable));
      assert.deepEqual(stray, [], `${service} tells what is in no table`);
      assert.doesNotMatch(text, /^staffetta_scrape_errors_total\{/m, service);
    }
  });

  test('a process tells of its memory, its event loop and its garbage once', async () => {
    const tellers = [];
    for (const service of serviceNames) {
      const { names } = await scrape(estate(), service);
      const ofProcess = [
        'process_resident_memory_bytes',
        'nodejs_eventloop_lag_p99_seconds',
        'nodejs_gc_duration_seconds',
      ];
      if (ofProcess.every((name) => names.includes(name))) tellers.push(service);
    }
    assert.deepEqual(tellers, isHub() ? ['gatewayserver'] : serviceNames);
  });

  test('an invoice leaves its figures behind: moves, events, callbacks, mails, requests by their routes', async () => {
    const of = async (service: ServiceName) => (await scrape(estate(), service)).text;
    const dbmanager = await of('dbmanager');
    assert.match(
      dbmanager,
      /^staffetta_invoice_moves_total\{event="\w+",status="INTERNAL_INVOICE_SENT",[^}]*\} [1-9]/m,
    );
    assert.match(dbmanager, /^staffetta_events_total\{flow="incomingInvoice",result="done",[^}]*\} [1-9]/m);
    assert.match(
      dbmanager,
      /^http_server_requests_seconds_count\{[^}]*uri="\/api\/invoices\/:invoiceNumber"[^}]*\} [1-9]/m,
    );
    assert.match(await of('receiver'), /^staffetta_callback_seconds_count\{[^}]*outcome="delivered"[^}]*\} [1-9]/m);
    assert.match(await of('sender'), /^staffetta_mail_seconds_count\{[^}]*answer="taken"[^}]*\} [1-9]/m);
    const calls = await of(isHub() ? 'gatewayserver' : 'receiver');
    assert.match(calls, /^http_client_requests_seconds_count\{[^}]*outcome="SUCCESS"[^}]*\} [1-9]/m);
  });

  test('labels hold words of ours and never ids, addresses or paths that somebody asked for', async () => {
    for (const service of serviceNames) {
      const { labels } = await scrape(estate(), service);
      for (const [label, value] of labels) {
        if (['le', 'quantile', 'version', 'node', 'major', 'minor', 'patch', 'status', 'instance'].includes(label))
          continue;
        assert.doesNotMatch(
          value,
          /[0-9a-f]{8}-[0-9a-f]{4}|\d{4,}|\d\.\d+\.\d|[\w.]@|metrics-1|nothing-of/,
          `${service}: ${label}="${value}"`,
        );
      }
    }
  });
});
