// gateway: answers to people's browsers: a plain page with one sentence where a program gets the contract's error.
import { errorTable, HubError, type ErrorKind } from '@staffetta/flow/errors.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';

const statusOf: Partial<Record<ErrorKind, number>> = {
  badRequest: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  unavailable: 503,
};

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (one) => entities[one]!);
}

/**
 * Tells whether a request comes from a browser that shows what it gets.
 * @param request any
 */
export function wantsPage(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') ?? false;
}

function page(title: string, sentences: string, link: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(sentences)}</p>${link}</main></body>
</html>
`;
}

/** Pages of signing in hold and lead to secrets: no store keeps them, no other page hears of their address. */
export function keepPrivate(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
}

/**
 * Does something for a person and answers a failure so that it can be read: a page for a browser, else the contract's error.
 * @param request the person's
 * @param reply its answer
 * @param act answers where it succeeds
 */
export async function forPerson(
  request: FastifyRequest,
  reply: FastifyReply,
  act: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  keepPrivate(reply);
  try {
    return await act();
  } catch (error) {
    const status = error instanceof HubError ? statusOf[error.kind] : undefined;
    if (!(error instanceof HubError) || status === undefined || !wantsPage(request)) throw error;
    const link = status === 404 ? '' : '<p><a href="/signin">Sign in</a></p>';
    reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    if (status === 503) reply.header('retry-after', '5');
    const sentences = `${error.message} ${errorTable[error.code].help}`;
    return reply
      .code(status)
      .type('text/html; charset=utf-8')
      .send(page('Signing in', sentences, link));
  }
}
