// gateway: its traffic as people and metrics see it: instances with their state, lanes with their breakers. Pure.
import type { TrafficFigures } from '../metrics.ts';
import type { BreakerState } from './breaker.ts';
import type { Endpoint } from './endpoint.ts';
import type { Lanes } from './lane.ts';
import type { Load } from './load.ts';
import type { Streams } from './streams.ts';
import type { Upstreams } from './upstreams.ts';

/** What is looked at. */
export interface Seen {
  readonly upstreams: Upstreams;
  readonly lanes: Lanes;
  readonly streams: Streams;
  readonly load: Load;
  readonly nowMs: () => number;
}

/** An instance as it is shown. */
export interface InstanceView {
  readonly address: string;
  /** `ejected` is left out for a while, `leaving` ends what it has in hand. */
  readonly state: 'in' | 'ejected' | 'leaving';
  readonly inFlight: number;
  readonly weight: number;
  readonly ejectedUntil: string | null;
  readonly ejectedFor: 'refused' | 'failed' | null;
  /** ISO 8601; null once it gets its full share. */
  readonly warmAt: string | null;
}

/** A service or a route as it is shown. */
export interface UpstreamView {
  readonly name: string;
  readonly instances: readonly InstanceView[];
  readonly breaker: BreakerState | null;
  readonly inFlight: number;
  readonly waiting: number;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function instanceOf(endpoint: Endpoint, isLeaving: boolean, nowMs: number): InstanceView {
  const { address, inFlight, weight, ejection, warmAtMs } = endpoint;
  return {
    address,
    state: isLeaving ? 'leaving' : ejection ? 'ejected' : 'in',
    inFlight,
    weight,
    ejectedUntil: ejection ? iso(ejection.untilMs) : null,
    ejectedFor: ejection?.why ?? null,
    warmAt: warmAtMs > nowMs ? iso(warmAtMs) : null,
  };
}

/** Shows clusters with the lane of the same name, and lanes that have no cluster of their own (tunings). */
export function viewOf({ upstreams, lanes, nowMs }: Seen): UpstreamView[] {
  const now = nowMs();
  const clusters = new Map(upstreams.all().map(({ name, cluster }) => [name, cluster]));
  const names = new Set([...clusters.keys(), ...lanes.all().map(({ name }) => name)]);
  return [...names].map((name) => {
    const cluster = clusters.get(name);
    const lane = lanes.get(name);
    return {
      name,
      instances: [
        ...(cluster?.endpoints ?? []).map((one) => instanceOf(one, false, now)),
        ...[...(cluster?.leaving ?? [])].map((one) => instanceOf(one, true, now)),
      ],
      breaker: lane?.breaker.state ?? null,
      inFlight: lane?.bulkhead.load.inFlight ?? 0,
      waiting: lane?.bulkhead.load.waiting ?? 0,
    };
  });
}

/** The same as numbers. */
export function figuresOf({ upstreams, lanes, streams, load }: Seen): TrafficFigures {
  return {
    instances: upstreams.all().flatMap(({ name, cluster }) =>
      cluster.endpoints.map(({ address, inFlight, ejection }) => ({
        upstream: name,
        instance: address,
        inFlight,
        isEjected: ejection !== undefined,
      })),
    ),
    lanes: lanes.all().map(({ name, breaker, bulkhead }) => ({
      upstream: name,
      breaker: breaker.state,
      ...bulkhead.load,
    })),
    streams: { webSocket: streams.count('webSocket'), events: streams.count('events') },
    lateMs: load.lateMs,
  };
}
