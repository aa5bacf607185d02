// gateway: WebSockets: the upgrade passes the same gate as any request, then bytes go through both ways as they come.
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { FrontAnswer } from '../listener/front-answer.ts';
import type { HopEnd } from './proxy-hop.ts';
import { answerHeaders } from './proxy-headers.ts';
import type { Streams } from './streams.ts';

/** A connection that its client wants to be a WebSocket. */
interface Upgrade {
  readonly socket: Duplex;
  /** What the client sent behind the request. */
  readonly head: Buffer;
  readonly response: FrontAnswer;
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/**
 * Gives the upgrade that a request asks for.
 * @param request the client's
 * @returns undefined for a plain request
 */
export function upgradeOf(request: IncomingMessage): Upgrade | undefined {
  return upgrades.get(request);
}

/**
 * Whether an earlier request of the connection still waits for its answer. A connection takes one answer at a time: Node throws
 * where it is given a second, and anybody could end the gateway with two requests in one packet.
 */
function isBusy(socket: object): boolean {
  return Boolean(Reflect.get(socket, '_httpMessage'));
}

function isWebSocket({ method, headers, socket }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && !isBusy(socket);
}

/**
 * Tells whether a page of another host asks for a WebSocket. Browsers let any page do so, with the cookies of the hub, and only
 * say in `Origin` whose page it is.
 * @param request an upgrade
 * @param host the host that the client asked for
 */
export function isFromElsewhere({ headers }: IncomingMessage, host: string | undefined): boolean {
  const { origin } = headers;
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}

/**
 * Takes upgrades to WebSockets through the server's own routes and hooks; any other upgrade (h2c, as Java's client offers it), and
 * one that is sent behind a request without waiting for its answer, is answered as the plain request that it is.
 * @param app the gateway's server
 */
export function takeUpgrades(app: FastifyInstance): void {
  const server = app.server as Server & { shouldUpgradeCallback?: (request: IncomingMessage) => boolean };
  // Node before 24.9 would hand all upgrades to a listener: plain requests are worth more than WebSockets.
  if (!('shouldUpgradeCallback' in server)) return;
  server.shouldUpgradeCallback = isWebSocket;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const response = new FrontAnswer(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as never);
    socket.on('error', () => socket.destroy());
    // A refusal is the last word on this connection.
    response.once('finish', () => socket.end());
    upgrades.set(request, { socket, head, response });
    // As any other request: the front door and the gate see it.
    server.emit('request', request, response);
  });
}

function headOf({ status, headers }: HopEnd & { kind: 'upgraded' }, more: readonly string[]): string {
  const lines = [`HTTP/1.1 ${status} Switching Protocols`, 'connection: upgrade', `upgrade: ${headers.upgrade ?? ''}`];
  for (let index = 0; index + 1 < more.length; index += 2) lines.push(`${more[index]}: ${more[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** What is known of a WebSocket besides its two sides. */
export interface Joining {
  readonly correlationId: string;
  readonly streams: Streams;
  /** How long it may be silent, in ms. */
  readonly idleMs: number;
  /** Called once, when both sides are closed. */
  onOver(): void;
}

/**
 * Joins the client's connection with the service's.
 * @param request the client's, which asked for the upgrade
 * @param end what the service answered
 * @param joining what else is known
 */
export function joinSockets(request: IncomingMessage, end: HopEnd & { kind: 'upgraded' }, joining: Joining): void {
  const upgrade = upgrades.get(request);
  if (!upgrade || upgrade.socket.destroyed) {
    end.socket.destroy();
    return joining.onOver();
  }
  const { socket, head, response } = upgrade;
  response.detachSocket(socket as never);
  // Whoever counts answers sees the end of this one.
  response.emit('close');
  const both = [socket, end.socket];
  let isOver = false;
  const stop = (): void => {
    if (isOver) return;
    isOver = true;
    forget();
    for (const side of both) side.destroy();
    joining.onOver();
  };
  const forget = joining.streams.add('webSocket', stop);
  for (const side of both) side.on('error', stop).once('close', stop);
  // Whatever goes either way passes the client's connection, so one clock counts for both.
  (socket as Duplex & { setTimeout(ms: number, on: () => void): void }).setTimeout(joining.idleMs, stop);
  const introduction = { correlationId: joining.correlationId, prefix: '' };
  socket.write(headOf(end, answerHeaders(end.headers, introduction)), 'latin1');
  if (head.length > 0) end.socket.write(head);
  socket.pipe(end.socket).pipe(socket);
}
