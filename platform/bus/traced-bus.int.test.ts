// platform: what a service publishes continues the trace that it belongs to, on both faces, at once and with a transaction.
import { HubError } from '@staffetta/flow/errors.ts';
import { parseTraceparent } from '@staffetta/flow/trace-context.ts';
import { kafkaBrokers, servers } from '@staffetta/tools/servers/available.ts';
import { startOtlpSink, type OtlpSink, type SeenSpan } from '@staffetta/tools/servers/otlp-sink.ts';
import { freshDatabase } from '@staffetta/tools/servers/postgres.ts';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { readSettings } from '../config/settings.ts';
import { traceSettings } from '../config/trace-settings.ts';
import { openStore } from '../store/store.ts';
import { createLog } from '../telemetry/log.ts';
import { startTracing } from '../telemetry/start-tracing.ts';
import { tracing } from '../telemetry/tracing.ts';
import type { Bus, ConsumedEvent } from './bus.ts';
import { event, eventually, newGroup, newTopic, options, Recorder, textOf, type OpenBus } from './conformance-kit.ts';
import { headerText } from './event-headers.ts';
import { createKafkaBus } from './kafka/kafka-bus.ts';
import { newDatabase } from './kafka/kafka-test-kit.ts';
import { createPostgresBus } from './postgres/postgres-bus.ts';
import { tracedBus } from './traced-bus.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const contexts = {
  recorded: { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'vendor=1' },
  unrecorded: { traceparent: `00-${traceId}-${spanId}-00`, tracestate: 'vendor=1' },
  none: {},
} as const;

async function openPostgres(): Promise<Omit<OpenBus, 'otherBus'>> {
  const database = await freshDatabase();
  const store = openStore(database.url, { name: 'traced bus test' });
  const bus = await createPostgresBus(store, { name: 'test' });
  const close = async () => {
    await bus.close();
    await store.close();
    await database.drop();
  };
  return { bus, store, close };
}

async function openKafka(): Promise<Omit<OpenBus, 'otherBus'>> {
  const database = await newDatabase();
  const { store } = database;
  const clientId = `test-${randomBytes(4).toString('hex')}`;
  const bus = await createKafkaBus({ brokers: kafkaBrokers().split(','), store, clientId, options: {} });
  const close = async () => {
    await bus.close();
    await database.drop();
  };
  return { bus, store, close };
}

const faces = [
  { face: 'postgres', missing: servers.postgres.missing, open: openPostgres },
  { face: 'kafka', missing: servers.postgres.missing || servers.kafka.missing, open: openKafka },
] as const;

function eventsOf(topic: string) {
  return Object.entries(contexts).map(([name, context]) =>
    event(topic, name, name, { 'x-event-id': `e-${name}`, 'X-Correlation-ID': `c-${name}`, ...context }),
  );
}

const contextOf = ({ headers }: ConsumedEvent) => ({
  traceparent: headerText(headers, 'traceparent'),
  tracestate: headerText(headers, 'tracestate'),
});

for (const { face, missing, open } of faces) {
  describe(`what a service publishes on ${face}`, { skip: missing }, () => {
    let opened: Omit<OpenBus, 'otherBus'>;
    let sink: OtlpSink;
    let stop: () => Promise<void>;
    let bus: Bus;
    before(async () => {
      opened = await open();
      sink = await startOtlpSink();
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_BSP_SCHEDULE_DELAY: '10ms' };
      const settings = { ...readSettings(traceSettings, environment).values, profile: 'dev' };
      stop = await startTracing({ settings, log: createLog('silent'), version: '0' });
      bus = tracedBus(opened.bus, 'receiver', tracing()!);
    });
    after(async () => {
      await stop();
      await sink.close();
      await opened.close();
    });

    const spansOf = (topic: string): SeenSpan[] =>
      sink.spans.filter(({ facts }) => facts['messaging.destination.name'] === topic);

    /** Reads events of a topic until so many came. */
    async function read(topic: string, count: number): Promise<Map<string, ConsumedEvent>> {
      const seen = new Recorder();
      const consumption = await bus.consume(options(newGroup(), topic, seen.handle));
      await eventually(`${count} events of ${topic}`, () => seen.unique().size >= count);
      await consumption.stop();
      return new Map(seen.events.map((one) => [textOf(one), one]));
    }

    /** Expects one span, of the recorded event, which whoever reads it continues; the others went as they came. */
    async function expectContinued(topic: string, operation: 'send' | 'create'): Promise<void> {
      const events = await read(topic, 3);
      await eventually('the span came', () => spansOf(topic).length > 0);
      const [span, ...more] = spansOf(topic);
      assert.deepEqual(more, []);
      assert.deepEqual(
        [span?.service, span?.name, span?.kind, span?.traceId, span?.parentId, span?.failed],
        ['receiver', `${operation} ${topic}`, 4, traceId, spanId, false],
      );
      assert.equal(span?.facts['messaging.system'], face);
      assert.equal(span.facts['messaging.message.id'], 'e-recorded');
      assert.equal(span.facts['staffetta.correlation_id'], 'c-recorded');
      const { traceparent, tracestate } = contextOf(events.get('recorded')!);
      assert.deepEqual(
        { ...parseTraceparent(traceparent), tracestate },
        { traceId, spanId: span.spanId, flags: 1, tracestate: 'vendor=1' },
      );
      assert.deepEqual(contextOf(events.get('unrecorded')!), contexts.unrecorded);
      assert.deepEqual(contextOf(events.get('none')!), { traceparent: undefined, tracestate: undefined });
    }

    test('continues its trace, and what nobody records goes as it came', async () => {
      const topic = await newTopic(() => opened as OpenBus);
      await bus.publish(eventsOf(topic));
      await expectContinued(topic, 'send');
    });

    test('continues its trace with a transaction too, which is told only where it is committed', async () => {
      const topic = await newTopic(() => opened as OpenBus);
      const rolledBack = opened.store.transaction((tx) => {
        bus.publishIn(tx, eventsOf(topic));
        return Promise.reject(new Error('rolled back'));
      });
      await assert.rejects(rolledBack, /rolled back/);
      await opened.store.transaction((tx) => Promise.resolve(bus.publishIn(tx, eventsOf(topic))));
      await expectContinued(topic, 'create');
    });

    test('has a failed span where it could not be published', async () => {
      const topic = `never-${randomBytes(4).toString('hex')}`;
      const away = new HubError('BUS_AWAY', 'It is away.');
      const broken = { ...opened.bus, face, publish: () => Promise.reject(away) } as unknown as Bus;
      await assert.rejects(tracedBus(broken, 'receiver', tracing()!).publish(eventsOf(topic)), away);
      await eventually('the span came', () => spansOf(topic).length > 0);
      const [span] = spansOf(topic);
      assert.deepEqual([span?.failed, span?.facts['error.type']], [true, 'BUS_AWAY']);
    });
  });
}
