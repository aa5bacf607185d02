// dbmanager: the paths about who receives what SdI brings: whom a document is for, the addresses of a customer, and its mailbox.
import { HubError } from '@staffetta/flow/errors.ts';
import { optional } from '@staffetta/platform/http/validation.ts';
import type { Queryable, Tx } from '@staffetta/platform/store/store.ts';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import { noteAct } from './audit.ts';
import { insistOnAll, insistOnOwn } from './callers.ts';
import type { Act } from './change-customers.ts';
import type { RouteParts } from './customer-routes.ts';
import { readCustomerCallback } from './customer-callbacks.ts';
import { findCustomer } from './customers.ts';
import { mailboxOf, saveMailbox } from './fiscal-profiles.ts';
import { pickRecipient, readAsked } from './find-recipient.ts';
import { addAddresses, addressesOf, clearAddresses, type RecipientAddress } from './recipient-addresses.ts';
import { findRecipients } from './recipients.ts';
import { CustomerPath } from './requests.ts';

const tags = ['recipients'];
const asked = (description: string) =>
  Type.Optional(Type.String({ maxLength: 256, pattern: '^[^\\u0000]*$', description }));

const RecipientQuery = Type.Object({
  vatNumber: asked('with its country, as IT01234567897; eleven digits alone are Italian'),
  taxCode: asked('CodiceFiscale'),
  recipientCode: asked('CodiceDestinatario'),
  pec: asked('PECDestinatario'),
});
type RecipientQuery = Static<typeof RecipientQuery>;

const list = (pattern: string, description: string) =>
  optional(Type.Array(Type.String({ maxLength: 256, pattern }), { maxItems: 1000, description }));

const addressForm = '^[^\\s@\\u0000]+@[^\\s@\\u0000]+$';

const AddressesRequest = Type.Object(
  {
    taxCodes: list('^[A-Za-z0-9]{11,16}$', 'of a body that has no VAT number'),
    recipientCodes: list('^[A-Za-z0-9]{6,7}$', 'one for each office of a public body'),
    pecs: list(addressForm, 'PEC addresses'),
    mailbox: optional(
      Type.String({
        maxLength: 256,
        pattern: addressForm,
        description: "the hub's PEC mailbox from which its files go to SdI (PEC_MAILBOXES); the main one without it",
      }),
    ),
  },
  // It replaces all: a field with a slip in its name would take away what was there.
  { additionalProperties: false, examples: [{ taxCodes: ['80012345678'], recipientCodes: ['UFABC1', 'UFABC2'] }] },
);
type AddressesRequest = Static<typeof AddressesRequest>;

function addressesIn({ taxCodes, recipientCodes, pecs }: AddressesRequest): RecipientAddress[] {
  return [
    ...(taxCodes ?? []).map((code) => ({ kind: 'taxCode', value: code.toUpperCase() }) as const),
    ...(recipientCodes ?? []).map((code) => ({ kind: 'recipientCode', value: code.toUpperCase() }) as const),
    ...(pecs ?? []).map((pec) => ({ kind: 'pec', value: pec.toLowerCase() }) as const),
  ];
}

function shown(addresses: readonly RecipientAddress[], mailbox: string | null) {
  const of = (kind: RecipientAddress['kind']) => addresses.filter((one) => one.kind === kind).map(({ value }) => value);
  const lists = { taxCodes: of('taxCode'), recipientCodes: of('recipientCode'), pecs: of('pec') };
  return { ...lists, ...(mailbox !== null && { mailbox }) };
}

async function readAddresses(db: Queryable, customerId: number) {
  return shown(await addressesOf(db, customerId), await mailboxOf(db, customerId));
}

async function putAddresses(tx: Tx, customerId: number, request: AddressesRequest, act: Act) {
  if (!(await findCustomer(tx, customerId))) {
    throw new HubError('CUSTOMER_UNKNOWN', `There is no customer ${customerId}.`);
  }
  await clearAddresses(tx, customerId);
  await addAddresses(tx, customerId, addressesIn(request), act.by, act.at);
  await saveMailbox(tx, customerId, request.mailbox?.toLowerCase() ?? null, act.by, act.at);
  const details = await readAddresses(tx, customerId);
  await noteAct(tx, { ...act, action: 'customer.recapito', subject: `customer ${customerId}`, details });
  return details;
}

/**
 * Adds the paths about recipients.
 * @param app the service's server
 * @param parts what they need
 */
export function addRecipientRoutes(app: FastifyInstance, parts: RouteParts): void {
  addFinding(app, parts);
  addAddressRoutes(app, parts);
}

function addFinding(app: FastifyInstance, { world, reach }: RouteParts): void {
  const summary = 'The customer that a document is for: by VAT number, then tax code, recipient code, PEC';
  app.get<{ Querystring: RecipientQuery }>(
    '/api/recipients',
    { schema: { querystring: RecipientQuery, summary, tags } },
    async (request) => {
      insistOnAll(reach(request));
      const wanted = readAsked(request.query);
      const found = pickRecipient(wanted, await findRecipients(world.store, wanted));
      const { url } = await readCustomerCallback(world.store, found.customerId);
      return { ...found, ...(url !== null && { callback: url }) };
    },
  );
}

function addAddressRoutes(app: FastifyInstance, { world, reach }: RouteParts): void {
  const path = '/api/customers/:customerId/recapito';
  app.get<{ Params: CustomerPath }>(
    path,
    {
      schema: {
        params: CustomerPath,
        summary: 'Where invoices reach a customer, beside its profile, and where its own leave',
        tags,
      },
    },
    async (request) => {
      const { customerId } = request.params;
      insistOnOwn(reach(request), customerId);
      return readAddresses(world.store, customerId);
    },
  );
  const summary =
    'Puts the addresses at which invoices reach a customer, beside its profile, and the mailbox from which its own go out, in place of what was there';
  app.put<{ Params: CustomerPath; Body: AddressesRequest }>(
    path,
    { schema: { params: CustomerPath, body: AddressesRequest, summary, tags } },
    async (request) => {
      const caller = reach(request);
      // Whoever takes another's address gets its invoices.
      insistOnAll(caller);
      const act = { by: caller.name, at: world.clock.now() };
      return world.store.transaction((tx) => putAddresses(tx, request.params.customerId, request.body, act));
    },
  );
}
