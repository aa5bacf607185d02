// gateway: all routes beside the hub's own table, and the rules of traffic of every route; made whole, or not at all. Pure.
import { HubError } from '@staffetta/flow/errors.ts';
import { routedServices, type RoutedService, type RouteRow } from '../route-table.ts';
import { commonRules, type LaneRules, type TrafficValues } from './lane.ts';
import { rulesWith } from './route-fields.ts';
import { fitsPattern, fitsRequest, type Asked } from './route-match.ts';
import type { OwnRoute, Tuning } from './route-row.ts';
import type { ReadRow } from './route-text.ts';

/** What is asked of the book. */
export interface RouteBook {
  readonly routes: readonly OwnRoute[];
  /** The rules of each lane, by its name: a service's, a tuning's or a route's. */
  readonly rules: ReadonlyMap<string, LaneRules>;
  readonly tunings: readonly Tuning[];
  /** The row that a request falls under, after none of the hub's own did. */
  find(method: string, asked: Asked): RouteRow | undefined;
  /** The name of the lane on which a request goes to one of the hub's services. */
  laneOf(service: RoutedService, method: string, path: string): string;
}

function isTuning(row: ReadRow): row is Tuning {
  return 'service' in row;
}

function needOnce(rows: readonly ReadRow[]): void {
  const seen = new Set<string>();
  for (const { id } of rows) {
    if (seen.has(id))
      throw new HubError('SETTING_WRONG', `GATEWAY_ROUTES: two routes have the id "${id}"; rename one.`);
    seen.add(id);
  }
}

function rulesOf(rows: readonly ReadRow[], common: LaneRules): Map<string, LaneRules> {
  const rules = new Map<string, LaneRules>(routedServices.map((service) => [service, common]));
  for (const { id, numbers } of rows) {
    const own = rulesWith(common, numbers);
    const connectMs = numbers.connectTimeout ?? 0;
    // Whoever gives connecting more time than the whole answer means the whole to last longer.
    rules.set(id, numbers.answerTimeout === undefined && connectMs > 0 ? withConnect(own, connectMs) : own);
  }
  return rules;
}

function withConnect(rules: LaneRules, connectMs: number): LaneRules {
  return { ...rules, answerTimeoutMs: Math.max(rules.answerTimeoutMs, connectMs) };
}

function fitsTuning({ methods, paths }: Tuning, method: string, path: string): boolean {
  const fitsMethod = methods.length === 0 || methods.includes(method);
  return fitsMethod && (paths.length === 0 || paths.some((pattern) => fitsPattern(pattern, path)));
}

/**
 * Makes the book.
 * @param values the settings, which hold where a row says nothing
 * @param rows the first that fits decides
 * @throws HubError SETTING_WRONG where two have one id
 */
export function makeRouteBook(values: TrafficValues, rows: readonly ReadRow[]): RouteBook {
  needOnce(rows);
  const tunings = rows.filter(isTuning);
  const routes = rows.filter((row): row is OwnRoute => !isTuning(row));
  const byService = Map.groupBy(tunings, ({ service }) => service);
  return {
    routes,
    tunings,
    rules: rulesOf(rows, commonRules(values)),
    find(method, asked) {
      const word = method === 'HEAD' ? 'GET' : method;
      for (const { rows: own, predicates } of routes) {
        const row = own.find((one) => one.method === '*' || one.method === word);
        if (row && fitsRequest(predicates, asked)) return row;
      }
      return undefined;
    },
    laneOf(service, method, path) {
      const tuned = byService.get(service);
      const word = method === 'HEAD' ? 'GET' : method;
      return tuned?.find((one) => fitsTuning(one, word, path))?.id ?? service;
    },
  };
}

/**
 * Finds the path at a route's service.
 * @param route the row's
 * @param path the client's, decoded
 * @param encoded the same, encoded
 */
export function targetPathOf({ stripPrefix, rewrite, predicates }: OwnRoute, path: string, encoded: string): string {
  if (rewrite === undefined && stripPrefix === 0) return encoded;
  const segments = encoded.slice(1).split('/');
  if (rewrite === undefined) return `/${segments.slice(stripPrefix).join('/')}`;
  const lost = predicates.paths.find((pattern) => fitsPattern(pattern, path))?.segments.length ?? segments.length;
  const rest = segments.slice(lost);
  return rest.length === 0 ? rewrite || '/' : `${rewrite}/${rest.join('/')}`;
}
