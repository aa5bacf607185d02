// sandbox: its web server; the page, the REST by which journeys look and misbehave, the callback endpoint.
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { CallbackBook, CallbackFilter } from './callback-book.ts';
import { addCallbackEndpoint } from './callback-endpoint.ts';
import type { CallbackRule, CallbackRules } from './callback-rules.ts';
import type { Switchable } from './switchable.ts';
import type { MailFilter, MailStore } from './mail-store.ts';
import { readMail } from './mail-summary.ts';
import { pageStyle, printPage } from './page-html.ts';
import { toPage, type PageRequest } from './pages.ts';
import { callbackListQuery, callbackRuleBody, mailListQuery, pageQuery, smtpBehaviourBody } from './page-schemas.ts';
import type { ShownMailboxes } from './pec/mailboxes-html.ts';
import { mailsOf, summaryOf } from './pec/mailbox-summaries.ts';
import { addPecRoutes, type PecParts } from './pec/pec-routes.ts';
import { addSdiRoutes, type SdiRoutesParts } from './sdi/sdi-routes.ts';
import type { SdiContents } from './sdi/sdi-html.ts';
import { shownFile } from './sdi/show-file.ts';
import type { SmtpRule, SmtpRules } from './smtp-rules.ts';

/** What the page shows and steers. */
export interface PageParts {
  readonly mails: MailStore;
  readonly callbacks: CallbackBook;
  readonly mailServer: Switchable;
  readonly smtpRules: SmtpRules;
  readonly callbackRules: CallbackRules;
  readonly pec: PecParts;
  /** Absent where there is no SdI. */
  readonly sdi?: SdiRoutesParts & {
    /** The mailbox that a sample invoice goes to unless another is named. */
    readonly mailbox: string;
  };
}

const ruleBytesMax = 64 * 1024;
const pageSize = 50;

/**
 * Builds the web server; it does not listen yet.
 * @param parts what it shows and steers
 */
export async function buildPage(parts: PageParts): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: ruleBytesMax,
    routerOptions: { maxParamLength: 1_000 },
    // Callbacks left hanging would otherwise keep the sandbox from stopping.
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false } },
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    // What strangers mail or post must never run: no scripts at all, whatever slips through.
    reply.header(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'",
    );
  });
  await addCallbackEndpoint(app, parts.callbacks, parts.callbackRules);
  addHtml(app, parts);
  addMails(app, parts);
  addCallbacks(app, parts);
  addBehaviours(app, parts);
  addPecRoutes(app, parts.pec);
  if (parts.sdi) await addSdiRoutes(app, parts.sdi);
  return app;
}

function sdiContents(sdi: NonNullable<PageParts['sdi']>, page: number): SdiContents {
  const { archive } = sdi.sdi;
  const files = toPage(archive.files().toReversed(), { page, size: pageSize });
  const shown = files.content.map((file) => shownFile(file, archive));
  return { files: { ...files, content: shown }, rules: archive.rules(), mailbox: sdi.mailbox };
}

async function shownMailboxes(
  { boxes, imapServer }: PecParts,
  { mailbox, inbox }: { readonly mailbox: string; readonly inbox: number },
): Promise<ShownMailboxes> {
  const open = boxes.find(mailbox);
  const mails = open && (await mailsOf(open, { page: inbox, size: pageSize }));
  return {
    boxes: boxes.list().map(summaryOf),
    imapPort: imapServer.port,
    imapIsDown: imapServer.isDown,
    ...(open && mails && { open: { address: open.address, mails } }),
  };
}

