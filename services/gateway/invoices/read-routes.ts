// gateway: its own REST that reads: lists by cursor, one invoice, what happened to it, the files that were sent, customers.
import { HubError } from '@staffetta/flow/errors.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { answerRead, objectOf } from './answers.ts';
import {
  changeFields,
  contractStatus,
  customerFields,
  filterNames,
  invoiceFields,
  read,
  stepFields,
  transmissionFields,
  type Fields,
} from './invoice-fields.ts';
import {
  Customer,
  CustomerList,
  CustomerPath,
  CustomersQuery,
  History,
  Invoice,
  InvoiceList,
  InvoicePath,
  ListQuery,
  Transmissions,
} from './invoice-shapes.ts';
import { linksOf } from './links.ts';
import { askAbout, described, invoicesInside, type OwnRestParts } from './own-rest-parts.ts';
import { wholeInvoice } from './whole-invoice.ts';

function listOf(fields: Fields, list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.map((one) => read(fields, one)) : [];
}

/** The hub's services count in Rome's wall time; a day means that day in Rome either way. */
function momentFor(name: string, text: string): string {
  if (!text.includes('T')) return text;
  const instant = new Date(text);
  if (!/(?:Z|[+-]\d\d:\d\d)$/i.test(text) || Number.isNaN(instant.getTime())) {
    throw new HubError('BODY_NOT_VALID', `querystring/${name} must be a day or an instant as 2026-11-22T10:15:30Z.`);
  }
  return toRomeWallTime(instant);
}

function queryFor(query: ListQuery): URLSearchParams {
  const words = new URLSearchParams();
  for (const [name, theirs] of Object.entries(filterNames)) {
    const value = query[name as keyof typeof filterNames];
    if (value === undefined) continue;
    words.set(theirs, name.startsWith('created') ? momentFor(name, String(value)) : String(value));
  }
  if (query.status !== undefined) words.set('status', contractStatus(query.status));
  if (query.direction !== undefined) words.set('kind', query.direction === 'received' ? 'external' : 'internal');
  return words;
}

/** Tells where a list goes on, in the body and as a link (RFC 8288). */
function tellNext(reply: FastifyReply, path: string, query: object, next: unknown): string | null {
  if (typeof next !== 'string') return null;
  const words = new URLSearchParams(
    Object.entries<unknown>({ ...query, cursor: next }).map(([name, value]) => [name, String(value)]),
  );
  reply.header('link', `<${path}?${words}>; rel="next"`);
  return next;
}

function addList(app: FastifyInstance, { inside }: OwnRestParts): void {
  const summary = 'Invoices, the newest first, a piece at a time; what comes in meanwhile moves nothing';
  app.get<{ Querystring: ListQuery }>(
    '/api/invoices',
    { schema: { ...described(summary, 200, InvoiceList), querystring: ListQuery } },
    async (request, reply) => {
      const query = queryFor(request.query);
      const answer = await inside.ask(request, { method: 'GET', path: `${invoicesInside}/list`, query });
      const { content, next } = objectOf(answer);
      const items = listOf(invoiceFields, content).map((one) => ({ ...one, links: linksOf(one) }));
      return answerRead(request, reply, { items, next: tellNext(reply, '/api/invoices', request.query, next) });
    },
  );
}

function addInvoice(app: FastifyInstance, parts: OwnRestParts): void {
  app.get<{ Params: InvoicePath }>(
    '/api/invoices/:id',
    { schema: { ...described('One invoice, with its deadlines and alarms', 200, Invoice), params: InvoicePath } },
    async (request, reply) => {
      const found = objectOf(await askAbout(parts, request, request.params.id, '', { method: 'GET' }));
      return answerRead(request, reply, wholeInvoice(found));
    },
  );
  app.get<{ Params: InvoicePath }>(
    '/api/invoices/:id/history',
    { schema: { ...described('All that happened to an invoice', 200, History), params: InvoicePath } },
    async (request, reply) => {
      const found = objectOf(await askAbout(parts, request, request.params.id, '', { method: 'GET' }));
      const changes = listOf(changeFields, found['history']);
      return answerRead(request, reply, { changes, story: listOf(stepFields, found['trail']) });
    },
  );
  app.get<{ Params: InvoicePath }>(
    '/api/invoices/:id/transmissions',
    { schema: { ...described('The files that were sent, older ones too', 200, Transmissions), params: InvoicePath } },
    async (request, reply) => {
      const found = objectOf(await askAbout(parts, request, request.params.id, '', { method: 'GET' }));
      return answerRead(request, reply, { items: listOf(transmissionFields, found['transmissions']) });
    },
  );
}

function pageOfCursor(cursor: string | undefined): number {
  const page = cursor === undefined ? '0' : Buffer.from(cursor, 'base64url').toString('latin1');
  if (/^\d{1,6}$/.test(page)) return Number(page);
  throw new HubError('BODY_NOT_VALID', 'querystring/cursor is none that was given here.');
}

const customerTags = { tags: ['customers at the front door'] };

function addCustomers(app: FastifyInstance, { inside }: OwnRestParts): void {
  const listing = described('Customers by their ids; new ones come last', 200, CustomerList);
  app.get<{ Querystring: CustomersQuery }>(
    '/api/customers',
    { schema: { ...listing, ...customerTags, querystring: CustomersQuery } },
    async (request, reply) => {
      const { limit = 20, cursor } = request.query;
      const page = pageOfCursor(cursor);
      const query = new URLSearchParams({ page: String(page), size: String(limit) });
      const found = objectOf(await inside.ask(request, { method: 'GET', path: '/dbmanager/api/customers', query }));
      const next = found['last'] === false ? Buffer.from(String(page + 1)).toString('base64url') : null;
      const items = listOf(customerFields, found['content']);
      return answerRead(request, reply, { items, next: tellNext(reply, '/api/customers', request.query, next) });
    },
  );
  app.get<{ Params: CustomerPath }>(
    '/api/customers/:customerId',
    { schema: { ...described('One customer', 200, Customer), ...customerTags, params: CustomerPath } },
    async (request, reply) => {
      const path = `/dbmanager/api/customers/${request.params.customerId}`;
      const found = objectOf(await inside.ask(request, { method: 'GET', path }));
      return answerRead(request, reply, read(customerFields, found));
    },
  );
}

/**
 * Adds the paths that read.
 * @param app the scope of our own REST
 * @param parts how services are asked
 */
export function addReadRoutes(app: FastifyInstance, parts: OwnRestParts): void {
  addList(app, parts);
  addInvoice(app, parts);
  addCustomers(app, parts);
}
