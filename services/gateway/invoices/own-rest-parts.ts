// gateway: what all paths of its own REST share: how a service is asked about one invoice, and how refusals are described.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyRequest } from 'fastify';
import type { Gate } from '../gate.ts';
import { objectOf } from './answers.ts';
import type { Inside, InsideAnswer, InsideAsk } from './inside.ts';
import { ProblemShape } from './invoice-shapes.ts';

/** What the paths lean on. */
export interface OwnRestParts {
  readonly inside: Inside;
  readonly gate: Pick<Gate, 'passageOf'>;
  /** Bytes of a request that brings a document. */
  readonly bodyBytesMax: number;
}

/** Media types of raw documents. */
export const rawTypes = [
  'application/xml',
  'text/xml',
  'application/pkcs7-mime',
  'application/zip',
  'application/octet-stream',
];

const problem = { content: { 'application/problem+json': { schema: ProblemShape } } };

/** What any path may answer besides. */
export const refusals = Object.fromEntries(
  [400, 401, 403, 404, 409, 413, 429, 503].map((status) => [
    status,
    { description: 'a problem (RFC 9457)', ...problem },
  ]),
);

/**
 * Describes the path of one answer in JSON.
 * @param summary what it does
 * @param status of the good answer
 * @param schema of the good answer
 */
export function described(summary: string, status: number, schema: object) {
  return {
    summary,
    tags: ['invoices at the front door'],
    response: { [status]: { description: 'done', content: { 'application/json': { schema } } }, ...refusals },
  };
}

/** The path of invoices at the dbmanager. */
export const invoicesInside = '/dbmanager/api/invoices';

/** Finds the number of an invoice, by which the services know it: the path names it, or the id that its 202 told. */
async function numberOf({ inside }: OwnRestParts, request: FastifyRequest, id: string): Promise<number> {
  if (/^\d+$/.test(id)) return Number(id);
  const found = objectOf(await inside.ask(request, { method: 'GET', path: `${invoicesInside}/by-id/${id}` }));
  return Number(found['invoiceNumber']);
}

/**
 * Asks the dbmanager about one invoice.
 * @param parts how services are asked
 * @param request the client's
 * @param id as in the client's path
 * @param rest behind the invoice's number, `/pdf`; may be empty
 * @param ask the rest of the question
 * @throws ServiceRefusal where there is none that the caller may see
 */
export async function askAbout(
  parts: OwnRestParts,
  request: FastifyRequest,
  id: string,
  rest: string,
  ask: Omit<InsideAsk, 'path'>,
): Promise<InsideAnswer> {
  const number = await numberOf(parts, request, id);
  return parts.inside.ask(request, { ...ask, path: `${invoicesInside}/${number}${rest}` });
}

/**
 * Tells whose invoice a request is about: the one it names, else the caller's own.
 * @param parts the gate
 * @param request the client's
 * @param named the customer in body or query
 * @throws HubError BODY_NOT_VALID where nobody is named
 */
export function customerOf({ gate }: OwnRestParts, request: FastifyRequest, named: number | undefined): number {
  const customerId = named ?? gate.passageOf(request)?.holder?.caller.customerId;
  if (customerId !== undefined) return customerId;
  throw new HubError('BODY_NOT_VALID', 'customerId is required: this credential is of no customer.');
}
