// dbmanager: the originals of a period as a zip, few at a time.
import { viewOf } from '@staffetta/platform/config/live-settings.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { insistOnOwn, type Reach } from './callers.ts';
import type { RouteParts } from './customer-routes.ts';
import { beginExport } from './export-invoices.ts';
import { ExportSlots, type FullSlots } from './export-slots.ts';
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

const full: Readonly<Record<FullSlots, string>> = {
  own: 'An export of yours runs already, or as many as may run for one caller',
  all: 'As many exports run already as may run at a time',
};

/** By then a reader that stands still is broken off; sooner nothing is known to end. */
function refuse(reply: FastifyReply, which: FullSlots, stallMs: number): never {
  const seconds = Math.max(1, Math.ceil(stallMs / 1000));
  reply.header('retry-after', String(seconds));
  throw new HubError('TOO_MANY_REQUESTS', `${full[which]}; come back in ${seconds} seconds.`);
}

function ownerOf({ name, only }: Reach): string {
  return only === undefined ? `key:${name}` : `customer:${only}`;
}

/**
 * Adds the path of exports.
 * @param app the service's server
 * @param parts what it needs
 */
export function addExportRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { world, options, reach } = parts;
  const slots = new ExportSlots(viewOf(() => options.showing));
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
      const giveBack = slots.take(ownerOf(caller));
      if (typeof giveBack === 'string') return refuse(reply, giveBack, options.showing.exportStallMs);
      const onOver = (error?: Error): void => {
        giveBack();
        if (error) world.log.warn({ err: error, correlationId: request.id }, 'export.broke_off');
        else world.log.info({ by: caller.name, correlationId: request.id }, 'export.done');
      };
      const stream = await beginExport(world.store, search, options.showing, onOver).catch((error: unknown) => {
        giveBack();
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
