// eurekaserver: the map; instances register and send heartbeats, clients ask who runs, the silent ones are dropped, peers are told.
import { HubError } from '@staffetta/flow/errors.ts';
import { realClock, type Clock } from '@staffetta/platform/clock.ts';
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';
import { addRegistryGauges, type RegistryFigures } from '@staffetta/platform/discovery/registry-gauges.ts';
import { isHttpUrl } from '@staffetta/platform/http/url-login.ts';
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import type { ServiceDefinition, World } from '@staffetta/platform/service.ts';
import { repeat } from '@staffetta/platform/work/repeating.ts';
import { answerMemory } from './answers.ts';
import { settings } from './config.ts';
import { Desk } from './desk.ts';
import { eventStreams } from './event-stream.ts';
import type { PageFacts } from './page.ts';
import { Peers } from './peers.ts';
import { watchRegions } from './regions.ts';
import { Registry } from './registry.ts';
import { addRoutes } from './routes.ts';
import { basicGate } from './sign-in.ts';

type Values = SettingsOf<typeof settings>;

/** Takes the silent ones off, for as long as it runs. */
function watchLeases(registry: Registry, values: Values, { log }: World) {
  let evicted = 0;
  const run = async (): Promise<void> => {
    for (const { app, instanceId: id } of registry.evict()) {
      evicted += 1;
      log.warn({ app, id }, 'instance.evicted');
    }
  };
  const running = repeat(values.evictionMs, run, (err) => log.error({ err }, 'eviction.failed'));
  return { evicted: () => evicted, stop: () => running.stop() };
}

function figuresOf(registry: Registry, peers: Peers, evicted: number, streams: number): RegistryFigures {
  const { renewsLastMinute, threshold, active } = registry.preservation();
  const statuses = Map.groupBy(registry.all(), ({ status }) => status);
  return {
    instances: Object.fromEntries([...statuses].map(([status, all]) => [status, all.length])),
    renewsLastMinute,
    renewsThreshold: threshold,
    preserving: active,
    evicted,
    version: registry.version(),
    streams,
    waiting: Object.fromEntries(peers.views().map(({ address, waiting }) => [address, waiting])),
    peersThere: Object.fromEntries(peers.views().map(({ address, state }) => [address, state === 'there'])),
  };
}

function pageFactsOf(registry: Registry, peers: Peers, values: Values, world: World, startedAt: Date): PageFacts {
  return {
    instances: registry.all(),
    changes: registry.changes().map((instance) => ({ action: instance.actionType ?? 'ADDED', instance })),
    preservation: registry.preservation(),
    peers: peers.views(),
    originalLeases: values.originalLeases,
    profile: world.profile,
    version: world.version,
    startedAt,
    now: realClock(world.clock).now(),
  };
}

function peersOf({ peers }: Values): readonly string[] {
  if (peers.every((url) => isHttpUrl(url))) return peers;
  // Without what was written there: it may hold a password.
  throw new HubError('SETTING_WRONG', 'EUREKA_PEERS: write http://host:8761/eureka, comma separated.');
}

/** The registry, its peers and the desk between them; each knows the next one only by what it calls. */
function openRegistry(values: Values, { log }: World, clock: Clock) {
  const registry = new Registry({ ...values, clock });
  const peers: Peers = new Peers({
    ...values,
    urls: peersOf(values),
    clock,
    log,
    find: (app, id) => registry.find(app, id),
    adopt: (given) => desk.adopt(given),
  });
  const desk: Desk = new Desk({ registry, clock, leaseMs: values.leaseMs, tell: (task) => peers.tell(task) });
  return { registry, peers, desk };
}

function openServer(values: Values, world: World) {
  return createHttpServer({
    service: 'eurekaserver',
    says: eurekaserver.says,
    version: world.version,
    clock: world.clock,
    log: world.log,
    metrics: world.metrics,
    hasStarted: world.hasStarted,
    bodyBytesMax: 256 * 1024,
    health: [],
    ...(values.password !== undefined && { gate: basicGate(values.user, values.password) }),
  });
}

async function start(world: World, values: Values) {
  const clock = realClock(world.clock);
  const { registry, peers, desk } = openRegistry(values, world, clock);
  const regions = watchRegions(values.regions, values.regionMs, world.log);
  const streams = eventStreams(registry, values.streamsMax);
  const memory = answerMemory(() => registry.version(), values.responseCacheMs, clock);
  const startedAt = clock.now();
  const closed = (): boolean => !peers.copied() && clock.now().getTime() - startedAt.getTime() < values.closedMs;
  const readable = { registry, memory, regions, disableDelta: values.disableDelta, closed };
  const pageFacts = (): PageFacts => pageFactsOf(registry, peers, values, world, startedAt);
  const server = await openServer(values, world);
  await addRoutes(server.app, { desk, readable, streams, node: peers.node, pageFacts }, { clock, log: world.log });
  const leases = watchLeases(registry, values, world);
  addRegistryGauges(server.metrics, () => figuresOf(registry, peers, leases.evicted(), streams.count()));
  const port = await server.listen(world.port, world.host);
  const copying = peers.copyRegistry();
  const stop = async (): Promise<void> => {
    streams.end();
    await Promise.all([leases.stop(), regions.stop(), server.close()]);
    await peers.stop();
    await copying;
  };
  return { port, stop };
}

/** The service that knows who runs where; it speaks Netflix Eureka's REST and keeps everything in memory. */
export const eurekaserver: ServiceDefinition<typeof settings> = {
  name: 'eurekaserver',
  says: "Who runs where: discovery in the words of Netflix Eureka's REST.",
  settings,
  needs: [],
  start,
};
