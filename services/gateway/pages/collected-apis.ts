// gateway: a service's API as it is seen through the gateway, and by whom: paths with their prefix, only what the caller may use. Pure.
import { authorize } from '../authorize.ts';
import type { Identified } from '../identity/identity.ts';
import { ownRest } from '../invoices/problem.ts';
import { findRoute, routedServices, routeTable, type RoutedService } from '../route-table.ts';

/** A service whose API is shown; `gateway` is what the gateway answers itself. */
export type ShownService = RoutedService | 'gateway';

/** The services that can be chosen, the front door first. */
export const shownServices: readonly ShownService[] = ['gateway', ...routedServices];

type Operations = Readonly<Record<string, object>>;

/** An OpenAPI document, as far as it is looked at. */
export interface OpenApi {
  readonly paths?: Readonly<Record<string, Operations>>;
  readonly components?: object;
  readonly [more: string]: unknown;
}

const methods = new Set(['get', 'put', 'post', 'delete', 'patch', 'options', 'head']);

const securitySchemes = {
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-KEY' },
  bearer: { type: 'http', scheme: 'bearer' },
};

/** A path as a caller would write it: one row of the table decides about all its values. */
function exampleOf(path: string): string {
  return path.replaceAll(/\{[^}]+\}/g, '7');
}

function mayUse(method: string, path: string, holder: Identified | undefined): boolean {
  const row = findRoute(method.toUpperCase(), exampleOf(path));
  return row !== undefined && authorize(row, holder) === 'pass';
}

function visible(prefix: string, path: string, operations: Operations, holder: Identified | undefined) {
  const shown = Object.entries(operations).filter(
    ([method]) => !methods.has(method) || mayUse(method, prefix + path, holder),
  );
  return shown.some(([method]) => methods.has(method)) ? [[prefix + path, Object.fromEntries(shown)] as const] : [];
}

function isOwnRest(path: string): boolean {
  return path.startsWith(ownRest);
}

/**
 * Shows a service's API as the caller sees it through the gateway.
 * @param service whose it is
 * @param document as the service gives it
 * @param holder who looks
 */
export function seenThrough(service: ShownService, document: OpenApi, holder: Identified | undefined): OpenApi {
  const prefix = service === 'gateway' ? '' : `/${service}`;
  const { paths = {}, components = {}, ...rest } = document;
  // Of what the gateway answers itself, invoices and customers come first: few people come for its keys.
  const ordered = Object.entries(paths).toSorted(([one], [other]) => Number(isOwnRest(other)) - Number(isOwnRest(one)));
  const shown = ordered.flatMap(([path, operations]) => visible(prefix, path, operations, holder));
  return {
    ...rest,
    servers: [{ url: '/', description: 'this gateway' }],
    components: { ...components, securitySchemes },
    security: [{ apiKey: [] }, { bearer: [] }],
    paths: Object.fromEntries(shown),
  };
}

/**
 * Tells which services a caller may use at all.
 * @param holder who looks
 */
export function servicesFor(holder: Identified | undefined): ShownService[] {
  const may = (service: ShownService): boolean =>
    service === 'gateway' || routeTable.some((row) => row.to === service && authorize(row, holder) === 'pass');
  return shownServices.filter(may);
}
