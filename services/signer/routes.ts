// signer: its REST, for operators: which key signs, and until when.
import { realTime } from '@staffetta/platform/clock.ts';
import { callerOf, needRole } from '@staffetta/platform/http/caller.ts';
import type { HttpServer } from '@staffetta/platform/http/server.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { KeyHolder } from './keys/key-holder.ts';
import { keyStatus } from './key-status.ts';

/**
 * Adds the signer's paths; role ARUBA.
 * @param app the service's server
 * @param world who may, and the time
 * @param holder the key; undefined where none is configured
 * @param expiryWarningMs how long before its end a certificate counts as trouble
 */
export function addRoutes(
  app: HttpServer['app'],
  world: World,
  holder: KeyHolder | undefined,
  expiryWarningMs: number,
): void {
  app.get(
    '/api/key',
    {
      onRequest: async (request) => needRole(callerOf(request.headers, world, realTime(world.clock)), ['ARUBA']),
      schema: {
        summary: 'The key that signs: whose it is, until when it is valid, what is wrong with it',
        tags: ['key'],
      },
    },
    async () => keyStatus(holder, world.clock.now(), expiryWarningMs),
  );
}
