// eurekaserver: what all its paths share: clock, logs, and the forms in which Eureka refuses.
import type { Clock } from '@staffetta/platform/clock.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';

/** What the paths need besides the registry. */
export interface Door {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Answers in plain text, as the original refuses a registration.
 * @param words ASCII, as it is shown in clients' logs
 */
export function plain(reply: FastifyReply, status: number, words: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(words);
}

/** Refuses in the form that Spring's server has, which its clients know. */
export function refused(door: Door, request: FastifyRequest, reply: FastifyReply, status: number): FastifyReply {
  const [path = ''] = request.url.split('?', 1);
  const timestamp = door.clock.now().toISOString();
  return reply.code(status).send({ timestamp, status, error: STATUS_CODES[status] ?? 'Error', path });
}
