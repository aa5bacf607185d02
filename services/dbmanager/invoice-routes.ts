// dbmanager: the contract's paths about invoices: parse, step, answer.
import { requestTrace } from '@staffetta/platform/http/request-trace.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { acceptedBody } from '@staffetta/flow/messages.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { correlationMadeHeader } from '@staffetta/platform/http/caller.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { insistOnAll, insistOnOwn, type Reach } from './callers.ts';
import { changeInvoice, changeStatus, deleteInvoice, type Target } from './change-invoices.ts';
import { newInvoiceEvent } from './create-invoice.ts';
import type { RouteParts } from './customer-routes.ts';
import { findCustomer } from './customers.ts';
import { readStory } from './invoice-story.ts';
import { documentFields, invoiceDto } from './invoice-value.ts';
import { findInvoice, readInvoices, reportPage, type FullInvoiceView } from './invoice-views.ts';
import { receivedDto } from './received-views.ts';
import { searchInvoices } from './search-invoices.ts';
import { CustomerPath, InvoicePath, InvoiceRequest, InvoicesQuery, ReportQuery, StatusRequest } from './requests.ts';
import { isStorable } from '@staffetta/platform/store/storable-text.ts';

const tags = ['invoices'];

/**
 * Adds the paths about invoices.
 * @param app the service's server
 * @param parts what they need
 */
export function addInvoiceRoutes(app: FastifyInstance, parts: RouteParts): void {
  addCreating(app, parts);
  addReading(app, parts);
  addChanging(app, parts);
  addReport(app, parts);
}

function whole(view: FullInvoiceView) {
  return { ...invoiceDto(view), ...documentFields(view, view.bytes) };
}

function correlationOf(request: FastifyRequest, inBody: string | null | undefined) {
  const { headers } = request;
  const fromHeader = headers['x-correlation-id'] === request.id && headers[correlationMadeHeader] !== 'true';
  if (fromHeader) return { correlationId: request.id, correlationGiven: true };
  return inBody
    ? { correlationId: inBody, correlationGiven: true }
    : { correlationId: request.id, correlationGiven: false };
}

function addCreating(app: FastifyInstance, { world, options, reach }: RouteParts): void {
  const summary = 'Sends an invoice: it enters the saga like one that the receiver takes, and is answered like there';
  app.post<{ Params: CustomerPath; Body: InvoiceRequest }>(
    '/api/customers/:customerId/invoices',
    { schema: { params: CustomerPath, body: InvoiceRequest, summary, tags } },
    async (request, reply) => {
      const caller = reach(request);
      const { customerId } = request.params;
      insistOnOwn(caller, customerId);
      if (!(await findCustomer(world.store, customerId))) {
        throw new HubError('CUSTOMER_UNKNOWN', `There is no customer ${customerId}.`);
      }
      const { invoice, file, document, fileName, callback, correlationId } = request.body;
      const ids = correlationOf(request, correlationId);
      const key = request.headers['idempotency-key'];
      const event = newInvoiceEvent(
        {
          customerId,
          invoice: invoice ?? undefined,
          file: file ?? undefined,
          document: document ?? undefined,
          fileName: fileName ?? undefined,
          callback: callback ?? undefined,
          ...ids,
          idempotencyKey: typeof key === 'string' ? key : undefined,
          by: caller.name,
        },
        options.documentBytesMax,
      );
      await world.bus.publish([event]);
      return reply.code(202).header('X-Correlation-ID', ids.correlationId).send(acceptedBody);
    },
  );
}

function addReading(app: FastifyInstance, { world, options, reach }: RouteParts): void {
  app.get<{ Querystring: InvoicesQuery }>(
    '/api/invoices',
    { schema: { querystring: InvoicesQuery, summary: 'Invoices, the newest first, a page at a time', tags } },
    (request) => searchInvoices(world.store, options, request.query, reach(request).only),
  );
  app.get<{ Params: InvoicePath }>(
    '/api/invoices/:invoiceNumber',
    {
      schema: {
        params: InvoicePath,
        summary:
          'One invoice, with its history, its transmissions, what SdI and the PEC provider said of it, and its deadlines',
        tags,
      },
    },
    async (request) => {
      const { only } = reach(request);
      const { invoiceNumber } = request.params;
      const view = await findInvoice(world.store, invoiceNumber);
      if (!view || (only !== undefined && view.customer?.customerId !== only)) {
        throw new HubError('INVOICE_UNKNOWN', `There is no invoice ${invoiceNumber}.`);
      }
      const story = await readStory(world.store, view, options.deadlines);
      return { ...whole(view), ...story, ...(await receivedDto(world.store, view, world.clock.now())) };
    },
  );
}

