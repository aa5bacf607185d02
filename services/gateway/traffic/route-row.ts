// gateway: one row of the table of routes that a firm writes: a route to a service of its own, or the tuning of one of the hub's. Pure.
import type { Role } from '@staffetta/platform/http/caller.ts';
import {
  routedServices,
  routeTable,
  scopes,
  type RoutedService,
  type RouteRow,
  type Scope,
  type Who,
} from '../route-table.ts';
import {
  flagOf,
  listOf,
  mapOf,
  needKnown,
  numberNames,
  numbersOf,
  RowWrong,
  textOf,
  type Row,
  type RowNumbers,
} from './route-fields.ts';
import type { HeaderChanges } from './proxy-headers.ts';
import { readPattern, readWildcard, type PathPattern, type Predicates } from './route-match.ts';

/** A route to somebody else's service. */
export interface OwnRoute {
  readonly id: string;
  /** As the gate looks at it, one for each method. */
  readonly rows: readonly RouteRow[];
  readonly predicates: Predicates;
  readonly to: readonly string[];
  readonly numbers: RowNumbers;
  readonly stripPrefix: number;
  /** What takes the place of the pattern's fixed part; undefined where nothing does. */
  readonly rewrite: string | undefined;
  /** `Host` for the service: a name, the client's own (`keep`), or that of its address (undefined). */
  readonly hostHeader: string | undefined;
  /** Whether the service gets the client's `Authorization` too. */
  readonly relayToken: boolean;
  readonly requestHeaders: HeaderChanges;
  readonly answerHeaders: HeaderChanges;
}

/** Other numbers for one of the hub's own services, or for some of its paths. */
export interface Tuning {
  readonly id: string;
  readonly service: RoutedService;
  readonly methods: readonly string[];
  /** None for all of its paths. */
  readonly paths: readonly PathPattern[];
  readonly numbers: RowNumbers;
}

const routesOfRows = new WeakMap<RouteRow, OwnRoute>();

/**
 * Finds the route that a row belongs to, also one that is no more in force.
 * @param row of the table
 * @returns undefined for a row of the hub's own table
 */
export function ownRouteOf(row: RouteRow): OwnRoute | undefined {
  return routesOfRows.get(row);
}

const roles: readonly Role[] = ['SDI', 'ARUBA', 'CUSTOMER'];
const tuningFields = ['id', 'tune', 'path', 'methods', ...numberNames.filter((name) => name !== 'connectTimeout')];
const routeWords =
  'id to path methods host headers query who scope cost stripPrefix rewrite hostHeader relayToken requestHeaders answerHeaders';
const routeFields = [...routeWords.split(' '), ...numberNames];
/** The first segments that are the hub's own. */
const ownSegments = [...new Set(routeTable.map(({ path }) => path.split('/')[1]!))].filter((segment) => segment !== '');

function idOf(row: Row): string {
  const id = textOf(row, 'id');
  if (id === undefined) throw new RowWrong('id is missing: a short name, for messages and metrics');
  const isTaken = (routedServices as readonly string[]).includes(id);
  if (/^[a-z][a-z0-9-]{0,39}$/.test(id) && !isTaken) return id;
  throw new RowWrong(`id "${id}": write lower-case letters, digits and dashes, and no name of a service of the hub`);
}

