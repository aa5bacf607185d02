// platform: the HTTP server every service has: the contract's error shape, actuator paths, API page, metrics, correlation ids.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { HubError, type ErrorKind } from '@staffetta/flow/errors.ts';
import {
  fastify,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyServerOptions,
  type onRequestHookHandler,
} from 'fastify';
import { isUtf8 } from 'node:buffer';
import { STATUS_CODES, type RequestListener, type Server } from 'node:http';
import type { Registry } from 'prom-client';
import { toRomeWallTime, type Clock } from '../clock.ts';
import { uuidv7 } from '../ids.ts';
import { isStopping, requestGraceMs } from '../stop-signal.ts';
import type { Log } from '../telemetry/log.ts';
import { withoutExcerpt } from '../telemetry/plain-error.ts';
import { outcomeOf } from '../telemetry/call-metrics.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { tracing } from '../telemetry/tracing.ts';
import { addActuator, isInsider } from './actuator.ts';
import { callerHeader } from './caller.ts';
import { watchConnections, watchRequests } from './open-requests.ts';
import type { HealthCheck } from './health.ts';
import { readAway } from './read-away.ts';
import { spanRequests } from './server-spans.ts';
import { compileValidator } from './validation.ts';

/** A listener of a service's own making (TLS, HTTP/2, bounds), instead of a plain one. */
export interface HttpListener {
  /** Makes it; whatever it lets in it hands to the handler. */
  open(handler: RequestListener): Server;
  /** Closes the connections on which nobody waits for an answer; called again and again while the service stops. */
  closeSilent(): void;
  closeAll(): void;
}

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
  /** The service's metrics (`World.metrics`); its own where it has none. */
  readonly metrics?: Metrics;
  /** Until then it is out of service (`World.hasStarted`); absent means that it has. */
  readonly hasStarted?: (() => boolean) | undefined;
  /** Asked before every route, the API page and unknown paths included (the gateway's sign-in). */
  readonly gate?: onRequestHookHandler;
  readonly listener?: HttpListener;
}

/** A service's server with its metrics; `drain()` turns readiness off before the listener closes. */
export interface HttpServer {
  readonly app: FastifyInstance;
  /** Where a service's metrics are registered. */
  readonly metrics: Registry;
  /** Listens and gives the port (of use with port 0). */
  listen(port: number, host: string): Promise<number>;
  /** Turns readiness off, lets requests in hand end, closes. */
  close(): Promise<void>;
}

/** The HTTP status of each kind of error. */
export const statusOfKind: Record<ErrorKind, number> = {
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

/** Tells the error by its row of `flow/errors.ts`; the contract's body knows the status only. */
export const errorCodeHeader = 'x-error-code';

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
    return reply.code(status).header(errorCodeHeader, known.code).type('application/json').send(body);
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `There is no ${request.method} ${pathOf(request)} here. See /swagger-ui/ for the paths of this service.`;
    reply.header(errorCodeHeader, 'PATH_UNKNOWN');
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
      const why = error instanceof Error ? withoutExcerpt(error.message) : String(error);
      return done(new HubError('BODY_NOT_JSON', `The body is no JSON: ${why}.`, error));
    }
  });
}

function measure(app: FastifyInstance, metrics: Metrics): void {
  const duration = metrics.histogram('http_server_requests_seconds');
  app.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const status = reply.statusCode;
    const uri = request.routeOptions.url ?? 'UNKNOWN';
    duration.observe({ method, uri, status: String(status), outcome: outcomeOf(status) }, reply.elapsedTime / 1000);
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

const sweepEveryMs = 50;

/** What a correlation id looks like: printable ASCII without blanks, so that headers, mails and logs can carry it. */
export const correlationForm = /^[\x21-\x7e]{1,200}$/;

function correlationOf(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-correlation-id'];
  return typeof given === 'string' && correlationForm.test(given) ? given : uuidv7();
}

function serveBy(listener: HttpListener): FastifyServerOptions {
  // The listener answers what is no HTTP itself; an answer of Fastify's would be a second one.
  return { serverFactory: (handler) => listener.open(handler), clientErrorHandler: () => undefined };
}

function serverOptions(options: HttpOptions): FastifyServerOptions {
  return {
    logger: false,
    // Fastify gives its parts ten seconds to come up, which a busy machine may need: slow is no reason not to start.
    pluginTimeout: 0,
    bodyLimit: options.bodyBytesMax,
    genReqId: (raw) => correlationOf(raw),
    forceCloseConnections: 'idle',
    // What comes on a connection that is open while the service stops is work like any other: it is still able to do it.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    keepAliveTimeout: 72_000,
    ...(options.listener && serveBy(options.listener)),
    frameworkErrors(error, request, reply: FastifyReply) {
      const message = `The path cannot be read: ${error.message}.`;
      void reply.code(400).send(errorBody(pathOf(request), 400, message, options.clock.now()));
    },
  };
}

const insiderPages = /^\/actuator\/(env|refresh|loggers(\/\w+)?)$/;

/**
 * The platform's own signed calls for settings and log levels go beside the gate. Whoever only wears the header meets the gate like
 * everybody: its limits count there, and what it hands out no page can do without.
 */
function besideGate(gate: onRequestHookHandler, options: HttpOptions): onRequestHookHandler {
  return function (request, reply, done) {
    const isClaimed = request.headers[callerHeader] !== undefined && insiderPages.test(request.url);
    return isClaimed && isInsider(request, options) ? done() : gate.call(this, request, reply, done);
  };
}

/**
 * Builds a service's server; routes are added to `app` before `listen`. `request.id` is the correlation id: the caller's
 * `X-Correlation-ID` where it is printable ASCII of at most 200 characters, else a new UUIDv7; it is echoed in every answer.
 * @param options what the service says about itself, its limits and its health
 */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const app = fastify(serverOptions(options));
  const metrics = options.metrics ?? Metrics.ofService(options.service);
  const { listener } = options;
  const closeSilent = listener ? () => listener.closeSilent() : watchConnections(app.server);
  const closeAll = (): void => (listener ? listener.closeAll() : app.server.closeAllConnections());
  let draining = false;
  app.setValidatorCompiler(compileValidator);
  readJson(app);
  answerErrors(app, options);
  measure(app, metrics);
  const tellCut = watchRequests(app, options.log);
  const traces = tracing();
  if (traces) spanRequests(app, options.service, traces);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Correlation-ID', request.id);
    done();
  });
  // Before the API page, whose plugin copies the hooks that exist when it is registered.
  if (options.gate) app.addHook('onRequest', besideGate(options.gate, options));
  await showApi(app, options);
  const isOut = (): boolean => draining || isStopping() || options.hasStarted?.() === false;
  addActuator(app, { options, metrics, isOut });
  return {
    app,
    metrics: metrics.registry,
    async listen(port, host) {
      await app.listen({ port, host });
      const address = app.server.address();
      return typeof address === 'object' && address ? address.port : port;
    },
    async close() {
      draining = true;
      // A client that keeps a connection busy for ever must not keep the service from stopping.
      const late = setTimeout(() => {
        tellCut();
        closeAll();
      }, requestGraceMs());
      const sweep = setInterval(closeSilent, sweepEveryMs);
      await app.close();
      clearTimeout(late);
      clearInterval(sweep);
    },
  };
}
