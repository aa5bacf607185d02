// dbmanager: the contract's paths about customers: parse, step, answer.
import { HubError } from '@staffetta/flow/errors.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { insistOnAll, insistOnOwn, type Reach } from './callers.ts';
import {
  changeCustomer,
  createCustomer,
  deleteCustomer,
  readCustomerWish,
  type CustomerWish,
} from './change-customers.ts';
import type { DbmanagerOptions } from './config.ts';
import { countCustomers, listCustomers, type CustomerSearch } from './customers.ts';
import { customerDto } from './invoice-value.ts';
import { pageOf, readPage } from '@staffetta/platform/http/page.ts';
import {
  CustomerPath,
  CustomerRequest,
  CustomersQuery,
  TypeAndIdQuery,
  TypeAndUsernameQuery,
  UsernameQuery,
} from './requests.ts';

/** What the paths need. */
export interface RouteParts {
  readonly world: World;
  readonly options: DbmanagerOptions;
  readonly reach: (request: FastifyRequest) => Reach;
}

function wishOf(body: CustomerRequest): CustomerWish {
  const { username, email, customerType, password } = body;
  return {
    username: username ?? undefined,
    email: email ?? undefined,
    customerType: customerType ?? undefined,
    password: password ?? undefined,
  };
}

/**
 * Adds the paths about customers.
 * @param app the service's server
 * @param parts what they need
 */
export function addCustomerRoutes(app: FastifyInstance, parts: RouteParts): void {
  addReading(app, parts);
  addSearches(app, parts);
  addWriting(app, parts);
}

function addReading(app: FastifyInstance, { world, options, reach }: RouteParts): void {
  app.get<{ Querystring: CustomersQuery }>(
    '/api/customers',
    { schema: { querystring: CustomersQuery, summary: 'Customers, a page at a time', tags: ['customers'] } },
    async (request) => {
      const search: CustomerSearch = { customerId: reach(request).only };
      const page = readPage(request.query, options.pageSizeMax);
      const rows = await listCustomers(world.store, search, { limit: page.size, offset: page.number * page.size });
      return pageOf(rows.map(customerDto), page, await countCustomers(world.store, search), false);
    },
  );
}

async function searchOne({ world }: RouteParts, reach: Reach, search: CustomerSearch) {
  const [customer] = await listCustomers(world.store, search, { limit: 1, offset: 0 });
  if (!customer || (reach.only !== undefined && reach.only !== customer.customerId)) {
    throw new HubError('CUSTOMER_UNKNOWN', 'No customer matches.');
  }
  return customerDto(customer);
}

function addSearches(app: FastifyInstance, parts: RouteParts): void {
  const { reach } = parts;
  const tags = ['customers'];
  app.get<{ Params: CustomerPath }>(
    '/api/customers/:customerId',
    { schema: { params: CustomerPath, summary: 'One customer', tags } },
    (request) => searchOne(parts, reach(request), { customerId: request.params.customerId }),
  );
  app.get<{ Querystring: UsernameQuery }>(
    '/api/customers/search',
    { schema: { querystring: UsernameQuery, summary: 'The customer of this username', tags } },
    // Named one by one: what else stands in the query must not become part of the search.
    (request) => searchOne(parts, reach(request), { username: request.query.username }),
  );
  app.get<{ Querystring: TypeAndUsernameQuery }>(
    '/api/customers/search/by-type-and-username',
    { schema: { querystring: TypeAndUsernameQuery, summary: 'The customer of this type and username', tags } },
    async (request) => {
      const { type: customerType, username } = request.query;
      return searchOne(parts, reach(request), { customerType, username });
    },
  );
  app.get<{ Querystring: TypeAndIdQuery }>(
    '/api/customers/search/by-type-and-id',
    { schema: { querystring: TypeAndIdQuery, summary: 'The customer of this type and id', tags } },
    async (request) => {
      const { type: customerType, customerId } = request.query;
      return searchOne(parts, reach(request), { customerType, customerId });
    },
  );
}

function addWriting(app: FastifyInstance, { world, reach }: RouteParts): void {
  const tags = ['customers'];
  app.post<{ Body: CustomerRequest }>(
    '/api/customers',
    { schema: { body: CustomerRequest, summary: 'Creates a customer (ARUBA where no type is given)', tags } },
    async (request, reply) => {
      const caller = reach(request);
      insistOnAll(caller);
      const fields = await readCustomerWish(wishOf(request.body));
      const act = { by: caller.name, at: world.clock.now() };
      const customer = await world.store.transaction((tx) => createCustomer(tx, fields, act));
      return reply.code(201).send(customerDto(customer));
    },
  );
  app.put<{ Params: CustomerPath; Body: CustomerRequest }>(
    '/api/customers/:customerId',
    { schema: { params: CustomerPath, body: CustomerRequest, summary: 'Changes what the body names', tags } },
    async (request) => {
      const caller = reach(request);
      const { customerId } = request.params;
      insistOnOwn(caller, customerId);
      const wish = wishOf(request.body);
      if (wish.customerType !== undefined) insistOnAll(caller);
      const fields = await readCustomerWish(wish);
      const act = { by: caller.name, at: world.clock.now() };
      return customerDto(await world.store.transaction((tx) => changeCustomer(tx, customerId, fields, act)));
    },
  );
  app.delete<{ Params: CustomerPath }>(
    '/api/customers/:customerId',
    { schema: { params: CustomerPath, summary: 'Deletes a customer without invoices', tags } },
    async (request) => {
      const caller = reach(request);
      const { customerId } = request.params;
      insistOnOwn(caller, customerId);
      await world.store.transaction((tx) => deleteCustomer(tx, customerId, { by: caller.name, at: world.clock.now() }));
      return { statusCode: '200', statusMsg: `Customer ${customerId} deleted` };
    },
  );
}