function patternsOf(row: Row): PathPattern[] {
  const texts = listOf(row, 'path');
  for (const text of texts) {
    const isFine = /^(\/(\*\*$|\*(?=\/|$)|[^/*?#%\\;]+))+$/.test(text);
    if (!isFine) throw new RowWrong(`path "${text}": write /a/b, /a/*/b or /a/**, without encoded characters`);
  }
  return texts.map((text) => readPattern(text));
}

function methodsOf(row: Row): readonly string[] {
  const methods = listOf(row, 'methods').map((method) => method.toUpperCase());
  const wrong = methods.find((method) => !/^(GET|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(method));
  if (wrong !== undefined)
    throw new RowWrong(`methods "${wrong}": write GET (HEAD goes with it), POST, PUT, PATCH, DELETE or OPTIONS`);
  return methods;
}

function needFree(patterns: readonly PathPattern[]): void {
  if (patterns.length === 0) throw new RowWrong('path is missing, for example /orders/**');
  for (const { text, segments } of patterns) {
    const first = segments[0];
    // A wildcard there would only take what the hub's own rows leave over, which changes with every release.
    if (first !== undefined && first !== '*' && !ownSegments.includes(first)) continue;
    throw new RowWrong(
      `path "${text}": its first segment must be a word of its own, none of ${ownSegments.join(', ')}`,
    );
  }
}

function whoOf(row: Row): Who {
  const words = listOf(row, 'who');
  const [only = 'ARUBA'] = words;
  if (words.length <= 1 && (only === 'everybody' || only === 'signedIn')) return only;
  const wrong = words.find((word) => !(roles as readonly string[]).includes(word));
  if (wrong !== undefined)
    throw new RowWrong(`who "${wrong}": write everybody, signedIn, or roles (${roles.join(', ')})`);
  return words.length === 0 ? ['ARUBA'] : (words as readonly Role[]);
}

function scopeOf(row: Row): Scope | undefined {
  const word = textOf(row, 'scope') ?? 'operate';
  if (word === 'any') return undefined;
  const scope = scopes.find((one) => one === word);
  if (scope) return scope;
  throw new RowWrong(`scope "${word}": write any or one of ${scopes.join(', ')}`);
}

function costOf(row: Row): 'plain' | 'expensive' {
  const word = textOf(row, 'cost') ?? 'plain';
  if (word === 'plain' || word === 'expensive') return word;
  throw new RowWrong(`cost "${word}": write plain or expensive`);
}

function needTarget(to: string): void {
  const isApplication = /^lb:\/\/[A-Za-z0-9._-]+$/.test(to);
  const url = !isApplication && URL.canParse(to) ? new URL(to) : undefined;
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (isApplication || (isPlain && /^https?:$/.test(url.protocol))) return;
  throw new RowWrong('to: write lb://APPLICATION as it is called in discovery, or http://host:port, without a login');
}

function targetsOf(row: Row): readonly string[] {
  const to = listOf(row, 'to');
  if (to.length === 0) throw new RowWrong('to is missing: where it goes, lb://APPLICATION or http://host:port');
  for (const one of to) needTarget(one);
  return to;
}

function namedOf(row: Row, name: string, lower: boolean): Predicates['query'] {
  return mapOf(row, name).map(([key, text]) => [lower ? key.toLowerCase() : key, readWildcard(text)]);
}

const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What the connection or the gateway itself says. */
const keptHeaders =
  /^(connection|content-length|host|keep-alive|te|trailer|transfer-encoding|upgrade|x-correlation-id)$|^x-(staffetta|forwarded)-/;

function needHeader(field: string, name: string, value = ''): void {
  if (!headerName.test(name) || /[^\t\u0020-\u007e]/.test(value)) {
    throw new RowWrong(`${field}: "${name}" is no name of a header, or its value holds what no header can`);
  }
  if (keptHeaders.test(name.toLowerCase())) throw new RowWrong(`${field}: ${name} is set by the gateway alone`);
}

function changesOf(row: Row, field: string): HeaderChanges {
  const given = row[field] ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) throw new RowWrong(`${field} is a map with set and remove`);
  needKnown(given as Row, ['set', 'remove']);
  const set = mapOf(given as Row, 'set');
  const remove = listOf(given as Row, 'remove');
  for (const [name, value] of set) needHeader(field, name, value);
  for (const name of remove) needHeader(field, name);
  const names = [...remove, ...set.map(([name]) => name)].map((name) => name.toLowerCase());
  return { set: set.flatMap(([name, value]) => [name.toLowerCase(), value]), drop: new Set(names) };
}

function stripOf(row: Row): number {
  const count = Number(textOf(row, 'stripPrefix') ?? 0);
  if (Number.isInteger(count) && count >= 0 && count <= 20) return count;
  throw new RowWrong('stripPrefix: write how many segments the path loses');
}

function rewriteOf(row: Row, patterns: readonly PathPattern[]): string | undefined {
  const rewrite = textOf(row, 'rewrite');
  if (rewrite === undefined) return undefined;
  const isOpen = rewrite.endsWith('/**');
  const isFine = /^\/[A-Za-z0-9\-._~!$&'()+,=:@/]*(?:\/\*\*)?$/.test(rewrite) && !rewrite.includes('//');
  const fitsAll = patterns.every((pattern) => pattern.isOpen === isOpen);
  if (isFine && fitsAll && stripOf(row) === 0) return isOpen ? rewrite.slice(0, -3) : rewrite;
  throw new RowWrong('rewrite: write /new/** for path /old/**, or /new for path /old; not together with stripPrefix');
}

function rowsOf(row: Row, paths: readonly PathPattern[]): RouteRow[] {
  const scope = scopeOf(row);
  const rule = { who: whoOf(row), cost: costOf(row), ...(scope && { scope }) };
  const path = paths.map(({ text }) => text).join(', ');
  const methods = methodsOf(row);
  const words = methods.length === 0 ? ['*'] : [...new Set(methods)];
  return words.map((method): RouteRow => ({ method, path, to: 'own', reach: 'all', ...rule }));
}

function routeOf(row: Row): OwnRoute {
  needKnown(row, routeFields);
  const id = idOf(row);
  const paths = patternsOf(row);
  needFree(paths);
  const hostHeader = textOf(row, 'hostHeader');
  if (hostHeader !== undefined && !/^[A-Za-z0-9.\-:[\]]+$/.test(hostHeader))
    throw new RowWrong('hostHeader: write keep, or a host');
  const route: OwnRoute = {
    id,
    rows: rowsOf(row, paths),
    predicates: {
      paths,
      hosts: listOf(row, 'host').map((host) => readWildcard(host.toLowerCase())),
      headers: namedOf(row, 'headers', true),
      query: namedOf(row, 'query', false),
    },
    to: targetsOf(row),
    numbers: numbersOf(row),
    stripPrefix: stripOf(row),
    rewrite: rewriteOf(row, paths),
    hostHeader,
    relayToken: flagOf(row, 'relayToken'),
    requestHeaders: changesOf(row, 'requestHeaders'),
    answerHeaders: changesOf(row, 'answerHeaders'),
  };
  for (const one of route.rows) routesOfRows.set(one, route);
  return route;
}

function tuningOf(row: Row): Tuning {
  needKnown(row, tuningFields);
  const word = textOf(row, 'tune');
  const service = routedServices.find((one) => one === word);
  if (!service) throw new RowWrong(`tune "${word ?? ''}": write one of ${routedServices.join(', ')}`);
  const paths = patternsOf(row);
  const strange = paths.find(({ segments }) => segments[0] !== service);
  if (strange) throw new RowWrong(`path "${strange.text}": it begins with /${service}, as at the gateway`);
  return { id: idOf(row), service, methods: methodsOf(row), paths, numbers: numbersOf(row) };
}

/**
 * Reads a row.
 * @param given a map, as YAML gives it
 * @throws RowWrong naming the field, and what to write
 */
export function readRow(given: unknown): OwnRoute | Tuning {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new RowWrong('it is no map of names and values, beginning with id');
  }
  const row = given as Row;
  return 'tune' in row ? tuningOf(row) : routeOf(row);
}
