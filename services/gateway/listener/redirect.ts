// gateway: a plain http port that only knows the way to https.
import { errorBody } from '@staffetta/platform/http/server.ts';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { checkRequest, type DoorRules } from './door.ts';

/** What it needs to know. */
export interface RedirectParts {
  readonly rules: () => DoorRules;
  /** The port of https, once it is known. */
  readonly port: () => number;
  readonly headersTimeoutMs: number;
  readonly now: () => Date;
}

const credentials = ['x-api-key', 'authorization', 'cookie'];

function answer(response: ServerResponse, status: number, path: string, why: string, now: Date): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(errorBody(path, status, why, now)));
}

function lead({ rules, port, now }: RedirectParts, request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '/', headers } = request;
  const path = url.split('?', 1)[0] ?? '/';
  const refusal = checkRequest(request, rules());
  if (refusal) return answer(response, refusal.status, path, refusal.why, now());
  const hasCredential = credentials.some((name) => headers[name] !== undefined);
  if (hasCredential || (method !== 'GET' && method !== 'HEAD') || !headers.host || !url.startsWith('/')) {
    // A client that was led on would send its key in the clear again and again, and never notice.
    const why = hasCredential
      ? 'A credential was sent without encryption, where others can read it. Replace it, and use https.'
      : 'Only https is spoken here. Use it.';
    return answer(response, 403, path, why, now());
  }
  const host = headers.host.replace(/:\d+$/, '');
  const at = port() === 443 ? host : `${host}:${port()}`;
  response.writeHead(308, { location: `https://${at}${url}`, 'content-length': 0, connection: 'close' });
  response.end();
}

/**
 * Makes the port; it does not listen yet.
 * @param parts see there
 */
export function createRedirectServer(parts: RedirectParts): Server {
  const options = {
    headersTimeout: parts.headersTimeoutMs,
    requestTimeout: parts.headersTimeoutMs,
    maxHeaderSize: 16_384,
  };
  const server = createServer(options, (request, response) => lead(parts, request, response));
  server.maxConnections = 1000;
  return server;
}
