// gateway: which path goes where and who may use it, on one page; the first row that fits decides.
import type { Role } from '@staffetta/platform/http/caller.ts';

/** The services that can be reached through the gateway. */
export const routedServices = ['receiver', 'dbmanager', 'sender', 'mailbox', 'scheduler'] as const;

/** A service behind the gateway. */
export type RoutedService = (typeof routedServices)[number];

/** Who may use a route: everybody, whoever has a valid credential, or those with one of the roles. */
export type Who = 'everybody' | 'signedIn' | readonly Role[];

/** What a credential can be limited to; a credential without scopes may all that its roles may. */
export const scopes = [
  'invoices:read',
  'invoices:write',
  'customers:read',
  'customers:write',
  'notices:write',
  'operate',
  'admin',
] as const;

/** One of the scopes. */
export type Scope = (typeof scopes)[number];

/** One row of the table; `*` in a path stands for one segment, `/**` at its end for the path before it and all below. */
export interface RouteRow {
  readonly method: string;
  readonly path: string;
  /** A service, the gateway itself, or where a route of a firm's own goes (traffic/route-row.ts). */
  readonly to: RoutedService | 'here' | 'own';
  readonly who: Who;
  /** What a limited credential needs; undefined where any will do. */
  readonly scope?: Scope;
  /** `own` where a CUSTOMER reaches only what is its own; the service that knows whose it is decides. */
  readonly reach: 'own' | 'all';
  /** `expensive` rows have a small limit of their own besides the common one. */
  readonly cost: 'plain' | 'expensive';
  /** Whether the service makes one of two requests with the same `Idempotency-Key`: elsewhere a key makes nothing repeatable. */
  readonly keyed?: true;
}

function row(
  method: string,
  path: string,
  to: RouteRow['to'],
  who: Who,
  more: Partial<Pick<RouteRow, 'scope' | 'reach' | 'cost' | 'keyed'>> = {},
): RouteRow {
  return { method, path, to, who, reach: 'all', cost: 'plain', ...more };
}

const own = { reach: 'own' } as const;
const expensive = { cost: 'expensive' } as const;
const keyed = { keyed: true } as const;
/** The platform's own systems, and customers for what is theirs. */
const shared = ['ARUBA', 'CUSTOMER'] as const;

/**
 * The routes. A service's own actuator is for the platform's systems only. What a CUSTOMER may do at the receiver and at
 * the dbmanager, those services decide: they know whose invoice it is.
 */
