// platform: the HTTP server every service has: the contract's error shape, actuator paths, API page, metrics, correlation ids.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { HubError, type ErrorKind } from '@staffetta/flow/errors.ts';
import {
  fastify,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  type onRequestHookHandler,
} from 'fastify';
import { isUtf8 } from 'node:buffer';
import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { toRomeWallTime, type Clock } from '../clock.ts';
import { uuidv7 } from '../ids.ts';
import type { Log } from '../telemetry/log.ts';
import { askHealth, type HealthCheck } from './health.ts';
import { compileValidator } from './validation.ts';

/** What a service says about itself when it opens its door. */
export interface HttpOptions {
  readonly service: string;
  readonly says: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Bytes; a longer body is answered 413 once it was read away, so that the client can read the answer. */
  readonly bodyBytesMax: number;
  readonly health: readonly HealthCheck[];
  /** Asked before every route, the API page and unknown paths included (the gateway's sign-in). */
  readonly gate?: onRequestHookHandler;
}

/** A service's server with its metrics; `drain()` turns readiness off before the listener closes. */
export interface HttpServer {
  readonly app: FastifyInstance;
  readonly metrics: Registry;
  /** Listens and gives the port (of use with port 0). */
  listen(port: number, host: string): Promise<number>;
  /** Turns readiness off, lets requests in hand end, closes. */
  close(): Promise<void>;
}

const statusOfKind: Record<ErrorKind, number> = {
  badRequest: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  tooLarge: 413,
  tooMany: 429,
  poison: 400,
  temporary: 503,
  unavailable: 503,
  internal: 500,
};

/** The contract's error body. */
export interface ErrorBody {
  readonly apiPath: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly errorTime: string;
}

/**
 * Writes an error in the contract's shape.
 * @param path the path that was asked for, without its query
 * @param status the HTTP status; its name in capitals is the `errorCode`
 * @param message what, where, and what to do
 * @param now the instant, shown as Rome wall time
 */
export function errorBody(path: string, status: number, message: string, now: Date): ErrorBody {
  const errorCode = (STATUS_CODES[status] ?? 'ERROR').toUpperCase().replaceAll(/[^A-Z]+/g, '_');
  return { apiPath: path, errorCode, errorMessage: message, errorTime: toRomeWallTime(now) };
}

/**
 * Finds the error that a caller may see: ours as it is, Fastify's in our words, everything else as our own fault.
 * @param error what was thrown
 */
export function asHubError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const { code, statusCode, message, validationContext } = error as FastifyError;
  if (code === 'FST_ERR_VALIDATION') return new HubError('BODY_NOT_VALID', `${validationContext ?? 'body'}${message}.`);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new HubError('DOCUMENT_TOO_LARGE', 'The body is over the limit.');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new HubError('CONTENT_TYPE_NOT_KNOWN', `${message}.`);
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return new HubError('BODY_NOT_JSON', 'The body is empty.');
  if (statusCode !== undefined && statusCode < 500) return new HubError('BODY_NOT_VALID', `${message}.`);
  return new HubError('UNEXPECTED', 'The service failed on this request.', error);
}

function pathOf(request: { readonly url: string }): string {
  const query = request.url.indexOf('?');
  return query < 0 ? request.url : request.url.slice(0, query);
}

/** Reads the rest of a refused body away (bounded), else the client gets a reset instead of the answer. */
function readAway(request: FastifyRequest): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, 5000);
    if (request.raw.readableEnded || request.raw.destroyed) return end();
    request.raw.once('end', end).once('close', end).once('error', end).resume();
  });
}

function answerErrors(app: FastifyInstance, options: HttpOptions): void {
  app.setErrorHandler(async (error, request, reply: FastifyReply) => {
    const known = asHubError(error);
    const status = statusOfKind[known.kind];
    if (known.kind === 'tooLarge') await readAway(request);
    if (status >= 500) {
      const line = { err: error, path: pathOf(request), correlationId: request.id, code: known.code };
      if (known.kind === 'internal') options.log.error(line, 'request.failed');
      else options.log.warn(line, 'request.refused');
    }
    // Who throws it may know better when to come back.
    if ((status === 503 || status === 429) && !reply.hasHeader('retry-after')) reply.header('retry-after', '1');
    const body = {
      ...errorBody(pathOf(request), status, `${known.message} ${known.help}`, options.clock.now()),
      ...(known.findings && { findings: known.findings }),
    };
    return reply.code(status).type('application/json').send(body);
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `There is no ${request.method} ${pathOf(request)} here. See /swagger-ui/ for the paths of this service.`;
    return reply.code(404).send(errorBody(pathOf(request), 404, message, options.clock.now()));
  });
}

function readJson(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    if (body.length === 0) return done(new HubError('BODY_NOT_JSON', 'The body is empty.'));
    // Decoding would replace what is no UTF-8 in silence, and a wrong name would go to SdI (RFC 8259 §8.1).
    if (!isUtf8(body)) return done(new HubError('BODY_NOT_JSON', 'The body is not encoded as UTF-8.'));
    try {
      return done(null, JSON.parse(body.toString('utf8')));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return done(new HubError('BODY_NOT_JSON', `The body is no JSON: ${why}.`, error));
    }
  });
}

