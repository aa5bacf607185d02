// platform: what a service is, what world it is started in, and how its flows reach its steps.
import { HubError } from '@staffetta/flow/errors.ts';
import { decodeEvent, headerText, type FlowEvent } from '@staffetta/flow/events.ts';
import { eventHeaders, flows, type ConsumedBy, type FlowName } from '@staffetta/flow/flows.ts';
import type { ServiceName } from '@staffetta/flow/services.ts';
import type { Bus, ConsumedEvent, Consumption, FailedEvent, Rebuild, RetryPolicy } from './bus/bus.ts';
import type { Clock } from './clock.ts';
import type { LiveSettings } from './config/live-settings.ts';
import type { SettingsOf, SettingsTable } from './config/settings.ts';
import { measureFlows, type FlowMeter } from './flow-metrics.ts';
import type { HealthCheck } from './http/health.ts';
import type { Store } from './store/store.ts';
import { takeWithin, type Reader } from './telemetry/event-spans.ts';
import type { Log } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { tracing } from './telemetry/tracing.ts';

/** The one switch between trying and serving. */
export type Profile = 'dev' | 'production';

/** What a service needs that finds others by discovery. */
export interface Discovery {
  /** Base URLs of the servers, the preferred one first; a login may stand in them. Empty where discovery is switched off. */
  readonly serverUrls: readonly string[];
  /** The address that was set for a service (`RECEIVER_URL`), which wins over discovery; undefined where none was. */
  givenAddressOf(service: ServiceName): string | undefined;
}

/** Everything a service gets from outside; the hub shares one among its services, a service alone makes its own. */
export interface World {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly log: Log;
  /** What the service counts and measures; its server shows it. */
  readonly metrics: Metrics;
  /** Whether the service has come to the end of its start: before that it is not ready, however well its parts are. */
  readonly hasStarted?: (() => boolean) | undefined;
  /** Where to listen. Port 0 lets the system choose. */
  readonly host: string;
  readonly port: number;
  /** Shared between the gateway and the services behind it, to sign who calls. */
  readonly callerSecret: string;
  /** Whether a call without the gateway's signed header is trusted as the platform's own. */
  readonly trustDirectCalls: boolean;
  /** A folder for what a service keeps in files (reports). */
  readonly dataDir: string;
  /** The base URL of another service, for example `http://127.0.0.1:9020`. */
  addressOf(service: ServiceName): string;
  /** Absent where nobody is to be found but at `addressOf` (in tests). */
  readonly discovery?: Discovery;
  /** The hub's database; only for services that name `store` among their needs. */
  readonly store: Store;
  /** The hub's database where there is one: for services that name `store` among their wants and can work without. It may not answer yet. */
  readonly storeIfAny: Store | undefined;
  /** The hub's bus; only for services that name `bus` among their needs. */
  readonly bus: Bus;
  /** The hub's bus where there is one at the moment: for services that name `bus` among their wants. It may come later, so ask anew each time. */
  readonly busIfAny: Bus | undefined;
  readonly version: string;
  /** Says a line to whoever started this process, at the terminal: for what no log may hold. */
  tell(line: string): void;
}

/** A service that runs. */
export interface Running {
  /** Where it listens. */
  readonly port: number;
  /** Drains: no new work, what is in hand ends, connections of its own close (never the world's). */
  stop(): Promise<void>;
}

/** A service: its name, its settings and what it cannot work without. */
export interface ServiceDefinition<T extends SettingsTable = SettingsTable> {
  readonly name: ServiceName;
  readonly says: string;
  readonly settings: T;
  readonly needs: readonly ('store' | 'bus')[];
  /** What it uses where it is given, and never waits for. */
  readonly wants?: readonly ('store' | 'bus')[];
  /** How an event that this service publishes by reference is built again after a crash (see the bus' outbox). */
  readonly rebuild?: (store: Store) => Rebuild;
  /**
   * @param settings the values; those of rows with `live: true` are in force at the moment of reading, unless they were copied
   * @param live the same, for those who make something of them or must be told of changes; absent: nothing changes
   */
  start(world: World, settings: SettingsOf<T>, live?: LiveSettings<T>): Promise<Running>;
}

/** An event of a flow as a step gets it; `record` says where it lies. */
export type Incoming<F extends FlowName> = FlowEvent<F, ConsumedEvent>;

/** A step that takes a flow: a batch in order per key; it returns the events that failed alone, or throws (see the bus). */
export type FlowStep<F extends FlowName> = (
  batch: readonly Incoming<F>[],
  signal: AbortSignal,
) => Promise<readonly { readonly event: Incoming<F>; readonly error: unknown }[] | void>;

/** One flow's step and how it is fed. */
export interface FlowConsumer<F extends FlowName> {
  readonly step: FlowStep<F>;
  readonly batchMax: number;
  readonly retry: RetryPolicy;
  /** Another group than the service's own, for a second reading of the same flow. */
  readonly group?: string;
  /** True where another group sets aside what cannot be understood; two readings would make two dead letters of one event. */
  readonly passOverUnreadable?: boolean;
}

