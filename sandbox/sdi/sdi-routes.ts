// sandbox: SdI's REST, by which journeys look at it, tell it what to answer and have it bring invoices.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '@staffetta/platform/clock.ts';
import { toPage, type PageRequest } from '../pages.ts';
import type { InvoiceToBring } from './bring-invoice.ts';
import { safeName } from './safe-name.ts';
import { sampleInvoice } from './sample-invoice.ts';
import { SdiWishError, type Sdi, type WishedNotice } from './sdi.ts';
import type { SdiFile, SdiRule, SdiTimes } from './sdi-records.ts';
import {
  filesQuery,
  formNoticeBody,
  incomingBody,
  incomingQuery,
  noticeBody,
  ruleBody,
  sampleBody,
  timesBody,
} from './sdi-schemas.ts';
import { shownFile } from './show-file.ts';

/** What the routes need. */
export interface SdiRoutesParts {
  readonly sdi: Sdi;
  readonly clock: Clock;
}

// 5 MiB in base64, and what stands around it.
const incomingBytesMax = 8 * 1024 * 1024;
const formBytesMax = 64 * 1024;

interface FilesQuery extends PageRequest {
  readonly fileName?: string;
  readonly mailbox?: string;
  readonly way?: SdiFile['way'];
}

/** The file by its number or by its name. */
type NamedNotice = Omit<WishedNotice, 'sdiId'> & { readonly sdiId?: string; readonly fileName?: string };

type FormNotice = Pick<WishedNotice, 'sdiId' | 'kind' | 'reason'>;

interface FormSample {
  readonly to: string;
  readonly format?: 'FPR12' | 'FPA12';
  readonly customer?: string;
}

const incomingWords = 'The body is {to, file in base64, fileName?, format?}.';

interface Incoming {
  readonly to: string;
  readonly fileName?: string;
  readonly format?: string;
}

/**
 * Adds SdI's routes, below `/sdi`.
 * @param app the page's server
 * @param parts SdI and the clock
 */
export async function addSdiRoutes(app: FastifyInstance, parts: SdiRoutesParts): Promise<void> {
  await app.register(async (scope) => {
    scope.setErrorHandler((error, _request, reply) => {
      if (error instanceof SdiWishError) return reply.code(400).send({ message: error.message });
      throw error;
    });
    addFiles(scope, parts.sdi);
    addRules(scope, parts.sdi);
    scope.get('/sdi/certificate', async (_request, reply) => {
      return reply.type('application/x-pem-file').send(pemOf(parts.sdi.certificate));
    });
    await scope.register(async (incoming) => addIncoming(incoming, parts.sdi));
    await scope.register(async (forms) => addForms(forms, parts));
  });
}

