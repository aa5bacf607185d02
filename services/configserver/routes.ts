// configserver: Spring Cloud Config's paths: sources per service and profile, the merged view as a file, plain files, push hooks.
import { HubError } from '@staffetta/flow/errors.ts';
import type { FlatValue } from '@staffetta/platform/config/flat-values.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendMarked } from './answer-marks.ts';
import { readAsked } from './asked.ts';
import { mergeForView, writeMerged, type MergedForm } from './merged-view.ts';
import { changedPaths, formBody, servicesConcerned } from './monitor.ts';
import type { PropertySource } from './read-environment.ts';
import { resolvePlaceholders, resolveText } from './resolve-placeholders.ts';
import { serveFile, serveSettings, type Serving } from './served-settings.ts';

interface Query {
  readonly resolvePlaceholders?: string;
  readonly useDefaultLabel?: string;
}

interface Params {
  readonly app: string;
  readonly profile: string;
  readonly label?: string;
  readonly '*'?: string;
}

interface Called {
  Params: Params;
  Querystring: Query;
}

/** Paths of the server itself, which no service may be named like. */
const reserved = new Set([
  'actuator',
  'swagger-ui',
  'v3',
  'encrypt',
  'decrypt',
  'monitor',
  'key',
  'health',
  'settings',
  'favicon.ico',
]);
const secondForm = 'application/vnd.spring-cloud.config-server.v2+json';

function notHere(reply: FastifyReply): FastifyReply {
  reply.callNotFound();
  return reply;
}

function withOrigins({ source, origins }: PropertySource): Record<string, unknown> {
  const shown = (key: string, value: FlatValue): unknown => {
    const origin = origins.get(key);
    return origin === undefined ? value : { value, origin };
  };
  return Object.fromEntries([...source].map(([key, value]) => [key, shown(key, value)]));
}

async function sendSettings(serving: Serving, request: FastifyRequest<Called>, reply: FastifyReply) {
  const { app, profile, label } = request.params;
  const asked = readAsked(app, profile, label);
  const { version, state, sources } = await serveSettings(serving, asked);
  const second = request.headers.accept?.includes(secondForm) === true;
  const propertySources = sources.map((one) => ({
    name: one.name,
    source: second ? withOrigins(one) : Object.fromEntries(one.source),
  }));
  // Spring gives several profiles back as one item too.
  const body = {
    name: asked.apps.join(','),
    profiles: [profile],
    label: asked.label ?? null,
    version,
    state,
    propertySources,
  };
  const typed = reply.type(second ? secondForm : 'application/json');
  return sendMarked(typed, request.headers['if-none-match'], JSON.stringify(body));
}

const mergedForm = /^(.+)-([^-]+)\.(json|yml|yaml|properties)$/;
const fileEnding = /\.(?:json|yml|yaml|properties)$/;

function isOff(flag: string | undefined): boolean {
  return flag?.toLowerCase() === 'false';
}

interface MergedCall {
  readonly file: string;
  readonly label: string | undefined;
  readonly query: Query;
}

async function sendMerged(serving: Serving, call: MergedCall, reply: FastifyReply): Promise<FastifyReply> {
  const [, app, profile, form] = mergedForm.exec(call.file) ?? [];
  if (app === undefined || profile === undefined) return notHere(reply);
  const { sources } = await serveSettings(serving, readAsked(app, profile, call.label));
  const merged = mergeForView(sources.map(({ source }) => source));
  const values = isOff(call.query.resolvePlaceholders) ? merged : resolvePlaceholders(merged);
  const type = form === 'json' ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8';
  return reply.type(type).send(writeMerged(values, form as MergedForm));
}

function asUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const words = `${path} is no UTF-8 text; ask for it with Accept: application/octet-stream.`;
    throw new HubError('CONFIG_FILE_WRONG', words, error);
  }
}

interface FileCall {
  readonly path: string;
  readonly label: string | undefined;
}

async function sendFile(
  serving: Serving,
  { params, query, headers }: FastifyRequest<Called>,
  { path, label }: FileCall,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { bytes, settings } = await serveFile(serving, readAsked(params.app, params.profile, label), path);
  // What lies in a repository is never shown as a page of ours.
  reply.header('x-content-type-options', 'nosniff');
  if (headers.accept?.includes('application/octet-stream') === true) {
    return reply.type('application/octet-stream').send(Buffer.from(bytes));
  }
  const text = asUtf8(bytes, path);
  const resolved = isOff(query.resolvePlaceholders)
    ? text
    : resolveText(text, mergeForView((await settings()).map(({ source }) => source)));
  return reply.type('text/plain; charset=utf-8').send(resolved);
}

/** What the paths need. */
export interface RoutesOptions {
  /** Places with files, key and overrides. */
  readonly serving: Serving;
  /** Fetches what is new and tells the services (`*`: all); resolves when that is done. */
  readonly onPush: (services: readonly string[]) => Promise<void>;
}

function addMonitor(app: FastifyInstance, { onPush }: RoutesOptions): void {
  const schema = {
    summary:
      'A push hook: repositories are fetched at once, services told; answers those that the changed files concern',
  };
  app.post('/monitor', { schema }, async ({ headers, body }, reply) => {
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    const paths = changedPaths(headers, isForm ? formBody(String(body)) : body);
    const services = servicesConcerned(paths);
    await onPush(services);
    return reply.send(services);
  });
}

/**
 * Adds the configserver's paths.
 * @param app the service's server
 * @param options what they need
 */
export function addRoutes(app: FastifyInstance, options: RoutesOptions): void {
  const { serving } = options;
  addMonitor(app, options);
  const settings = { schema: { summary: 'The settings of a service, source by source, the most specific first' } };
  app.get<Called>('/:app/:profile', settings, (request, reply) => {
    const { app: first, profile: second } = request.params;
    if (reserved.has(first)) return notHere(reply);
    if (!fileEnding.test(second)) return sendSettings(serving, request, reply);
    return sendMerged(serving, { file: second, label: first, query: request.query }, reply);
  });
  app.get<Called>('/:app/:profile/:label', settings, (request, reply) => {
    const { app: first, label = '' } = request.params;
    if (reserved.has(first)) return notHere(reply);
    if (request.query.useDefaultLabel === undefined) return sendSettings(serving, request, reply);
    return sendFile(serving, request, { path: label, label: undefined }, reply);
  });
  const files = { schema: { summary: 'A file of the repository as it is, placeholders filled in' } };
  app.get<Called>('/:app/:profile/:label/*', files, (request, reply) => {
    const { app: first, label = '', '*': rest = '' } = request.params;
    if (reserved.has(first)) return notHere(reply);
    const usual = request.query.useDefaultLabel !== undefined;
    return sendFile(
      serving,
      request,
      usual ? { path: `${label}/${rest}`, label: undefined } : { path: rest, label },
      reply,
    );
  });
  app.get<{ Params: { file: string }; Querystring: Query }>(
    '/:file',
    { schema: { summary: 'The merged settings as service-profile.json, .yml, .yaml or .properties' } },
    ({ params, query }, reply) => sendMerged(serving, { file: params.file, label: undefined, query }, reply),
  );
}
