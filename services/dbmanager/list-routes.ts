// dbmanager: lists that go on where they ended, whatever comes in meanwhile, and the way from a request's id to its invoice.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import type { RouteParts } from './customer-routes.ts';
import { invoiceDto } from './invoice-value.ts';
import { listInvoices, type InvoiceSearch } from './invoice-views.ts';
import { readPlace, writePlace } from './list-place.ts';
import { meantInvoice } from './repeated-requests.ts';
import { InvoicesQuery } from './requests.ts';
import { searchOf } from './search-invoices.ts';
import { standingWords } from './standing-words.ts';

const tags = ['invoices'];

// As a page is asked for, but for where it begins.
const { page: _page, size: _size, sort: _sort, documents: _documents, ...words } = InvoicesQuery.properties;

const ListQuery = Type.Object({
  ...words,
  kind: Type.Optional(Type.Enum(['internal', 'external'], { description: 'issued or received; both by default' })),
  order: Type.Optional(Type.Enum(['newest', 'oldest'], { description: 'newest by default' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, description: '20 by default' })),
  after: Type.Optional(
    Type.String({ maxLength: 100, description: 'the `next` of the piece before, with the same other words' }),
  ),
});
type ListQuery = Static<typeof ListQuery>;

const RequestPath = Type.Object({
  invoiceId: Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' }),
});
type RequestPath = Static<typeof RequestPath>;

function listSearch(query: ListQuery, only: number | undefined): InvoiceSearch {
  const { after, order = 'newest', kind } = query;
  const behind = after === undefined ? {} : { behind: { ...readPlace(after), order } };
  return { ...searchOf(query, only), ...(kind !== undefined && { kind }), ...behind };
}

function limitOf({ limit = 20 }: ListQuery, max: number): number {
  if (limit <= max) return limit;
  throw new HubError('BODY_NOT_VALID', `querystring/limit must be at most ${max}.`);
}

function addList(app: FastifyInstance, { world, options, reach }: RouteParts): void {
  const summary = 'Invoices in the order in which they came, without documents, from where the piece before ended';
  app.get<{ Querystring: ListQuery }>(
    '/api/invoices/list',
    { schema: { querystring: ListQuery, summary, tags } },
    async (request) => {
      const { query } = request;
      const { only } = reach(request);
      const limit = limitOf(query, options.pageSizeMax);
      if (only !== undefined && query.customerId !== undefined && query.customerId !== only) {
        return { content: [], next: null };
      }
      const order = [{ field: 'createdAt', descending: query.order !== 'oldest' }] as const;
      // One more than is answered tells whether there is more.
      const views = await listInvoices(world.store, listSearch(query, only), order, { limit: limit + 1, offset: 0 });
      const content = views.slice(0, limit).map((view) => {
        return { ...invoiceDto(view), kind: view.kind, words: standingWords(view) };
      });
      const last = views.length > limit ? views[limit - 1] : undefined;
      return { content, next: last ? writePlace(last) : null };
    },
  );
}

function addLookup(app: FastifyInstance, { world, reach }: RouteParts): void {
  app.get<{ Params: RequestPath }>(
    '/api/invoices/by-id/:invoiceId',
    {
      schema: {
        params: RequestPath,
        summary: 'The number of the invoice that a request became, by the id that its 202 told (X-Invoice-ID)',
        tags,
      },
    },
    async (request) => {
      const { only } = reach(request);
      const { invoiceId } = request.params;
      const found = await meantInvoice(world.store, invoiceId);
      const isTheirs = found && (only === undefined || found.customerId === only);
      if (!isTheirs) throw new HubError('INVOICE_UNKNOWN', `There is no invoice ${invoiceId}.`);
      return found;
    },
  );
}

/**
 * Adds the paths.
 * @param app the service's server
 * @param parts what they need
 */
export function addListRoutes(app: FastifyInstance, parts: RouteParts): void {
  addList(app, parts);
  addLookup(app, parts);
}