function addHtml(app: FastifyInstance, parts: PageParts): void {
  const { mails, callbacks, mailServer, smtpRules, callbackRules, pec, sdi } = parts;
  type Query = { mails: number; callbacks: number; sdi: number; fileName: string; correlationId: string } & {
    mailbox: string;
    inbox: number;
  };
  app.get<{ Querystring: Query }>('/', { schema: { querystring: pageQuery } }, async (request, reply) => {
    const { query } = request;
    const correlationId = query.correlationId || undefined;
    const filter = { fileName: query.fileName || undefined, correlationId };
    return reply.type('text/html; charset=utf-8').send(
      printPage({
        mails: await mails.list(filter, { page: query.mails, size: pageSize }),
        callbacks: callbacks.list({ correlationId }, { page: query.callbacks, size: pageSize }),
        fileName: query.fileName,
        correlationId: query.correlationId,
        smtpPort: mailServer.port,
        smtpIsDown: mailServer.isDown,
        mailboxes: await shownMailboxes(pec, query),
        rules: [smtpRules, callbackRules, pec.imapRules, pec.pecRules].reduce(
          (sum, book) => sum + book.list().length,
          0,
        ),
        ...(sdi && { sdi: sdiContents(sdi, query.sdi) }),
      }),
    );
  });
  app.get('/style.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(pageStyle));
}

function addMails(app: FastifyInstance, { mails }: PageParts): void {
  type List = { Querystring: MailFilter & PageRequest };
  app.get<List>('/api/mails', { schema: { querystring: mailListQuery } }, async (request) => {
    const { page, size, ...filter } = request.query;
    return mails.list(filter, { page, size });
  });
  app.get<{ Params: { id: string } }>('/api/mails/:id', async (request, reply) => {
    return (await mails.summary(request.params.id)) ?? missing(reply, `mail ${request.params.id}`);
  });
  app.get<{ Params: { id: string } }>('/mails/:id/raw', async (request, reply) => {
    const raw = await mails.raw(request.params.id);
    if (raw === undefined) return missing(reply, `mail ${request.params.id}`);
    return download(reply, 'message/rfc822', `${request.params.id}.eml`).send(raw);
  });
  app.get<{ Params: { id: string; name: string } }>('/mails/:id/attachments/:name', async (request, reply) => {
    const { id, name } = request.params;
    const raw = await mails.raw(id);
    const file = raw === undefined ? undefined : (await readMail(raw)).files.find((each) => each.name === name);
    if (file === undefined) return missing(reply, `attachment ${name} of mail ${id}`);
    return download(reply, 'application/octet-stream', name).send(file.content);
  });
  app.delete('/api/mails', async (_request, reply) => {
    await mails.clear();
    return reply.code(204).send();
  });
}

function addCallbacks(app: FastifyInstance, { callbacks }: PageParts): void {
  type List = { Querystring: CallbackFilter & PageRequest };
  app.get<List>('/api/callbacks', { schema: { querystring: callbackListQuery } }, async (request) => {
    const { page, size, ...filter } = request.query;
    return callbacks.list(filter, { page, size });
  });
  app.delete('/api/callbacks', async (_request, reply) => {
    await callbacks.clear();
    return reply.code(204).send();
  });
}

function addBehaviours(app: FastifyInstance, { mailServer, smtpRules, callbackRules }: PageParts): void {
  const smtp = (): object => ({ down: mailServer.isDown, rules: smtpRules.list() });
  app.get('/smtp-behaviour', async () => smtp());
  app.put<{ Body: SmtpRule & { down?: boolean } }>(
    '/smtp-behaviour',
    { schema: { body: smtpBehaviourBody } },
    async (request, reply) => {
      const { down, ...rule } = request.body;
      if (down === true) await mailServer.goDown();
      if (down === false) await mailServer.comeUp();
      try {
        if (Object.keys(rule).length > 0) smtpRules.put(rule);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return reply.code(400).send({ message: `match is no regular expression: ${error.message}` });
      }
      return smtp();
    },
  );
  app.delete('/smtp-behaviour', async () => {
    smtpRules.clear();
    await mailServer.comeUp();
    return smtp();
  });
  app.get('/callbacks-behaviour', async () => ({ rules: callbackRules.list() }));
  app.put<{ Body: CallbackRule }>('/callbacks-behaviour', { schema: { body: callbackRuleBody } }, async (request) => {
    callbackRules.put(request.body);
    return { rules: callbackRules.list() };
  });
  app.delete('/callbacks-behaviour', async () => {
    callbackRules.clear();
    return { rules: [] };
  });
}

function missing(reply: FastifyReply, what: string): FastifyReply {
  return reply
    .code(404)
    .send({ message: `There is no ${what}: it may have been removed, or made room for newer ones.` });
}

function download(reply: FastifyReply, type: string, name: string): FastifyReply {
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return reply.type(type).header('content-disposition', `attachment; filename*=UTF-8''${encoded}`);
}
