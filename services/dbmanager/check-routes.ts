// dbmanager: checks a document as if its customer sent it; nothing is stored and no number is taken.
import { checkAnswer, type CheckAnswer } from '@staffetta/fatturapa/check-answer.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { judgeAsSent } from './asked-request.ts';
import { insistOnOwn } from './callers.ts';
import { composeRequest } from './compose-request.ts';
import type { RouteParts } from './customer-routes.ts';
import { readIssuers, type Issuer } from './fiscal-profiles.ts';
import type { Judging } from './judging.ts';
import { CustomerPath } from './requests.ts';

const CheckRequest = Type.Object({
  document: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'as salvaFatturaInterna of the receiver takes it' }),
  ),
  file: Type.Optional(Type.String({ description: 'instead of `document`: the exact bytes of a file in base64' })),
  fileName: Type.Optional(Type.String({ maxLength: 255, description: 'the name of `file`' })),
});
type CheckRequest = Static<typeof CheckRequest>;

/** The text of a document that is worked on aside; what is too deep for a writer of JSON is refused soon by whoever reads it. */
function textOfLarge(json: Readonly<Record<string, unknown>>, length: string | undefined, { aside }: Judging) {
  // A body without its length comes in pieces, and may be as large as any.
  if (!aside || Number(length ?? Infinity) <= aside.aboveBytes) return undefined;
  try {
    return JSON.stringify(json);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type CheckCall = FastifyRequest<{ Params: CustomerPath; Body: CheckRequest }>;
type CheckParts = RouteParts & { readonly judging: Judging };

async function judgeFile(file: string, { body, params }: CheckCall, { world, options, judging }: CheckParts) {
  const bytes = Buffer.from(file, 'base64');
  if (bytes.length > options.documentBytesMax) {
    throw new HubError(
      'DOCUMENT_TOO_LARGE',
      `The document has ${bytes.length} bytes, over ${options.documentBytesMax}.`,
    );
  }
  const check = await judging(bytes, 'internal', body.fileName);
  return judgeAsSent(world.store, { customerId: params.customerId, check, bytes }, options);
}

async function judgeJson(
  json: Readonly<Record<string, unknown>>,
  issuer: Issuer,
  request: CheckCall,
  parts: CheckParts,
) {
  const { world, options, judging } = parts;
  const sent = { json, text: textOfLarge(json, request.headers['content-length'], judging), judgedOnly: true };
  const { check } = await composeRequest(sent, issuer, options, world.clock.now(), judging);
  const { customerId } = request.params;
  return judgeAsSent(world.store, { customerId, check, bytes: undefined, json }, options);
}

async function answer(request: CheckCall, parts: CheckParts): Promise<CheckAnswer> {
  const { customerId } = request.params;
  const { document, file } = request.body;
  insistOnOwn(parts.reach(request), customerId);
  const issuer = (await readIssuers(parts.world.store, [customerId])).get(customerId);
  if (!issuer) throw new HubError('CUSTOMER_UNKNOWN', `There is no customer ${customerId}.`);
  if (document !== undefined && file === undefined)
    return checkAnswer(await judgeJson(document, issuer, request, parts));
  if (file !== undefined && document === undefined) return checkAnswer(await judgeFile(file, request, parts));
  throw new HubError('BODY_NOT_VALID', 'body must have one of document (JSON) and file (base64).');
}

/**
 * Adds the path; the receiver's `verificaFattura` asks it.
 * @param app the service's server
 * @param parts what it needs, and how documents are judged
 */
export function addCheckRoute(app: FastifyInstance, parts: CheckParts): void {
  const summary = 'Checks a document as if it were sent, without storing it';
  const schema = { params: CustomerPath, body: CheckRequest, summary, tags: ['invoices'] };
  app.post<{ Params: CustomerPath; Body: CheckRequest }>('/api/customers/:customerId/verifica', { schema }, (request) =>
    answer(request, parts),
  );
}
