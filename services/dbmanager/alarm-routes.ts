// dbmanager: the list of alarms, for people and for the report.
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { pageOf, readPage } from '@staffetta/platform/http/page.ts';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { alarmWords } from './alarm-words.ts';
import { countAlarms, listAlarms, openAlarmsAfter, type NamedAlarm } from './alarms.ts';
import { insistOnAll } from './callers.ts';
import type { RouteParts } from './customer-routes.ts';
import { alarmDto } from './invoice-story.ts';

const tags = ['alarms'];

const AlarmsQuery = Type.Object({
  state: Type.Optional(
    Type.Enum(['open', 'all'], { description: 'open by default: what did not happen and still matters' }),
  ),
  page: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  size: Type.Optional(Type.Integer({ minimum: 1 })),
});

const ReportQuery = Type.Object({
  after: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' })),
  size: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
});

function listed(alarm: NamedAlarm) {
  const { invoiceNumber, customerId, username } = alarm;
  return { ...alarmDto(alarm), invoiceNumber, ...(customerId !== null && { customer: { customerId, username } }) };
}

function reported(alarm: NamedAlarm) {
  const { alarmId, kind, invoiceNumber, username, email, since, dueAt } = alarm;
  const times = { since: toRomeWallTime(since), dueAt: toRomeWallTime(dueAt) };
  return { alarmId, kind, invoiceNumber, username, email, ...times, words: alarmWords(kind).it };
}

/**
 * Adds the paths about alarms.
 * @param app the service's server
 * @param parts what they need
 */
export function addAlarmRoutes(app: FastifyInstance, { world, options, reach }: RouteParts): void {
  app.get<{ Querystring: Static<typeof AlarmsQuery> }>(
    '/api/alarms',
    { schema: { querystring: AlarmsQuery, summary: 'What should have happened by now and did not', tags } },
    async (request) => {
      insistOnAll(reach(request));
      const openOnly = request.query.state !== 'all';
      const page = readPage(request.query, options.pageSizeMax);
      const rows = await listAlarms(world.store, openOnly, { limit: page.size, offset: page.number * page.size });
      return pageOf(rows.map(listed), page, await countAlarms(world.store, openOnly), false);
    },
  );
  app.get<{ Querystring: Static<typeof ReportQuery> }>(
    '/api/report/alarms',
    { schema: { querystring: ReportQuery, summary: 'All open alarms, piece by piece, the oldest first', tags } },
    async (request) => {
      insistOnAll(reach(request));
      const { after = null, size = 1000 } = request.query;
      const rows = await openAlarmsAfter(world.store, after, size);
      return { content: rows.map(reported), next: rows.length < size ? null : (rows.at(-1)?.alarmId ?? null) };
    },
  );
}
