// platform: a span for each request that a service answers; inside, the request's own headers name it as the trace to continue.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OpenSpan, Tracing } from '../telemetry/tracing.ts';
import { requestTrace } from './request-trace.ts';

/** Asked by machines every few seconds: a trace of each would bury those of invoices. */
const quietPaths = /^\/(actuator|swagger-ui|v3\/api-docs)(\/|\?|$)/;
/** Whose requests are heartbeats and look-ups; they only continue what a caller records. */
const quietServices: ReadonlySet<string> = new Set(['eurekaserver', 'configserver']);

/**
 * Has every request of a server recorded: name and facts are its method and the route's pattern, never what stands in the path, the query
 * or the body. Also where a route hijacks its reply.
 * @param app the server; its other hooks come after this call
 * @param service whose it is
 * @param tracing makes the spans
 */
export function spanRequests(app: FastifyInstance, service: string, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const parent = requestTrace(request);
    if (quietPaths.test(request.url) || (!parent && quietServices.has(service))) return done();
    const span = tracing.begin(service, nameOf(request), {
      kind: 'server',
      parent: parent ?? 'none',
      facts: factsOf(request),
    });
    spans.set(request, span);
    request.headers['traceparent'] = span.trace.traceparent;
    return span.run(done);
  });
  // The end of a body comes from the socket, which knows nothing of who reads it.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    return span ? span.run(done) : done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.note({ 'http.response.status_code': reply.statusCode });
    if (reply.statusCode >= 500) span?.fail(String(reply.statusCode));
    span?.end();
    done();
  });
}

function nameOf({ method, routeOptions }: FastifyRequest): string {
  return routeOptions.url === undefined ? method : `${method} ${routeOptions.url}`;
}

function factsOf({ method, routeOptions, id }: FastifyRequest) {
  return { 'http.request.method': method, 'http.route': routeOptions.url, 'staffetta.correlation_id': id };
}
