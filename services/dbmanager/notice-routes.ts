// dbmanager: SdI's notices as they came, and the list of those about nobody's file.
import { fileKindOf } from '@staffetta/fatturapa/file-kind.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { pageOf, readPage } from '@staffetta/platform/http/page.ts';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { insistOnAll } from './callers.ts';
import { answerFile } from './file-answer.ts';
import { countUnmatched, findNotice, unmatchedNotices, type FullNotice } from './notices.ts';
import { InvoicePath } from './requests.ts';
import { findOwn, type ShowParts } from './showable-invoice.ts';
import { noticeDto } from './told-notices.ts';

const tags = ['notices'];
const types = { xml: 'application/xml', p7m: 'application/pkcs7-mime', zip: 'application/zip' } as const;
const extensions = { xml: '.xml', p7m: '.xml.p7m', zip: '.zip' } as const;

const NoticePath = Type.Object({
  ...InvoicePath.properties,
  noticeId: Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' }),
});

const NoticesQuery = Type.Object({
  state: Type.Enum(['unmatched'], { description: 'those that fit no file that was sent' }),
  page: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  size: Type.Optional(Type.Integer({ minimum: 1 })),
});

/**
 * Names a notice's file: as it was handed in, else by what it is.
 * @param notice the notice
 */
export function noticeFile({ givenName, kind, sdiId, bytes }: FullNotice): string {
  const fileKind = fileKindOf(bytes);
  const extension = extensions[fileKind];
  // Out of an archive the notice alone is kept: the archive's name would promise another file.
  return givenName !== null && givenName.toLowerCase().endsWith(extension.slice(-4))
    ? givenName
    : `${sdiId.replaceAll(/[^A-Za-z0-9]/g, '_')}_${kind}${extension}`;
}

function addOriginal(app: FastifyInstance, parts: ShowParts): void {
  app.get<{ Params: Static<typeof NoticePath> }>(
    '/api/invoices/:invoiceNumber/notices/:noticeId',
    { schema: { params: NoticePath, summary: "The exact bytes of one of SdI's notices about the invoice", tags } },
    async (request, reply) => {
      const { invoiceNumber, noticeId } = request.params;
      const view = await findOwn(parts, request, invoiceNumber);
      const notice = await findNotice(parts.world.store, view.invoiceId, noticeId);
      if (!notice) throw new HubError('PART_UNKNOWN', `Invoice ${invoiceNumber} has no notice ${noticeId}.`);
      const { bytes } = notice;
      return answerFile(reply, { bytes, type: types[fileKindOf(bytes)], name: noticeFile(notice) });
    },
  );
}

/**
 * Adds the paths about notices.
 * @param app the service's server
 * @param parts what they need
 */
export function addNoticeRoutes(app: FastifyInstance, parts: ShowParts): void {
  const { world, options, reach } = parts;
  addOriginal(app, parts);
  app.get<{ Querystring: Static<typeof NoticesQuery> }>(
    '/api/notices',
    { schema: { querystring: NoticesQuery, summary: "SdI's notices that fit no file that was sent", tags } },
    async (request) => {
      insistOnAll(reach(request));
      const page = readPage(request.query, options.pageSizeMax);
      const limits = { limit: page.size, offset: page.number * page.size };
      const rows = await unmatchedNotices(world.store, limits);
      return pageOf(rows.map(noticeDto), page, await countUnmatched(world.store), false);
    },
  );
}