export const routeTable: readonly RouteRow[] = [
  row('GET', '/actuator/health/**', 'here', 'everybody'),
  row('*', '/contactSupport', 'here', 'everybody'),
  row('GET', '/welcome', 'here', 'everybody'),
  row('POST', '/welcome', 'here', 'everybody'),
  row('GET', '/signin/**', 'here', 'everybody'),
  row('POST', '/signout', 'here', 'everybody'),
  row('POST', '/signout/backchannel', 'here', 'everybody'),
  row('GET', '/me', 'here', 'signedIn'),
  row('*', '/gateway/api/sessions/mine/**', 'here', 'signedIn'),
  row('*', '/gateway/api/sessions/**', 'here', ['ARUBA'], { scope: 'admin' }),
  row('GET', '/', 'here', 'signedIn'),
  row('GET', '/gateway/access', 'here', 'signedIn'),
  row('*', '/gateway/api/keys/**', 'here', ['ARUBA'], { scope: 'admin' }),
  row('GET', '/actuator/info', 'here', 'signedIn'),
  row('GET', '/actuator/prometheus', 'here', ['ARUBA'], { scope: 'operate' }),
  row('GET', '/actuator', 'here', ['ARUBA'], { scope: 'operate' }),
  row('GET', '/actuator/metrics/**', 'here', ['ARUBA'], { scope: 'operate' }),
  row('GET', '/swagger-ui/**', 'here', 'signedIn'),
  row('GET', '/v3/api-docs', 'here', 'signedIn'),
  row('GET', '/gateway/apis/**', 'here', 'signedIn'),
  row('GET', '/v3/asyncapi', 'here', 'signedIn'),
  row('GET', '/gateway/flows', 'here', 'signedIn'),
  row('GET', '/gateway/api/upstreams', 'here', ['ARUBA'], { scope: 'operate' }),

  row('GET', '/api/invoices/*/document', 'here', shared, { ...own, ...expensive, scope: 'invoices:read' }),
  row('GET', '/api/invoices/**', 'here', shared, { ...own, scope: 'invoices:read' }),
  row('*', '/api/invoices/**', 'here', shared, { ...own, scope: 'invoices:write' }),
  row('GET', '/api/customers/**', 'here', shared, { ...own, scope: 'customers:read' }),

  row('POST', '/receiver/api/notificaSdI', 'receiver', ['SDI'], { scope: 'notices:write' }),
  row('POST', '/receiver/api/salvaFatturaInterna', 'receiver', shared, { ...own, ...keyed, scope: 'invoices:write' }),
  row('POST', '/receiver/api/salvaFatturaEsterna', 'receiver', shared, { ...own, ...keyed, scope: 'invoices:write' }),
  row('POST', '/receiver/api/verificaFattura', 'receiver', shared, { ...own, ...expensive, scope: 'invoices:read' }),
  row('*', '/receiver/**', 'receiver', ['ARUBA'], { scope: 'operate' }),

  // Of the whole hub, and so for its own people only.
  row('*', '/dbmanager/actuator/**', 'dbmanager', ['ARUBA'], { scope: 'operate' }),
  row('GET', '/dbmanager/api/alarms/**', 'dbmanager', ['ARUBA'], { scope: 'operate' }),
  row('GET', '/dbmanager/api/notices/**', 'dbmanager', ['ARUBA'], { scope: 'operate' }),
  row('GET', '/dbmanager/api/report/**', 'dbmanager', ['ARUBA'], { scope: 'operate' }),
  row('GET', '/dbmanager/api/recipients/**', 'dbmanager', ['ARUBA'], { scope: 'customers:read' }),
  row('POST', '/dbmanager/api/customers', 'dbmanager', ['ARUBA'], { scope: 'customers:write' }),
  row('PUT', '/dbmanager/api/customers/*/recapito', 'dbmanager', ['ARUBA'], { scope: 'customers:write' }),
  row('PUT', '/dbmanager/api/invoices/*/status', 'dbmanager', ['ARUBA'], { scope: 'invoices:write' }),

  row('POST', '/dbmanager/api/customers/*/invoices', 'dbmanager', shared, {
    ...own,
    ...keyed,
    scope: 'invoices:write',
  }),
  row('POST', '/dbmanager/api/invoices/*/reinvia', 'dbmanager', shared, { ...own, ...keyed, scope: 'invoices:write' }),
  row('POST', '/dbmanager/api/customers/*/verifica', 'dbmanager', shared, {
    ...own,
    ...expensive,
    scope: 'invoices:read',
  }),
  row('GET', '/dbmanager/api/customers/**', 'dbmanager', shared, { ...own, scope: 'customers:read' }),
  row('*', '/dbmanager/api/customers/**', 'dbmanager', shared, { ...own, scope: 'customers:write' }),
  row('GET', '/dbmanager/api/invoices/export', 'dbmanager', shared, { ...own, ...expensive, scope: 'invoices:read' }),
  row('GET', '/dbmanager/api/invoices/*/pdf', 'dbmanager', shared, { ...own, ...expensive, scope: 'invoices:read' }),
  row('GET', '/dbmanager/**', 'dbmanager', shared, { ...own, scope: 'invoices:read' }),
  row('*', '/dbmanager/**', 'dbmanager', shared, { ...own, scope: 'invoices:write' }),

  row('*', '/sender/**', 'sender', ['ARUBA'], { scope: 'operate' }),
  row('*', '/mailbox/**', 'mailbox', ['ARUBA'], { scope: 'operate' }),
  row('*', '/scheduler/**', 'scheduler', ['ARUBA'], { scope: 'operate' }),
];

type Fits = (path: string) => boolean;

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Most rows are an exact path or a beginning; those with a `*` within are few. */
function fitsPattern(pattern: string): Fits {
  const isOpen = pattern.endsWith('/**');
  const stem = isOpen ? pattern.slice(0, -3) : pattern;
  if (stem.includes('*')) {
    const form = new RegExp(`^${stem.split('*').map(escaped).join('[^/]+')}${isOpen ? '(?:/.*)?' : ''}$`, 's');
    return (path) => form.test(path);
  }
  if (!isOpen) return (path) => path === stem;
  return (path) => path.startsWith(stem) && (path.length === stem.length || path[stem.length] === '/');
}

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1);
  return end < 0 ? path : path.slice(0, end);
}

interface FittingRow {
  readonly row: RouteRow;
  readonly fits: Fits;
}

/** No row begins with a wildcard, so that the first segment leads to the few that may fit, in their order. */
const rowsBySegment: ReadonlyMap<string, readonly FittingRow[]> = Map.groupBy(
  routeTable.map((one) => ({ row: one, fits: fitsPattern(one.path) })),
  ({ row: { path } }) => firstSegment(path),
);

/**
 * Finds the row for a request.
 * @param method in capitals; HEAD counts as GET
 * @param path decoded and free of tricks (see `readPath`); one slash at its end does not count
 * @returns the row, or undefined where no route goes there
 */
export function findRoute(method: string, path: string): RouteRow | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const rows = rowsBySegment.get(firstSegment(plain)) ?? [];
  return rows.find(({ row: one, fits }) => (one.method === '*' || one.method === asked) && fits(plain))?.row;
}
