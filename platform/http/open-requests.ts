// platform: what a server has in hand: connections on which somebody waits, and requests that are not answered to their end.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { noteCut } from '../stop-signal.ts';
import type { Log } from '../telemetry/log.ts';

/**
 * Knows on which connections nobody waits for an answer. Node's own idea of idle leaves out those that never asked (a browser's
 * early connection, a pool's spare one), and each of them would hold up a stop.
 * @param server the listener
 * @returns a function that closes the silent ones
 */
export function watchConnections(server: Server): () => void {
  const asking = new Map<Socket, number>();
  const count = (socket: Socket, more: number): void => {
    const before = asking.get(socket);
    if (before !== undefined) asking.set(socket, before + more);
  };
  server.on('connection', (socket: Socket) => {
    asking.set(socket, 0);
    socket.once('close', () => asking.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => {
    count(socket, 1);
    answer.once('close', () => count(socket, -1));
  });
  return () => {
    for (const [socket, open] of asking) if (open === 0) socket.destroy();
  };
}

const cutShownMax = 20;

/** A stream of events has no end of its own: who ends it takes nothing away. */
function isEndless({ raw }: FastifyReply): boolean {
  return String(raw.getHeader('content-type')).startsWith('text/event-stream');
}

/**
 * Knows the requests in hand.
 * @param app the server
 * @param log where those are told that are cut
 * @returns a function that tells of those that are about to be cut, and notes that the stop is no clean one
 */
export function watchRequests(app: FastifyInstance, log: Log): () => void {
  const inHand = new Set<FastifyReply>();
  app.addHook('onRequest', (_request, reply, done) => {
    inHand.add(reply);
    reply.raw.once('close', () => inHand.delete(reply));
    done();
  });
  return () => {
    const cut = [...inHand].filter((reply) => !isEndless(reply));
    noteCut(cut.length);
    for (const { request } of cut.slice(0, cutShownMax)) {
      const uri = request.routeOptions.url ?? 'UNKNOWN';
      log.warn({ correlationId: request.id, method: request.method, uri }, 'request.cut');
    }
  };
}
