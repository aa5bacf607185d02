// platform: metrics are read when somebody asks; what cannot be read is left out, counted, and never makes the others fail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from './metrics.ts';
import { sharedRead } from './shared-read.ts';

const limits = { keepMs: 60_000, timeoutMs: 30 };

test('one reading serves all its gauges, and those who ask again for a while', async () => {
  const metrics = Metrics.ofService('test', limits);
  let readings = 0;
  metrics.watch('letters', ['staffetta_dead_letters_open', 'staffetta_dead_letter_oldest_seconds'], async () => {
    readings += 1;
    return {
      staffetta_dead_letters_open: [{ labels: { topic: 'a' }, value: 3 }],
      staffetta_dead_letter_oldest_seconds: [{ labels: { topic: 'a' }, value: 7.5 }],
    };
  });
  const texts = await Promise.all([metrics.text(), metrics.text()]);
  assert.match(await metrics.text(), /^staffetta_dead_letters_open\{topic="a",service="test"\} 3$/m);
  for (const text of texts)
    assert.match(text, /^staffetta_dead_letter_oldest_seconds\{topic="a",service="test"\} 7\.5$/m);
  assert.equal(readings, 1);
});

test('what fails or never answers is left out and counted in the same scrape; the others are shown', async () => {
  const metrics = Metrics.ofService('test', limits);
  metrics.watch('letters', ['staffetta_dead_letters_open', 'staffetta_dead_letter_oldest_seconds'], () =>
    Promise.reject(new Error('no database')),
  );
  metrics.watch('waiters', ['staffetta_waiters_open'], () => new Promise(() => undefined));
  metrics.counter('staffetta_accepted_total').inc({ flow: 'incomingInvoice' });
  const text = await metrics.text();
  assert.match(text, /^staffetta_scrape_errors_total\{part="letters",service="test"\} 1$/m);
  assert.match(text, /^staffetta_scrape_errors_total\{part="waiters",service="test"\} 1$/m);
  assert.match(text, /^staffetta_accepted_total\{flow="incomingInvoice",service="test"\} 1$/m);
  assert.doesNotMatch(text, /^staffetta_(dead_letters_open|waiters_open)[{ ]/m);
});

test('a gauge whose figure comes back shows it again, and labels that are gone are gone', async () => {
  const metrics = Metrics.ofService('test', { ...limits, keepMs: 0 });
  let open: readonly { labels: { topic: string }; value: number }[] = [{ labels: { topic: 'a' }, value: 1 }];
  const waiting: { now?: number } = {};
  metrics.watch('letters', ['staffetta_dead_letters_open'], () => ({ staffetta_dead_letters_open: open }));
  metrics.watch('waiters', ['staffetta_waiters_open'], () => {
    if (waiting.now === undefined) throw new Error('no database');
    return { staffetta_waiters_open: [{ labels: {}, value: waiting.now }] };
  });
  assert.match(await metrics.text(), /topic="a"/);
  open = [{ labels: { topic: 'b' }, value: 2 }];
  waiting.now = 4;
  const text = await metrics.text();
  assert.doesNotMatch(text, /topic="a"/);
  assert.match(text, /^staffetta_dead_letters_open\{topic="b",service="test"\} 2$/m);
  assert.match(text, /^staffetta_waiters_open\{service="test"\} 4$/m);
});

test("a process' figures are shown by one service, under the process' name; what fails there is counted here", async () => {
  const ofProcess = new Metrics('hub', limits);
  ofProcess.watch('pool', ['staffetta_database_waiting'], () => ({
    staffetta_database_waiting: [{ labels: {}, value: 2 }],
  }));
  ofProcess.watch('outbox', ['staffetta_outbox_rows'], () => Promise.reject(new Error('away')));
  const text = await Metrics.ofService('gatewayserver', limits, ofProcess).text();
  assert.match(text, /^staffetta_database_waiting\{service="hub"\} 2$/m);
  assert.match(text, /^staffetta_scrape_errors_total\{part="outbox",service="gatewayserver"\} 1$/m);
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  assert.deepEqual(names, [...new Set(names)]);
});

test('a slow reading is waited for by all, done once, and serves whoever asks when it is there', async () => {
  let end: (value: number) => void = () => undefined;
  let readings = 0;
  const read = sharedRead(
    () => {
      readings += 1;
      return new Promise<number>((resolve) => (end = resolve));
    },
    { keepMs: 60_000, timeoutMs: 10 },
  );
  const late = await Promise.allSettled([read(), read()]);
  assert.deepEqual(
    late.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  end(5);
  assert.deepEqual([await read(), await read(), readings], [5, 5, 1]);
});
