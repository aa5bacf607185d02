// gateway: where a browser goes after a sign-in: a path of ours and nothing else.
import { HubError } from '@staffetta/flow/errors.ts';

/** Longer ones would not fit into the cookie that remembers them. */
const charactersMax = 1000;

/**
 * Reads the wish of who signs in.
 * @param wish the query's `returnTo`; undefined for our front page
 * @param origin ours
 * @returns a path with its query, beginning with one slash
 * @throws HubError BODY_NOT_VALID for everything that a browser could take for another host, and for what would sign in again
 */
export function readReturnTo(wish: unknown, origin: string): string {
  if (wish === undefined || wish === '') return '/';
  const text = typeof wish === 'string' ? wish : '';
  // Browsers drop tabs and line ends, and read a backslash as a slash (WHATWG URL): both could make `//host` of it.
  const isPath = /^\/(?![/\\])[^\\\u0000-\u0020\u007f]*$/.test(text) && text.length <= charactersMax;
  const url = isPath && URL.canParse(text, origin) ? new URL(text, origin) : undefined;
  if (url?.origin !== new URL(origin).origin || /^\/(?:\/|sign(?:in|out)(?:\/|$))/.test(url.pathname)) {
    throw new HubError('BODY_NOT_VALID', 'returnTo must be a path of this hub, beginning with one slash.');
  }
  return url.pathname + url.search + url.hash;
}
