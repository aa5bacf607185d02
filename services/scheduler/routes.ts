// scheduler: its REST: dead letters listed, inspected, replayed, discarded; reports written now.
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime, toRomeWallTime } from '@staffetta/platform/clock.ts';
import { callerOf, needRole } from '@staffetta/platform/http/caller.ts';
import { pageOf } from '@staffetta/platform/http/page.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { deadLetterStates, listDeadLetters, type DeadLetter } from './dead-letters.ts';
import { discardDeadLetter, needDeadLetter, replayDeadLetter } from './end-dead-letter.ts';
import type { Job } from './jobs.ts';
import { showPayload } from './show-payload.ts';

// PostgreSQL keeps no U+0000 in text; asking for one would be an error of the server.
const PlainText = Type.String({ pattern: '^[^\\u0000]*$' });
const ListQuery = Type.Object({
  state: Type.Optional(Type.Enum([...deadLetterStates])),
  topic: Type.Optional(PlainText),
  correlationId: Type.Optional(PlainText),
  page: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  size: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
const Id = Type.Object({ id: Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' }) });
const DiscardBody = Type.Object({ reason: Type.String({ pattern: '^(?=[^]*\\S)[^\\u0000]*$', maxLength: 1000 }) });
const JobName = Type.Object({ name: Type.String() });

function whoCalls(world: World, request: FastifyRequest): string {
  const caller = callerOf(request.headers, world, realTime(world.clock));
  needRole(caller, ['ARUBA']);
  return caller.name;
}

function short(letter: DeadLetter) {
  const { payload, headers: _headers, keptHeaders: _kept, errorStack: _stack, happenedAt, endedAt, ...rest } = letter;
  const times = { happenedAt: toRomeWallTime(happenedAt), endedAt: endedAt && toRomeWallTime(endedAt) };
  return { ...rest, ...times, payloadBytes: payload.length };
}

function whole(letter: DeadLetter) {
  return {
    ...short(letter),
    errorStack: letter.errorStack,
    headers: letter.headers,
    payload: showPayload(letter),
  };
}

/**
 * Adds the scheduler's paths.
 * @param app the service's server
 * @param world store, bus and clock
 * @param jobs those that can be run by hand
 */
export function addRoutes(app: FastifyInstance, world: World, jobs: readonly Job[]): void {
  // On each route, not by the path's text: the router decodes what a prefix test would miss (`/%61pi`).
  const onRequest = async (request: FastifyRequest): Promise<void> => void whoCalls(world, request);

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/api/dead-letters',
    { onRequest, schema: { querystring: ListQuery, summary: 'Dead letters, the oldest first' } },
    async ({ query }) => {
      const { page = 0, size = 20 } = query;
      const { letters, total } = await listDeadLetters(world.store, { ...query, page, size });
      const content = letters.map((letter) => short(letter));
      return pageOf(content, { number: page, size }, total, false);
    },
  );

  app.get<{ Params: Static<typeof Id> }>(
    '/api/dead-letters/:id',
    { onRequest, schema: { params: Id, summary: 'One dead letter, with headers, stack and payload' } },
    async ({ params }) => whole(await needDeadLetter(world, params.id)),
  );

  app.post<{ Params: Static<typeof Id> }>(
    '/api/dead-letters/:id/replay',
    { onRequest, schema: { params: Id, summary: 'Sends it to its original topic once more' } },
    async (request) => {
      const by = whoCalls(world, request);
      return short(await replayDeadLetter(world, { deadLetterId: request.params.id, by, reason: undefined }));
    },
  );

  app.post<{ Params: Static<typeof Id>; Body: Static<typeof DiscardBody> }>(
    '/api/dead-letters/:id/discard',
    { onRequest, schema: { params: Id, body: DiscardBody, summary: 'Lets it go, for a reason that is kept' } },
    async (request) => {
      const by = whoCalls(world, request);
      const { reason } = request.body;
      return short(await discardDeadLetter(world, { deadLetterId: request.params.id, by, reason }));
    },
  );

  app.post<{ Params: Static<typeof JobName> }>(
    '/api/jobs/:name/run',
    { onRequest, schema: { params: JobName, summary: 'Runs a job now: dead-letters, invoices, alarms or cleanup' } },
    async ({ params }) => {
      const job = jobs.find(({ name }) => name === params.name);
      const known = jobs.map(({ name }) => name).join(', ');
      if (!job) throw new HubError('PATH_UNKNOWN', `There is no job ${params.name}; the jobs are ${known}.`);
      return { job: job.name, result: await job.run(world.clock.now()) };
    },
  );
}
