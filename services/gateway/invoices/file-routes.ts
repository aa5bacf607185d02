// gateway: its own REST's files: an invoice as XML, print, page or as it came, and the exact bytes of what was sent.
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { answerBytes } from './answers.ts';
import { DocumentQuery, InvoicePath, TransmissionPath } from './invoice-shapes.ts';
import { askAbout, refusals, type OwnRestParts } from './own-rest-parts.ts';

type Format = NonNullable<DocumentQuery['format']>;

const rests: Record<Format, string> = { xml: '/xml', pdf: '/pdf', html: '/html', original: '/original' };

/** What each service's path knows of the query. */
const wordsOf: Record<Format, readonly (keyof DocumentQuery)[]> = {
  xml: ['document', 'transmission'],
  pdf: ['lang', 'document', 'body', 'transmission'],
  html: ['lang', 'document', 'body', 'transmission'],
  original: ['transmission'],
};

const types: readonly (readonly [string, Format])[] = [
  ['application/pdf', 'pdf'],
  ['text/html', 'html'],
  ['application/xml', 'xml'],
];

/** The first of the types that Accept names which we have; XML where it names none of them. */
function asked(accept: string | undefined): Format {
  const named = types
    .map(([type, format]) => ({ format, at: accept?.indexOf(type) ?? -1 }))
    .filter(({ at }) => at >= 0);
  return named.toSorted((one, other) => one.at - other.at)[0]?.format ?? 'xml';
}

function queryFor(query: DocumentQuery, format: Format): URLSearchParams {
  const words = new URLSearchParams();
  for (const name of wordsOf[format]) if (query[name] !== undefined) words.set(name, String(query[name]));
  return words;
}

const file = { description: 'the file', content: { '*/*': { schema: Type.Unknown() } } };
const tags = ['invoices at the front door'];

/**
 * Adds the paths of files.
 * @param app the scope of our own REST
 * @param parts how services are asked
 */
export function addFileRoutes(app: FastifyInstance, parts: OwnRestParts): void {
  const response = { 200: file, ...refusals };
  const summary = 'The invoice as XML, as a print, as a page, or exactly as it came';
  app.get<{ Params: InvoicePath; Querystring: DocumentQuery }>(
    '/api/invoices/:id/document',
    { schema: { summary, tags, params: InvoicePath, querystring: DocumentQuery, response } },
    async (request, reply) => {
      const { format = asked(request.headers.accept) } = request.query;
      const ask = { method: 'GET', query: queryFor(request.query, format) } as const;
      reply.header('vary', 'Accept');
      return answerBytes(reply, await askAbout(parts, request, request.params.id, rests[format], ask));
    },
  );
  app.get<{ Params: TransmissionPath }>(
    '/api/invoices/:id/transmissions/:transmissionId/file',
    { schema: { summary: 'The exact bytes of a file that was sent', tags, params: TransmissionPath, response } },
    async (request, reply) => {
      const { id, transmissionId } = request.params;
      const rest = `/transmissions/${transmissionId}/file`;
      return answerBytes(reply, await askAbout(parts, request, id, rest, { method: 'GET' }));
    },
  );
}
