// platform: what a service is, what world it is started in, and how its flows reach its steps.
import { HubError } from '@staffetta/flow/errors.ts';
import { decodeEvent, type FlowEvent } from '@staffetta/flow/events.ts';
import { flows, type ConsumedBy, type FlowName } from '@staffetta/flow/flows.ts';
import type { ServiceName } from '@staffetta/flow/services.ts';
import type { Bus, ConsumedEvent, Consumption, FailedEvent, Rebuild, RetryPolicy } from './bus/bus.ts';
import type { Clock } from './clock.ts';
import type { SettingsOf, SettingsTable } from './config/settings.ts';
import type { HealthCheck } from './http/health.ts';
import type { Store } from './store/store.ts';
import type { Log } from './telemetry/log.ts';

/** The one switch between trying and serving. */
export type Profile = 'dev' | 'production';

/** Everything a service gets from outside; the hub shares one among its services, a service alone makes its own. */
export interface World {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly log: Log;
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
  /** The hub's database; only for services that name `store` among their needs. */
  readonly store: Store;
  /** The hub's bus; only for services that name `bus` among their needs. */
  readonly bus: Bus;
  readonly version: string;
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
  /** How an event that this service publishes by reference is built again after a crash (see the bus' outbox). */
  readonly rebuild?: (store: Store) => Rebuild;
  start(world: World, settings: SettingsOf<T>): Promise<Running>;
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

function adapt<F extends FlowName>(flow: F, consumer: FlowConsumer<F>) {
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
    const fell = understood.length > 0 ? await consumer.step(understood, signal) : undefined;
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
  const running: Consumption[] = await Promise.all(
    names.map((flow) => start(world, service, flow, consumers[flow] as unknown as FlowConsumer<FlowName>, reasons)),
  );
  return {
    async stop() {
      await Promise.all(running.map((consumption) => consumption.stop()));
    },
    paused: () => reasons,
  };
}

function start(
  world: World,
  service: ServiceName,
  flow: FlowName,
  consumer: FlowConsumer<FlowName>,
  reasons: Record<string, string>,
): Promise<Consumption> {
  const { log } = world;
  return world.bus.consume({
    group: consumer.group ?? `${service}.${flow}`,
    topic: flows[flow].topic,
    handle: adapt(flow, consumer),
    batchMax: consumer.batchMax,
    retry: consumer.retry,
    onDeadLetter({ event, error }, tries) {
      log.error({ err: error, service, place: placeOf(event), key: event.key, tries }, 'event.setAside');
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
