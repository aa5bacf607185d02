// receiver: what an operator asks: which callbacks are owed or dead, how their tries went, what is not saved yet.
import { HubError } from '@staffetta/flow/errors.ts';
import { pageOf } from '@staffetta/platform/http/page.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { countListed, findCallback, listCallbacks } from './callback-views.ts';
import { listAttempts } from './callback-attempts.ts';
import type { CallbackKey } from './pending-callbacks.ts';
import type { Gate } from './routes.ts';
import { listOpenWaiters } from './waiters.ts';

// U+0000 is no text for the database, so that a search for it could only fail.
const CallbackQuery = Type.Object({
  invoiceId: Type.Optional(Type.String({ maxLength: 200, pattern: '^[^\\u0000]*$' })),
  state: Type.Optional(Type.Enum(['pending', 'delivered', 'dead'])),
  page: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
  size: Type.Integer({ minimum: 1, maximum: 500, default: 20 }),
});
type CallbackQuery = Partial<Static<typeof CallbackQuery>>;

const CallbackParams = Type.Object({ id: Type.String({ description: 'as `webhook-id` says it: invoiceId:sequence' }) });

const waitersMax = 500;

/**
 * Adds the operator's endpoints; role ARUBA.
 * @param app the service's server
 * @param gate who may
 * @param world the store
 */
export function addOperatorRoutes(app: FastifyInstance, gate: Gate, world: World): void {
  addCallbackList(app, gate, world);
  app.get<{ Params: Static<typeof CallbackParams> }>(
    '/api/callbacks/:id',
    {
      onRequest: gate.need('ARUBA'),
      schema: { summary: 'One callback with all its tries', tags: ['callbacks'], params: CallbackParams },
    },
    async ({ params }) => {
      const key = keyOf(params.id);
      const callback = key && (await findCallback(world.store, key));
      if (!key || !callback) throw new HubError('PATH_UNKNOWN', `There is no callback ${params.id}.`);
      return { ...callback, tried: await listAttempts(world.store, key) };
    },
  );
  app.get(
    '/api/waiters',
    {
      onRequest: gate.need('ARUBA'),
      schema: {
        summary: 'What was accepted and is not known to be saved: what was not told of yet first, by age',
        tags: ['waiters'],
      },
    },
    async () => ({ content: await listOpenWaiters(world.store, waitersMax) }),
  );
}

function addCallbackList(app: FastifyInstance, gate: Gate, world: World): void {
  app.get<{ Querystring: CallbackQuery }>(
    '/api/callbacks',
    {
      onRequest: gate.need('ARUBA'),
      schema: {
        summary: 'Callbacks, the newest invoices first',
        tags: ['callbacks'],
        querystring: Type.Partial(CallbackQuery),
      },
    },
    async ({ query: { invoiceId, state, page = 0, size = 20 } }) => {
      const filter = { invoiceId, state };
      const [content, totalElements] = await Promise.all([
        listCallbacks(world.store, filter, page, size),
        countListed(world.store, filter),
      ]);
      return pageOf(content, { number: page, size }, totalElements, false);
    },
  );
}

function keyOf(id: string): CallbackKey | undefined {
  const form = /^(\P{Cc}+):(\d{1,9})$/u.exec(id);
  return form?.[1] === undefined ? undefined : { invoiceId: form[1], sequence: Number(form[2]) };
}
