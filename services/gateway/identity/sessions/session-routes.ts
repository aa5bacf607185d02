// gateway: REST of sessions: everybody sees and ends their own, an administrator all.
import { HubError } from '@staffetta/flow/errors.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Session } from './session.ts';
import type { SessionInHand, Sessions } from './sessions.ts';

/** What the paths lean on. */
export interface SessionRouteParts {
  readonly sessions: Sessions;
  readonly log: Log;
  /** The session that a request came with, if any. */
  readonly inHandOf: (request: FastifyRequest) => SessionInHand | undefined;
  /** The name of who asks, for the log. */
  readonly callerNameOf: (request: FastifyRequest) => string;
}

const base = '/gateway/api/sessions';
const ListQuery = Type.Object({
  subject: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
const SubjectQuery = Type.Object({ subject: Type.String({ minLength: 1, maxLength: 1000 }) });
const Key = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) });

function shown(session: Session, current: SessionInHand | undefined) {
  const { key, subject, name, roles, customerId, how, openedAtMs, usedAtMs, endsAtMs, agent, address } = session;
  return {
    id: key,
    subject,
    name,
    roles,
    customerId,
    how,
    openedAt: toRomeWallTime(new Date(openedAtMs)),
    usedAt: toRomeWallTime(new Date(usedAtMs)),
    endsAt: toRomeWallTime(new Date(endsAtMs)),
    agent,
    address,
    current: key === current?.session.key,
  };
}

function ended(count: number) {
  const statusMsg = count === 1 ? 'The session is ended.' : `${count} sessions are ended.`;
  return { statusCode: '200', statusMsg, ended: count };
}

async function endAll(sessions: Sessions, all: readonly Session[]): Promise<number> {
  const were = await Promise.all(all.map((one) => sessions.end(one)));
  return were.filter(Boolean).length;
}

function addOwn(app: FastifyInstance, { sessions, inHandOf }: SessionRouteParts): void {
  const own = async (request: FastifyRequest): Promise<readonly Session[]> => {
    const current = inHandOf(request);
    return current ? sessions.ofSubject(current.session.subject) : [];
  };
  const forgetIfCurrent = (request: FastifyRequest, reply: FastifyReply, all: readonly Session[]): void => {
    const current = inHandOf(request);
    if (all.some(({ key }) => key === current?.session.key)) {
      reply.header('set-cookie', sessions.forgetting(request));
    }
  };

  app.get(`${base}/mine`, { schema: { summary: 'My sessions' } }, async (request) => ({
    sessions: (await own(request)).map((one) => shown(one, inHandOf(request))),
  }));
  app.delete(`${base}/mine`, { schema: { summary: 'Ends all my sessions' } }, async (request, reply) => {
    const all = await own(request);
    forgetIfCurrent(request, reply, all);
    return ended(await endAll(sessions, all));
  });
  app.delete<{ Params: Static<typeof Key> }>(
    `${base}/mine/:id`,
    { schema: { params: Key, summary: 'Ends one of my sessions' } },
    async (request, reply) => {
      const mine = (await own(request)).filter(({ key }) => key === request.params.id);
      if (mine.length === 0) throw new HubError('SESSION_UNKNOWN', 'None of your sessions has this id.');
      forgetIfCurrent(request, reply, mine);
      return ended(await endAll(sessions, mine));
    },
  );
}

function addAll(app: FastifyInstance, { sessions, log, inHandOf, callerNameOf }: SessionRouteParts): void {
  const note = (request: FastifyRequest, all: readonly Session[]): void => {
    const keys = all.map(({ key }) => key.slice(0, 8));
    log.info({ by: callerNameOf(request), sessions: keys }, 'session.revoked');
  };

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    base,
    { schema: { querystring: ListQuery, summary: 'All sessions, the newest first, or those of one subject' } },
    async (request) => {
      const { subject, offset = 0, limit = 50 } = request.query;
      const show = (one: Session) => shown(one, inHandOf(request));
      if (subject === undefined) {
        const { sessions: some, total } = await sessions.page(offset, limit);
        return { sessions: some.map(show), total };
      }
      const all = await sessions.ofSubject(subject);
      return { sessions: all.slice(offset, offset + limit).map(show), total: all.length };
    },
  );
  app.delete<{ Querystring: Static<typeof SubjectQuery> }>(
    base,
    { schema: { querystring: SubjectQuery, summary: 'Ends all sessions of one subject' } },
    async (request) => {
      const all = await sessions.ofSubject(request.query.subject);
      note(request, all);
      return ended(await endAll(sessions, all));
    },
  );
  app.delete<{ Params: Static<typeof Key> }>(
    `${base}/:id`,
    { schema: { params: Key, summary: 'Ends a session' } },
    async (request) => {
      const session = await sessions.find(request.params.id);
      if (!session) throw new HubError('SESSION_UNKNOWN', 'No session has this id.');
      note(request, [session]);
      return ended(await endAll(sessions, [session]));
    },
  );
}

/**
 * Adds the paths of sessions below `/gateway/api/sessions`; who may use which, the gateway's table says.
 * @param app the gateway's server, whose gate every request has passed
 * @param parts what the paths lean on
 */
export function addSessionRoutes(app: FastifyInstance, parts: SessionRouteParts): void {
  addOwn(app, parts);
  addAll(app, parts);
}
