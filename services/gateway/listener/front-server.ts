// gateway: the listener: HTTP/1.1 and HTTP/2, clear or under TLS, on one port, every connection bounded.
import { createServer, type RequestListener, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { answerClientError } from './client-errors.ts';
import type { ConnectionBook } from './connection-book.ts';
import { FrontAnswer } from './front-answer.ts';
import { createHttp2Side, type Http2Bounds } from './http2-side.ts';
import type { ServerCertificates } from './server-certificates.ts';

/** Bounds of the listener. */
export interface ListenerBounds extends Http2Bounds {
  readonly headersTimeoutMs: number;
  readonly socketRequestsMax: number;
  readonly socketsMax: number;
  readonly clearHttp2: boolean;
}

/** What the listener is made of. */
export interface FrontServerParts {
  readonly bounds: ListenerBounds;
  readonly book: ConnectionBook;
  /** Undefined for a listener without TLS. */
  readonly certificates: ServerCertificates | undefined;
  readonly now: () => Date;
}

/** A listener, and what ends its HTTP/2 connections. */
export interface FrontServer {
  readonly server: Server;
  /** Asks clients of HTTP/2 to come no more. */
  closeSessions(): void;
}

/** How often connections are looked at that take too long; Node looks every half minute by itself. */
const lookEveryMs = 1000;

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

function httpOptions(bounds: ListenerBounds): ServerOptions {
  return {
    ServerResponse: FrontAnswer as unknown as typeof ServerResponse,
    maxHeaderSize: bounds.headerBytesMax,
    headersTimeout: Math.min(bounds.headersTimeoutMs, bounds.requestTimeoutMs),
    requestTimeout: bounds.requestTimeoutMs,
    keepAliveTimeout: bounds.keepAliveMs,
    connectionsCheckingInterval: Math.min(lookEveryMs, bounds.headersTimeoutMs),
    requireHostHeader: true,
    insecureHTTPParser: false,
  };
}

/** Takes a server's own way of serving a new connection away, to choose for each connection. */
function takeOver(server: Server, event: 'connection' | 'secureConnection'): (socket: Socket) => void {
  const listeners = server.listeners(event) as ((this: Server, socket: Socket) => void)[];
  server.removeAllListeners(event);
  return (socket) => {
    for (const serve of listeners) serve.call(server, socket);
  };
}

/** Looks at the first bytes: whoever begins with HTTP/2's preface speaks it (RFC 9113 §3.3). */
function peek(socket: Socket, waitMs: number, onHttp1: () => void, onHttp2: () => void): void {
  socket.setTimeout(waitMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.once('readable', () => {
    const first = socket.read() as Buffer | null;
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    if (!first) return void socket.destroy();
    socket.unshift(first);
    const isHttp2 = first.subarray(0, 3).equals(preface.subarray(0, 3));
    if (isHttp2) onHttp2();
    else onHttp1();
  });
}

function open({ bounds, certificates }: FrontServerParts): Server {
  const options = httpOptions(bounds);
  if (!certificates) return createServer(options);
  return createSecureServer({ ...options, ...certificates.options(), ALPNProtocols: ['h2', 'http/1.1'] });
}

function answerConnect(server: Server): void {
  server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
}

/**
 * Makes the listener; it does not listen yet.
 * @param parts bounds, certificates and the book of connections
 * @param listener answers requests
 */
export function createFrontServer(parts: FrontServerParts, listener: RequestListener): FrontServer {
  const { bounds, book, certificates, now } = parts;
  const server = open(parts);
  server.maxConnections = bounds.socketsMax;
  server.maxRequestsPerSocket = bounds.socketRequestsMax;
  // Node drops what is over it in silence; the door counts and refuses.
  server.maxHeadersCount = 0;
  server.on('request', listener);
  server.on('checkContinue', listener);
  server.on('clientError', (error, socket) => {
    answerClientError(error, socket as Socket, book.waitingOn(socket as Socket), now());
  });
  // Node tells a client that its last request was the last, and goes on to refuse others; here the connection ends.
  server.on('dropRequest', (_request, socket) => void setImmediate(() => (socket as Socket).destroySoon()));
  answerConnect(server);
  const http2 = createHttp2Side(bounds, listener);
  if (certificates) {
    const serve = takeOver(server, 'secureConnection');
    server.on('secureConnection', (socket: TLSSocket) => {
      if (socket.alpnProtocol === 'h2') http2.take(socket);
      else serve(socket);
    });
    certificates.onChange(() => certificates.putInto(server));
  } else if (bounds.clearHttp2) {
    const serve = takeOver(server, 'connection');
    server.on('connection', (socket: Socket) =>
      peek(
        socket,
        bounds.headersTimeoutMs,
        () => serve(socket),
        () => http2.take(socket),
      ),
    );
  }
  server.prependListener('connection', (socket: Socket) => book.enter(socket));
  return { server, closeSessions: () => http2.close() };
}
