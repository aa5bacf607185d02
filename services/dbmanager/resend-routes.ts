// dbmanager: the paths that send an invoice again and settle what is open about it: parse, step, answer.
import { requestTrace } from '@staffetta/platform/http/request-trace.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import type { Reach } from './callers.ts';
import type { Act } from './change-customers.ts';
import type { Target } from './change-invoices.ts';
import { isCorrection, readCorrection, type CorrectionWish } from './correction-request.ts';
import type { RouteParts } from './customer-routes.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { documentFields, invoiceDto } from './invoice-value.ts';
import { findInvoice, readInvoices, type FullInvoiceView } from './invoice-views.ts';
import type { Judging } from './judging.ts';
import { DecisionRequest, InvoicePath, ResendQuery, ResendRequest } from './requests.ts';
import { resendInvoice, type Resent } from './resend-invoice.ts';
import { settleDecision } from './settle-decision.ts';
import { isStorable } from '@staffetta/platform/store/storable-text.ts';
import { isIdempotencyKey } from './request-texts.ts';

const tags = ['invoices'];

/** Media types of a corrected file's raw bytes. */
const rawTypes = [
  'application/xml',
  'text/xml',
  'application/pkcs7-mime',
  'application/zip',
  'application/octet-stream',
];

type ResendParts = RouteParts & { readonly judging: Judging };
type ResendCall = FastifyRequest<{
  Params: InvoicePath;
  Querystring: ResendQuery;
  Body: ResendRequest | Buffer | null | undefined;
}>;

/** What a request asks, whichever way it is written. */
interface Asked extends CorrectionWish {
  readonly reason: string | undefined;
}

function askedOf({ body, query }: ResendCall): Asked {
  const { fileName, reason } = query;
  if (Buffer.isBuffer(body)) return { file: body.toString('base64'), fileName, reason };
  return {
    invoice: body?.invoice ?? undefined,
    file: body?.file ?? undefined,
    document: body?.document ?? undefined,
    fileName: body?.fileName ?? fileName,
    reason: body?.reason ?? reason,
  };
}

function actOf(parts: RouteParts, caller: Reach, reason: string | null | undefined): Act {
  if (reason && !isStorable(reason, 1000)) {
    throw new HubError('BODY_NOT_VALID', 'The reason is longer than 1000 characters or no valid text.');
  }
  return { by: caller.name, at: parts.world.clock.now(), reason: reason ?? undefined };
}

/** A key counts for its invoice alone. */
function keyOf({ headers }: FastifyRequest, view: FullInvoiceView): string | undefined {
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || key === '') return undefined;
  if (isIdempotencyKey(key)) return `resend:${view.invoiceId}:${hash('sha256', key, 'hex')}`;
  throw new HubError('BODY_NOT_VALID', 'The header Idempotency-Key must be 1 to 255 printable ASCII characters.');
}

async function findOwn({ world, reach }: RouteParts, request: FastifyRequest, invoiceNumber: number) {
  const caller = reach(request);
  const view = await findInvoice(world.store, invoiceNumber);
  if (view && (caller.only === undefined || view.customer?.customerId === caller.only)) return { caller, view };
  throw new HubError('INVOICE_UNKNOWN', `There is no invoice ${invoiceNumber}.`);
}

function targetOf(caller: Reach, { invoiceNumber }: InvoicePath): Target {
  return { invoiceNumber, customerId: caller.only };
}

function causeOf(request: FastifyRequest) {
  return { eventId: undefined, correlationId: request.id, trace: requestTrace(request) };
}

async function answerOf({ world }: RouteParts, invoiceId: string) {
  const view = (await readInvoices(world.store, [invoiceId])).get(invoiceId);
  if (!view) throw new HubError('INVOICE_UNKNOWN', 'The invoice is gone.');
  return { ...invoiceDto(view), ...documentFields(view, view.bytes) };
}

async function resend(request: ResendCall, parts: ResendParts) {
  const { world, options } = parts;
  const { caller, view } = await findOwn(parts, request, request.params.invoiceNumber);
  const { reason, ...wish } = askedOf(request);
  const act = actOf(parts, caller, reason);
  const key = keyOf(request, view);
  // Judged before the transaction: a large document takes its time, and nobody is to wait for it.
  const correction: IncomingRequest | undefined = isCorrection(wish)
    ? await readCorrection(view, wish, caller.name, parts)
    : undefined;
  const resent: Resent = await world.store.transaction((tx) =>
    resendInvoice(tx, world.bus, targetOf(caller, request.params), { correction, key }, options, act, causeOf(request)),
  );
  const { transmissionId, resendBy } = resent;
  return {
    ...(await answerOf(parts, resent.invoiceId)),
    transmissionId,
    ...(resendBy !== undefined && { resendBy }),
  };
}

function addResend(app: FastifyInstance, parts: ResendParts): void {
  const schema = {
    summary: 'Sends an invoice again: the same file where SdI has not seen it, or the corrected one after a discard',
    description:
      'Without a body, or with `{}`, the same file goes out once more; with a document, the corrected one under a new file name. Raw bytes are taken too, with fileName and reason in the query. An `Idempotency-Key` makes two requests one.',
    tags,
    params: InvoicePath,
    querystring: ResendQuery,
    body: {
      content: {
        'application/json': { schema: ResendRequest },
        ...Object.fromEntries(rawTypes.map((type) => [type, { schema: {} }])),
      },
    },
  };
  // Raw bytes are taken by this path alone: everywhere else they would pass for an empty request.
  void app.register(async (scope) => {
    scope.addContentTypeParser([...rawTypes], { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post<{ Params: InvoicePath; Querystring: ResendQuery; Body: ResendCall['body'] }>(
      '/api/invoices/:invoiceNumber/reinvia',
      { schema },
      (request) => resend(request, parts),
    );
  });
}

function addDecision(app: FastifyInstance, parts: RouteParts): void {
  const { store, bus } = parts.world;
  app.post<{ Params: InvoicePath; Body: DecisionRequest }>(
    '/api/invoices/:invoiceNumber/decisione',
    {
      schema: {
        params: InvoicePath,
        body: DecisionRequest,
        summary: 'Settles an invoice whose detail is DECISION_NEEDED: whether SdI took a copy that was sent before',
        tags,
      },
    },
    async (request) => {
      const caller = parts.reach(request);
      const { firstCopyTaken, file, reason } = request.body;
      const act = actOf(parts, caller, reason);
      const wish = { firstCopyTaken, file: file ?? undefined };
      const target = targetOf(caller, request.params);
      const invoiceId = await store.transaction((tx) => settleDecision(tx, bus, target, wish, act, causeOf(request)));
      return answerOf(parts, invoiceId);
    },
  );
}

/**
 * Adds the paths.
 * @param app the service's server
 * @param parts what they need, and how documents are judged
 */
export function addResendRoutes(app: FastifyInstance, parts: ResendParts): void {
  addResend(app, parts);
  addDecision(app, parts);
}
