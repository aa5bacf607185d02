// sandbox: the REST of its mailboxes and of how its IMAP server and its PEC provider were told to misbehave.
import type { FastifyInstance } from 'fastify';
import type { ImapRule, ImapRules } from '../imap/imap-rules.ts';
import type { ImapServer } from '../imap/imap-server.ts';
import type { PageRequest } from '../pages.ts';
import type { MailBoxes } from './mail-boxes.ts';
import { mailsOf, summaryOf } from './mailbox-summaries.ts';
import { pecOutcomes } from './pec-outcomes.ts';
import type { PecRule, PecRules } from './pec-outcomes.ts';

/** What the REST shows and steers. */
export interface PecParts {
  readonly boxes: MailBoxes;
  readonly imapServer: ImapServer;
  readonly imapRules: ImapRules;
  readonly pecRules: PecRules;
}

const text = { type: 'string', maxLength: 1_000 } as const;
const yes = { type: 'boolean' } as const;
const dayMs = 86_400_000;

const imapBehaviourBody = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: { down: yes, address: text, refuse: yes, password: text, full: yes, newUidValidity: yes },
} as const;

const pecRuleBody = {
  type: 'object',
  additionalProperties: false,
  required: ['outcome'],
  properties: {
    match: text,
    outcome: { type: 'string', enum: pecOutcomes },
    times: { type: 'integer', minimum: 0 },
    delayMs: { type: 'integer', minimum: 0, maximum: 400 * dayMs },
  },
} as const;

const mailsQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    page: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 },
    size: { type: 'integer', minimum: 1, maximum: 1_000, default: 50 },
  },
} as const;

/** What the IMAP server and a mailbox are told, by REST. */
export interface ImapWish extends ImapRule {
  /** Takes the server off the net, or brings it back. */
  readonly down?: boolean;
  /** Whether the mailbox of `address` takes nothing more. */
  readonly full?: boolean;
  /** Gives the mails of `address` other UIDs under another UIDVALIDITY. */
  readonly newUidValidity?: boolean;
}

/** Adds the routes. */
export function addPecRoutes(app: FastifyInstance, parts: PecParts): void {
  addMailboxes(app, parts);
  addImapBehaviour(app, parts);
  addPecBehaviour(app, parts);
}

function addMailboxes(app: FastifyInstance, { boxes }: PecParts): void {
  const nobody = (address: string): object => ({ message: `There is no mailbox ${address} yet.` });
  app.get('/api/mailboxes', async () => boxes.list().map(summaryOf));
  app.get<{ Params: { address: string }; Querystring: PageRequest }>(
    '/api/mailboxes/:address/mails',
    { schema: { querystring: mailsQuery } },
    async (request, reply) => {
      const box = boxes.find(request.params.address);
      return box === undefined ? reply.code(404).send(nobody(request.params.address)) : mailsOf(box, request.query);
    },
  );
  app.get<{ Params: { address: string; uid: string } }>('/mailboxes/:address/:uid/raw', async (request, reply) => {
    const { address, uid } = request.params;
    const raw = await boxes.find(address)?.raw(Number(uid));
    if (raw === undefined) return reply.code(404).send({ message: `There is no mail ${uid} in ${address}.` });
    const fileName = `attachment; filename="${Number(uid)}.eml"`;
    return reply.type('message/rfc822').header('content-disposition', fileName).send(raw);
  });
}

function addImapBehaviour(app: FastifyInstance, { boxes, imapServer, imapRules }: PecParts): void {
  const told = (): object => ({
    down: imapServer.isDown,
    rules: imapRules.list(),
    full: boxes.list().flatMap(({ full, address }) => (full ? [address] : [])),
  });
  app.get('/imap-behaviour', async () => told());
  app.put<{ Body: ImapWish }>('/imap-behaviour', { schema: { body: imapBehaviourBody } }, async (request, reply) => {
    const { down, full, newUidValidity, ...rule } = request.body;
    const isAboutBox = full !== undefined || newUidValidity === true;
    const box = rule.address === undefined ? undefined : openOrNone(boxes, rule.address);
    if (isAboutBox && box === undefined) {
      return reply.code(400).send({ message: 'full and newUidValidity need the address of a mailbox' });
    }
    if (down === true) await imapServer.goDown();
    if (down === false) await imapServer.comeUp();
    if (box !== undefined && full !== undefined) box.full = full;
    if (newUidValidity === true) box?.renumber();
    if (rule.refuse !== undefined || rule.password !== undefined) {
      imapRules.put(rule);
      // As where a password was changed: who is signed in must sign in again.
      imapServer.cut(rule.address);
    }
    return told();
  });
  app.delete('/imap-behaviour', async () => {
    imapRules.clear();
    for (const box of boxes.list()) box.full = false;
    await imapServer.comeUp();
    return told();
  });
}

function openOrNone(boxes: MailBoxes, address: string): ReturnType<MailBoxes['find']> {
  try {
    return boxes.open(address);
  } catch {
    // No address, or no room: the answer says so.
    return undefined;
  }
}

function addPecBehaviour(app: FastifyInstance, { pecRules }: PecParts): void {
  app.get('/pec-behaviour', async () => ({ rules: pecRules.list() }));
  app.put<{ Body: PecRule }>('/pec-behaviour', { schema: { body: pecRuleBody } }, async (request, reply) => {
    try {
      pecRules.put(request.body);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return reply.code(400).send({ message: `match is no regular expression: ${error.message}` });
    }
    return { rules: pecRules.list() };
  });
  app.delete('/pec-behaviour', async () => {
    pecRules.clear();
    return { rules: [] };
  });
}
