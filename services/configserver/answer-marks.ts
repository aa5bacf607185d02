// configserver: answers carry a mark (ETag), and who knows it already gets an answer without content.
import type { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';

function knows(given: string, mark: string): boolean {
  // RFC 9110 §13.1.2: weak comparison.
  return given.split(',').some((one) => one.trim().replace(/^W\//, '') === mark || one.trim() === '*');
}

/**
 * Sends a text with its mark, or 304 where the caller has it.
 * @param reply the answer, whose type is set
 * @param known the caller's `If-None-Match`
 * @param text the content
 */
export function sendMarked(reply: FastifyReply, known: string | undefined, text: string): FastifyReply {
  const mark = `"${createHash('sha256').update(text).digest('base64url').slice(0, 32)}"`;
  // Secrets may be in it: whoever stands between keeps nothing of it without asking.
  reply.header('etag', mark).header('cache-control', 'no-cache, private').header('vary', 'accept');
  return knows(known ?? '', mark) ? reply.code(304).send() : reply.send(text);
}
