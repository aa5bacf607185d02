// sender: its REST, for operators: what became of each mail.
import type { Store } from '@staffetta/platform/store/store.ts';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { listMails } from './mails.ts';

const Query = Type.Object({
  state: Type.Optional(Type.Enum(['deferred', 'uncertain', 'sent', 'refused'])),
  fileName: Type.Optional(Type.String()),
  page: Type.Integer({ minimum: 0, default: 0 }),
  size: Type.Integer({ minimum: 1, maximum: 200, default: 20 }),
});

/**
 * Adds the sender's paths.
 * @param app the service's server
 * @param store the sender's tables
 */
export function addRoutes(app: FastifyInstance, store: Store): void {
  app.get<{ Querystring: Static<typeof Query> }>(
    '/api/mails',
    { schema: { querystring: Type.Partial(Query), summary: 'The ledger of mails, the newest first' } },
    async ({ query }) => ({
      content: await listMails(store, { ...query, page: query.page ?? 0, size: query.size ?? 20 }),
    }),
  );
}
