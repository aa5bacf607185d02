// dbmanager: its REST, all of it.
import type { FastifyInstance } from 'fastify';
import { addAlarmRoutes } from './alarm-routes.ts';
import { addCallbackRoutes } from './callback-routes.ts';
import { addAnswerRoute } from './answer-routes.ts';
import { reachOf } from './callers.ts';
import { addCheckRoute } from './check-routes.ts';
import type { DbmanagerOptions } from './config.ts';
import { addCustomerRoutes } from './customer-routes.ts';
import { addExportRoutes } from './export-routes.ts';
import { addListRoutes } from './list-routes.ts';
import { addInvoiceRoutes } from './invoice-routes.ts';
import type { Judging } from './judging.ts';
import { addNoticeRoutes } from './notice-routes.ts';
import { addOriginalRoutes } from './original-routes.ts';
import { addProfileRoutes } from './profile-routes.ts';
import { addRecipientRoutes } from './recipient-routes.ts';
import { addResendRoutes } from './resend-routes.ts';
import { addShowRoutes } from './show-routes.ts';
import type { Showing } from './showing.ts';
import type { World } from '@staffetta/platform/service.ts';

/**
 * Adds the service's paths.
 * @param app the service's server
 * @param world store, bus and clock
 * @param options limits and whom to trust
 * @param aside how documents are judged that somebody only asks about, and those that are sent; how they are laid out
 */
export function addRoutes(
  app: FastifyInstance,
  world: World,
  options: DbmanagerOptions,
  {
    judging,
    sending = judging,
    showing,
  }: { readonly judging: Judging; readonly sending?: Judging; readonly showing: Showing },
): void {
  const parts = { world, options, reach: reachOf(world) };
  addCustomerRoutes(app, parts);
  addInvoiceRoutes(app, parts);
  addListRoutes(app, parts);
  addAnswerRoute(app, parts);
  addCheckRoute(app, { ...parts, judging });
  addProfileRoutes(app, parts);
  addCallbackRoutes(app, parts);
  addAlarmRoutes(app, parts);
  addRecipientRoutes(app, parts);
  addShowRoutes(app, { ...parts, showing });
  addOriginalRoutes(app, { ...parts, showing });
  addNoticeRoutes(app, { ...parts, showing });
  addExportRoutes(app, parts);
  addResendRoutes(app, { ...parts, judging: sending });
}
