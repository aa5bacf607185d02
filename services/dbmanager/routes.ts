// dbmanager: its REST, all of it.
import type { FastifyInstance } from 'fastify';
import { reachOf } from './callers.ts';
import type { DbmanagerOptions } from './config.ts';
import { addCustomerRoutes } from './customer-routes.ts';
import { addInvoiceRoutes } from './invoice-routes.ts';
import type { World } from '@staffetta/platform/service.ts';

/**
 * Adds the service's paths.
 * @param app the service's server
 * @param world store, bus and clock
 * @param options limits and whom to trust
 */
export function addRoutes(app: FastifyInstance, world: World, options: DbmanagerOptions): void {
  const parts = { world, options, reach: reachOf(world) };
  addCustomerRoutes(app, parts);
  addInvoiceRoutes(app, parts);
}
