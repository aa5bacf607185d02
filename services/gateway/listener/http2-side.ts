// gateway: HTTP/2 beside HTTP/1 on the same listener, with its floods bounded.
import {
  constants,
  createServer,
  type Http2Server,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerOptions,
} from 'node:http2';
import type { RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import { refilled } from '../limits/rate-limit.ts';
import { FrontAnswer2 } from './front-answer.ts';

/** Bounds of HTTP/2. */
export interface Http2Bounds {
  readonly streamsMax: number;
  readonly headerBytesMax: number;
  readonly headerCountMax: number;
  readonly keepAliveMs: number;
  readonly requestTimeoutMs: number;
}

/** HTTP/2 for connections that another server accepted. */
export interface Http2Side {
  /** Takes a connection whose client speaks HTTP/2. */
  take(socket: Duplex): void;
  /** Asks every client to open no more streams. */
  close(): void;
}

function optionsOf({ streamsMax, headerBytesMax, headerCountMax }: Http2Bounds): ServerOptions {
  return {
    Http2ServerResponse: FrontAnswer2 as unknown as typeof Http2ServerResponse,
    settings: { maxConcurrentStreams: streamsMax, maxHeaderListSize: headerBytesMax, enablePush: false },
    // Pseudo-headers count too.
    maxHeaderListPairs: headerCountMax + 4,
    maxSettings: 32,
    maxOutstandingPings: 10,
    maxSessionMemory: 10,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    // CVE-2023-44487: streams that are opened and reset at once. Beyond the burst the connection ends.
    streamResetBurst: 200,
    streamResetRate: 20,
  };
}

function endIdle(session: ServerHttp2Session, idleMs: number): void {
  let open = 0;
  session.on('stream', (stream) => {
    open += 1;
    stream.once('close', () => (open -= 1));
  });
  session.setTimeout(idleMs, () => {
    if (open === 0) session.close();
  });
}

/** Frames that ask for nothing (settings, pings) and only keep the gateway busy: how many a connection may send. */
const idleFrames = { perSecond: 10, burst: 200 };

function endFlooding(session: ServerHttp2Session): void {
  let tokens = idleFrames.burst;
  let atMs = performance.now();
  const count = (): void => {
    const nowMs = performance.now();
    tokens = refilled(tokens, nowMs - atMs, idleFrames) - 1;
    atMs = nowMs;
    if (tokens < 0 && !session.destroyed) session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  };
  session.on('remoteSettings', count).on('ping', count);
}

/** HTTP/1 bounds the time of a whole request by itself. */
function endSlow(server: Http2Server, { requestTimeoutMs }: Http2Bounds): void {
  server.on('stream', (stream) => {
    if (stream.endAfterHeaders) return;
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), requestTimeoutMs);
    stream.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
  });
}

/**
 * Ends streams whose answer is not read: a client that opens no window (RFC 9113 §5.2) would hold all that the gateway keeps for a
 * request, with as many streams as it may have, and pings would keep its connection from being idle.
 */
function endUnread(server: Http2Server, { keepAliveMs }: Http2Bounds): void {
  server.on('stream', (stream) => {
    let [unread, drains, drainsBefore] = [0, 0, 0];
    stream.on('drain', () => (drains += 1));
    // A time-out of the stream's own would begin anew whenever anything goes out on the connection, the answer to a ping too.
    const timer = setInterval(() => {
      const left = stream.writableLength;
      if (left > 0 && left === unread && drains === drainsBefore) stream.close(constants.NGHTTP2_CANCEL);
      [unread, drainsBefore] = [left, drains];
    }, keepAliveMs).unref();
    stream.once('close', () => clearInterval(timer));
  });
}

/**
 * Makes the side of HTTP/2.
 * @param bounds see there
 * @param listener what answers requests, the same as for HTTP/1
 */
export function createHttp2Side(bounds: Http2Bounds, listener: RequestListener): Http2Side {
  const server = createServer(optionsOf(bounds));
  const sessions = new Set<ServerHttp2Session>();
  server.on('request', listener as never);
  // What may be sent is told once the gate let the request in.
  server.on('checkContinue', listener as never);
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    // A broken session ends by itself; without a listener its error would end the process.
    session.on('error', () => session.destroy());
    endIdle(session, bounds.keepAliveMs);
    endFlooding(session);
  });
  server.on('sessionError', () => undefined);
  endSlow(server, bounds);
  endUnread(server, bounds);
  return {
    take: (socket) => void server.emit('connection', socket),
    close() {
      for (const session of sessions) session.close();
    },
  };
}
