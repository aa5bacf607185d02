// dbmanager: checks a JSON document as its customer's profile completes it; nothing is stored and no number is taken.
import { checkAnswer } from '@staffetta/fatturapa/check-answer.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { insistOnOwn } from './callers.ts';
import { composeRequest } from './compose-request.ts';
import type { RouteParts } from './customer-routes.ts';
import { readIssuers } from './fiscal-profiles.ts';
import type { Judging } from './judging.ts';
import { CustomerPath } from './requests.ts';

const CheckRequest = Type.Object({
  document: Type.Record(Type.String(), Type.Unknown(), {
    description: 'as salvaFatturaInterna of the receiver takes it',
  }),
});
type CheckRequest = Static<typeof CheckRequest>;

/**
 * Adds the path; the receiver's `verificaFattura` asks it.
 * @param app the service's server
 * @param parts what it needs, and how documents are judged
 */
export function addCheckRoute(app: FastifyInstance, parts: RouteParts & { readonly judging: Judging }): void {
  const { world, options, reach, judging } = parts;
  const summary = 'Checks a JSON document without storing it';
  app.post<{ Params: CustomerPath; Body: CheckRequest }>(
    '/api/customers/:customerId/verifica',
    { schema: { params: CustomerPath, body: CheckRequest, summary, tags: ['invoices'] } },
    async (request) => {
      const { customerId } = request.params;
      insistOnOwn(reach(request), customerId);
      const issuer = (await readIssuers(world.store, [customerId])).get(customerId);
      if (!issuer) throw new HubError('CUSTOMER_UNKNOWN', `There is no customer ${customerId}.`);
      const { document } = request.body;
      const { check } = await composeRequest(document, issuer, options, world.clock.now(), judging);
      return checkAnswer(check);
    },
  );
}
