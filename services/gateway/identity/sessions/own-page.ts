// gateway: whether a request that rides on a cookie, or on a client's certificate, was sent by a page of ours (protection against forgery).
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

function mayChange({ method, headers }: Pick<RidingRequest, 'method' | 'headers'>): boolean {
  return !safe.has(method) || headers.upgrade !== undefined;
}

/** What the browser says of the page: `unknown` where it says nothing. */
function pageOf({ headers, ownOrigin }: Pick<RidingRequest, 'headers' | 'ownOrigin'>) {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'own' : 'of another site';
  if (headers.origin === undefined) return 'unknown';
  return headers.origin === ownOrigin ? 'own' : 'of another origin';
}

/**
 * Says where a request that could change something came from. A browser tells by `Sec-Fetch-Site`, which no page can forge; an
 * older one by `Origin`; otherwise the page shows that it could read `GET /me`. The body's type decides nothing, so that JSON sent
 * by a form is no way in. An upgrade counts as a change: a WebSocket can do anything.
 * @returns undefined where it may pass, else one sentence for the caller
 */
export function whyForeign(request: RidingRequest): string | undefined {
  if (!mayChange(request) || holdsToken(request.headers['x-csrf-token'], request.id)) return undefined;
  const page = pageOf(request);
  if (page === 'own') return undefined;
  if (page === 'unknown') return 'This request rides on a session, and nothing shows which page sent it.';
  return `This request rides on a session and was sent by a page ${page}.`;
}

/**
 * The same for a client's certificate, which browsers show by themselves too. Programs show theirs as well and say nothing of any page:
 * every browser that could be led astray says at least `Origin` with what changes something, so that silence is a program.
 * @param request without a token: there is no secret that a page of ours could have read
 * @param isFriend whether pages of an origin are let in with credentials (CORS)
 * @returns undefined where it may pass, else one sentence for the caller
 */
export function whyForeignToCertificate(
  request: Omit<RidingRequest, 'id'>,
  isFriend: (origin: string) => boolean,
): string | undefined {
  const { origin } = request.headers;
  if (!mayChange(request) || (origin !== undefined && isFriend(origin))) return undefined;
  const page = pageOf(request);
  if (page === 'own' || page === 'unknown') return undefined;
  return `This request rides on the certificate that a browser shows by itself, and was sent by a page ${page}.`;
}
