// receiver: `verificaFattura`: says what is wrong with a document, and keeps nothing of it.
import { checkAnswer, type CheckAnswer } from '@staffetta/fatturapa/check-answer.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { Finding } from '@staffetta/flow/messages.ts';
import type { Caller } from '@staffetta/platform/http/caller.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { checkJsonDocument } from './check-json-document.ts';
import type { ReceiverOptions } from './config.ts';
import type { OpenJudging } from './judging.ts';
import { documentOfBytes, documentOfJson, type TravellingDocument } from './read-document.ts';
import { InvoiceRequest, rawMediaTypes, Refused } from './requests.ts';
import type { Gate } from './routes.ts';
import { needCustomer } from './who-may.ts';

/** What the route needs. */
export interface CheckParts {
  readonly world: World;
  readonly options: Pick<ReceiverOptions, 'documentBytesMax'>;
  readonly judging: OpenJudging;
}

const { invoice, file, fileName, document, customer } = InvoiceRequest.properties;

const CheckRequest = Type.Object(
  { invoice, file, fileName, document, customer: Type.Optional(customer) },
  {
    description:
      'One of `invoice`, `file` and `document`; `customer` is needed with `document`, whose profile completes it.',
    examples: [{ invoice: '<?xml version="1.0"?><p:FatturaElettronica versione="FPR12">…</p:FatturaElettronica>' }],
  },
);
type CheckRequest = Static<typeof CheckRequest>;

const CheckQuery = Type.Object({
  kind: Type.Optional(
    Type.Enum(['internal', 'external'], {
      description: 'internal (default): as what is sent to SdI; external: as what a supplier sent',
    }),
  ),
});
type CheckQuery = Static<typeof CheckQuery>;

const Checked = Type.Object(
  {
    valid: Type.Boolean({ description: 'no finding is an error' }),
    findings: Type.Array(Finding),
    documents: Type.Array(
      Type.Unknown({ description: 'one for each body: who, to whom, number, date, total, signatures' }),
    ),
  },
  { description: 'Findings carry Italian and English.' },
);

const content = {
  'application/json': { schema: CheckRequest },
  ...Object.fromEntries(
    rawMediaTypes.map((type) => [type, { schema: Type.Unknown({ description: 'the exact bytes' }) }]),
  ),
};

const refusals = { 400: Refused, 401: Refused, 403: Refused, 413: Refused, 429: Refused, 503: Refused } as const;

type CheckCall = FastifyRequest<{ Body: CheckRequest | Buffer | null | undefined; Querystring: CheckQuery }>;

/**
 * Adds the route.
 * @param app the service's server, which takes raw bytes already
 * @param gate who may
 * @param parts who judges, and the limits
 */
export function addCheckRoute(app: FastifyInstance, gate: Gate, parts: CheckParts): void {
  const schema = {
    summary: 'Checks an invoice and keeps nothing',
    description: 'XML, p7m and zip are taken as raw bytes too. The answer is 200 whether the document is right or not.',
    tags: ['invoices'],
    querystring: CheckQuery,
    body: { content },
    response: { 200: Checked, ...refusals },
  };
  app.post<{ Body: CheckCall['body']; Querystring: CheckQuery }>(
    '/api/verificaFattura',
    // What is answered is made here and bounded: to check and copy it once more would only cost.
    { schema, onRequest: gate.need('ARUBA', 'CUSTOMER'), serializerCompiler: () => (answer) => JSON.stringify(answer) },
    (request) => check(request, gate.callerOf(request), parts),
  );
}

async function check(request: CheckCall, caller: Caller, parts: CheckParts): Promise<CheckAnswer> {
  const { body, query } = request;
  const given = readGiven(request, parts.options.documentBytesMax);
  if ('document' in given) {
    const customerId = Buffer.isBuffer(body) ? undefined : body?.customer?.customerId;
    if (customerId === undefined) {
      throw new HubError('BODY_NOT_VALID', 'body/customer/customerId is required with `document`.');
    }
    needCustomer(caller, customerId);
    return checkJsonDocument(parts.world, caller, customerId, given.document, request.id);
  }
  const bytes = 'file' in given ? Buffer.from(given.file, 'base64') : Buffer.from(given.invoice, 'utf8');
  return checkAnswer(await parts.judging.judge(bytes, query.kind ?? 'internal'));
}

function readGiven({ body, headers }: CheckCall, bytesMax: number): TravellingDocument {
  if (body === undefined || body === null) throw new HubError('BODY_NOT_VALID', 'The body is empty.');
  if (!Buffer.isBuffer(body)) return documentOfJson(body, bytesMax);
  const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return documentOfBytes(body, mediaType, bytesMax);
}
