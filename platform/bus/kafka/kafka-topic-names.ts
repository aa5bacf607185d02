// platform: several hubs share one Kafka by a prefix on their topics; everything above this file knows the contract's names.
import type { ConsumedEvent, OutgoingEvent } from '../bus.ts';
import type { Place, Subscribe, TransportListener } from '../transport.ts';

/** Turns the contract's topic names into those on the brokers, and back. */
export interface TopicNames {
  out(topic: string): string;
  outAll(events: readonly OutgoingEvent[]): readonly OutgoingEvent[];
  back(event: ConsumedEvent): ConsumedEvent;
  /** A way to read that takes and gives the contract's names. */
  subscribe(subscribe: Subscribe): Subscribe;
}

/**
 * Makes the names.
 * @param prefix what every topic's name begins with on the brokers; empty for the contract's names as they are
 */
export function topicNames(prefix: string): TopicNames {
  const out = (topic: string): string => prefix + topic;
  const strip = <T extends Place>(place: T): T => ({ ...place, topic: place.topic.slice(prefix.length) });
  const add = <T extends Place>(place: T): T => ({ ...place, topic: out(place.topic) });
  return {
    out,
    outAll: (events) => (prefix === '' ? events : events.map((event) => ({ ...event, topic: out(event.topic) }))),
    back: (event) => (prefix === '' ? event : strip(event)),
    subscribe: (inner) => (prefix === '' ? inner : renamed(inner, out, strip, add)),
  };
}

type Rename = <T extends Place>(place: T) => T;

function renamed(inner: Subscribe, out: (topic: string) => string, strip: Rename, add: Rename): Subscribe {
  return async (group, topic, batchMax, listener) => {
    const named: TransportListener = {
      onEvents: (events) => listener.onEvents(events.map((event) => strip(event))),
      onRevoked: (places) => listener.onRevoked(places.map((place) => strip(place))),
    };
    const subscription = await inner(group, out(topic), batchMax, named);
    return {
      commit: (marks) => subscription.commit(marks.map((mark) => add(mark))),
      close: () => subscription.close(),
    };
  };
}
