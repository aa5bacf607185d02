// gateway: whether a request that rides on a cookie was sent by a page of ours (protection against request forgery).
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { csrfTokenOf } from './session-cookie.ts';

/** Methods that change nothing (RFC 9110 §9.2.1). */
const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** A request that rides on a session's cookie. */
export interface RidingRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** The session's id. */
  readonly id: string;
  /** Where our pages live; undefined where nobody said so. */
  readonly ownOrigin: string | undefined;
}

function holdsToken(given: string | string[] | undefined, id: string): boolean {
  if (typeof given !== 'string') return false;
  const [one, other] = [Buffer.from(given), Buffer.from(csrfTokenOf(id))];
  return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * Says where a request that could change something came from. A browser tells by `Sec-Fetch-Site`, which no page can forge; an
 * older one by `Origin`; otherwise the page shows that it could read `GET /me`. The body's type decides nothing, so that JSON sent
 * by a form is no way in. An upgrade counts as a change: a WebSocket can do anything.
 * @returns undefined where it may pass, else one sentence for the caller
 */
export function whyForeign({ method, headers, id, ownOrigin }: RidingRequest): string | undefined {
  if (safe.has(method) && headers.upgrade === undefined) return undefined;
  if (holdsToken(headers['x-csrf-token'], id)) return undefined;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    const isOwn = site === 'same-origin' || site === 'none';
    return isOwn ? undefined : 'This request rides on a session and was sent by a page of another site.';
  }
  if (headers.origin === undefined) return 'This request rides on a session, and nothing shows which page sent it.';
  if (headers.origin === ownOrigin) return undefined;
  return 'This request rides on a session and was sent by a page of another origin.';
}
