// mailbox: its REST, for operators: what came, what it is, what came of it, and what a person decides. Role ARUBA.
import { HubError } from '@staffetta/flow/errors.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import { callerOf, needRole, type Caller } from '@staffetta/platform/http/caller.ts';
import { pageOf } from '@staffetta/platform/http/page.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { listActs, noteAct, noteActs, type AuditEntry } from './audit.ts';
import {
  countByState,
  countMails,
  findBytes,
  findMail,
  listMails,
  putBack,
  settleMail,
  type MailRow,
} from './mail-rows.ts';
import { listPlaces } from './places.ts';
import { MailParams, MailQuery, RetryRequest, SettleRequest } from './requests.ts';
import { putBackAll, retriedMax } from './retry-mails.ts';
import { mailboxView, mailView } from './views.ts';

/** What the routes need. */
export interface RouteParts {
  readonly world: World;
  /** The addresses of the mailboxes that the settings name. */
  readonly configured: readonly string[];
  /** Says that a mailbox has something to do. */
  readonly wake: (mailbox: string) => void;
}

type MailCall = FastifyRequest<{ Params: MailParams }>;

function callerIn(request: FastifyRequest, world: World): Caller {
  return callerOf(request.headers, world, realTime(world.clock));
}

function gateOf(world: World) {
  return async (request: FastifyRequest): Promise<void> => needRole(callerIn(request, world), ['ARUBA']);
}

function unknown(mailId: string): HubError {
  return new HubError('MAIL_UNKNOWN', `There is no mail ${mailId}.`);
}

function addReadingRoutes(app: FastifyInstance, { world, configured }: RouteParts): void {
  const onRequest = gateOf(world);
  const tags = ['mails'];
  app.get<{ Querystring: MailQuery }>(
    '/api/mails',
    {
      onRequest,
      schema: { querystring: MailQuery, summary: 'The mails of the mailboxes, the newest first', tags },
    },
    async ({ query: { page = 0, size = 20, mailbox, ...filter } }) => {
      const wanted = { ...filter, mailbox: mailbox?.toLowerCase() };
      const request = { number: page, size };
      const [rows, total] = await Promise.all([
        listMails(world.store, wanted, request),
        countMails(world.store, wanted),
      ]);
      return pageOf(rows.map(mailView), request, total, false);
    },
  );
  app.get<{ Params: MailParams }>(
    '/api/mails/:mailId',
    { onRequest, schema: { params: MailParams, summary: 'A mail, and what was done about it by hand', tags } },
    async ({ params: { mailId } }) => {
      const [row, acts] = await Promise.all([findMail(world.store, mailId), listActs(world.store, mailId)]);
      if (!row) throw unknown(mailId);
      return { ...mailView(row), acts };
    },
  );
  app.get(
    '/api/mailboxes',
    { onRequest, schema: { summary: 'The mailboxes: what is wrong, how far they are read, how full they are', tags } },
    async () => {
      const [places, counts] = await Promise.all([listPlaces(world.store), countByState(world.store)]);
      return places.map((place) => mailboxView(place, counts, configured.includes(place.address)));
    },
  );
}

function addRawRoute(app: FastifyInstance, { world }: RouteParts): void {
  app.get<{ Params: MailParams }>(
    '/api/mails/:mailId/raw',
    {
      onRequest: gateOf(world),
      schema: { params: MailParams, summary: 'The exact bytes of a mail', tags: ['mails'] },
    },
    async ({ params: { mailId } }, reply) => {
      const bytes = await findBytes(world.store, mailId);
      if (!bytes && !(await findMail(world.store, mailId))) throw unknown(mailId);
      if (!bytes) throw new HubError('MAIL_NOT_KEPT', `The bytes of mail ${mailId} are not kept here.`);
      return reply
        .type('message/rfc822')
        .header('content-disposition', `attachment; filename="${mailId}.eml"`)
        .send(bytes);
    },
  );
}

