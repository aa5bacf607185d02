// gateway: what a service answered, as our own REST answers it: JSON by the tables of fields, errors as problems, files as they are.
import { errorCodeHeader } from '@staffetta/platform/http/server.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import { inOwnWords } from './invoice-fields.ts';
import type { InsideAnswer } from './inside.ts';
import { problemOf } from './problem.ts';

/** A service refused; the client reads it as a problem. */
export class ServiceRefusal extends Error {
  readonly answer: InsideAnswer;

  constructor(answer: InsideAnswer) {
    super(`a service answered ${answer.status}`);
    this.answer = answer;
  }
}

function parsed({ bytes }: InsideAnswer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // A proxy between, or a service of another kind, may answer with anything.
    return {};
  }
}

/**
 * Gives the object that a service answered.
 * @param answer the service's
 * @throws ServiceRefusal where it is an error
 */
export function objectOf(answer: InsideAnswer): Record<string, unknown> {
  if (answer.status >= 400) throw new ServiceRefusal(answer);
  return parsed(answer);
}

/**
 * Answers a service's error.
 * @param request the client's
 * @param reply its answer
 * @param refusal what the service said
 */
export function answerRefusal(request: FastifyRequest, reply: FastifyReply, { answer }: ServiceRefusal): FastifyReply {
  const { errorMessage, findings } = parsed(answer);
  const code = answer.headers[errorCodeHeader];
  const path = request.url.split('?', 1)[0] ?? '/';
  const detail = typeof errorMessage === 'string' ? inOwnWords(errorMessage) : 'The service behind did not say why.';
  const more = {
    ...(code !== undefined && { code }),
    ...(findings !== undefined && { findings }),
  };
  const retryAfter = answer.headers['retry-after'];
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  return reply
    .code(answer.status)
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(path, answer.status, detail, more)));
}

function fits(asked: string | undefined, tag: string): boolean {
  if (asked === undefined) return false;
  return asked === '*' || asked.split(',').some((one) => one.trim().replace(/^W\//, '') === tag.replace(/^W\//, ''));
}

/**
 * Answers a reading, or 304 where the client has it already (RFC 9110 §13.1.2).
 * @param request the client's
 * @param reply its answer
 * @param body what is read
 */
export function answerRead(request: FastifyRequest, reply: FastifyReply, body: object): FastifyReply {
  const text = JSON.stringify(body);
  const tag = `W/"${hash('sha256', text, 'base64url').slice(0, 27)}"`;
  // Each caller sees its own; nobody between may keep it without asking again.
  reply
    .header('etag', tag)
    .header('cache-control', 'private, no-cache')
    .header('vary', 'Authorization, X-API-KEY, Cookie');
  if (fits(request.headers['if-none-match'], tag)) return reply.code(304).send();
  return reply.type('application/json').send(text);
}

const fileHeaders = [
  'content-type',
  'content-disposition',
  'content-security-policy',
  'content-digest',
  'x-content-sha256',
] as const;

/**
 * Answers a file as the service gave it.
 * @param reply the client's
 * @param answer the service's
 * @throws ServiceRefusal where it is an error
 */
export function answerBytes(reply: FastifyReply, answer: InsideAnswer): FastifyReply {
  if (answer.status >= 400) throw new ServiceRefusal(answer);
  for (const name of fileHeaders) {
    const value = answer.headers[name];
    if (value !== undefined) reply.header(name, value);
  }
  return reply.header('cache-control', 'private, no-cache').send(answer.bytes);
}
