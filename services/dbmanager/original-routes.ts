// dbmanager: the files that an invoice consists of: the exact bytes, the XML out of its envelopes, the attachments.
import { fileKindOf } from '@staffetta/fatturapa/file-kind.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerFile } from './file-answer.ts';
import { receivedFile, type InvoiceFile } from './invoice-files.ts';
import type { FullInvoiceView } from './invoice-views.ts';
import { AttachmentPath, DocumentQuery, InvoicePath, TransmissionPath, TransmissionQuery } from './requests.ts';
import { documentFile, findOwn, findSent, jobOf, showOrExplain, type ShowParts } from './showable-invoice.ts';

const tags = ['invoices'];
const types = { xml: 'application/xml', p7m: 'application/pkcs7-mime', zip: 'application/zip' } as const;

/** The original's name: its own, or one that tells what it is. */
function nameOf(view: FullInvoiceView, file: InvoiceFile, type: string): string {
  const extensions: Readonly<Record<string, string>> = {
    [types.p7m]: 'xml.p7m',
    [types.zip]: 'zip',
    [jsonType]: 'json',
  };
  return file.fileName ?? `${view.invoiceNumber}.${extensions[type] ?? 'xml'}`;
}

const jsonType = 'application/json';

async function answerOriginal(
  parts: ShowParts,
  request: FastifyRequest<{ Params: InvoicePath; Querystring: TransmissionQuery }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { store } = parts.world;
  const { transmission } = request.query;
  const view = await findOwn(parts, request, request.params.invoiceNumber);
  const file = transmission ? await findSent(store, view, transmission) : await receivedFile(store, view.invoiceId);
  if (!file) throw new HubError('INVOICE_UNKNOWN', `There is no invoice ${view.invoiceNumber}.`);
  const type = file.isJson ? jsonType : types[fileKindOf(file.bytes)];
  return answerFile(reply, { bytes: file.bytes, type, name: nameOf(view, file, type) });
}

function addOriginal(app: FastifyInstance, parts: ShowParts): void {
  app.get<{ Params: InvoicePath; Querystring: TransmissionQuery }>(
    '/api/invoices/:invoiceNumber/original',
    {
      schema: {
        params: InvoicePath,
        querystring: TransmissionQuery,
        summary: 'The exact bytes as received, or as sent where a transmission is named',
        tags,
      },
    },
    (request, reply) => answerOriginal(parts, request, reply),
  );
}

function addSentFile(app: FastifyInstance, parts: ShowParts): void {
  app.get<{ Params: TransmissionPath }>(
    '/api/invoices/:invoiceNumber/transmissions/:transmissionId/file',
    { schema: { params: TransmissionPath, summary: 'The exact bytes of a file that was sent, older ones too', tags } },
    async (request, reply) => {
      const { invoiceNumber, transmissionId } = request.params;
      const view = await findOwn(parts, request, invoiceNumber);
      const file = await findSent(parts.world.store, view, transmissionId);
      const type = types[fileKindOf(file.bytes)];
      return answerFile(reply, { bytes: file.bytes, type, name: nameOf(view, file, type) });
    },
  );
}

function addParts(app: FastifyInstance, parts: ShowParts): void {
  const { store } = parts.world;
  app.get<{ Params: InvoicePath; Querystring: DocumentQuery }>(
    '/api/invoices/:invoiceNumber/xml',
    { schema: { params: InvoicePath, querystring: DocumentQuery, summary: 'The XML, out of its envelopes', tags } },
    async (request, reply) => {
      const { document = 1, transmission } = request.query;
      const view = await findOwn(parts, request, request.params.invoiceNumber);
      const file = await documentFile(store, view, transmission);
      const { kind: _kind, ...xml } = await showOrExplain(
        parts,
        view,
        jobOf(parts, view, file, { form: 'xml', document }),
      );
      return answerFile(reply, xml);
    },
  );
  app.get<{ Params: AttachmentPath; Querystring: TransmissionQuery }>(
    '/api/invoices/:invoiceNumber/attachments/:index',
    {
      schema: {
        params: AttachmentPath,
        querystring: TransmissionQuery,
        summary: 'An attachment, by its number from 1 over the whole file; always a download',
        tags,
      },
    },
    async (request, reply) => {
      const { invoiceNumber, index } = request.params;
      const view = await findOwn(parts, request, invoiceNumber);
      const file = await documentFile(store, view, request.query.transmission);
      const job = jobOf(parts, view, file, { form: 'attachment', index });
      const { kind: _kind, ...attachment } = await showOrExplain(parts, view, job);
      return answerFile(reply, attachment);
    },
  );
}

/**
 * Adds the paths of an invoice's files.
 * @param app the service's server
 * @param parts what they need
 */
export function addOriginalRoutes(app: FastifyInstance, parts: ShowParts): void {
  addOriginal(app, parts);
  addSentFile(app, parts);
  addParts(app, parts);
}
