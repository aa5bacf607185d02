// platform: what a service tells about itself under /actuator, in the shapes that Spring's actuator made a habit.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { realTime, type Clock } from '../clock.ts';
import { environmentView, settingsHealth, settingsInForce } from '../config/settings-in-force.ts';
import type { Log } from '../telemetry/log.ts';
import { levelOf, rootName, setLevel, shownLevels, type ShownLevel } from '../telemetry/log-levels.ts';
import { metricNamesView, metricView } from '../telemetry/metrics-view.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { callerOf, needRole } from './caller.ts';
import { askHealth, type HealthCheck } from './health.ts';
import { insistOnReadyParts } from './readiness.ts';

/** What a service says about itself. */
interface Described {
  readonly service: string;
  readonly says: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: readonly HealthCheck[];
  /** Only whether there is one matters here. */
  readonly gate?: unknown;
}

/** What the pages are made from. */
interface ActuatorParts {
  readonly options: Described;
  readonly metrics: Metrics;
  /** Not in service: it is still starting, or drains. */
  readonly isOut: () => boolean;
}

const hidden = { schema: { hide: true } };
const pages = [
  'health',
  'health/liveness',
  'health/readiness',
  'info',
  'prometheus',
  'metrics',
  'metrics/{name}',
  'env',
  'refresh',
  'loggers',
  'loggers/{name}',
];

/**
 * Adds the pages to a service's server.
 * @param app the server
 * @param parts what the service says about itself
 */
export function addActuator(app: FastifyInstance, parts: ActuatorParts): void {
  const { options } = parts;
  app.get('/actuator', hidden, (request) => {
    const base = `${request.protocol}://${request.host}/actuator`;
    const links = pages.map((page) => [
      page.replaceAll('/', '-').replace(/\{(\w+)\}/, '$1'),
      { href: `${base}/${page}`, templated: page.includes('{') },
    ]);
    return { _links: { self: { href: base, templated: false }, ...Object.fromEntries(links) } };
  });
  app.get('/actuator/info', hidden, () => ({
    app: { name: options.service, description: options.says, version: options.version },
    process: { pid: process.pid, node: process.version },
  }));
  addHealth(app, parts);
  addMetrics(app, parts);
  addSettings(app, parts);
  addLoggers(app, parts);
}

function addHealth(app: FastifyInstance, { options, isOut }: ActuatorParts): void {
  app.get('/actuator/health', hidden, async (_request, reply) => {
    const health = await askHealth([...options.health, ...settingsHealth(options.service)], isOut());
    return reply.code(health.status === 'UP' ? 200 : 503).send(health);
  });
  const essential = options.health.filter((part) => part.essential);
  insistOnReadyParts(
    options.service,
    essential.map(({ name }) => name),
  );
  app.get('/actuator/health/liveness', hidden, () => ({ status: 'UP' }));
  app.get('/actuator/health/readiness', hidden, async (_request, reply) => {
    const health = await askHealth(essential, isOut());
    return reply.code(health.status === 'UP' ? 200 : 503).send(health);
  });
}

function addMetrics(app: FastifyInstance, { metrics }: ActuatorParts): void {
  app.get('/actuator/prometheus', hidden, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
  app.get('/actuator/metrics', hidden, async () => metricNamesView(await metrics.all()));
  app.get<{ Params: { name: string }; Querystring: { tag?: string | string[] } }>(
    '/actuator/metrics/:name',
    hidden,
    async ({ params, query }, reply) => {
      const view = metricView(await metrics.all(), params.name, [query.tag ?? []].flat());
      return view ?? reply.callNotFound();
    },
  );
}

/** Refuses whoever may not look behind the scenes. Undefined where nothing is known of the service (tests): no such page. */
function insider(request: FastifyRequest, options: Described) {
  const known = settingsInForce(options.service);
  if (!known) return undefined;
  // Whoever passed a gate is no platform of its own: there only a signed call counts.
  const trustDirectCalls = known.rules.trustDirectCalls && !options.gate;
  const caller = callerOf(request.headers, { ...known.rules, trustDirectCalls }, realTime(options.clock));
  needRole(caller, ['ARUBA']);
  return { known, caller };
}

/**
 * Tells whether a request was signed by the platform itself and so needs no gate; whether it may what it asks for, and whether the
 * clocks agree, its page says.
 * @param request with its headers read
 * @param options of the service that is asked
 */
export function isInsider(request: FastifyRequest, options: Described): boolean {
  try {
    return insider(request, options) !== undefined;
  } catch (error) {
    if (error instanceof HubError) return error.code !== 'KEY_WRONG';
    throw error;
  }
}

function addSettings(app: FastifyInstance, { options }: ActuatorParts): void {
  app.get('/actuator/env', hidden, (request, reply) => {
    const inside = insider(request, options);
    return inside ? environmentView(inside.known) : reply.callNotFound();
  });
  app.post('/actuator/refresh', hidden, async (request, reply) => {
    const inside = insider(request, options);
    if (!inside) return reply.callNotFound();
    return (await inside.known.refresh?.now()) ?? [];
  });
}

function readLevel(body: unknown): ShownLevel | undefined {
  const { configuredLevel: wish } = (body ?? {}) as { configuredLevel?: unknown };
  if (wish === null || wish === undefined) return undefined;
  const level = shownLevels.find((shown) => shown === String(wish).toUpperCase());
  if (level) return level;
  throw new HubError('BODY_NOT_VALID', `body/configuredLevel must be one of ${shownLevels.join(', ')}, or null.`);
}

function addLoggers(app: FastifyInstance, { options }: ActuatorParts): void {
  const { log, service } = options;
  const names = [rootName, service];
  const view = (name: string) => ({ configuredLevel: levelOf(log, name), effectiveLevel: levelOf(log, name) });
  type Named = { Params: { name: string } };
  const guarded = (
    request: FastifyRequest<Named>,
    reply: FastifyReply,
    answer: (name: string, by: string) => unknown,
  ) => {
    const inside = insider(request, options);
    return inside && names.includes(request.params.name)
      ? answer(request.params.name, inside.caller.name)
      : reply.callNotFound();
  };
  app.get('/actuator/loggers', hidden, (request, reply) => {
    if (!insider(request, options)) return reply.callNotFound();
    return { levels: shownLevels, loggers: Object.fromEntries(names.map((name) => [name, view(name)])), groups: {} };
  });
  app.get<Named>('/actuator/loggers/:name', hidden, (request, reply) => guarded(request, reply, view));
  app.post<Named>('/actuator/loggers/:name', hidden, (request, reply) =>
    guarded(request, reply, (name, by) => {
      const level = readLevel(request.body);
      setLevel(log, name, level);
      log.warn({ logger: name, level: levelOf(log, name), by, correlationId: request.id }, 'log.levelChanged');
      return reply.code(204).send();
    }),
  );
}
