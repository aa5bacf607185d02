// gateway: answers to what cannot be read as HTTP: in the contract's shape where nobody else waits on the connection, and the end of it.
import { errorBody } from '@staffetta/platform/http/server.ts';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Trouble {
  readonly status: 400 | 408 | 413 | 431;
  readonly why: string;
}

const known: Record<string, Trouble> = {
  HPE_HEADER_OVERFLOW: { status: 431, why: 'The headers of the request are longer than they may be.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, why: 'The extensions of the chunks are longer than they may be.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, why: 'The request did not come whole in time.' },
};

function troubleOf(error: Error): Trouble | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (known[code]) return known[code];
  // Node's HTTP parser names what it refuses; everything else (a reset, TLS) leaves nobody to answer to.
  return code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE'
    ? { status: 400, why: 'The request is not well-formed HTTP.' }
    : undefined;
}

/** Whether an answer would be taken for the one it is: no other is begun, and no whole request waits before it. */
function mayAnswer(waiting: ReadonlySet<ServerResponse>): boolean {
  return [...waiting].every((answer) => !answer.headersSent && !answer.req.complete);
}

/**
 * Answers an error of a connection and closes it.
 * @param error as the parser raised it
 * @param socket the connection
 * @param waiting answers that somebody waits for on it
 * @param now the instant, for the body
 */
export function answerClientError(error: Error, socket: Socket, waiting: ReadonlySet<ServerResponse>, now: Date): void {
  const trouble = troubleOf(error);
  if (!trouble || !socket.writable || !mayAnswer(waiting)) return void socket.destroy();
  const { status, why } = trouble;
  const body = JSON.stringify(errorBody('/', status, `${why} Correct it and send it on a new connection.`, now));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'x-content-type-options: nosniff',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
