// gateway: its traffic put together: where services are, how requests go there, what is bounded, and what people see of it.
import { realClock } from '@staffetta/platform/clock.ts';
import type { LiveSettings } from '@staffetta/platform/config/live-settings.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Identified } from '../identity/identity.ts';
import { createGatewayMetrics } from '../metrics.ts';
import type { ReadPath } from '../read-path.ts';
import type { RouteRow } from '../route-table.ts';
import { servicesHealth } from '../services-health.ts';
import type { ClusterRule } from './cluster.ts';
import { Lanes, type TrafficValues } from './lane.ts';
import { Load } from './load.ts';
import { openOwnRoutes, type OwnRoutes } from './own-routes.ts';
import { createProxy, type Proxy } from './proxy.ts';
import { shedBefore } from './shed.ts';
import { Streams } from './streams.ts';
import type { trafficSettings } from './traffic-settings.ts';
import { figuresOf, viewOf, type UpstreamView } from './traffic-view.ts';
import { openUpstreamIdentity } from './upstream-identity.ts';
import { PoolOpener } from './upstream-pool.ts';
import { Upstreams, type Target } from './upstreams.ts';

/** What the traffic leans on. */
export interface TrafficParts {
  readonly world: Pick<World, 'addressOf' | 'discovery' | 'clock' | 'log' | 'metrics'>;
  readonly sign: (holder: Identified) => string;
  readonly supportContact: string;
}

/** The traffic. */
export interface Traffic {
  readonly proxy: Proxy;
  readonly upstreams: Upstreams;
  readonly load: Load;
  readonly routes: OwnRoutes;
  /** Health of tables and certificates, which turns nothing off. */
  readonly health: readonly HealthCheck[];
  /** Readiness of the services behind. */
  readonly servicesHealth: () => HealthCheck[];
  /** Puts the question before the gate whether there is room for more. */
  shedBefore(gate: onRequestHookHandler): onRequestHookHandler;
  /** The row of a route of one's own that a request falls under. */
  readonly findRow: (request: FastifyRequest, at: ReadPath, host: string | undefined) => RouteRow | undefined;
  /** What people see of instances and routes. */
  view(): readonly UpstreamView[];
  /** Ends what would stay open for ever; before the server closes. */
  drain(): void;
  stop(): Promise<void>;
}

function targetsOf({ book }: OwnRoutes): Target[] {
  return book().routes.map(({ id, to, numbers }) => ({ id, to, connectTimeoutMs: numbers.connectTimeout }));
}

/** A view: each reading gives the value in force. */
function clusterRuleOf(values: TrafficValues): () => ClusterRule {
  const rule: ClusterRule = {
    get ejectAfter() {
      return values.ejectAfter;
    },
    get ejectMs() {
      return values.ejectMs;
    },
    get ejectMsMax() {
      return values.ejectMsMax;
    },
    get slowStartMs() {
      return values.slowStartMs;
    },
    get share() {
      return values.retryShare;
    },
    get reserve() {
      return values.retryReserve;
    },
  };
  return () => rule;
}

/**
 * Opens the traffic.
 * @param live the settings
 * @param parts the world and who signs
 * @throws HubError SETTING_WRONG for routes or certificates that do not do
 */
export function openTraffic(live: LiveSettings<typeof trafficSettings>, parts: TrafficParts): Traffic {
  const { world } = parts;
  const { values } = live;
  const real = realClock(world.clock);
  const nowMs = (): number => real.now().getTime();
  const metrics = createGatewayMetrics(world.metrics.registry);
  const load = new Load(() => values);
  const streams = new Streams(() => values.streamsMax);
  const lanes = new Lanes(real);
  const routes = openOwnRoutes(live, world.log, () => update());
  const opener = new PoolOpener({}, values);
  const identity = openUpstreamIdentity(values, world.log, (found) => opener.renew(found));
  const upstreams = new Upstreams({
    world,
    opener,
    nowMs,
    rule: clusterRuleOf(values),
    pollMs: values.discoveryPollMs,
    onJoin(name) {
      const tuned = routes.book().tunings.filter(({ service }) => service === name);
      for (const { id } of [{ id: name }, ...tuned]) lanes.get(id)?.breaker.forget();
    },
    metrics,
  });
  const update = (): void => {
    lanes.update(routes.book().rules);
    upstreams.useTargets(targetsOf(routes));
  };
  update();
  const seen = { upstreams, lanes, streams, load, nowMs };
  metrics.watch(() => figuresOf(seen));
  const { sign, supportContact } = parts;
  const { clock } = world;
  const shared = { load, streams, metrics, clock, supportContact, values: () => values };
  return {
    proxy: createProxy({ ...shared, upstreams, lanes, book: routes.book, sign }),
    upstreams,
    load,
    routes,
    health: [routes.health, identity.health],
    servicesHealth: () => servicesHealth((service) => upstreams.addressesOf(service)),
    shedBefore(gate) {
      return shedBefore(gate, { load, supportContact, clock, onShed: () => metrics.countRefusal('all', 'busy') });
    },
    findRow(request, { path, query }, host) {
      return routes.book().find(request.method, { path, query, host, headers: request.headers });
    },
    view: () => viewOf(seen),
    drain: () => streams.endAll(),
    async stop() {
      routes.stop();
      identity.stop();
      load.stop();
      await upstreams.close();
    },
  };
}
