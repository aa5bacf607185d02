// dbmanager: an invoice for people: as a page and as a print.
import { contentPolicy } from '@staffetta/fatturapa/show/html.ts';
import type { ShowWish } from '@staffetta/fatturapa/show/show-file.ts';
import type { Trail } from '@staffetta/fatturapa/show/trail.ts';
import type { Store } from '@staffetta/platform/store/store.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { alarmsOf } from './alarms.ts';
import { answerFile, sha256Of } from './file-answer.ts';
import { trailOf } from './invoice-trail.ts';
import type { FullInvoiceView } from './invoice-views.ts';
import { noticesOf } from './notices.ts';
import { historyOf } from './outcomes.ts';
import { receiptsOf } from './pec-receipts.ts';
import { InvoicePath, SheetQuery } from './requests.ts';
import {
  documentFile,
  findOwn,
  jobOf,
  showOrExplain,
  type DocumentFile,
  type Shown,
  type ShowParts,
} from './showable-invoice.ts';
import { toldNotice } from './told-notices.ts';
import { transmissionsOf } from './transmissions.ts';

const tags = ['invoices'];

async function readTrail(store: Store, view: FullInvoiceView, file: DocumentFile, sha256: string): Promise<Trail> {
  const transmissions = await transmissionsOf(store, view.invoiceId);
  const sent = transmissions.findLast((one) => one.sha256 === sha256) ?? transmissions.at(-1);
  return trailOf({
    view,
    transmissions,
    history: await historyOf(store, view.invoiceId),
    notices: (await noticesOf(store, view.invoiceId)).map(toldNotice),
    receipts: await receiptsOf(store, view.invoiceId),
    alarms: await alarmsOf(store, view.invoiceId),
    fileName: sent?.fileName ?? file.fileName,
    sha256,
  });
}

function hrefPieces({ transmission }: SheetQuery): readonly [string, string] {
  return ['attachments/', transmission === undefined ? '' : `?transmission=${encodeURIComponent(transmission)}`];
}

/** Lays the invoice out as the query asks. */
async function drawSheets(
  parts: ShowParts,
  request: FastifyRequest<{ Params: InvoicePath; Querystring: SheetQuery }>,
  form: 'html' | 'pdf',
): Promise<Shown> {
  const { store } = parts.world;
  const { lang = 'it', body, document, transmission } = request.query;
  const view = await findOwn(parts, request, request.params.invoiceNumber);
  const file = await documentFile(store, view, transmission);
  const trail = await readTrail(store, view, file, sha256Of(file.bytes));
  const part = { ...(body === undefined ? {} : { body }), ...(document === undefined ? {} : { document }) };
  const wish: ShowWish =
    form === 'html'
      ? { form, lang, trail, ...part, attachmentHref: hrefPieces(request.query) }
      : { form, lang, trail, ...part, pagesMax: parts.options.showing.pdfPagesMax };
  return showOrExplain(parts, view, jobOf(parts, view, file, wish));
}

/**
 * Adds the paths that show invoices.
 * @param app the service's server
 * @param parts what they need
 */
export function addShowRoutes(app: FastifyInstance, parts: ShowParts): void {
  app.get<{ Params: InvoicePath; Querystring: SheetQuery }>(
    '/api/invoices/:invoiceNumber/html',
    { schema: { params: InvoicePath, querystring: SheetQuery, summary: 'The invoice as a page for people', tags } },
    async (request, reply) => {
      const { kind: _kind, ...file } = await drawSheets(parts, request, 'html');
      reply.header('content-security-policy', contentPolicy);
      return answerFile(reply, { ...file, inline: true });
    },
  );
  app.get<{ Params: InvoicePath; Querystring: SheetQuery }>(
    '/api/invoices/:invoiceNumber/pdf',
    { schema: { params: InvoicePath, querystring: SheetQuery, summary: 'The invoice as a print (A4)', tags } },
    async (request, reply) => {
      const { kind: _kind, ...file } = await drawSheets(parts, request, 'pdf');
      return answerFile(reply, { ...file, inline: true });
    },
  );
}
