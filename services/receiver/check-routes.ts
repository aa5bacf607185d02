// receiver: `verificaFattura`: says what is wrong with a document, and keeps nothing of it.
import { checkAnswer, type CheckAnswer } from '@staffetta/fatturapa/check-answer.ts';
import { jsonTextOf } from '@staffetta/fatturapa/compose/json-text.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { Finding } from '@staffetta/flow/messages.ts';
import type { Caller } from '@staffetta/platform/http/caller.ts';
import { requestTrace } from '@staffetta/platform/http/request-trace.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { askDbmanager, type Question } from './ask-dbmanager.ts';
import type { ReceiverOptions } from './config.ts';
import type { OpenJudging } from './judging.ts';
import { askedDocument, checkBound } from './read-document.ts';
import { InvoiceRequest, rawMediaTypes, Refused } from './requests.ts';
import type { Gate } from './routes.ts';
import { needCustomer } from './who-may.ts';

/** What the route needs. */
export interface CheckParts {
  readonly world: World;
  readonly options: Pick<ReceiverOptions, 'documentBytesMax' | 'checking'>;
  readonly judging: OpenJudging;
}

const { invoice, file, fileName, document, customer } = InvoiceRequest.properties;

const CheckRequest = Type.Object(
  { invoice, file, fileName, document, customer: Type.Optional(customer) },
  {
    description:
      'One of `invoice`, `file` and `document`; `customer` is needed with `document`, whose profile completes it. With a customer the ' +
      'archive and the need of a signature are asked too.',
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
  customerId: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "whose document it is; by default the key's",
    }),
  ),
  fileName: Type.Optional(Type.String({ maxLength: 255, description: 'the name of the file, where it has one' })),
});
type CheckQuery = Static<typeof CheckQuery>;

const Checked = Type.Object(
  {
    valid: Type.Boolean({ description: 'no finding is an error' }),
    findings: Type.Array(Finding),
    documents: Type.Array(
      Type.Unknown({ description: 'one for each body: who, to whom, number, date, total, signatures' }),
    ),
    notChecked: Type.Optional(
      Type.Array(Type.Enum(['customer', 'archive', 'signature']), {
        description:
          'what only sending asks, since no customer is known here: whether there is such a one, whether the number or the file was ' +
          'sent before, and whether it must be signed and can be',
      }),
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

/** Whose document it is: as the request says, else as the caller's key. */
function customerOf({ body, query }: CheckCall, caller: Caller): number | undefined {
  const named = Buffer.isBuffer(body) ? query.customerId : (body?.customer?.customerId ?? query.customerId);
  if (named !== undefined) needCustomer(caller, named);
  return named ?? (caller.roles.includes('CUSTOMER') ? caller.customerId : undefined);
}

function nameOf({ body, query }: CheckCall): string | undefined {
  const name = (Buffer.isBuffer(body) ? undefined : body?.fileName) ?? query.fileName;
  return name === '' ? undefined : name;
}

async function check(request: CheckCall, caller: Caller, parts: CheckParts): Promise<CheckAnswer> {
  const given = readGiven(request, parts.options.documentBytesMax);
  const customerId = customerOf(request, caller);
  const { kind = 'internal' } = request.query;
  if (!Buffer.isBuffer(given)) return checkJson(request, caller, customerId, given, parts);
  const name = nameOf(request);
  if (kind === 'external') return checkAnswer(await parts.judging.judge(given, kind, name));
  if (customerId !== undefined) {
    const file = { file: given.toString('base64'), ...(name !== undefined && { fileName: name }) };
    const answer = await askDbmanagerIfThere(parts, {
      caller,
      customerId,
      body: JSON.stringify(file),
      correlationId: request.id,
      trace: requestTrace(request),
    });
    if (answer) return answer;
  }
  return {
    ...checkAnswer(await parts.judging.judge(given, kind, name)),
    notChecked: ['customer', 'archive', 'signature'],
  };
}

/** Without the dbmanager a document can be judged all the same, though not by what it alone knows. */
async function askDbmanagerIfThere(
  { world, options }: CheckParts,
  question: Question,
): Promise<CheckAnswer | undefined> {
  try {
    return await askDbmanager(world, question, options.checking.checkAnswerMs);
  } catch (error) {
    if (error instanceof HubError && error.code === 'SERVICE_AWAY') return undefined;
    throw error;
  }
}

function checkJson(
  request: CheckCall,
  caller: Caller,
  customerId: number | undefined,
  document: Readonly<Record<string, unknown>>,
  { world, options }: CheckParts,
): Promise<CheckAnswer> | CheckAnswer {
  if (customerId === undefined) {
    throw new HubError('BODY_NOT_VALID', 'body/customer/customerId is required with `document`.');
  }
  const text = writtenOrTooDeep(document);
  if (typeof text !== 'string') return text;
  checkBound(Buffer.byteLength(text), options.documentBytesMax);
  const ids = { correlationId: request.id, trace: requestTrace(request) };
  const question = { caller, customerId, body: `{"document":${text}}`, ...ids };
  return askDbmanager(world, question, options.checking.checkAnswerMs);
}

/** A writer of JSON goes down level by level: what is too deep for it has none of the shapes. */
function writtenOrTooDeep(document: Readonly<Record<string, unknown>>): string | CheckAnswer {
  try {
    return JSON.stringify(document);
  } catch (error) {
    const shape = jsonTextOf(document);
    if (shape.ok) throw error;
    return { valid: false, findings: shape.findings, documents: [] };
  }
}

function readGiven({ body, query }: CheckCall, bytesMax: number): Buffer | Readonly<Record<string, unknown>> {
  if (body === undefined || body === null) throw new HubError('BODY_NOT_VALID', 'The body is empty.');
  const given = Buffer.isBuffer(body) ? body : askedDocument(body, bytesMax);
  if (Buffer.isBuffer(given)) checkBound(given.length, bytesMax);
  else if (query.kind === 'external') {
    throw new HubError('BODY_NOT_VALID', "body/document: a supplier's invoice is no JSON document; send its file.");
  }
  return given;
}
