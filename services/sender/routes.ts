// sender: its REST, for operators: what became of each mail, and where SdI wants them.
import { realTime } from '@staffetta/platform/clock.ts';
import { shownAddress } from '@staffetta/platform/telemetry/shown-address.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { callerOf, needRole } from '@staffetta/platform/http/caller.ts';
import { pageOf } from '@staffetta/platform/http/page.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { SenderValues } from './config.ts';
import { countMails, listMails } from './mails.ts';
import { forgetAddress, readAddresses } from './sdi-addresses.ts';

const Query = Type.Object({
  state: Type.Optional(Type.Enum(['deferred', 'uncertain', 'sent', 'refused'])),
  // U+0000 is no text for the database, so that a search for it could only fail.
  fileName: Type.Optional(Type.String({ maxLength: 255, pattern: '^[^\\u0000]*$' })),
  page: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
  size: Type.Integer({ minimum: 1, maximum: 200, default: 20 }),
});

const MailboxPath = Type.Object({ mailbox: Type.String({ maxLength: 320, pattern: '^[^\\u0000]*$' }) });

/** Where SdI wants the files of a mailbox. */
interface ShownAddress {
  readonly mailbox: string;
  readonly address: string;
  /** False where SdI has named none yet, so that its first one holds. */
  readonly learned: boolean;
  readonly learnedAt: Date | null;
  readonly mailId: string | null;
}

/** What the paths work with. */
export interface RouteParts {
  readonly world: World;
  /** The mailboxes that are set up. */
  readonly mailboxes: readonly string[];
  /** SdI's first address. */
  readonly values: Pick<SenderValues, 'mailTo'>;
}

/** Who calls, with role ARUBA. */
function operator({ headers }: FastifyRequest, world: World): string {
  const caller = callerOf(headers, world, realTime(world.clock));
  needRole(caller, ['ARUBA']);
  return caller.name;
}

async function showAddresses({ world, mailboxes, values }: RouteParts): Promise<ShownAddress[]> {
  const learned = await readAddresses(world.store);
  const silent = mailboxes.filter((mailbox) => !learned.has(mailbox.toLowerCase()));
  return [
    ...[...learned.values()].map((one) => ({ ...one, learned: true })),
    ...silent.map((mailbox) => ({ mailbox, address: values.mailTo, learned: false, learnedAt: null, mailId: null })),
  ].toSorted((a, b) => a.mailbox.localeCompare(b.mailbox));
}

function addMails(app: FastifyInstance, world: World): void {
  app.get<{ Querystring: Partial<Static<typeof Query>> }>(
    '/api/mails',
    {
      onRequest: async (request) => void operator(request, world),
      schema: { querystring: Type.Partial(Query), summary: 'The ledger of mails, the newest first', tags: ['mails'] },
    },
    async ({ query: { state, fileName, page = 0, size = 20 } }) => {
      const filter = { state, fileName };
      const [content, total] = await Promise.all([
        listMails(world.store, filter, { number: page, size }),
        countMails(world.store, filter),
      ]);
      return pageOf(content, { number: page, size }, total, false);
    },
  );
}

function addAddresses(app: FastifyInstance, parts: RouteParts): void {
  const { world, values } = parts;
  const onRequest = async (request: FastifyRequest): Promise<void> => void operator(request, world);
  const tags = ['addresses'];
  app.get(
    '/api/addresses',
    { onRequest, schema: { summary: "SdI's address for each mailbox, the first one or what SdI named since", tags } },
    () => showAddresses(parts),
  );
  app.delete<{ Params: Static<typeof MailboxPath> }>(
    '/api/addresses/:mailbox',
    {
      onRequest,
      schema: { params: MailboxPath, summary: 'Forgets what SdI named: its first address holds again', tags },
    },
    async (request) => {
      const mailbox = request.params.mailbox.toLowerCase();
      const address = await forgetAddress(world.store, mailbox);
      if (address === undefined) {
        throw new HubError('ADDRESS_UNKNOWN', `SdI has named no address for ${mailbox.slice(0, 100)}.`);
      }
      const forgotten = { mailbox: shownAddress(mailbox), address: shownAddress(address), correlationId: request.id };
      world.log.warn({ by: operator(request, world), ...forgotten }, 'sdiAddress.forgotten');
      return { statusCode: '200', statusMsg: `${address} forgotten: the files of ${mailbox} go to ${values.mailTo}` };
    },
  );
}

/**
 * Adds the sender's paths; role ARUBA.
 * @param app the service's server
 * @param parts the sender's tables, who may, and what is set up
 */
export function addRoutes(app: FastifyInstance, parts: RouteParts): void {
  addMails(app, parts.world);
  addAddresses(app, parts);
}
