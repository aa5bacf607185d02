// gateway: receives each request at the listener: what the door refuses, what browsers ask before they ask, what every answer is told.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorAnswer } from '../invoices/problem.ts';
import type { ClientReader } from './client.ts';
import type { ConnectionBook } from './connection-book.ts';
import { answerCors, type CorsRules } from './cors.ts';
import { checkRequest, type DoorRules } from './door.ts';
import { tell } from './front-answer.ts';

/** The rules in force. */
export interface ReceptionRules {
  readonly door: () => DoorRules;
  readonly cors: () => CorsRules;
  /** Seconds; 0 for none. */
  readonly hstsS: () => number;
}

/** What the reception leans on. */
export interface ReceptionParts {
  readonly rules: ReceptionRules;
  readonly book: ConnectionBook;
  readonly clientOf: ClientReader;
  /** Requests of one HTTP/1 connection that may wait for their answers. */
  readonly pipelinedMax: number;
  readonly now: () => Date;
}

/** Refuses in the contract's shape and ends the connection: what else comes on it cannot be trusted to be a request. */
function refuseAtDoor(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  why: string,
  now: Date,
): void {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const { type, body } = errorAnswer(path.slice(0, 200), status, `${why} Correct the request.`, now);
  const text = JSON.stringify(body);
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(text), connection: 'close' };
  response.writeHead(status, { ...headers, 'x-content-type-options': 'nosniff' });
  response.end(text);
}

/** HTTP/2 frames bodies itself, and may not say how long one is; said as HTTP/1 says it, whoever reads bodies understands. */
function markBody(request: IncomingMessage): void {
  const { stream } = request as { stream?: { readonly endAfterHeaders?: boolean } };
  if (request.httpVersionMajor !== 2 || stream?.endAfterHeaders !== false) return;
  if (request.headers['content-length'] === undefined) request.headers['transfer-encoding'] = 'chunked';
}

/**
 * HTTP/2 lets the body of a request that its client broke off end like a whole one. Here it fails, as HTTP/1 has it, so that nobody
 * takes a part of an invoice for the invoice.
 * @returns whether anybody still waits for the answer
 */
function failIfBrokenOff(request: IncomingMessage): boolean {
  const { stream } = request as { stream?: { readonly closed?: boolean } };
  if (request.httpVersionMajor !== 2) return true;
  if (stream?.closed === true) return false;
  // Nobody need be reading it.
  request.on('error', () => undefined);
  request.once('aborted', () => request.destroy(new Error('the client broke its request off')));
  return true;
}

/** Tells what CORS has to say; true where that was the whole answer. */
function answerBrowser(request: IncomingMessage, response: ServerResponse, rules: CorsRules): boolean {
  const cors = answerCors(request.method ?? '', request.headers, rules);
  if (!cors) return false;
  tell(response, cors.headers);
  if (!cors.isPreflight) return false;
  response.writeHead(cors.headers.includes('access-control-allow-origin') ? 204 : 403, { 'content-length': 0 });
  response.end();
  return true;
}

/**
 * Makes the reception.
 * @param parts see there
 * @returns a function that tells whether a request goes on to the gate; otherwise it is answered
 */
export function createReception(
  parts: ReceptionParts,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { rules, book, clientOf, pipelinedMax, now } = parts;
  const ended = new WeakSet<object>();

  function refuse(request: IncomingMessage, response: ServerResponse, status: number, why: string): false {
    if (request.httpVersionMajor === 1) ended.add(request.socket);
    refuseAtDoor(request, response, status, why, now());
    return false;
  }

  return (request, response) => {
    // What was sent behind a refused request waits in vain: the connection ends with the refusal.
    if (ended.has(request.socket) || !failIfBrokenOff(request)) return false;
    const waiting = book.asked(request.socket, response);
    const refusal = checkRequest(request, rules.door());
    if (refusal) return refuse(request, response, refusal.status, refusal.why);
    if (waiting > pipelinedMax && request.httpVersionMajor === 1) {
      return refuse(request, response, 429, 'Too many requests wait on this connection.');
    }
    markBody(request);
    const isSecure = clientOf(request).proto === 'https';
    if (isSecure && rules.hstsS() > 0) tell(response, ['strict-transport-security', `max-age=${rules.hstsS()}`]);
    return !answerBrowser(request, response, rules.cors());
  };
}
