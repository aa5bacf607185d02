// gateway: which pages of other origins may call it from a browser (the Fetch standard's CORS protocol). Pure.
import { HubError } from '@staffetta/flow/errors.ts';
import type { IncomingHttpHeaders } from 'node:http';
import { methodsAllowed } from './door.ts';

/** Whom browsers may let call. */
export interface CorsRules {
  readonly origins: readonly string[];
  readonly credentials: boolean;
}

/** What a request of another origin's page is told. */
export interface CorsAnswer {
  /** True where it is the browser's own question before the request, which the gateway answers itself. */
  readonly isPreflight: boolean;
  /** Names and values, flat. */
  readonly headers: readonly string[];
}

/** What pages may read besides what is always readable. */
const readable =
  'x-correlation-id, location, link, etag, retry-after, ratelimit, ratelimit-policy, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset';
const keptS = '600';

/**
 * Reads the rules.
 * @param origins as the setting gives them
 * @param credentials whether cookies go along
 * @throws HubError SETTING_WRONG for what is no origin, and for cookies with `*`
 */
export function readCorsRules(origins: readonly string[], credentials: boolean): CorsRules {
  for (const origin of origins) {
    if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) continue;
    throw new HubError(
      'SETTING_WRONG',
      `GATEWAY_CORS_ORIGINS: "${origin}" is no origin; write https://erp.example.it.`,
    );
  }
  if (credentials && origins.includes('*')) {
    throw new HubError('SETTING_WRONG', 'GATEWAY_CORS_CREDENTIALS: name the origins that may; * may not.');
  }
  return { origins, credentials };
}

/**
 * Says what to tell a request.
 * @param method of the request
 * @param headers of the request
 * @param rules in force
 * @returns undefined where CORS is off, or no page of another origin asks
 */
export function answerCors(method: string, headers: IncomingHttpHeaders, rules: CorsRules): CorsAnswer | undefined {
  const { origin } = headers;
  if (rules.origins.length === 0) return undefined;
  if (origin === undefined) return { isPreflight: false, headers: ['vary', 'Origin'] };
  const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
  const anyone = rules.origins.includes('*');
  if (!anyone && !rules.origins.includes(origin)) return { isPreflight, headers: ['vary', 'Origin'] };
  const told = ['vary', 'Origin', 'access-control-allow-origin', anyone ? '*' : origin];
  if (rules.credentials) told.push('access-control-allow-credentials', 'true');
  if (!isPreflight) return { isPreflight, headers: [...told, 'access-control-expose-headers', readable] };
  const asked = headers['access-control-request-headers'];
  told.push('access-control-allow-methods', methodsAllowed.join(', '), 'access-control-max-age', keptS);
  if (asked !== undefined) told.push('access-control-allow-headers', asked);
  return { isPreflight, headers: told };
}
