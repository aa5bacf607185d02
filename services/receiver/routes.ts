// receiver: the three endpoints of the contract: parse, step, answer.
import { realTime } from '@staffetta/platform/clock.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { Accepted, acceptedBody } from '@staffetta/flow/messages.ts';
import type { World } from '@staffetta/platform/service.ts';
import { callerOf, needRole, type Caller, type Role } from '@staffetta/platform/http/caller.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { acceptInvoice, type InvoiceToAccept } from './accept-invoice.ts';
import { acceptNotice } from './accept-notice.ts';
import { acceptNotification } from './accept-notification.ts';
import type { ReceiverOptions } from './config.ts';
import { exampleNotice } from './example-notice.ts';
import type { ReceiverMetrics } from './metrics.ts';
import { documentOfBytes, documentOfJson } from './read-document.ts';
import { metadataOf } from './read-metadata.ts';
import { requestIds, type RequestIds } from './request-ids.ts';
import { InvoiceRequest, NotificationRequest, RawInvoiceQuery, rawMediaTypes, Refused } from './requests.ts';
import { needCustomer } from './who-may.ts';

/** What the routes need. */
export interface RouteParts {
  readonly world: World;
  readonly options: ReceiverOptions;
  readonly metrics: ReceiverMetrics;
}

/** Finds out who calls and refuses who may not, before the body is read. */
export interface Gate {
  /** A hook for routes that need one of some roles. */
  need(...roles: Role[]): (request: FastifyRequest) => Promise<void>;
  /** Who calls, once the hook let it in. */
  callerOf(request: FastifyRequest): Caller;
}

/**
 * Makes the gate of the routes.
 * @param world the shared secret, whether direct calls are trusted, and the clock
 */
export function createGate(world: World): Gate {
  const callers = new WeakMap<FastifyRequest, Caller>();
  return {
    need:
      (...roles) =>
      async (request) => {
        const caller = callerOf(request.headers, world, realTime(world.clock));
        needRole(caller, roles);
        callers.set(request, caller);
      },
    callerOf(request) {
      const caller = callers.get(request);
      if (!caller) throw new HubError('KEY_WRONG', 'Nobody knows who calls.');
      return caller;
    },
  };
}

type InvoiceCall = FastifyRequest<{ Body: InvoiceRequest | Buffer | null | undefined; Querystring: RawInvoiceQuery }>;

const refusals = { 400: Refused, 401: Refused, 403: Refused, 413: Refused, 503: Refused } as const;

const invoiceContent = {
  'application/json': { schema: InvoiceRequest },
  ...Object.fromEntries(
    rawMediaTypes.map((type) => [type, { schema: Type.Unknown({ description: 'the exact bytes' }) }]),
  ),
};

/**
 * Adds the contract's endpoints.
 * @param app the service's server
 * @param gate who may
 * @param parts what the steps need
 */