function answerActuator(app: FastifyInstance, options: HttpOptions, metrics: Registry, draining: () => boolean): void {
  const hidden = { schema: { hide: true } };
  app.get('/actuator/health', hidden, async (_request, reply) => {
    const health = await askHealth(options.health, draining());
    return reply.code(health.status === 'UP' ? 200 : 503).send(health);
  });
  app.get('/actuator/health/liveness', hidden, () => ({ status: 'UP' }));
  app.get('/actuator/health/readiness', hidden, async (_request, reply) => {
    const health = await askHealth(
      options.health.filter((part) => part.essential),
      draining(),
    );
    return reply.code(health.status === 'UP' ? 200 : 503).send(health);
  });
  app.get('/actuator/info', hidden, () => ({
    app: { name: options.service, description: options.says, version: options.version },
    process: { pid: process.pid, node: process.version },
  }));
  app.get('/actuator/prometheus', hidden, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}

function measure(app: FastifyInstance, metrics: Registry): void {
  const duration = new Histogram({
    name: 'http_server_requests_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'uri', 'status'],
    buckets: [0.005, 0.015, 0.05, 0.2, 1, 5],
    registers: [metrics],
  });
  app.addHook('onResponse', (request, reply, done) => {
    const uri = request.routeOptions.url ?? 'unknown';
    duration.observe({ method: request.method, uri, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    done();
  });
}

async function showApi(app: FastifyInstance, options: HttpOptions): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: `Staffetta ${options.service}`, description: options.says, version: options.version },
    },
  });
  const css = [{ filename: 'staffetta.css', content: '.swagger-ui .topbar { display: none }' }];
  await app.register(swaggerUi, { routePrefix: '/swagger-ui', theme: { title: `Staffetta ${options.service}`, css } });
  app.get('/v3/api-docs', { schema: { hide: true } }, () => app.swagger());
}

const closeMsMax = 10_000;
const sweepEveryMs = 50;

/** What a correlation id looks like: printable ASCII without blanks, so that headers, mails and logs can carry it. */
export const correlationForm = /^[\x21-\x7e]{1,200}$/;

function correlationOf(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-correlation-id'];
  return typeof given === 'string' && correlationForm.test(given) ? given : uuidv7();
}

function serverOptions(options: HttpOptions): FastifyServerOptions {
  return {
    logger: false,
    bodyLimit: options.bodyBytesMax,
    genReqId: (raw) => correlationOf(raw),
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    keepAliveTimeout: 72_000,
    frameworkErrors(error, request, reply: FastifyReply) {
      const message = `The path cannot be read: ${error.message}.`;
      void reply.code(400).send(errorBody(pathOf(request), 400, message, options.clock.now()));
    },
  };
}

/**
 * Knows on which connections nobody waits for an answer. Node's own idea of idle leaves out those that never asked (a browser's
 * early connection, a pool's spare one), and each of them would hold up a stop.
 * @param server the listener
 * @returns a function that closes the silent ones
 */
function watchConnections(server: Server): () => void {
  const asking = new Map<Socket, number>();
  const count = (socket: Socket, more: number): void => {
    const before = asking.get(socket);
    if (before !== undefined) asking.set(socket, before + more);
  };
  server.on('connection', (socket: Socket) => {
    asking.set(socket, 0);
    socket.once('close', () => asking.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => {
    count(socket, 1);
    answer.once('close', () => count(socket, -1));
  });
  return () => {
    for (const [socket, open] of asking) if (open === 0) socket.destroy();
  };
}

/**
 * Builds a service's server; routes are added to `app` before `listen`. `request.id` is the correlation id: the caller's
 * `X-Correlation-ID` where it is printable ASCII of at most 200 characters, else a new UUIDv7; it is echoed in every answer.
 * @param options what the service says about itself, its limits and its health
 */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const app = fastify(serverOptions(options));
  const metrics = new Registry();
  metrics.setDefaultLabels({ service: options.service });
  collectDefaultMetrics({ register: metrics });
  const closeSilent = watchConnections(app.server);
  let draining = false;
  app.setValidatorCompiler(compileValidator);
  readJson(app);
  answerErrors(app, options);
  measure(app, metrics);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Correlation-ID', request.id);
    done();
  });
  // Before the API page, whose plugin copies the hooks that exist when it is registered.
  if (options.gate) app.addHook('onRequest', options.gate);
  await showApi(app, options);
  answerActuator(app, options, metrics, () => draining);
  return {
    app,
    metrics,
    async listen(port, host) {
      await app.listen({ port, host });
      const address = app.server.address();
      return typeof address === 'object' && address ? address.port : port;
    },
    async close() {
      draining = true;
      // A client that keeps a connection busy for ever must not keep the service from stopping.
      const late = setTimeout(() => app.server.closeAllConnections(), closeMsMax);
      const sweep = setInterval(closeSilent, sweepEveryMs);
      await app.close();
      clearTimeout(late);
      clearInterval(sweep);
    },
  };
}
