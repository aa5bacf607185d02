// gateway: its own REST put together, in a scope whose errors are problems.
import { HubError } from '@staffetta/flow/errors.ts';
import { asHubError, statusOfKind } from '@staffetta/platform/http/server.ts';
import { readAway } from '@staffetta/platform/http/read-away.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import type { FastifyInstance } from 'fastify';
import type { Gate } from '../gate.ts';
import { answerRefusal, ServiceRefusal } from './answers.ts';
import { addFileRoutes } from './file-routes.ts';
import type { Inside } from './inside.ts';
import { rawTypes } from './own-rest-parts.ts';
import { problemOf } from './problem.ts';
import { addReadRoutes } from './read-routes.ts';
import { addSendRoutes } from './send-routes.ts';

/** What our own REST leans on. */
export interface OwnRest {
  readonly gate: Gate;
  readonly inside: Inside;
  readonly log: Log;
  /** Bytes of a request that brings a document. */
  readonly bodyBytesMax: number;
}

function answerProblems(app: FastifyInstance, log: Log): void {
  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof ServiceRefusal) return answerRefusal(request, reply, error);
    const known = asHubError(error);
    const status = statusOfKind[known.kind];
    if (known.kind === 'tooLarge') await readAway(request);
    const path = request.url.split('?', 1)[0] ?? '/';
    if (status >= 500) log.error({ err: error, path, correlationId: request.id, code: known.code }, 'request.failed');
    const more = { code: known.code, ...(known.findings && { findings: known.findings }) };
    const body = JSON.stringify(problemOf(path, status, `${known.message} ${known.help}`, more));
    return reply.code(status).type('application/problem+json').send(body);
  });
}

/**
 * Adds our own REST.
 * @param app the gateway's server
 * @param parts the gate and the way to services
 */
export function addOwnRest(app: FastifyInstance, { gate, inside, log, bodyBytesMax }: OwnRest): void {
  void app.register(async (scope) => {
    answerProblems(scope, log);
    scope.addContentTypeParser(rawTypes, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const parts = { inside, gate, bodyBytesMax };
    addReadRoutes(scope, parts);
    addFileRoutes(scope, parts);
    addSendRoutes(scope, parts);
    scope.all('/api/*', { schema: { hide: true } }, (request) => {
      throw new HubError('PATH_UNKNOWN', `There is no ${request.method} ${request.url.split('?', 1)[0]} here.`);
    });
  });
}
