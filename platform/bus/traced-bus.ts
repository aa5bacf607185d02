// platform: a bus as one service uses it where traces are on: what it publishes has a span of its own, which readers continue.
import { readTraceContext } from '@staffetta/flow/trace-context.ts';
import type { OpenSpan, Tracing } from '../telemetry/tracing.ts';
import type { Tx } from '../store/store.ts';
import type { Bus, OutgoingEvent } from './bus.ts';
import { headerText } from './event-headers.ts';

interface Sending {
  readonly events: readonly OutgoingEvent[];
  readonly spans: readonly OpenSpan[];
}

/** Publishes as a service does. */
class TracedPublishing {
  readonly #bus: Bus;
  readonly #service: string;
  readonly #tracing: Tracing;

  constructor(bus: Bus, service: string, tracing: Tracing) {
    this.#bus = bus;
    this.#service = service;
    this.#tracing = tracing;
  }

  /** Its spans last until the events are durable. */
  publish = async (given: readonly OutgoingEvent[]): Promise<void> => {
    const { events, spans } = this.#begin('send', given);
    try {
      await this.#bus.publish(events);
    } catch (error) {
      for (const span of spans) span.fail(error);
      throw error;
    } finally {
      for (const span of spans) span.end();
    }
  };

  /** Its spans last until the commit; where there is none they are never told. */
  publishIn = (tx: Tx, given: readonly OutgoingEvent[]): void => {
    const { events, spans } = this.#begin('create', given);
    this.#bus.publishIn(tx, events);
    if (spans.length === 0) return;
    tx.afterCommit(() => {
      for (const span of spans) span.end();
    });
  };

  #begin(operation: 'send' | 'create', given: readonly OutgoingEvent[]): Sending {
    const spans: OpenSpan[] = [];
    const events = given.map((event) => {
      const span = this.#spanOf(operation, event);
      if (!span?.isRecorded) return event;
      spans.push(span);
      return { ...event, headers: { ...event.headers, ...span.trace } };
    });
    return { events, spans };
  }

  #spanOf(operation: string, { topic, headers }: OutgoingEvent): OpenSpan | undefined {
    const parent = readTraceContext(headerText(headers, 'traceparent'), headerText(headers, 'tracestate'));
    if (!parent) return undefined;
    const facts = {
      'messaging.system': this.#bus.face,
      'messaging.operation.name': operation,
      'messaging.operation.type': operation,
      'messaging.destination.name': topic,
      'messaging.message.id': headerText(headers, 'x-event-id'),
      'staffetta.correlation_id': headerText(headers, 'X-Correlation-ID'),
    };
    return this.#tracing.begin(this.#service, `${operation} ${topic}`, { kind: 'producer', parent, facts });
  }
}

/**
 * Gives a service its view of the process' bus.
 * @param bus the process'
 * @param service whose spans they are
 * @param tracing makes the spans
 */
export function tracedBus(bus: Bus, service: string, tracing: Tracing): Bus {
  const publishing: Partial<Bus> = new TracedPublishing(bus, service, tracing);
  return new Proxy(bus, {
    get(target, name) {
      if (name === 'publish' || name === 'publishIn') return publishing[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
