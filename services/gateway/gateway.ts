// gateway: the map; requests from outside come in, pass the gate (key, limit, role), and go to the service of their row.
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import type { ServiceDefinition } from '@staffetta/platform/service.ts';
import { readApiKeys } from './api-keys.ts';
import { settings } from './config.ts';
import { createGate } from './gate.ts';
import { createGatewayMetrics } from './metrics.ts';
import { openRateLimit } from './open-rate-limit.ts';
import { createProxy } from './proxy.ts';
import { addRoutes } from './routes.ts';
import { servicesHealth } from './services-health.ts';
import { createUpstreams } from './upstreams.ts';

/** The service that is the only way in from outside. */
export const gateway: ServiceDefinition<typeof settings> = {
  name: 'gatewayserver',
  says: 'The only way in from outside: keys, roles, limits, and a readable answer when a service is away.',
  settings,
  needs: [],
  async start(world, values) {
    const { clock, log } = world;
    const keys = readApiKeys(world.profile, values);
    const rule = { perSecond: values.rateLimitPerSecond, burst: values.rateLimitBurst };
    const rateLimit = openRateLimit(values.redisUrl, rule, { clock, log });
    const gate = createGate({ keys, rateLimit, clock });
    const upstreams = createUpstreams((service) => world.addressOf(service), values, clock);
    const redis = { name: 'redis', essential: false, check: () => rateLimit.ping() };
    const server = await createHttpServer({
      service: 'gatewayserver',
      says: gateway.says,
      version: world.version,
      clock,
      log,
      bodyBytesMax: 1024 * 1024,
      health: [
        ...(values.redisUrl === undefined ? [] : [redis]),
        ...(values.waitForServices ? servicesHealth((service) => world.addressOf(service)) : []),
      ],
      gate: gate.hook,
    });
    const proxy = createProxy({
      upstreams,
      breakerRule: {
        window: values.breakerWindow,
        failureShare: values.breakerFailureShare,
        openMs: values.breakerOpenMs,
        trials: values.breakerTrials,
      },
      answerTimeoutMs: values.connectTimeoutMs + values.responseTimeoutMs,
      supportContact: values.supportContact,
      clock,
      metrics: createGatewayMetrics(server.metrics),
    });
    addRoutes(server.app, { world, gate, proxy, supportContact: values.supportContact });
    const port = await server.listen(world.port, world.host);

    return {
      port,
      async stop() {
        await server.close();
        await upstreams.close();
        await rateLimit.close();
      },
    };
  },
};
