// dbmanager: the paths about fiscal profiles and registers: parse, step, answer.
import { profileSchema } from '@staffetta/fatturapa/compose/document-schemas.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { optional } from '@staffetta/platform/http/validation.ts';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { insistOnOwn } from './callers.ts';
import { putProfile, putRegister, registerOf, registersOf } from './change-profiles.ts';
import type { RouteParts } from './customer-routes.ts';
import { readIssuers } from './fiscal-profiles.ts';
import { CustomerPath } from './requests.ts';

const tags = ['profiles'];
const year = Type.Integer({ minimum: 1970, maximum: 9999 });

const RegisterPath = Type.Object({
  customerId: CustomerPath.properties.customerId,
  name: Type.String({ maxLength: 40 }),
});
type RegisterPath = Static<typeof RegisterPath>;

const RegisterRequest = Type.Object(
  {
    format: optional(Type.String({ description: '{n} or {n:4}, {year} or {yy}, {register}; default {n}/{year}' })),
    start: optional(Type.Integer({ minimum: 1, maximum: 999_999_999, description: 'the first number of the year' })),
    year: optional(year),
  },
  { examples: [{ format: '{n}/{year}', start: 42 }] },
);
type RegisterRequest = Static<typeof RegisterRequest>;

const YearQuery = Type.Object({ year: Type.Optional(year) });
type YearQuery = Static<typeof YearQuery>;

/** Only described here: `checkProfile` judges it with better words. */
const ProfileRequest = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  description: "who issues: the seller's data and habits (see $defs)",
  $defs: { profile: profileSchema() },
});

/**
 * Adds the paths about profiles and registers; a customer reaches only its own.
 * @param app the service's server
 * @param parts what they need
 */
export function addProfileRoutes(app: FastifyInstance, parts: RouteParts): void {
  addProfile(app, parts);
  addReadingRegisters(app, parts);
  addPuttingRegisters(app, parts);
}

function addProfile(app: FastifyInstance, { world, options, reach }: RouteParts): void {
  app.get<{ Params: CustomerPath }>(
    '/api/customers/:customerId/profile',
    { schema: { params: CustomerPath, summary: "A customer's fiscal profile", tags } },
    async (request) => {
      const { customerId } = request.params;
      insistOnOwn(reach(request), customerId);
      const issuer = (await readIssuers(world.store, [customerId])).get(customerId);
      if (!issuer) throw new HubError('CUSTOMER_UNKNOWN', `There is no customer ${customerId}.`);
      if (!issuer.profile) throw new HubError('PROFILE_UNKNOWN', `Customer ${customerId} has no fiscal profile.`);
      return issuer.profile;
    },
  );
  app.put<{ Params: CustomerPath; Body: Readonly<Record<string, unknown>> }>(
    '/api/customers/:customerId/profile',
    { schema: { params: CustomerPath, body: ProfileRequest, summary: 'Puts the fiscal profile in place', tags } },
    async (request) => {
      const caller = reach(request);
      const { customerId } = request.params;
      insistOnOwn(caller, customerId);
      const act = { by: caller.name, at: world.clock.now() };
      const rules = { dummyTaxIds: options.checking.dummyTaxIds, mayShare: caller.only === undefined };
      return world.store.transaction((tx) => putProfile(tx, customerId, request.body, act, rules));
    },
  );
}

function addReadingRegisters(app: FastifyInstance, { world, reach }: RouteParts): void {
  const thisYear = (): number => Number(toRomeWallTime(world.clock.now()).slice(0, 4));
  app.get<{ Params: CustomerPath; Querystring: YearQuery }>(
    '/api/customers/:customerId/registers',
    { schema: { params: CustomerPath, querystring: YearQuery, summary: 'Registers and where they stand', tags } },
    async (request) => {
      const { customerId } = request.params;
      insistOnOwn(reach(request), customerId);
      const wanted = request.query.year ?? thisYear();
      return { content: await world.store.transaction((tx) => registersOf(tx, customerId, wanted)) };
    },
  );
  app.get<{ Params: RegisterPath; Querystring: YearQuery }>(
    '/api/customers/:customerId/registers/:name',
    { schema: { params: RegisterPath, querystring: YearQuery, summary: 'One register', tags } },
    async (request) => {
      const { customerId, name } = request.params;
      insistOnOwn(reach(request), customerId);
      const wanted = request.query.year ?? thisYear();
      return world.store.transaction((tx) => registerOf(tx, customerId, name, wanted));
    },
  );
}

function addPuttingRegisters(app: FastifyInstance, { world, reach }: RouteParts): void {
  app.put<{ Params: RegisterPath; Body: RegisterRequest }>(
    '/api/customers/:customerId/registers/:name',
    {
      schema: {
        params: RegisterPath,
        body: RegisterRequest,
        summary: 'Makes a register, or changes its format and, before the first number of a year, its start',
        tags,
      },
    },
    async (request) => {
      const caller = reach(request);
      const { customerId, name } = request.params;
      insistOnOwn(caller, customerId);
      const { format, start, year: wanted } = request.body;
      const wish = { format: format ?? undefined, start: start ?? undefined, year: wanted ?? undefined };
      const act = { by: caller.name, at: world.clock.now() };
      return world.store.transaction((tx) => putRegister(tx, customerId, name, wish, act));
    },
  );
}
