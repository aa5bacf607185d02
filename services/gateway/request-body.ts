// gateway: a request's body: small ones whole in memory, the rest as a stream that never breaks the client's connection.
import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';

/** Up to this a body is read whole: sent in one write, and its length is known. */
export const wholeBytesMax = 64 * 1024;

/** How a request's body is handled, by its headers alone. */
export type BodyKind = 'none' | 'whole' | 'stream';

/** Methods whose body has no meaning (RFC 9110 §9.3.1); it is not passed on. */
const bodyless = new Set(['GET', 'HEAD', 'TRACE']);

/**
 * Tells how to handle the body.
 * @param request the client's request
 */
export function bodyKindOf({ method = 'GET', headers }: IncomingMessage): BodyKind {
  if (bodyless.has(method)) return 'none';
  if (headers['transfer-encoding'] !== undefined) return 'stream';
  const length = Number(headers['content-length'] ?? 0);
  return length === 0 ? 'none' : length <= wholeBytesMax ? 'whole' : 'stream';
}

/**
 * Reads a body whole. Where the client goes away half-way, nothing is called: nobody waits for an answer.
 * @param request with a body of at most `wholeBytesMax` bytes
 * @param then gets the bytes
 */
export function readWhole(request: IncomingMessage, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => then(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  // A client that resets its connection raises an error here, which must not end the process.
  request.once('error', () => chunks.splice(0));
}

/**
 * Gives a body as a stream of its own: whoever destroys it does not destroy the client's connection, which has still to
 * carry the answer; the rest of the body is then read away.
 * @param request the client's request
 */
export function streamOf(request: IncomingMessage): Readable {
  const stream = new PassThrough();
  request.pipe(stream);
  request.once('error', (error) => stream.destroy(error));
  stream.once('close', () => {
    request.unpipe(stream);
    request.resume();
  });
  stream.on('error', () => request.unpipe(stream));
  return stream;
}
