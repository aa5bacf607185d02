// gateway: a request's body: small ones whole in memory, the rest as a stream that never breaks the client's connection.
import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';

/** How a request's body is handled, by its headers alone. */
export type BodyKind = 'none' | 'whole' | 'stream';

/** Methods whose body has no meaning (RFC 9110 §9.3.1); it is not passed on. */
const bodyless = new Set(['GET', 'HEAD', 'TRACE']);

/** A body that turned out longer than it may be. */
export class BodyTooLarge extends Error {}

/**
 * The length that a request announces, in bytes.
 * @param request the client's request
 * @returns undefined where it announces none
 */
export function announcedBytes({ headers }: IncomingMessage): number | undefined {
  return headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
}

/**
 * Tells how to handle the body.
 * @param request the client's request
 * @param wholeBytesMax up to this a body is read whole: sent in one write, its length is known, and it can be sent again
 */
export function bodyKindOf(request: IncomingMessage, wholeBytesMax: number): BodyKind {
  const { method = 'GET', headers } = request;
  if (bodyless.has(method)) return 'none';
  if (headers['transfer-encoding'] !== undefined) return 'stream';
  const length = announcedBytes(request) ?? 0;
  return length === 0 ? 'none' : length <= wholeBytesMax ? 'whole' : 'stream';
}

/**
 * Reads a body whole. Where the client goes away half-way, nothing is called: nobody waits for an answer.
 * @param request with a small body
 * @param then gets the bytes
 */
export function readWhole(request: IncomingMessage, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => then(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  // A client that resets its connection raises an error here, which must not end the process.
  request.once('error', () => chunks.splice(0));
}

function open(request: IncomingMessage, bytesMax: number): Readable {
  const stream = new PassThrough();
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > bytesMax) stream.destroy(new BodyTooLarge(`the body is over ${bytesMax} bytes`));
  };
  request.on('data', count);
  request.pipe(stream);
  request.once('error', (error) => stream.destroy(error));
  stream.once('close', () => {
    request.off('data', count);
    request.unpipe(stream);
    request.resume();
  });
  stream.on('error', () => request.unpipe(stream));
  return stream;
}

/**
 * Gives a body piece by piece, as fast as they are taken. Nothing is read before the first one is asked for, so that a connection
 * that does not come about loses nothing. Whoever stops half-way does not destroy the client's connection, which has still to
 * carry the answer; the rest of the body is then read away.
 * @param request the client's request
 * @param bytesMax past this it fails with BodyTooLarge
 */
export function streamOf(request: IncomingMessage, bytesMax: number): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => open(request, bytesMax)[Symbol.asyncIterator]() as AsyncIterator<Buffer> };
}

const readAwayMsMax = 5000;

/**
 * Reads a refused body away, for a while, else the client meets a reset instead of the answer.
 * @param request the client's request
 * @param then called once: at its end, or when it takes too long
 */
export function readAway(request: IncomingMessage, then: () => void): void {
  let isOver = false;
  const end = (): void => {
    clearTimeout(timer);
    if (!isOver) then();
    isOver = true;
  };
  const timer = setTimeout(end, readAwayMsMax);
  if (request.readableEnded || request.destroyed) return end();
  request.once('end', end).once('close', end).once('error', end).resume();
}
