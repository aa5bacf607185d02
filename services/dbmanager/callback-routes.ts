// dbmanager: a customer's habit of being called back: parse, step, answer.
import { HubError } from '@staffetta/flow/errors.ts';
import { optional } from '@staffetta/platform/http/validation.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { noteAct } from './audit.ts';
import { insistOnOwn } from './callers.ts';
import type { Act } from './change-customers.ts';
import { insistOnCallback } from './change-invoices.ts';
import {
  endCustomerCallback,
  putCustomerCallback,
  readCustomerCallback,
  wishDetails,
  type CustomerCallback,
} from './customer-callbacks.ts';
import type { RouteParts } from './customer-routes.ts';
import { findCustomer, lockCustomer } from './customers.ts';
import { CustomerPath } from './requests.ts';

const tags = ['profiles'];

const CallbackRequest = Type.Object(
  {
    onDetail: optional(
      Type.Boolean({ description: 'whether a change of the detail alone is told too; absent: as it is' }),
    ),
    url: optional(
      Type.String({ description: 'for invoices that bring no callback of their own; null for none, absent: as it is' }),
    ),
  },
  // A field with a slip in its name would change nothing, and the answer would be 200 all the same.
  { additionalProperties: false, examples: [{ onDetail: true, url: 'https://rossi.example/fatture' }] },
);
type CallbackRequest = Static<typeof CallbackRequest>;

function unknown(customerId: number): HubError {
  return new HubError('CUSTOMER_UNKNOWN', `There is no customer ${customerId}.`);
}

async function putCallback(tx: Tx, customerId: number, wish: CallbackRequest, act: Act): Promise<CustomerCallback> {
  if (typeof wish.url === 'string') insistOnCallback(wish.url);
  if (!(await lockCustomer(tx, customerId))) throw unknown(customerId);
  const { by, at } = act;
  if (wish.url !== undefined) await endCustomerCallback(tx, customerId, at);
  if (typeof wish.url === 'string') await putCustomerCallback(tx, customerId, wish.url, by, at);
  if (typeof wish.onDetail === 'boolean') await wishDetails(tx, customerId, wish.onDetail, by, at);
  const details = { onDetail: wish.onDetail ?? 'kept', hasUrl: wish.url === undefined ? 'kept' : wish.url !== null };
  await noteAct(tx, { at, by, action: 'customer.callback', subject: `customer ${customerId}`, details });
  return readCustomerCallback(tx, customerId);
}

/**
 * Adds the paths about customers' callbacks.
 * @param app the service's server
 * @param parts what they need
 */
export function addCallbackRoutes(app: FastifyInstance, { world, reach }: RouteParts): void {
  app.get<{ Params: CustomerPath }>(
    '/api/customers/:customerId/callback',
    { schema: { params: CustomerPath, summary: 'Where a customer is called back by default, and about what', tags } },
    async (request) => {
      const { customerId } = request.params;
      insistOnOwn(reach(request), customerId);
      if (!(await findCustomer(world.store, customerId))) throw unknown(customerId);
      return readCustomerCallback(world.store, customerId);
    },
  );
  app.put<{ Params: CustomerPath; Body: CallbackRequest }>(
    '/api/customers/:customerId/callback',
    {
      schema: {
        params: CustomerPath,
        body: CallbackRequest,
        summary: 'Sets where a customer is called back by default, and whether details are told too',
        tags,
      },
    },
    async (request) => {
      const caller = reach(request);
      const { customerId } = request.params;
      insistOnOwn(caller, customerId);
      const act = { by: caller.name, at: world.clock.now() };
      return world.store.transaction((tx) => putCallback(tx, customerId, request.body, act));
    },
  );
}
