// gateway: the map; requests from outside come in, pass the gate (key, limit, role), and go to the service of their row.
import { realClock } from '@staffetta/platform/clock.ts';
import { fixedSettings } from '@staffetta/platform/config/live-settings.ts';
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import type { ServiceDefinition } from '@staffetta/platform/service.ts';
import { addAccessPage } from './access-page.ts';
import { settings } from './config.ts';
import { createGate } from './gate.ts';
import { openKeySignIn } from './identity/keys/open-key-sign-in.ts';
import { openIdentity } from './identity/oidc/open-identity.ts';
import { createInside } from './invoices/inside.ts';
import { addOwnRest } from './invoices/own-rest.ts';
import { readLimitRules } from './limits/limit-settings.ts';
import { createLimiter } from './limits/limiter.ts';
import { openRateLimit } from './limits/open-rate-limit.ts';
import { openFront } from './listener/front.ts';
import { addApiPages } from './pages/api-pages.ts';
import { addRoutes, callerSigner } from './routes.ts';
import { openTraffic } from './traffic/traffic.ts';
import { takeUpgrades } from './traffic/upgrade.ts';

/** The service that is the only way in from outside. */
export const gateway: ServiceDefinition<typeof settings> = {
  name: 'gatewayserver',
  says: 'The only way in from outside: keys, roles, limits, and a readable answer when a service is away.',
  settings,
  needs: [],
  wants: ['store'],
  async start(world, values, live = fixedSettings(values)) {
    const { clock, log } = world;
    const real = realClock(clock);
    const front = openFront(live, { log, now: () => real.now() });
    const keys = await openKeySignIn(world, values, front.clientOf);
    const { profile, callerSecret } = world;
    const { supportContact } = values;
    const traffic = openTraffic(live, { world, sign: callerSigner(world), supportContact });
    const identity = openIdentity({
      profile,
      values,
      callerSecret,
      clientOf: front.clientOf,
      whyKeyEnded: keys.whyKeyEnded,
      clock,
      log,
    });
    const rateLimit = openRateLimit(values.redisUrl, { clock: real, log });
    const limiter = createLimiter(rateLimit, live.derived(readLimitRules), () => real.now().getTime());
    const identifiers = [keys.byHeader, front.identifier, ...identity.identifiers, keys.inQuery];
    const gate = createGate({
      identifiers,
      limiter,
      clientOf: front.clientOf,
      clock,
      takesTokens: identity.takesTokens,
      findOwn: traffic.findRow,
    });
    const redis = { name: 'redis', essential: false, check: () => rateLimit.ping() };
    const server = await createHttpServer({
      service: 'gatewayserver',
      says: gateway.says,
      version: world.version,
      clock,
      log,
      metrics: world.metrics,
      hasStarted: world.hasStarted,
      bodyBytesMax: 1024 * 1024,
      listener: front.listener,
      health: [
        ...front.health,
        ...keys.health,
        ...identity.health,
        ...(values.redisUrl === undefined ? [] : [redis]),
        ...traffic.health,
        ...(values.waitForServices ? traffic.servicesHealth() : []),
      ],
      gate: traffic.shedBefore(gate.hook),
    });
    keys.addRoutes(server.app, { gate, sessions: identity.sessions });
    await identity.addRoutes(server.app, (request) => gate.passageOf(request)?.holder);
    addAccessPage(server.app, () => traffic.routes.book().routes.flatMap(({ rows }) => rows));
    const bodyBytesMax = values.ownRestBodyMax;
    const inside = createInside(gate, traffic.proxy);
    addOwnRest(server.app, { gate, inside, log, bodyBytesMax });
    addApiPages(server.app, { gate, inside, version: world.version });
    addRoutes(server.app, { world, gate, traffic, supportContact });
    takeUpgrades(server.app);
    const port = await server.listen(world.port, world.host);
    await front.listenPlain(world.host, port);
    await keys.welcome(port);

    return {
      port,
      async stop() {
        traffic.drain();
        await server.close();
        await inside.close();
        await front.close();
        await keys.stop();
        await identity.close();
        await traffic.stop();
        await rateLimit.close();
      },
    };
  },
};
