// platform: measures every call that goes out by HTTP (undici's, fetch's), by what Node's diagnostics channels tell; no call knows of it.
import { subscribe } from 'node:diagnostics_channel';
import type { Metrics } from './metrics.ts';

/** What undici tells of a request. */
interface Told {
  readonly request: { readonly origin?: string | URL; readonly method?: string };
  readonly response?: { readonly statusCode: number };
}

/** Micrometer's word for how a call or a request ended. */
export function outcomeOf(status: number): string {
  if (status < 200) return 'INFORMATIONAL';
  if (status < 300) return 'SUCCESS';
  if (status < 400) return 'REDIRECTION';
  return status < 500 ? 'CLIENT_ERROR' : 'SERVER_ERROR';
}

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/**
 * Begins to measure; a call without an answer has the status IO_ERROR. Whom a customer's callback goes to is no label: there is no
 * end of hosts; what is not known by `peers` is called `other`.
 * @param metrics where to
 * @param peers the base URLs of services and servers, with what they are called
 */
export function measureCalls(metrics: Metrics, peers: ReadonlyMap<string, string>): void {
  const histogram = metrics.histogram('http_client_requests_seconds');
  const names = new Map([...peers].flatMap(([url, name]) => (URL.canParse(url) ? [[new URL(url).origin, name]] : [])));
  const begun = new WeakMap<object, number>();
  const end = ({ request }: Told, status: string, outcome: string): void => {
    const since = begun.get(request);
    if (since === undefined) return;
    begun.delete(request);
    const method = methods.has(request.method ?? '') ? (request.method ?? '') : 'OTHER';
    const name = names.get(String(request.origin)) ?? 'other';
    histogram.observe({ method, status, outcome, client_name: name }, (performance.now() - since) / 1000);
  };
  subscribe('undici:request:create', (told) => void begun.set((told as Told).request, performance.now()));
  subscribe('undici:request:headers', (told) => {
    const { response } = told as Told;
    // An interim answer (100, 103) is not the answer.
    if (response && response.statusCode >= 200) {
      end(told as Told, String(response.statusCode), outcomeOf(response.statusCode));
    }
  });
  subscribe('undici:request:error', (told) => end(told as Told, 'IO_ERROR', 'UNKNOWN'));
}
