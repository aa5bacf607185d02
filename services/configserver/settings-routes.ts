// configserver: asks every service for its settings and shows them on one page, to administrators only.
import { serviceNames, type ServiceName } from '@staffetta/flow/services.ts';
import { realTime } from '@staffetta/platform/clock.ts';
import type { EnvironmentView } from '@staffetta/platform/config/settings-in-force.ts';
import { callerHeader, callerOf, needRole, signCaller } from '@staffetta/platform/http/caller.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { needName } from './asked.ts';
import { settingsPage, type ToldSettings } from './settings-page.ts';

const answerMsMax = 3000;

async function ask(world: World, service: ServiceName): Promise<ToldSettings> {
  const url = `${world.addressOf(service)}/actuator/env`;
  try {
    const caller = signCaller(world.callerSecret, { name: 'configserver', roles: ['ARUBA'] }, realTime(world.clock));
    const signal = AbortSignal.timeout(answerMsMax);
    const answer = await fetch(url, { headers: { [callerHeader]: caller }, signal, redirect: 'error' });
    if (answer.ok) return { service, view: (await answer.json()) as EnvironmentView };
    return { service, away: `${url} answers ${answer.status}.` };
  } catch {
    return { service, away: `It does not answer at ${url}.` };
  }
}

/** What these paths need. */
export interface SettingsRoutesOptions {
  /** Where the others answer. */
  readonly world: World;
  /** Whether who comes here has given a login; otherwise the platform's own rules hold (role ARUBA). */
  readonly hasLogin: boolean;
  /** Fetches what is new and tells the services (`*`: all). */
  readonly onPush: (services: readonly string[]) => Promise<void>;
}

/**
 * Adds `/settings`, and Spring Cloud Bus' `/actuator/busrefresh`, for all or for one service.
 * @param app the service's server
 * @param options what they need
 */
export function addSettingsRoutes(app: FastifyInstance, options: SettingsRoutesOptions): void {
  const { world, hasLogin, onPush } = options;
  const needAdministrator = (headers: IncomingHttpHeaders): void => {
    if (!hasLogin) needRole(callerOf(headers, world, realTime(world.clock)), ['ARUBA']);
  };
  const hidden = { schema: { hide: true } };
  app.post('/actuator/busrefresh', hidden, async ({ headers }, reply) => {
    needAdministrator(headers);
    await onPush(['*']);
    return reply.code(204).send();
  });
  app.post<{ Params: { destination: string } }>('/actuator/busrefresh/:destination', hidden, async (request, reply) => {
    needAdministrator(request.headers);
    // Spring writes service:instance or service:**; all instances of a service get the same settings.
    const service = request.params.destination.replace(/:.*$/, '');
    await onPush([/^\**$/.test(service) ? '*' : needName('service', service)]);
    return reply.code(204).send();
  });
  app.get('/settings', hidden, async ({ headers }, reply) => {
    needAdministrator(headers);
    const told = await Promise.all(serviceNames.map((service) => ask(world, service)));
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    return reply.type('text/html; charset=utf-8').send(settingsPage(told));
  });
}