export function addRoutes(app: FastifyInstance, gate: Gate, parts: RouteParts): void {
  app.addContentTypeParser([...rawMediaTypes], { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  addInvoiceRoute(app, gate, parts, '/api/salvaFatturaInterna', 'INTERNAL_INVOICE_NEW', 'An invoice to send to SdI');
  addInvoiceRoute(app, gate, parts, '/api/salvaFatturaEsterna', 'EXTERNAL_INVOICE', "A supplier's invoice to keep");
  addNotificationRoute(app, gate, parts);
}

function addInvoiceRoute(
  app: FastifyInstance,
  gate: Gate,
  parts: RouteParts,
  path: string,
  status: InvoiceToAccept['status'],
  summary: string,
): void {
  const { world, options, metrics } = parts;
  const schema = {
    summary,
    description:
      'Raw bytes are taken too, with customerId, callback and fileName in the query. Bytes are kept as they came. An invoice to send may also come as JSON, in `document`.',
    tags: ['invoices'],
    querystring: RawInvoiceQuery,
    body: { content: invoiceContent },
    response: { 202: Accepted, ...refusals },
  };
  app.post<{ Body: InvoiceCall['body']; Querystring: RawInvoiceQuery }>(
    path,
    { schema, onRequest: gate.need('ARUBA', 'CUSTOMER') },
    async (request, reply) => {
      const asked = readInvoice(request, status, gate.callerOf(request), options.documentBytesMax);
      const invoiceId = await acceptInvoice(world.bus, options.policy, asked);
      metrics.accepted.inc({ flow: 'incomingInvoice' });
      const { correlationId } = asked.ids;
      world.log.debug({ correlationId, invoiceId, customerId: asked.customerId }, 'invoice.accepted');
      // By it the invoice is found once it is stored; the body stays the contract's.
      reply.header('X-Invoice-ID', invoiceId);
      return reply.code(202).header('X-Correlation-ID', correlationId).send(acceptedBody);
    },
  );
}

function readInvoice(
  request: InvoiceCall,
  status: InvoiceToAccept['status'],
  caller: Caller,
  bytesMax: number,
): InvoiceToAccept {
  const { body } = request;
  if (body === undefined || body === null) throw new HubError('BODY_NOT_VALID', 'The body is empty.');
  const isRaw = Buffer.isBuffer(body);
  const customerId = isRaw ? request.query.customerId : body.customer.customerId;
  if (customerId === undefined) {
    throw new HubError('BODY_NOT_VALID', 'querystring/customerId is required with raw bytes.');
  }
  needCustomer(caller, customerId);
  const document = isRaw ? documentOfBytes(body, mediaTypeOf(request), bytesMax) : documentOfJson(body, bytesMax);
  if ('document' in document && status === 'EXTERNAL_INVOICE') {
    throw new HubError('BODY_NOT_VALID', "body/document: a supplier's invoice is kept as it came; send its file.");
  }
  const metadata = isRaw ? undefined : metadataOf(body, bytesMax, caller.name);
  if (metadata && status !== 'EXTERNAL_INVOICE') {
    throw new HubError(
      'BODY_NOT_VALID',
      'body/metadata comes with an invoice that SdI brings, never with one to send.',
    );
  }
  return {
    status,
    document,
    fileName: given(isRaw ? request.query.fileName : body.fileName),
    metadata,
    customerId,
    callback: given(isRaw ? request.query.callback : body.callback),
    // Java clients send 0 for a number that they do not set.
    invoiceNumber: isRaw ? undefined : body.invoiceNumber || undefined,
    ids: idsOf(request, isRaw ? undefined : body.correlationId),
    createdBy: caller.name,
  };
}

function idsOf(request: FastifyRequest, inBody: string | null | undefined): RequestIds {
  return requestIds(request.headers, inBody, request.id);
}

function given(text: string | null | undefined): string | undefined {
  return text === null || text === '' ? undefined : text;
}

function mediaTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

const notificationContent = {
  'application/json': { schema: NotificationRequest },
  ...Object.fromEntries(
    rawMediaTypes.map((type) => [type, { schema: Type.Unknown({ description: "SdI's notice as it came" }) }]),
  ),
  'application/xml': {
    schema: Type.Unknown({ description: "SdI's notice as it came", examples: [exampleNotice] }),
  },
};

const NoticeQuery = Type.Object({
  fileName: Type.Optional(Type.String({ maxLength: 255, description: 'the name of a notice that is sent as it came' })),
  certifiedAt: Type.Optional(
    Type.String({
      maxLength: 40,
      description: 'ISO 8601: when the mail that brought it was certified; believed of the service mailbox alone',
    }),
  ),
});

type NotificationCall = FastifyRequest<{
  Body: NotificationRequest | Buffer | null | undefined;
  Querystring: Static<typeof NoticeQuery>;
}>;

function addNotificationRoute(app: FastifyInstance, gate: Gate, parts: RouteParts): void {
  const schema = {
    summary: "SdI's answer about an invoice",
    description:
      "The contract's JSON, or SdI's own notice as it came (RC, NS, MC, NE, DT, AT …): XML, p7m, or a zip of these, with fileName in the query.",
    tags: ['notifications'],
    querystring: NoticeQuery,
    body: { content: notificationContent },
    response: { 202: Accepted, ...refusals },
  };
  app.post<{ Body: NotificationCall['body']; Querystring: NotificationCall['query'] }>(
    '/api/notificaSdI',
    { schema, onRequest: gate.need('SDI') },
    async (request, reply) => {
      const createdBy = gate.callerOf(request).name;
      const correlationId = await (Buffer.isBuffer(request.body)
        ? takeNotice(request, request.body, createdBy, parts)
        : takeNotification(request, request.body, createdBy, parts));
      return reply.code(202).header('X-Correlation-ID', correlationId).send(acceptedBody);
    },
  );
}

async function takeNotice(
  request: NotificationCall,
  bytes: Buffer,
  createdBy: string,
  { world, options, metrics }: RouteParts,
): Promise<string> {
  const ids = idsOf(request, undefined);
  const { fileName, certifiedAt } = request.query;
  const asked = { bytes, fileName: given(fileName), certifiedAt: given(certifiedAt), ids, createdBy };
  const rules = { bytesMax: options.documentBytesMax, signatures: options.notices, at: world.clock.now() };
  const { notices, signature, findings } = await acceptNotice(world.bus, asked, rules);
  metrics.accepted.inc({ flow: 'sdiNotice' });
  const shown = { correlationId: ids.correlationId, notices, signature };
  if (findings.length === 0) world.log.debug(shown, 'notice.accepted');
  else world.log.warn({ ...shown, findings: findings.map(({ code }) => code) }, 'notice.doubted');
  return ids.correlationId;
}

async function takeNotification(
  request: NotificationCall,
  body: NotificationRequest | null | undefined,
  createdBy: string,
  { world, metrics }: RouteParts,
): Promise<string> {
  if (!body) throw new HubError('BODY_NOT_JSON', "A notification is JSON, or SdI's notice as it came.");
  const { customerId, invoiceNumber, status } = body;
  const ids = idsOf(request, body.correlationId);
  await acceptNotification(world.bus, { customerId, invoiceNumber, status, ids, createdBy });
  metrics.accepted.inc({ flow: 'dsiNotification' });
  world.log.debug({ correlationId: ids.correlationId, customerId, invoiceNumber, status }, 'notification.accepted');
  return ids.correlationId;
}
