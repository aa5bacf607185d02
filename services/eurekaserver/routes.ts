// eurekaserver: all its paths: Netflix Eureka's REST under /eureka and /eureka/v2 alike, the stream of changes, pages for people.
import type { FastifyInstance } from 'fastify';
import type { Desk } from './desk.ts';
import type { Door } from './door.ts';
import type { EventStreams } from './event-stream.ts';
import { changesPage, registryPage, type PageFacts } from './page.ts';
import { nodeHeader } from './peers.ts';
import { addReads, type Readable } from './read-routes.ts';
import { addWrites } from './write-routes.ts';

/** What stands behind the paths. */
export interface Behind {
  readonly desk: Desk;
  readonly readable: Readable;
  readonly streams: EventStreams;
  readonly node: string;
  pageFacts(): PageFacts;
}

/** The original's status for those who watch over replicas; its own JSON fails. */
function statusOf({ peers, preservation, instances, version, startedAt }: PageFacts) {
  const names = (state: boolean): string =>
    peers.flatMap((peer) => ((peer.state === 'there') === state ? [peer.address] : [])).join(',');
  return {
    generalStats: { version, 'running-since': startedAt.toISOString(), instances: instances.length, ...preservation },
    applicationStats: {
      'registered-replicas': peers.map(({ address }) => address).join(','),
      'available-replicas': names(true),
      'unavailable-replicas': names(false),
    },
  };
}

/**
 * Adds the eurekaserver's paths.
 * @param app the service's server
 * @param behind what they reach
 * @param door clock and logs
 */
export async function addRoutes(app: FastifyInstance, behind: Behind, door: Door): Promise<void> {
  for (const prefix of ['/eureka', '/eureka/v2']) {
    await app.register(
      async (scope) => {
        scope.addHook('onRequest', async (_request, reply) => {
          reply.header(nodeHeader, behind.node);
        });
        addWrites(scope, behind.desk, door);
        addReads(scope, behind.readable, door);
        behind.streams.addTo(scope);
        scope.get('/status', { schema: { summary: 'How this server does' } }, () => statusOf(behind.pageFacts()));
      },
      { prefix },
    );
  }
  const page = (path: string, write: (facts: PageFacts) => string): void => {
    app.get(path, { schema: { hide: true } }, (_request, reply) => {
      reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
      return reply.type('text/html; charset=utf-8').send(write(behind.pageFacts()));
    });
  };
  page('/', registryPage);
  page('/lastn', changesPage);
}
