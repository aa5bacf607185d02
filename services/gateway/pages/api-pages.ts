// gateway: its pages about interfaces: one Swagger UI for all services, and the flows as AsyncAPI, for programs and for people.
import { HubError } from '@staffetta/flow/errors.ts';
import { flows } from '@staffetta/flow/flows.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Gate } from '../gate.ts';
import type { Inside } from '../invoices/inside.ts';
import { asyncApi } from './async-api.ts';
import { seenThrough, servicesFor, shownServices, type OpenApi, type ShownService } from './collected-apis.ts';
import { flowsPage, flowsPolicy } from './flows-page.ts';
import { swaggerPage, swaggerPolicy, swaggerStart } from './swagger-page.ts';

/** What the pages lean on. */
export interface PageParts {
  readonly gate: Gate;
  readonly inside: Inside;
  readonly version: string;
}

const tags = ['interfaces'];

async function documentOf(app: FastifyInstance, { inside }: PageParts, request: FastifyRequest, service: ShownService) {
  if (service === 'gateway') return app.swagger() as unknown as OpenApi;
  const { status, bytes } = await inside.ask(request, { method: 'GET', path: `/${service}/v3/api-docs` });
  if (status === 200) return JSON.parse(bytes.toString('utf8')) as OpenApi;
  throw new HubError('SERVICE_AWAY', `The ${service} does not tell its interface now.`);
}

function addCollected(app: FastifyInstance, parts: PageParts): void {
  const holderOf = (request: FastifyRequest) => parts.gate.passageOf(request)?.holder;
  app.get('/gateway/apis', { schema: { summary: 'The services whose interfaces you may use', tags } }, (request) => ({
    apis: servicesFor(holderOf(request)).map((name) => ({ name, url: `/gateway/apis/${name}/openapi.json` })),
  }));
  const params = Type.Object({ name: Type.Enum([...shownServices]) });
  app.get<{ Params: { name: ShownService } }>(
    '/gateway/apis/:name/openapi.json',
    { schema: { summary: 'A service’s interface as you see it through the gateway', tags, params } },
    async (request) => {
      const { name } = request.params;
      return seenThrough(name, await documentOf(app, parts, request, name), holderOf(request));
    },
  );
}

function sendPage(reply: FastifyReply, page: string, policy: string): FastifyReply {
  return reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page);
}

function addPages(app: FastifyInstance, { gate, version }: PageParts): void {
  const hidden = { schema: { hide: true } };
  app.get('/gateway/apis/ui', hidden, (_request, reply) => sendPage(reply, swaggerPage, swaggerPolicy));
  app.get('/gateway/apis/ui.js', hidden, (request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(swaggerStart(servicesFor(gate.passageOf(request)?.holder))),
  );
  app.get('/v3/asyncapi', { schema: { summary: 'The flows as AsyncAPI 3.0', tags } }, () => asyncApi(version));
  app.get('/gateway/flows', hidden, (_request, reply) => sendPage(reply, flowsPage(flows), flowsPolicy));
}

/**
 * Adds the pages.
 * @param app the gateway's server
 * @param parts who looks, and how services are asked
 */
export function addApiPages(app: FastifyInstance, parts: PageParts): void {
  addCollected(app, parts);
  addPages(app, parts);
}