/** The map of a service's consumers: exactly the flows that name it under `to`, or it does not compile. */
export type ConsumersOf<S extends ServiceName> = { readonly [F in ConsumedBy<S>]: FlowConsumer<F> };

/** The consumptions of a service, started. */
export interface ConsumingFlows {
  stop(): Promise<void>;
  /** Flow → why it stands still at the moment. */
  paused(): Readonly<Record<string, string>>;
}

/**
 * Makes the health part that shows which flows stand still and why; it never turns readiness off, since paused flows go on by
 * themselves.
 * @param consuming the service's consumers, or undefined while they are not started
 */
export function flowsHealth(consuming: () => ConsumingFlows | undefined): HealthCheck {
  return {
    name: 'flows',
    essential: false,
    async check() {
      const paused = Object.entries(consuming()?.paused() ?? {});
      if (paused.length > 0) throw new Error(paused.map(([flow, reason]) => `${flow}: ${reason}`).join(' '));
    },
  };
}

function placeOf(event: ConsumedEvent): string {
  return `${event.topic}-${event.partition}@${event.offset}`;
}

/** The step itself, or where traces are on the step within the spans of its events. */
function spanned<F extends FlowName>(step: FlowStep<F>, reader: Reader): FlowStep<F> {
  const traces = tracing();
  return traces ? (batch, signal) => takeWithin(traces, batch, reader, (events) => step(events, signal)) : step;
}

function adapt<F extends FlowName>(flow: F, consumer: FlowConsumer<F>, reader: Reader) {
  const step = spanned(consumer.step, reader);
  return async (batch: readonly ConsumedEvent[], signal: AbortSignal): Promise<FailedEvent[]> => {
    const failed: FailedEvent[] = [];
    const understood: Incoming<F>[] = [];
    for (const record of batch) {
      try {
        understood.push(decodeEvent(flow, record, placeOf(record)));
      } catch (error) {
        if (!consumer.passOverUnreadable) failed.push({ event: record, error });
      }
    }
    const fell = understood.length > 0 ? await step(understood, signal) : undefined;
    for (const { event, error } of fell ?? []) failed.push({ event: event.record, error });
    return failed;
  };
}

/**
 * Starts the consumers of a service: creates missing topics (their dead-letter topics too), decodes events, logs what is set aside.
 * @param world the service's world
 * @param service its name, which is the group's name too (`receiver.savedInvoice`)
 * @param consumers its map of flows
 */
export async function consumeFlows<S extends ServiceName>(
  world: World,
  service: S,
  consumers: ConsumersOf<S>,
): Promise<ConsumingFlows> {
  const names = Object.keys(consumers) as ConsumedBy<S>[];
  const topics = names.map((flow) => flows[flow].topic);
  await world.bus.ensureTopics(topics.flatMap((topic) => [topic, `${topic}.DLT`]));
  const reasons: Record<string, string> = {};
  const fed = names.map((flow) => {
    const consumer = consumers[flow] as unknown as FlowConsumer<FlowName>;
    return { flow, group: consumer.group ?? `${service}.${flow}`, topic: flows[flow].topic, consumer };
  });
  const meterOf = measureFlows(world, fed, () => reasons);
  const running: Consumption[] = await Promise.all(
    fed.map((flow) => start(world, service, flow, { reasons, meter: meterOf(flow.flow) })),
  );
  return {
    async stop() {
      await Promise.all(running.map((consumption) => consumption.stop()));
    },
    paused: () => reasons,
  };
}

/** A flow with who reads it and how. */
interface FedFlow {
  readonly flow: FlowName;
  readonly group: string;
  readonly topic: string;
  readonly consumer: FlowConsumer<FlowName>;
}

/** Where it is told how a flow goes. */
interface FlowNews {
  readonly reasons: Record<string, string>;
  readonly meter: FlowMeter;
}

/** What a log line says of an event: where it lies and whose story it is; never its key, which a caller may have chosen. */
function shownEvent(event: ConsumedEvent) {
  const correlationId = headerText(event.headers, eventHeaders.correlationId);
  return { place: placeOf(event), correlationId, eventId: headerText(event.headers, eventHeaders.eventId) };
}

function start(
  world: World,
  service: ServiceName,
  { flow, group, topic, consumer }: FedFlow,
  { reasons, meter }: FlowNews,
): Promise<Consumption> {
  const { log } = world;
  const handle = adapt(flow, consumer, { service, group, system: world.bus.face });
  return world.bus.consume({
    group,
    topic,
    handle: (batch, signal) => meter.batch(batch.length, () => handle(batch, signal)),
    batchMax: consumer.batchMax,
    retry: consumer.retry,
    onDeadLetter({ event, error }, tries) {
      meter.setAside(error);
      log.error({ err: error, service, ...shownEvent(event), tries }, 'event.setAside');
    },
    onPause(reason) {
      if (reason === undefined) {
        delete reasons[flow];
        log.info({ service, flow }, 'flow.goesOn');
        return;
      }
      const text = reason instanceof HubError ? `${reason.message} ${reason.help}` : String(reason);
      if (reasons[flow] === undefined) log.warn({ err: reason, service, flow }, 'flow.paused');
      reasons[flow] = text;
    },
  });
}
