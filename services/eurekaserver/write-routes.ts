// eurekaserver: the calls that change the registry: register, renew, cancel, set a status, add metadata, and a peer's batch.
import { fieldsOf } from '@staffetta/platform/discovery/instance.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { send, wishOf, written } from './answers.ts';
import type { Caller, Desk, Outcome } from './desk.ts';
import { plain, refused, type Door } from './door.ts';
import { replicationHeader } from './peers.ts';
import { readBody } from './registration.ts';

interface OneApp {
  Params: { app: string };
}

interface OneInstance {
  Params: { app: string; id: string };
  Querystring: Record<string, string | string[] | undefined>;
}

/** A peer's batch holds up to 250 registrations. */
const batchBytesMax = 64 * 1024 * 1024;

/** Heartbeats come with a content type and no body; what cannot be read is refused by the desk, in words its sender understands. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('*', { parseAs: 'string' }, (request, text, done) => {
    const isXml = /xml/i.test(request.headers['content-type'] ?? '') || text.trimStart().startsWith('<');
    done(null, readBody(text, isXml));
  });
}

function isReplication(request: FastifyRequest): boolean {
  return request.headers[replicationHeader] === 'true';
}

function callerOf(request: FastifyRequest<OneInstance>): Caller {
  return { ...request.params, isReplication: isReplication(request) };
}

async function answer(door: Door, request: FastifyRequest, reply: FastifyReply, outcome: Outcome) {
  const { status, words, instance } = outcome;
  if (status === 409 && instance) {
    return send(request, reply.code(409), Buffer.from(written({ instance }, wishOf(request))));
  }
  if (status === 400 || status === 503) return plain(reply, status, words ?? '');
  if (status >= 300) return refused(door, request, reply, status);
  return reply.code(status).send();
}

function addLife(app: FastifyInstance, desk: Desk, door: Door): void {
  app.post<OneApp>('/apps/:app', { schema: { summary: 'Registers an instance' } }, (request, reply) => {
    const outcome = desk.register(request.params.app, request.body, isReplication(request));
    const { app: name } = request.params;
    door.log.debug({ app: name, id: outcome.instance?.instanceId, status: outcome.status }, 'instance.registered');
    return answer(door, request, reply, outcome);
  });
  app.put<OneInstance>('/apps/:app/:id', { schema: { summary: 'A heartbeat' } }, (request, reply) =>
    answer(door, request, reply, desk.renew(callerOf(request), request.query)),
  );
  app.delete<OneInstance>('/apps/:app/:id', { schema: { summary: 'Takes an instance out' } }, (request, reply) =>
    answer(door, request, reply, desk.cancel(callerOf(request))),
  );
}

function addStatus(app: FastifyInstance, desk: Desk, door: Door): void {
  const path = '/apps/:app/:id/status';
  app.put<OneInstance>(path, { schema: { summary: "Sets a status over the instance's own" } }, (request, reply) => {
    const { value, lastDirtyTimestamp } = request.query;
    return answer(door, request, reply, desk.setStatus(callerOf(request), value, lastDirtyTimestamp));
  });
  app.delete<OneInstance>(path, { schema: { summary: 'Takes off the status that was set' } }, (request, reply) => {
    const { value, lastDirtyTimestamp } = request.query;
    return answer(door, request, reply, desk.clearStatus(callerOf(request), value, lastDirtyTimestamp));
  });
  const summary = 'Adds to the metadata of an instance';
  app.put<OneInstance>('/apps/:app/:id/metadata', { schema: { summary } }, (request, reply) =>
    answer(door, request, reply, desk.addMetadata(callerOf(request), request.query)),
  );
}

/**
 * Adds the calls that change the registry.
 * @param app the scope of a prefix
 * @param desk what they do
 */
export function addWrites(app: FastifyInstance, desk: Desk, door: Door): void {
  readBodies(app);
  addLife(app, desk, door);
  addStatus(app, desk, door);
  const options = { bodyLimit: batchBytesMax, schema: { summary: 'What a peer tells, in a batch' } };
  app.post('/peerreplication/batch', options, (request, reply) => {
    if (fieldsOf(request.body)?.['replicationList'] === undefined) {
      return plain(reply, 400, 'The body must be JSON of the form {"replicationList":[...]}');
    }
    return reply.send(desk.replicate(request.body));
  });
}
