// platform: spans go to a collector as they are meant to be; where traces are off nothing of it is loaded, and contexts go through.
import { HubError } from '@staffetta/flow/errors.ts';
import { isSampled, parseTraceparent } from '@staffetta/flow/trace-context.ts';
import { startOtlpSink, type OtlpSink, type SeenSpan } from '@staffetta/tools/servers/otlp-sink.ts';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readSettings } from '../config/settings.ts';
import { traceSettings } from '../config/trace-settings.ts';
import { calling } from './call-spans.ts';
import { takeWithin, type ReadEvent } from './event-spans.ts';
import { createLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { countLostSpans } from './span-metrics.ts';
import { isTraced, startTracing } from './start-tracing.ts';
import { traceOfLine, tracing, within, type OpenSpan } from './tracing.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const recorded = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'vendor=1' };
const unrecorded = { traceparent: `00-${traceId}-${spanId}-00`, tracestate: 'vendor=1' };

function startWith(environment: Readonly<Record<string, string>>, profile = 'dev') {
  const settings = { ...readSettings(traceSettings, environment).values, profile };
  return startTracing({ settings, log: createLog('silent'), version: '1.2.3' });
}

/** Switches traces on with a collector of the test's own; what `end` resolves with is all that came. */
async function traced(t: TestContext, environment: Readonly<Record<string, string>> = {}, status = 200) {
  const sink = await startOtlpSink(status);
  const stop = await startWith({ OTEL_EXPORTER_OTLP_ENDPOINT: `${sink.url}/`, ...environment });
  t.after(async () => {
    await stop();
    await sink.close();
  });
  return { sink, end: () => stop().then(() => sink.spans) };
}

const nothing = (): Promise<void> => Promise.resolve();
const named = (spans: readonly SeenSpan[], name: string): SeenSpan => spans.find((span) => span.name === name)!;

function eventOf(id: string, trace: ReadEvent['trace'], message: unknown = {}): ReadEvent {
  return { message, eventId: id, correlationId: `c-${id}`, trace, record: { topic: 'news', partition: 2, offset: 7n } };
}

const reader = { service: 'dbmanager', group: 'dbmanager.news', system: 'postgres' };

describe('where traces are off', () => {
  test('nothing of the SDK is loaded, which it is where a collector is named', async () => {
    const urlOf = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    const program = `
      import { registerHooks } from 'node:module';
      const asked = new Set();
      registerHooks({ resolve(name, context, next) { asked.add(name); return next(name, context); } });
      await import(${urlOf('../world.ts')});
      const { startTracing } = await import(${urlOf('start-tracing.ts')});
      const { readSettings } = await import(${urlOf('../config/settings.ts')});
      const { traceSettings } = await import(${urlOf('../config/trace-settings.ts')});
      const log = { info() {}, warn() {} };
      const loaded = () => [...asked].some((name) => name.startsWith('@opentelemetry/sdk'));
      for (const environment of [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }]) {
        const settings = { ...readSettings(traceSettings, environment).values, profile: 'dev' };
        const stop = await startTracing({ settings, log, version: '0' });
        console.log(loaded());
        await stop();
      }`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    assert.equal(stdout, 'false\ntrue\n');
  });

  test('work is done without a span, a log line has no ids, and a call carries the trace that it was given', async () => {
    const stop = await startWith({});
    assert.equal(isTraced(readSettings(traceSettings, {}).values), false);
    assert.equal(tracing(), undefined);
    await within('sender', 'mail', { kind: 'client', parent: recorded }, (span) => {
      assert.equal(span, undefined);
      assert.deepEqual(traceOfLine(), {});
      return nothing();
    });
    const sent: unknown[] = [];
    const call = { service: 'receiver', to: 'dbmanager', method: 'POST', route: '/x', parent: recorded };
    await calling(call, (headers) => Promise.resolve({ statusCode: sent.push(headers) }));
    assert.deepEqual(sent, [recorded]);
    await stop();
  });
});

describe('a span', () => {
  test('continues its parent, is the parent of what is done inside, and says whose it is', async (t) => {
    const { end } = await traced(t, { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=a%20b' });
    await within('receiver', 'outer', { kind: 'server', parent: recorded, facts: { a: 1, b: undefined } }, (outer) =>
      within('sender', 'inner', { kind: 'client' }, (inner) => {
        assert.equal(outer?.trace.tracestate, 'vendor=1');
        assert.equal(parseTraceparent(inner?.trace.traceparent)?.traceId, traceId);
        return nothing();
      }),
    );
    const spans = await end();
    const [outer, inner] = [named(spans, 'outer'), named(spans, 'inner')];
    assert.deepEqual([outer.service, outer.kind, outer.traceId, outer.parentId], ['receiver', 2, traceId, spanId]);
    assert.deepEqual([inner.service, inner.kind, inner.traceId, inner.parentId], ['sender', 3, traceId, outer.spanId]);
    assert.deepEqual(outer.facts, { a: 1 });
  });

  test('that failed says by which code, and never in which words', async (t) => {
    const { sink, end } = await traced(t);
    const wish = { kind: 'internal', parent: 'none' } as const;
    const errors = [new HubError('DATABASE_AWAY', 'Rossi S.p.A.'), new TypeError('Rossi S.p.A.')];
    for (const error of errors) {
      await assert.rejects(
        within('sender', 'failing', wish, () => Promise.reject(error)),
        error,
      );
    }
    const spans = await end();
    assert.deepEqual(
      spans.map(({ failed, facts }) => [failed, facts['error.type']]),
      [
        [true, 'DATABASE_AWAY'],
        [true, 'TypeError'],
      ],
    );
    assert.doesNotMatch(sink.bodies.join(''), /Rossi/);
  });

  test('that has ended is no parent of what a timer does later', async (t) => {
    const { end } = await traced(t);
    let later: Promise<void> = nothing();
    await within('sender', 'first', { kind: 'internal', parent: 'none' }, () => {
      later = sleep(20).then(() => within('sender', 'later', { kind: 'internal' }, nothing));
      return nothing();
    });
    await later;
    const spans = await end();
    assert.equal(named(spans, 'later').parentId, undefined);
    assert.notEqual(named(spans, 'later').traceId, named(spans, 'first').traceId);
  });

  test('has its ids in the log lines inside it, and in none after it', async (t) => {
    await traced(t);
    const folder = await mkdtemp(join(tmpdir(), 'staffetta-traces-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, 'one.log');
    const log = createLog('info', file, true);
    let ids = {};
    await within('sender', 'mail', { kind: 'client', parent: recorded }, (span) => {
      ids = { ...parseTraceparent(span?.trace.traceparent) };
      log.info({ correlationId: 'c-1' }, 'inside');
      return nothing();
    });
    await within('sender', 'mail', { kind: 'client', parent: unrecorded }, () => {
      log.info('unrecorded');
      return nothing();
    });
    log.info('after');
    let text = '';
    while (!text.includes('"after"')) {
      await sleep(10);
      text = await readFile(file, 'utf8').catch(() => '');
    }
    const [inside, ...others] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual({ traceId: inside?.['traceId'], spanId: inside?.['spanId'], flags: 1 }, ids);
    assert.equal(inside?.['correlationId'], 'c-1');
    assert.ok(others.every((line) => !('traceId' in line) && !('spanId' in line)));
  });
});

describe('which traces are recorded', () => {
  /** How many of 200 spans are recorded. */
  async function countOf(
    t: TestContext,
    environment: Readonly<Record<string, string>>,
    parent: 'none' | typeof recorded,
  ) {
    const { end } = await traced(t, environment);
    const begin = (): OpenSpan | undefined => tracing()?.begin('sender', 's', { kind: 'internal', parent });
    for (let count = 0; count < 200; count++) begin()?.end();
    return (await end()).length;
  }

  test('all in profile dev; in production about one in a hundred, and those that a caller records', async (t) => {
    assert.equal(await countOf(t, {}, 'none'), 200);
    const stop = await startWith(
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '100ms' },
      'production',
    );
    t.after(stop);
    const isRecorded = (parent: 'none' | typeof recorded): boolean => {
      const span = tracing()?.begin('sender', 's', { kind: 'internal', parent });
      const is = span?.isRecorded === true;
      span?.end();
      return is;
    };
    const share = Array.from({ length: 5000 }, () => isRecorded('none')).filter(Boolean).length / 5000;
    assert.ok(share > 0.001 && share < 0.03, `${share}`);
    assert.ok(isRecorded(recorded));
  });

  test('as the caller decides with parentbased_, and by the share alone without', async (t) => {
    const all = { OTEL_TRACES_SAMPLER_ARG: '1' };
    const none = { OTEL_TRACES_SAMPLER_ARG: '0' };
    const alone = { OTEL_TRACES_SAMPLER: 'traceidratio' };
    assert.equal(await countOf(t, all, unrecorded), 0);
    assert.equal(await countOf(t, none, recorded), 200);
    assert.equal(await countOf(t, { ...all, ...alone }, unrecorded), 200);
    assert.equal(await countOf(t, { ...none, ...alone }, recorded), 0);
    assert.equal(await countOf(t, { OTEL_TRACES_SAMPLER: 'always_off' }, recorded), 0);
    assert.equal(await countOf(t, { OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, 'none'), 0);
  });

  test("an unrecorded caller's context goes on as it is", async (t) => {
    await traced(t);
    const span = tracing()?.begin('sender', 's', { kind: 'client', parent: unrecorded });
    assert.deepEqual([span?.trace, span?.isRecorded, span?.run(() => 5)], [unrecorded, false, 5]);
    span?.note({ a: 1 });
    span?.fail('x');
    span?.end();
  });

  test('a trace that begins with a link to a recorded one is recorded, whatever the share', async (t) => {
    const { end } = await traced(t, { OTEL_TRACES_SAMPLER_ARG: '0' });
    const linkedTo = (trace: typeof recorded) =>
      tracing()?.begin('dbmanager', 'match', { kind: 'internal', parent: 'none', links: [{ trace, facts: { n: 1 } }] });
    linkedTo(unrecorded)?.end();
    const span = linkedTo(recorded);
    assert.ok(span && isSampled(span.trace));
    span.end();
    const [match, ...more] = await end();
    assert.deepEqual([match?.links, more], [[{ traceId, spanId, facts: { n: 1 } }], []]);
    assert.notEqual(match?.traceId, traceId);
  });
});

describe('events that a step takes', () => {
  test('are taken as they are where nobody records any of them', async (t) => {
    const { end } = await traced(t);
    const batch = [eventOf('a', unrecorded), eventOf('b', unrecorded)];
    await takeWithin(tracing()!, batch, reader, (events) => {
      assert.equal(events, batch);
      return nothing();
    });
    assert.deepEqual(await end(), []);
  });

  test('have a span each in their own trace, and one of the batch that is linked to all', async (t) => {
    const { end } = await traced(t);
    const other = { traceparent: `00-${traceId.replace('0af', '1af')}-${spanId}-01` };
    const batch = [eventOf('a', recorded, { invoiceId: 'i-1' }), eventOf('b', other), eventOf('c', unrecorded)];
    const went: ReadEvent['trace'][] = [];
    await takeWithin(tracing()!, batch, reader, (events) => {
      went.push(...events.map(({ trace }) => trace));
      return Promise.resolve([{ event: events[1]!, error: new HubError('MESSAGE_NOT_READABLE', 'Rossi') }]);
    });
    const spans = await end();
    const whole = named(spans, 'process_batch news');
    assert.deepEqual(
      whole.links.map((link) => [link.traceId, link.facts['messaging.message.id']]),
      [
        [traceId, 'a'],
        [traceId.replace('0af', '1af'), 'b'],
      ],
    );
    assert.equal(whole.facts['messaging.batch.message_count'], 3);
    const each = spans.filter(({ name }) => name === 'process news');
    assert.deepEqual(
      each.map((span) => [span.facts['messaging.message.id'], span.parentId, span.failed, span.links[0]?.traceId]),
      [
        ['a', spanId, false, whole.traceId],
        ['b', spanId, true, whole.traceId],
      ],
    );
    assert.equal(each[0]?.facts['staffetta.invoice.id'], 'i-1');
    assert.equal(each[0]?.facts['staffetta.correlation_id'], 'c-a');
    assert.deepEqual(
      went.map((trace) => parseTraceparent(trace?.traceparent)?.spanId),
      [...each.map((span) => span.spanId), spanId],
      'what comes of an event goes on from its span',
    );
  });

  test('are all failed where the step fails, and one alone is the active one', async (t) => {
    const { end } = await traced(t);
    const failing = takeWithin(tracing()!, [eventOf('a', recorded)], reader, () => {
      tracing()?.begin('dbmanager', 'inside', { kind: 'internal' }).end();
      return Promise.reject(new HubError('DATABASE_AWAY', 'away'));
    });
    await assert.rejects(failing);
    const spans = await end();
    const one = named(spans, 'process news');
    assert.deepEqual([one.failed, one.facts['error.type']], [true, 'DATABASE_AWAY']);
    assert.equal(named(spans, 'inside').parentId, one.spanId);
    assert.equal(spans.length, 2);
  });
});

describe('a collector', () => {
  const countLost = (why: string, text: string): number =>
    Number(new RegExp(`^staffetta_spans_lost_total\\{[^}]*why="${why}"[^}]*\\} (\\d+)`, 'm').exec(text)?.[1]);

  async function lostAt(sink: OtlpSink, environment: Readonly<Record<string, string>>): Promise<number> {
    const stop = await startWith({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...environment });
    const metrics = Metrics.ofService('test', { keepMs: 0, timeoutMs: 2000 });
    countLostSpans(metrics);
    await within('sender', 'lost', { kind: 'internal', parent: 'none' }, nothing);
    await stop();
    return countLost('refused', await metrics.text());
  }

  test('that refuses spans costs those spans, which are counted, and nothing else', async (t) => {
    const sink = await startOtlpSink(400);
    t.after(() => sink.close());
    assert.equal(await lostAt(sink, {}), 1);
  });

  test('that is told its key gets it, percent-decoded', async (t) => {
    const { sink, end } = await traced(t, { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20k-1, x-tenant=t' });
    await within('sender', 's', { kind: 'internal', parent: 'none' }, nothing);
    await end();
    assert.deepEqual([sink.headers[0]?.authorization, sink.headers[0]?.['x-tenant']], ['Bearer k-1', 't']);
  });

  test('whose settings are wrong stops the start with their name and never their value', async () => {
    for (const [env, value] of [
      ['OTEL_EXPORTER_OTLP_HEADERS', 'k-1-secret'],
      ['OTEL_EXPORTER_OTLP_HEADERS', 'a=k-1-secret%'],
      ['OTEL_RESOURCE_ATTRIBUTES', '=k-1-secret'],
    ] as const) {
      const starting = startWith({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', [env]: value });
      await assert.rejects(starting, (error) => {
        assert.ok(error instanceof HubError && error.code === 'SETTING_WRONG');
        return error.message.startsWith(env) && !error.message.includes('secret');
      });
    }
  });

  test('is told one name for all services where the operator says so, with the service beside it', async (t) => {
    const { sink, end } = await traced(t, { OTEL_SERVICE_NAME: 'fatture' });
    await within('sender', 's', { kind: 'internal', parent: 'none' }, nothing);
    assert.equal(named(await end(), 's').service, 'fatture');
    assert.match(sink.bodies[0] ?? '', /"staffetta.service","value":\{"stringValue":"sender"/);
  });
});
