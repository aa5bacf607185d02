// sender: its REST, for operators: what became of each mail.
import { callerOf, needRole } from '@staffetta/platform/http/caller.ts';
import { pageOf } from '@staffetta/platform/http/page.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { countMails, listMails } from './mails.ts';

const Query = Type.Object({
  state: Type.Optional(Type.Enum(['deferred', 'uncertain', 'sent', 'refused'])),
  // U+0000 is no text for the database, so that a search for it could only fail.
  fileName: Type.Optional(Type.String({ maxLength: 255, pattern: '^[^\\u0000]*$' })),
  page: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
  size: Type.Integer({ minimum: 1, maximum: 200, default: 20 }),
});

/**
 * Adds the sender's paths; role ARUBA.
 * @param app the service's server
 * @param world the sender's tables, and who may
 */
export function addRoutes(app: FastifyInstance, world: World): void {
  app.get<{ Querystring: Partial<Static<typeof Query>> }>(
    '/api/mails',
    {
      onRequest: async (request) => needRole(callerOf(request.headers, world, world.clock.now()), ['ARUBA']),
      schema: { querystring: Type.Partial(Query), summary: 'The ledger of mails, the newest first', tags: ['mails'] },
    },
    async ({ query: { state, fileName, page = 0, size = 20 } }) => {
      const filter = { state, fileName };
      const [content, total] = await Promise.all([
        listMails(world.store, filter, { number: page, size }),
        countMails(world.store, filter),
      ]);
      return pageOf(content, { number: page, size }, total, false);
    },
  );
}
