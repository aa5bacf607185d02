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

/** The text of a document that is worked on aside; what is too deep for a writer of JSON is refused soon by whoever reads it. */
function textOfLarge(json: CheckRequest['document'], length: string | undefined, { aside }: Judging) {
  // A body without its length comes in pieces, and may be as large as any.
  if (!aside || Number(length ?? Infinity) <= aside.aboveBytes) return undefined;
  try {
    return JSON.stringify(json);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

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
      const { document: json } = request.body;
      const sent = { json, text: textOfLarge(json, request.headers['content-length'], judging), judgedOnly: true };
      const { check } = await composeRequest(sent, issuer, options, world.clock.now(), judging);
      return checkAnswer(check);
    },
  );
}