function pemOf(certificate: Uint8Array): string {
  const lines = Buffer.from(certificate).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function addFiles(app: FastifyInstance, sdi: Sdi): void {
  app.get<{ Querystring: FilesQuery }>('/sdi/files', { schema: { querystring: filesQuery } }, async ({ query }) => {
    const fits = ({ name, mailbox, way }: SdiFile): boolean =>
      (query.fileName === undefined || name.toLowerCase() === query.fileName.toLowerCase()) &&
      (query.mailbox === undefined || mailbox.toLowerCase() === query.mailbox.toLowerCase()) &&
      (query.way === undefined || way === query.way);
    const page = toPage(sdi.archive.files().filter(fits).reverse(), query);
    return { ...page, content: page.content.map((file) => shownFile(file, sdi.archive)) };
  });
  app.get<{ Params: { id: string } }>('/sdi/files/:id', async ({ params }, reply) => {
    const file = sdi.archive.file(params.id);
    return file ? shownFile(file, sdi.archive) : missing(reply, params.id);
  });
  app.get<{ Params: { id: string } }>('/sdi/files/:id/raw', async ({ params }, reply) => {
    const file = sdi.archive.file(params.id);
    if (!file) return missing(reply, params.id);
    const bytes = await sdi.archive.bytesOf(file.sdiId);
    const name = safeName(file.name);
    return reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename="${name}"`)
      .send(bytes);
  });
  app.get('/sdi/answers', async () => ({ content: sdi.archive.buyersAnswers() }));
  app.post<{ Body: NamedNotice }>('/sdi/notices', { schema: { body: noticeBody } }, async ({ body }, reply) => {
    const { fileName, sdiId = idOf(sdi, fileName ?? ''), ...wish } = body;
    return reply.code(202).send(await sdi.notify({ ...wish, sdiId }));
  });
}

/** Of several files of that name the first one, which SdI did not refuse for its name. */
function idOf(sdi: Sdi, fileName: string): string {
  const found = sdi.archive.files().find(({ name }) => name.toLowerCase() === fileName.toLowerCase());
  if (!found) throw new SdiWishError(`SdI knows no file ${safeName(fileName)}.`);
  return found.sdiId;
}

function addRules(app: FastifyInstance, sdi: Sdi): void {
  const told = (): object => ({ rules: sdi.archive.rules(), times: sdi.archive.times() });
  app.get('/sdi/rules', async () => told());
  app.post<{ Body: Omit<SdiRule, 'id'> }>('/sdi/rules', { schema: { body: ruleBody } }, async ({ body }, reply) => {
    return reply.code(201).send(await sdi.addRule(body));
  });
  app.delete('/sdi/rules', async () => {
    await sdi.clearRules();
    return told();
  });
  app.put<{ Body: Partial<SdiTimes> }>('/sdi/times', { schema: { body: timesBody } }, async ({ body }) => {
    await sdi.setTimes(body);
    return told();
  });
}

function addIncoming(scope: FastifyInstance, sdi: Sdi): void {
  const parser = { parseAs: 'buffer' as const, bodyLimit: incomingBytesMax };
  scope.removeContentTypeParser('text/plain');
  scope.addContentTypeParser(/^(?:application|text)\/(?!json)/, parser, (_request, body, done) => done(null, body));
  scope.post<{ Body: Buffer | (Incoming & { file: string }); Querystring: Partial<Incoming> }>(
    '/sdi/incoming',
    { bodyLimit: incomingBytesMax, schema: { querystring: incomingQuery } },
    async (request, reply) => {
      const { body, query } = request;
      const isRaw = Buffer.isBuffer(body);
      if (!isRaw && !request.validateInput(body, incomingBody)) throw new SdiWishError(incomingWords);
      const file = await sdi.bring(isRaw ? rawInvoice(body, query) : jsonInvoice(body));
      return reply.code(202).send(shownFile(file, sdi.archive));
    },
  );
}

function rawInvoice(bytes: Buffer, { to, ...rest }: Partial<Incoming>): Incoming & { bytes: Buffer } {
  if (to === undefined) throw new SdiWishError('Say in ?to= to which mailbox the invoice is to be brought.');
  if (bytes.length === 0) throw new SdiWishError('The file is empty.');
  return { to, ...rest, bytes };
}

function jsonInvoice({ file, ...rest }: Incoming & { file: string }): Incoming & { bytes: Buffer } {
  return { ...rest, bytes: Buffer.from(file, 'base64') };
}

/** What the page's forms send; each leads back to the page. */
function addForms(app: FastifyInstance, { sdi, clock }: SdiRoutesParts): void {
  app.removeAllContentTypeParsers();
  const parser = { parseAs: 'string' as const, bodyLimit: formBytesMax };
  app.addContentTypeParser('application/x-www-form-urlencoded', parser, (_request, body, done) => {
    // A field that was left empty was not told.
    done(null, Object.fromEntries([...new URLSearchParams(String(body))].filter(([, value]) => value !== '')));
  });
  const back = (reply: FastifyReply): FastifyReply => reply.redirect('/#sdi', 303);
  app.post<{ Body: Omit<SdiRule, 'id'> }>(
    '/sdi/forms/rule',
    { schema: { body: ruleBody } },
    async ({ body }, reply) => {
      await sdi.addRule(body);
      return back(reply);
    },
  );
  app.post('/sdi/forms/clear-rules', async (_request, reply) => {
    await sdi.clearRules();
    return back(reply);
  });
  app.post<{ Body: FormNotice }>('/sdi/forms/notice', { schema: { body: formNoticeBody } }, async ({ body }, reply) => {
    await sdi.notify(body);
    return back(reply);
  });
  app.post<{ Body: FormSample }>('/sdi/forms/sample', { schema: { body: sampleBody } }, async ({ body }, reply) => {
    await sdi.bring(sampleFor(body, clock.now()));
    return back(reply);
  });
}

function sampleFor({ to, format = 'FPR12', customer }: FormSample, at: Date): InvoiceToBring {
  const wish = { to, at, format, sequence: Math.floor(at.getTime() / 1000) };
  return { to, bytes: sampleInvoice(customer === undefined ? wish : { ...wish, customer }) };
}

function missing(reply: FastifyReply, id: string): FastifyReply {
  return reply.code(404).send({ message: `SdI has no file ${id}.` });
}
