// configserver: Spring Cloud Config's paths: sources per service and profile, and the merged view as a file.
import { HubError } from '@staffetta/flow/errors.ts';
import { mergeSources } from '@staffetta/platform/config/flat-values.ts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { stringify } from 'yaml';
import { unflatten } from './flatten.ts';
import { readEnvironment, type Folder } from './read-environment.ts';
import { writeProperties } from './read-properties.ts';
import { resolvePlaceholders } from './resolve-placeholders.ts';

interface Asked {
  Params: { app: string; profile: string; label?: string };
  Querystring: { resolvePlaceholders?: string };
}

/** Paths of the server itself, which no service may be named like. */
const reserved = new Set(['actuator', 'swagger-ui', 'v3', 'encrypt', 'decrypt', 'monitor', 'key', 'health']);
const profilesMax = 20;
/** No slash, no backslash, no dot at the start: what fits can name nothing outside the folder. */
const plainName = /^\w[\w.-]{0,199}$/;

function needPlainName(what: string, name: string): string {
  if (plainName.test(name)) return name;
  throw new HubError(
    'BODY_NOT_VALID',
    `The ${what} ${JSON.stringify(name)} is no plain name of letters, digits, "-", "_" and ".".`,
  );
}

function profilesOf(text: string): string[] {
  const profiles = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (profiles.length === 0 || profiles.length > profilesMax) {
    throw new HubError('BODY_NOT_VALID', `Between one and ${profilesMax} profiles can be asked for, parted by commas.`);
  }
  return profiles.map((name) => needPlainName('profile', name));
}

async function environmentOf(folder: Folder, { app, profile, label }: Asked['Params']) {
  const sources = await readEnvironment(folder, needPlainName('service', app), profilesOf(profile));
  return {
    name: app,
    // Spring gives several profiles back as one item too.
    profiles: [profile],
    label: label ?? null,
    version: null,
    state: null,
    propertySources: sources.map(({ name, source }) => ({ name, source: Object.fromEntries(source) })),
  };
}

function notHere(reply: FastifyReply): FastifyReply {
  reply.callNotFound();
  return reply;
}

const fileForm = /^(.+)-([^-]+)\.(json|yml|yaml|properties)$/;

async function sendFile(folder: Folder, file: string, resolve: boolean, reply: FastifyReply): Promise<FastifyReply> {
  const [, app, profile, ending] = fileForm.exec(file) ?? [];
  if (app === undefined || profile === undefined) return notHere(reply);
  const sources = await readEnvironment(folder, needPlainName('service', app), profilesOf(profile));
  const merged = mergeSources(sources.map(({ source }) => source));
  const values = resolve ? resolvePlaceholders(merged) : merged;
  if (ending === 'json') return reply.type('application/json; charset=utf-8').send(JSON.stringify(unflatten(values)));
  const text = ending === 'properties' ? writeProperties(values) : stringify(unflatten(values));
  return reply.type('text/plain; charset=utf-8').send(text);
}

/**
 * Adds the configserver's paths. A folder has no labels: a label is given back and changes nothing.
 * @param app the service's server
 * @param folder where the files are
 */
export function addRoutes(app: FastifyInstance, folder: Folder): void {
  const schema = { summary: 'The settings of a service, source by source, the most specific first' };
  app.get<Asked>('/:app/:profile', { schema }, async ({ params, query }, reply) => {
    if (reserved.has(params.app)) return notHere(reply);
    const wholeFile = fileForm.test(params.profile);
    if (wholeFile) return sendFile(folder, params.profile, query.resolvePlaceholders !== 'false', reply);
    return environmentOf(folder, params);
  });
  app.get<Asked>('/:app/:profile/:label', { schema }, async ({ params }, reply) =>
    reserved.has(params.app) ? notHere(reply) : environmentOf(folder, params),
  );
  app.get<{ Params: { file: string }; Querystring: Asked['Querystring'] }>(
    '/:file',
    { schema: { summary: 'The merged settings as app-profile.json, .yml, .yaml or .properties' } },
    ({ params, query }, reply) => sendFile(folder, params.file, query.resolvePlaceholders !== 'false', reply),
  );
}
