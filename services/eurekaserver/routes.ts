// eurekaserver: Netflix Eureka's REST, under /eureka and /eureka/v2 alike, and a page for people.
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readInstance } from './instance.ts';
import { registryPage } from './page.ts';
import type { Application, Registry } from './registry.ts';

interface OneApp {
  Params: { app: string };
}

interface OneInstance {
  Params: { app: string; id: string };
  Querystring: { lastDirtyTimestamp?: string };
}

const notJson = 'This server reads JSON only: send {"instance":{...}} with Content-Type application/json';
const notWanted = 'This server answers JSON only: send Accept: application/json';

/** Heartbeats come with a content type and no body, and XML must be refused in words that its sender understands. */
function readBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? undefined : JSON.parse(text));
    } catch {
      done(null, undefined);
    }
  });
  app.addContentTypeParser<string>('*', { parseAs: 'string' }, (_request, _text, done) => done(null, undefined));
}

function plain(reply: FastifyReply, status: number, words: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(words);
}

/** Eureka's own form of a 404, which clients of Spring know. */
function unknown(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const timestamp = world.clock.now().toISOString();
  return reply.code(404).send({ timestamp, status: 404, error: 'Not Found', path: request.url.split('?', 1)[0] });
}

function applications(registry: Registry, application: readonly Application[]) {
  return {
    applications: {
      versions__delta: String(registry.version()),
      apps__hashcode: registry.hashcode(),
      application,
    },
  };
}

function wantsOnlyXml(accept: string | undefined): boolean {
  return accept !== undefined && /xml/i.test(accept) && !/json|\*\/\*/i.test(accept);
}

function addWrites(app: FastifyInstance, registry: Registry, world: World): void {
  app.post<OneApp>('/apps/:app', { schema: { summary: 'Registers an instance' } }, (request, reply) => {
    const type = request.headers['content-type'];
    if (type !== undefined && !/json/i.test(type)) return plain(reply, 415, notJson);
    const name = request.params.app.toUpperCase();
    const instance = readInstance(request.body, name, world.clock.now().getTime());
    if (typeof instance === 'string') return plain(reply, 400, instance);
    const fits = registry.register(instance);
    if (!fits) return plain(reply, 503, 'The registry is full: raise EUREKA_INSTANCES_MAX');
    world.log.debug({ app: name, id: instance.instanceId, status: instance.status }, 'instance.registered');
    return reply.code(204).send();
  });
  app.put<OneInstance>('/apps/:app/:id', { schema: { summary: 'A heartbeat' } }, (request, reply) => {
    const { params, query } = request;
    const dirtyMs = Number(query.lastDirtyTimestamp);
    const known = registry.renew(params.app, params.id, Number.isFinite(dirtyMs) ? dirtyMs : undefined);
    return known ? reply.code(200).send() : unknown(world, request, reply);
  });
  app.delete<OneInstance>('/apps/:app/:id', { schema: { summary: 'Takes an instance out' } }, (request, reply) => {
    const known = registry.cancel(request.params.app, request.params.id);
    return known ? reply.code(200).send() : unknown(world, request, reply);
  });
}

function addReads(app: FastifyInstance, registry: Registry, world: World): void {
  app.addHook('preHandler', async (request, reply) => {
    if (request.method === 'GET' && wantsOnlyXml(request.headers.accept)) return plain(reply, 406, notWanted);
    return undefined;
  });
  app.get('/apps', { schema: { summary: 'Who runs' } }, () => applications(registry, registry.applications()));
  app.get('/apps/delta', { schema: { summary: 'What changed in the last minutes' } }, () =>
    applications(registry, registry.changes()),
  );
  app.get<OneApp>('/apps/:app', { schema: { summary: 'The instances of one application' } }, (request, reply) => {
    const wanted = request.params.app.toUpperCase();
    const application = registry.applications().find(({ name }) => name === wanted);
    return application ? { application } : unknown(world, request, reply);
  });
  app.get<OneInstance>('/apps/:app/:id', { schema: { summary: 'One instance' } }, (request, reply) => {
    const instance = registry.find(request.params.app, request.params.id);
    return instance ? { instance } : unknown(world, request, reply);
  });
  app.get<{ Params: { id: string } }>('/instances/:id', { schema: { summary: 'One instance' } }, (request, reply) => {
    const instance = registry.findAnywhere(request.params.id);
    return instance ? { instance } : unknown(world, request, reply);
  });
}

/**
 * Adds the eurekaserver's paths.
 * @param app the service's server
 * @param registry who runs where
 * @param world clock and logs
 */
export async function addRoutes(app: FastifyInstance, registry: Registry, world: World): Promise<void> {
  for (const prefix of ['/eureka', '/eureka/v2']) {
    await app.register(
      async (scope) => {
        readBodies(scope);
        addWrites(scope, registry, world);
        addReads(scope, registry, world);
      },
      { prefix },
    );
  }
  app.get('/', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(registryPage(registry.applications(), world.clock.now())),
  );
}