function targetOf(reach: Reach, { invoiceNumber }: InvoicePath): Target {
  return { invoiceNumber, customerId: reach.only };
}

function readReason(reason: string | null | undefined): string | undefined {
  if (reason && !isStorable(reason, 1000)) {
    throw new HubError('BODY_NOT_VALID', 'body/reason is longer than 1000 characters or no valid text.');
  }
  return reason ?? undefined;
}

function addChanging(app: FastifyInstance, { world, reach }: RouteParts): void {
  const { store, bus, clock } = world;
  const read = async (invoiceId: string) => {
    const view = (await readInvoices(store, [invoiceId])).get(invoiceId);
    if (!view) throw new HubError('INVOICE_UNKNOWN', 'The invoice is gone.');
    return whole(view);
  };
  app.put<{ Params: InvoicePath; Body: InvoiceRequest }>(
    '/api/invoices/:invoiceNumber',
    {
      schema: { params: InvoicePath, body: InvoiceRequest, summary: 'Changes the callback; never the document', tags },
    },
    async (request) => {
      const caller = reach(request);
      const { callback, invoice, file, document, customer } = request.body;
      const wish = {
        callback,
        invoice: invoice ?? undefined,
        file: file ?? undefined,
        document: document ?? undefined,
        customer: customer ?? undefined,
      };
      const act = { by: caller.name, at: clock.now() };
      return read(await store.transaction((tx) => changeInvoice(tx, targetOf(caller, request.params), wish, act)));
    },
  );
  app.put<{ Params: InvoicePath; Body: StatusRequest }>(
    '/api/invoices/:invoiceNumber/status',
    { schema: { params: InvoicePath, body: StatusRequest, summary: 'Moves the invoice, by the table of moves', tags } },
    async (request) => {
      const caller = reach(request);
      insistOnAll(caller);
      const status = request.body.invoiceStatus ?? request.body.status;
      if (!status) throw new HubError('BODY_NOT_VALID', 'body must have an invoiceStatus.');
      const act = { by: caller.name, at: clock.now(), reason: readReason(request.body.reason) };
      const cause = { eventId: undefined, correlationId: request.id, trace: requestTrace(request) };
      const target = targetOf(caller, request.params);
      const { invoiceId } = await store.transaction((tx) => changeStatus(tx, bus, target, status, act, cause));
      return read(invoiceId);
    },
  );
  app.delete<{ Params: InvoicePath }>(
    '/api/invoices/:invoiceNumber',
    { schema: { params: InvoicePath, summary: 'Deletes an invoice that never went out', tags } },
    async (request) => {
      const caller = reach(request);
      const act = { by: caller.name, at: clock.now() };
      await store.transaction((tx) => deleteInvoice(tx, targetOf(caller, request.params), act));
      return { statusCode: '200', statusMsg: `Invoice ${request.params.invoiceNumber} deleted` };
    },
  );
}

function addReport(app: FastifyInstance, { world, reach }: RouteParts): void {
  app.get<{ Querystring: ReportQuery }>(
    '/api/report/invoices',
    {
      schema: { querystring: ReportQuery, summary: 'All invoices by number, piece by piece, without documents', tags },
    },
    async (request) => {
      insistOnAll(reach(request));
      const { after = 0, size = 1000 } = request.query;
      const rows = await reportPage(world.store, after, size);
      const content = rows.map((row) => ({
        ...row,
        createdAt: toRomeWallTime(row.createdAt),
        updatedAt: toRomeWallTime(row.updatedAt),
      }));
      return { content, next: rows.length < size ? null : (rows.at(-1)?.invoiceNumber ?? null) };
    },
  );
}