function notToDo({ mailId, state, hasBytes }: MailRow): string {
  const known = `Mail ${mailId} is ${state}`;
  if (hasBytes || state !== 'quarantined') return `${known}, and nothing of it waits for anybody.`;
  return `${known} and was never fetched; the mailbox was numbered anew since, and all that is in it was read again. Settle this one.`;
}

/** Does a manual act and notes it, both or neither. */
async function act(
  request: MailCall,
  { world, wake }: RouteParts,
  what: Pick<AuditEntry, 'action' | 'reason'>,
  work: (...parameters: Parameters<typeof settleMail>) => Promise<boolean>,
): Promise<void> {
  const { mailId } = request.params;
  const { name: by } = callerIn(request, world);
  const at = world.clock.now();
  const row = await findMail(world.store, mailId);
  if (!row) throw unknown(mailId);
  await world.store.transaction(async (tx) => {
    if (!(await work(tx, mailId, at))) {
      throw new HubError('MAIL_DONE', notToDo(row));
    }
    await noteAct(tx, { at, by, mailId, ...what });
  });
  wake(row.mailbox);
}

async function shown(request: MailCall, { world }: RouteParts) {
  const row = await findMail(world.store, request.params.mailId);
  if (!row) throw unknown(request.params.mailId);
  return mailView(row);
}

function addDecidingRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { world } = parts;
  const onRequest = gateOf(world);
  app.post<{ Params: MailParams }>(
    '/api/mails/:mailId/retry',
    {
      onRequest,
      schema: { params: MailParams, summary: 'Understand a mail anew and hand over what it holds', tags: ['mails'] },
    },
    async (request, reply) => {
      await act(request, parts, { action: 'mail.retry' }, (tx, mailId, at) =>
        putBack(tx, mailId, at, realTime(world.clock)),
      );
      return reply.code(202).send(await shown(request, parts));
    },
  );
  app.post<{ Params: MailParams; Body: SettleRequest }>(
    '/api/mails/:mailId/settle',
    {
      onRequest,
      schema: {
        params: MailParams,
        body: SettleRequest,
        summary: 'Say that a person has dealt with a mail; nothing more is done with it',
        tags: ['mails'],
      },
    },
    async (request) => {
      await act(request, parts, { action: 'mail.settle', reason: request.body.reason }, settleMail);
      return shown(request, parts);
    },
  );
}

/** How many mails a call put back, and from where the next call goes on, where there may be more. */
interface Retried {
  readonly retried: number;
  readonly next?: number;
}

async function retryAll(
  { why, mailbox, after = 0 }: RetryRequest,
  by: string,
  { world, wake }: RouteParts,
): Promise<Retried> {
  const at = world.clock.now();
  const wish = { why, mailbox: mailbox?.toLowerCase(), after };
  const mails = await world.store.transaction(async (tx) => {
    const found = await putBackAll(tx, wish, at, realTime(world.clock));
    const ids = found.map(({ mailId }) => mailId);
    await noteActs(tx, { at, by, action: 'mail.retry' }, ids);
    return found;
  });
  for (const one of new Set(mails.map((mail) => mail.mailbox))) wake(one);
  const retried = mails.length;
  if (retried < retriedMax) return { retried };
  return { retried, next: Math.max(...mails.map(({ position }) => position)) };
}

function addRetryRoute(app: FastifyInstance, parts: RouteParts): void {
  app.post<{ Body: RetryRequest }>(
    '/api/mails/retry',
    {
      onRequest: gateOf(parts.world),
      schema: {
        body: RetryRequest,
        summary: `Try all mails again that wait for one reason, the first ${retriedMax}; \`next\` of the answer goes on from there`,
        tags: ['mails'],
      },
    },
    async (request, reply) => {
      const { name } = callerIn(request, parts.world);
      return reply.code(202).send(await retryAll(request.body, name, parts));
    },
  );
}

/**
 * Adds the mailbox's paths.
 * @param app the service's server
 * @param parts the mails, and who may
 */
export function addRoutes(app: FastifyInstance, parts: RouteParts): void {
  addReadingRoutes(app, parts);
  addRawRoute(app, parts);
  addDecidingRoutes(app, parts);
  addRetryRoute(app, parts);
}
