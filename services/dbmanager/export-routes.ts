// dbmanager: the originals of a period as a zip, few at a time.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyInstance } from 'fastify';
import { insistOnOwn, type Reach } from './callers.ts';
import type { RouteParts } from './customer-routes.ts';
import { beginExport } from './export-invoices.ts';
import type { ExportSearch } from './exported-invoices.ts';
import { contentDisposition } from './file-answer.ts';
import { ExportQuery } from './requests.ts';
import { readEnd, readInstant } from './search-invoices.ts';

function searchOf(query: ExportQuery, reach: Reach): ExportSearch {
  const { from, to, customerId, kind } = query;
  if (customerId !== undefined) insistOnOwn(reach, customerId);
  const search = { from: readInstant('from', from), before: readEnd('to', to), kind };
  if (search.from >= search.before) throw new HubError('BODY_NOT_VALID', 'querystring/to must not lie before from.');
  return { ...search, customerId: reach.only ?? customerId };
}

function fileNameOf({ from, to }: ExportQuery): string {
  return `fatture-${from.slice(0, 10)}-${to.slice(0, 10)}.zip`;
}

/**
 * Adds the path of exports.
 * @param app the service's server
 * @param parts what it needs
 */
export function addExportRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { world, options, reach } = parts;
  const { exportConcurrency } = options.showing;
  let running = 0;
  app.get<{ Querystring: ExportQuery }>(
    '/api/invoices/export',
    {
      // Asking for the head alone would write the whole archive for nobody.
      exposeHeadRoute: false,
      schema: {
        querystring: ExportQuery,
        summary: 'The originals of a period, as received and as sent, with index and hashes, as a zip',
        tags: ['invoices'],
      },
    },
    async (request, reply) => {
      const caller = reach(request);
      const search = searchOf(request.query, caller);
      if (running >= exportConcurrency) {
        throw new HubError('TOO_MANY_REQUESTS', `${running} exports run already, which is the most at a time.`);
      }
      running++;
      const onOver = (error?: Error): void => {
        running--;
        if (error) world.log.warn({ err: error, correlationId: request.id }, 'export.broke_off');
        else world.log.info({ by: caller.name, correlationId: request.id }, 'export.done');
      };
      const stream = await beginExport(world.store, search, options.showing, onOver).catch((error: unknown) => {
        running--;
        throw error;
      });
      return reply
        .headers({
          'content-type': 'application/zip',
          'content-disposition': contentDisposition(fileNameOf(request.query)),
          'x-content-type-options': 'nosniff',
          'cache-control': 'private, no-store',
        })
        .send(stream);
    },
  );
}
