// gateway: which path goes where and who may use it, on one page; the first row that fits decides.
import type { Role } from '@staffetta/platform/http/caller.ts';

/** The services that can be reached through the gateway. */
export const routedServices = ['receiver', 'dbmanager', 'sender', 'scheduler'] as const;

/** A service behind the gateway. */
export type RoutedService = (typeof routedServices)[number];

/** Who may use a route: everybody, whoever has a valid key, or those with one of the roles. */
export type Who = 'everybody' | 'signedIn' | readonly Role[];

/** One row of the table; a path that ends with `/**` means the path before it and all below. */
export interface RouteRow {
  readonly method: string;
  readonly path: string;
  readonly to: RoutedService | 'here';
  readonly who: Who;
}

function row(method: string, path: string, to: RouteRow['to'], who: Who): RouteRow {
  return { method, path, to, who };
}

/**
 * The routes. A service's own actuator is for the platform's systems only. What a CUSTOMER may do at the receiver and at
 * the dbmanager, those services decide: they know whose invoice it is.
 */
export const routeTable: readonly RouteRow[] = [
  row('GET', '/actuator/health/**', 'here', 'everybody'),
  row('*', '/contactSupport', 'here', 'everybody'),
  row('GET', '/', 'here', 'signedIn'),
  row('GET', '/actuator/info', 'here', 'signedIn'),
  row('GET', '/actuator/prometheus', 'here', ['ARUBA']),
  row('GET', '/swagger-ui/**', 'here', 'signedIn'),
  row('GET', '/v3/api-docs', 'here', 'signedIn'),

  row('POST', '/receiver/api/notificaSdI', 'receiver', ['SDI']),
  row('POST', '/receiver/api/salvaFatturaInterna', 'receiver', ['ARUBA', 'CUSTOMER']),
  row('POST', '/receiver/api/salvaFatturaEsterna', 'receiver', ['ARUBA', 'CUSTOMER']),
  row('POST', '/receiver/api/verificaFattura', 'receiver', ['ARUBA', 'CUSTOMER']),
  row('*', '/receiver/**', 'receiver', ['ARUBA']),

  row('*', '/dbmanager/actuator/**', 'dbmanager', ['ARUBA']),
  row('*', '/dbmanager/**', 'dbmanager', ['ARUBA', 'CUSTOMER']),

  row('*', '/sender/**', 'sender', ['ARUBA']),
  row('*', '/scheduler/**', 'scheduler', ['ARUBA']),
];

function fitsPath(pattern: string, path: string): boolean {
  if (!pattern.endsWith('/**')) return path === pattern;
  const stem = pattern.length - 3;
  return path.startsWith(pattern.slice(0, stem)) && (path.length === stem || path[stem] === '/');
}

/**
 * Finds the row for a request.
 * @param method in capitals; HEAD counts as GET
 * @param path decoded and free of tricks (see `readPath`); one slash at its end does not count
 * @returns the row, or undefined where no route goes there
 */
export function findRoute(method: string, path: string): RouteRow | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return routeTable.find((one) => (one.method === '*' || one.method === asked) && fitsPath(one.path, plain));
}
