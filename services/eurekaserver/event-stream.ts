// eurekaserver: the stream of changes (server-sent events): the registry first, then each change as it happens.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import { viewOf } from './answers.ts';
import type { Registry, RegistryChange } from './registry.ts';

/** A proxy that hears nothing for a minute or so hangs up. */
const breathMs = 15_000;

/** Who reads slower than this fills up is cut off, and finds the changes it missed when it comes back. */
const unreadBytesMax = 1024 * 1024;

/** The stream and those who listen. */
export interface EventStreams {
  /** Adds `GET /events` to a prefix's scope. */
  addTo(app: FastifyInstance): void;
  /** How many listen. */
  count(): number;
  /** Lets nobody wait for a server that stops. */
  end(): void;
}

function eventOf(name: string, version: number, data: unknown): string {
  return `id: ${version}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function changeEvent({ version, action, instance }: RegistryChange): string {
  return eventOf(action, version, { instance });
}

/** What a listener must hear first: what it missed, where that is still known, else everything. */
function greeting(registry: Registry, lastEventId: string | undefined): string {
  const missed = /^\d{1,15}$/.test(lastEventId ?? '') ? registry.changesSince(Number(lastEventId)) : undefined;
  if (missed) return `: welcome back\n\n${missed.map(changeEvent).join('')}`;
  return eventOf('REGISTRY', registry.version(), { applications: viewOf(registry.all(), registry.version()) });
}

function open(reply: FastifyReply): ServerResponse {
  const head = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
  const given = Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined);
  reply.hijack();
  reply.raw.writeHead(200, { ...Object.fromEntries(given), ...head } as Record<string, string>);
  return reply.raw;
}

/**
 * Makes the stream. Events: `REGISTRY` (everything) at first, then `ADDED`, `MODIFIED`, `DELETED` with the
 * instance; each with the registry's version as its id, from which `Last-Event-ID` goes on.
 * @param registry what is listened to
 * @param streamsMax how many listeners there are at most; a further one is answered 503
 */
export function eventStreams(registry: Registry, streamsMax: number): EventStreams {
  const listeners = new Set<ServerResponse>();
  registry.listen((change) => {
    if (listeners.size === 0) return;
    const text = changeEvent(change);
    for (const raw of listeners) {
      if (raw.writableLength > unreadBytesMax) raw.destroy();
      else raw.write(text);
    }
  });
  const listen = (request: FastifyRequest, reply: FastifyReply): void => {
    const { 'last-event-id': lastEventId } = request.headers;
    const raw = open(reply);
    raw.write(greeting(registry, typeof lastEventId === 'string' ? lastEventId : undefined));
    const breath = setInterval(() => raw.write(': still here\n\n'), breathMs).unref();
    listeners.add(raw);
    raw.on('close', () => {
      clearInterval(breath);
      listeners.delete(raw);
    });
    raw.on('error', () => raw.destroy());
  };
  return {
    addTo(app: FastifyInstance): void {
      // A HEAD would hold a place and hear nothing.
      const options = { exposeHeadRoute: false, schema: { summary: 'The stream of changes (server-sent events)' } };
      app.get('/events', options, (request, reply) => {
        if (listeners.size < streamsMax) return listen(request, reply);
        const words = 'Too many listeners: raise EUREKA_STREAMS_MAX';
        return reply.code(503).type('text/plain; charset=utf-8').send(words);
      });
    },
    count: () => listeners.size,
    end(): void {
      for (const raw of listeners) raw.end();
    },
  };
}
