// gateway: its own REST that writes: invoices to send or to keep, again, answered, changed, deleted. It translates; the services decide.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { objectOf } from './answers.ts';
import type { InsideAnswer } from './inside.ts';
import {
  Answer,
  Invoice,
  InvoiceChange,
  InvoicePath,
  NewInvoice,
  NewInvoiceQuery,
  Resend,
  Taken,
} from './invoice-shapes.ts';
import { wholeInvoice } from './whole-invoice.ts';
import { askAbout, customerOf, described, rawTypes, refusals, type OwnRestParts } from './own-rest-parts.ts';

type Call<B> = FastifyRequest<{ Body: B | Buffer | null | undefined; Querystring: NewInvoiceQuery }>;

const doors = { issued: 'salvaFatturaInterna', received: 'salvaFatturaEsterna' } as const;

/** Bytes may come instead of JSON; they are kept as they came. */
function content(schema: object) {
  const bytes = { schema: Type.Unknown({ description: 'the exact bytes' }) };
  return { content: { 'application/json': { schema }, ...Object.fromEntries(rawTypes.map((type) => [type, bytes])) } };
}

function only<T extends object>(wishes: T): Partial<T> {
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** The document under the contract's names. */
function documentOf({ xml, file, document, fileName }: Resend | NewInvoice) {
  return only({ invoice: xml, file, document, fileName });
}

function insistOnDocument({ xml, file, document }: NewInvoice): void {
  if (xml !== undefined || file !== undefined || document !== undefined) return;
  throw new HubError('BODY_NOT_VALID', 'The body names no invoice: give xml, file or document.');
}

function takeJson(parts: OwnRestParts, request: Call<NewInvoice>, body: NewInvoice, customerId: number) {
  const { direction = 'issued', callbackUrl } = body;
  const dto = { customer: { customerId }, ...documentOf(body), ...only({ callback: callbackUrl }) };
  return parts.inside.ask(request, { method: 'POST', path: `/receiver/api/${doors[direction]}`, body: dto });
}

function takeBytes(parts: OwnRestParts, request: Call<NewInvoice>, body: Buffer, customerId: number) {
  const { direction = 'issued', callbackUrl, fileName } = request.query;
  const query = new URLSearchParams({ customerId: String(customerId) });
  if (callbackUrl !== undefined) query.set('callback', callbackUrl);
  if (fileName !== undefined) query.set('fileName', fileName);
  const type = request.headers['content-type'];
  return parts.inside.ask(request, { method: 'POST', path: `/receiver/api/${doors[direction]}`, query, body, type });
}

function headerOf({ headers }: InsideAnswer, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function addTaking(app: FastifyInstance, parts: OwnRestParts): void {
  const summary = 'Takes an invoice: once this answers 202 it is kept; Location shows it as soon as it is stored';
  const schema = {
    ...described(summary, 202, Taken),
    description:
      'An invoice comes as JSON with `xml`, `file` or `document`, or as raw bytes with the rest in the query. With the same `Idempotency-Key` it is taken once, however often it is sent.',
    querystring: NewInvoiceQuery,
    body: content(NewInvoice),
  };
  app.post<{ Body: Call<NewInvoice>['body']; Querystring: NewInvoiceQuery }>(
    '/api/invoices',
    { schema, bodyLimit: parts.bodyBytesMax },
    async (request, reply) => {
      const { body, query } = request;
      if (body === undefined || body === null) throw new HubError('BODY_NOT_VALID', 'The body is empty.');
      const wish = Buffer.isBuffer(body) ? query : body;
      const customerId = customerOf(parts, request, wish.customerId);
      if (!Buffer.isBuffer(body)) insistOnDocument(body);
      const answer = await (Buffer.isBuffer(body)
        ? takeBytes(parts, request, body, customerId)
        : takeJson(parts, request, body, customerId));
      objectOf(answer);
      const id = headerOf(answer, 'x-invoice-id');
      if (id !== undefined) reply.header('location', `/api/invoices/${id}`);
      const correlationId = headerOf(answer, 'x-correlation-id') ?? request.id;
      const told = { ...only({ id }), customerId, direction: wish.direction ?? 'issued', correlationId };
      return reply.code(202).type('application/json').send(JSON.stringify(told));
    },
  );
}

function answerInvoice(reply: FastifyReply, status: number, answer: InsideAnswer): FastifyReply {
  return reply
    .code(status)
    .type('application/json')
    .send(JSON.stringify(wholeInvoice(objectOf(answer))));
}

function addResending(app: FastifyInstance, parts: OwnRestParts): void {
  const schema = {
    ...described('Sends an invoice again: the same file, or the corrected one after a refusal', 202, Invoice),
    params: InvoicePath,
    querystring: Type.Object({ fileName: Type.Optional(Type.String()), reason: Type.Optional(Type.String()) }),
    body: content(Resend),
  };
  app.post<{ Params: InvoicePath; Body: Resend | Buffer | null; Querystring: { fileName?: string; reason?: string } }>(
    '/api/invoices/:id/resend',
    { schema, bodyLimit: parts.bodyBytesMax },
    async (request, reply) => {
      const { body, query, params, headers } = request;
      const isBytes = Buffer.isBuffer(body);
      const ask = isBytes
        ? { body, type: headers['content-type'], query: new URLSearchParams(only(query) as Record<string, string>) }
        : { body: { ...documentOf(body ?? {}), ...only({ reason: body?.reason }) } };
      const answer = await askAbout(parts, request, params.id, '/reinvia', { method: 'POST', ...ask });
      return answerInvoice(reply, 202, answer);
    },
  );
}

function addAnswering(app: FastifyInstance, parts: OwnRestParts): void {
  const told = Type.Object({ accepted: Type.Boolean(), fileName: Type.String(), transmissionId: Type.String() });
  const schema = {
    ...described('Accepts or refuses an invoice that a public body received', 202, told),
    params: InvoicePath,
    body: Answer,
  };
  app.post<{ Params: InvoicePath; Body: Answer }>('/api/invoices/:id/answer', { schema }, async (request, reply) => {
    const { accepted, reason, document } = request.body;
    const documento = document && only({ numero: document.number, anno: document.year, posizione: document.position });
    const body = { esito: accepted ? 'EC01' : 'EC02', ...only({ descrizione: reason, documento }) };
    const { id } = request.params;
    const answer = objectOf(await askAbout(parts, request, id, '/esito', { method: 'POST', body }));
    const { fileName, transmissionId } = answer;
    return reply.code(202).type('application/json').send(JSON.stringify({ accepted, fileName, transmissionId }));
  });
}

function addChanging(app: FastifyInstance, parts: OwnRestParts): void {
  const changing = { ...described('Changes where outcomes are told', 200, Invoice), params: InvoicePath };
  app.patch<{ Params: InvoicePath; Body: InvoiceChange }>(
    '/api/invoices/:id',
    { schema: { ...changing, body: InvoiceChange } },
    async (request, reply) => {
      const { id } = request.params;
      const body = { callback: request.body.callbackUrl };
      objectOf(await askAbout(parts, request, id, '', { method: 'PUT', body }));
      // Read again: a change answers less than a reading, and a client keeps what it got last.
      return answerInvoice(reply, 200, await askAbout(parts, request, id, '', { method: 'GET' }));
    },
  );
  const gone = { 204: Type.Null({ description: 'it is gone' }), ...refusals };
  const deleting = { ...described('Deletes an invoice that never went out', 204, {}), params: InvoicePath };
  app.delete<{ Params: InvoicePath }>(
    '/api/invoices/:id',
    { schema: { ...deleting, response: gone } },
    async (request, reply) => {
      objectOf(await askAbout(parts, request, request.params.id, '', { method: 'DELETE' }));
      return reply.code(204).send();
    },
  );
}

/**
 * Adds the paths that write.
 * @param app a scope that reads raw bytes
 * @param parts how services are asked
 */
export function addSendRoutes(app: FastifyInstance, parts: OwnRestParts): void {
  addTaking(app, parts);
  addResending(app, parts);
  addAnswering(app, parts);
  addChanging(app, parts);
}
