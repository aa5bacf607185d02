// sandbox: a customer's callback endpoint, which answers 200 unless told otherwise.
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallbackBook } from './callback-book.ts';
import type { CallbackRules } from './callback-rules.ts';

// A callback carries the document twice at most (text and base64), of 5 MiB each.
const callbackBytesMax = 20 * 1024 * 1024;

/**
 * Adds `POST /callbacks/*`. The answer comes only after the callback is in the book.
 * @param app the page's server
 * @param book where callbacks are kept, refused ones too
 * @param rules how to misbehave
 */
export async function addCallbackEndpoint(
  app: FastifyInstance,
  book: CallbackBook,
  rules: CallbackRules,
): Promise<void> {
  await app.register(async (scope) => {
    // Whatever is called back is kept as bytes: also what is no JSON, or says so wrongly.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: callbackBytesMax }, (_request, body, done) => {
      done(null, body);
    });
    const answer = (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      take(request, reply, book, rules);
    scope.post('/callbacks', answer);
    scope.post('/callbacks/*', answer);
  });
}

async function take(
  request: FastifyRequest,
  reply: FastifyReply,
  book: CallbackBook,
  rules: CallbackRules,
): Promise<unknown> {
  const path = request.url.replace(/\?.*$/, '').replace(/^\/callbacks/, '') || '/';
  const told = rules.take(path);
  if (told?.rule.delayMs !== undefined) await sleep(told.rule.delayMs);
  const hangs = told?.refuses === true && told.rule.hang === true;
  const answered = told?.refuses === true ? (told.rule.status ?? 500) : 200;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  await book.add({ path, answered: hangs ? 0 : answered, headers: headersOf(request), body });
  if (hangs) return reply.hijack();
  if (told?.refuses === true && told.rule.retryAfter !== undefined) reply.header('retry-after', told.rule.retryAfter);
  return reply.code(answered).send({ answered, by: 'the sandbox' });
}

function headersOf(request: FastifyRequest): Record<string, string> {
  const entries = Object.entries(request.headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]),
  );
}
