// hub: for the test that no customer reaches another's data: what can be asked, by the services' own OpenAPI, and how it is asked.
import { findRoute } from '@staffetta/gateway/route-table.ts';
import type { ServiceName } from '@staffetta/flow/services.ts';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { request } from 'undici';
import { issuedXml, mark, profileOf, type Customer } from './two-customers.fixture.ts';
import type { Got, WholeHub } from './whole-hub.fixture.ts';

/** One thing that can be asked through the gateway. */
export interface Operation {
  readonly service: ServiceName;
  readonly method: string;
  /** As OpenAPI writes it, behind the gateway's prefix: `/dbmanager/api/invoices/{invoiceNumber}`. */
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly schema: Readonly<Record<string, unknown>> }[];
  readonly hasBody: boolean;
  /** Of the body, as the schema gives them. */
  readonly examples: readonly unknown[];
}

interface ApiParameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Readonly<Record<string, unknown>>;
}

interface ApiOperation {
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema?: { readonly examples?: unknown[] } }>>;
  };
}

type ApiPaths = Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;

const documented = ['receiver', 'dbmanager', 'sender', 'mailbox', 'scheduler', 'gatewayserver'] as const;
const aruba = { 'x-api-key': 'aruba-secret-token' };

async function pathsOf(hub: WholeHub, service: ServiceName): Promise<ApiPaths> {
  const answer = await request(`${hub.urlOf(service)}/v3/api-docs`, { headers: aruba });
  return ((await answer.body.json()) as { paths: ApiPaths }).paths;
}

function operationOf(service: ServiceName, method: string, path: string, told: ApiOperation): Operation {
  const { parameters = [], requestBody } = told;
  const query = parameters.filter((one) => one.in === 'query').map(({ name, schema = {} }) => ({ name, schema }));
  const examples = requestBody?.content['application/json']?.schema?.examples ?? [];
  return { service, method: method.toUpperCase(), path, query, hasBody: requestBody !== undefined, examples };
}

/** All that the services say of themselves, and what they have besides: nothing of it may be forgotten. */
export async function operationsOf(hub: WholeHub): Promise<Operation[]> {
  const all: Operation[] = [];
  for (const service of documented) {
    const prefix = service === 'gatewayserver' ? '' : `/${service}`;
    const paths = await pathsOf(hub, service);
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, told] of Object.entries(methods)) all.push(operationOf(service, method, prefix + path, told));
    }
    for (const path of ['/actuator/info', '/actuator/env', '/actuator/prometheus', '/v3/api-docs', '/swagger-ui/']) {
      all.push({ service, method: 'GET', path: prefix + path, query: [], hasBody: false, examples: [] });
    }
  }
  return all;
}

/** What stands for a parameter of that name: what is the other's, and what is one's own. */
export type Values = Readonly<Record<string, readonly string[]>>;

/** The values of everything that a path or query may name, for one customer. */
export function valuesOf(customer: Customer): Values {
  const { customerId, invoiceNumbers, ids, register, username, vatNumber, keyId } = customer;
  const callbacks = ids.invoiceId.flatMap((invoiceId) => [`${invoiceId}:1`, `${invoiceId}:2`]);
  return {
    customerId: [String(customerId)],
    invoiceNumber: invoiceNumbers.map(String),
    invoiceId: ids.invoiceId,
    transmissionId: ids.transmissionId,
    transmission: ids.transmissionId,
    noticeId: ids.noticeId,
    index: ['1'],
    name: [register, 'invoices'],
    id: [...callbacks, ...invoiceNumbers.map(String), ...ids.invoiceId],
    mailId: ids.noticeId,
    mailbox: ['fatture@azienda.example'],
    keyId: [keyId],
    sessionId: [keyId],
    username: [username],
    type: ['ARUBA', 'SDI'],
    vatNumber: [vatNumber],
    supplier: [vatNumber, mark],
    customer: [vatNumber, mark],
    numero: [`${mark}-1`],
    file: ids.fileName,
    from: ['2020-01-01'],
    to: ['2099-01-01'],
    startDate: ['2020-01-01'],
    endDate: ['2099-01-01'],
    size: ['100'],
    state: ['all', 'open'],
  };
}

/** Bodies that name a customer and would change or make something of it. */
export function bodiesOf({ path, method, examples }: Operation, other: Customer): string[] {
  const { customerId } = other;
  // What it issues for itself may come back to it, so that none of it carries the mark.
  const sketch = { word: 'thief', vat: '01234567897' };
  const customer = { customerId };
  const written: Readonly<Record<string, readonly unknown[]>> = {
    'POST /receiver/api/salvaFatturaInterna': [
      { customer, invoice: issuedXml(sketch, '900'), callback: 'http://127.0.0.1:1/' },
      { customer: { ...customer, username: other.username }, invoice: issuedXml(sketch, '901') },
    ],
    'POST /receiver/api/salvaFatturaEsterna': [{ customer, invoice: issuedXml(sketch, '902') }],
    'POST /receiver/api/verificaFattura': [{ customer, invoice: issuedXml(sketch, '903') }],
    'POST /dbmanager/api/customers/{customerId}/invoices': [{ invoice: issuedXml(sketch, '904') }],
    'POST /dbmanager/api/customers/{customerId}/verifica': [{ document: { lines: [] } }],
    'PUT /dbmanager/api/customers/{customerId}': [
      { email: 'thief@example.it' },
      { username: other.username },
      { password: 'x' },
    ],
    'PUT /dbmanager/api/customers/{customerId}/profile': [
      profileOf({ word: 'thief', vat: '11223344554' }),
      profileOf(sketch),
    ],
    'PUT /dbmanager/api/invoices/{invoiceNumber}': [
      { callback: 'http://127.0.0.1:1/thief' },
      { customer, callback: 'http://127.0.0.1:1/thief' },
      { customer, invoice: issuedXml(sketch, '905') },
    ],
    'PUT /dbmanager/api/invoices/{invoiceNumber}/status': [{ status: 'INVOICE_ERROR', reason: 'x' }],
    'POST /dbmanager/api/invoices/{invoiceNumber}/decisione': [{ firstCopyTaken: false }],
    'POST /dbmanager/api/invoices/{invoiceNumber}/reinvia': [{}, { invoice: issuedXml(sketch, '906') }],
    'POST /dbmanager/api/invoices/{invoiceNumber}/esito': [{ esito: 'EC02', descrizione: 'thief' }],
  };
  const known = [...(written[`${method} ${path}`] ?? []), ...examples];
  // A path that a customer may use is asked in earnest, or the test says nothing about it.
  if (known.length === 0 && findRoute(method, path)?.who.includes('CUSTOMER')) {
    throw new Error(`Say in bodiesOf what would change something by ${method} ${path}.`);
  }
  return [...known, {}].map((body) => JSON.stringify(body));
}

/** One way of asking. */
export interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Whether path or body name what is the other's. */
  readonly namesOther: boolean;
}

const anyOf = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

function encodedSome(text: string, places: readonly number[]): string {
  return [...text]
    .map((letter, at) =>
      places.includes(at % 7) ? `%${letter.codePointAt(0)!.toString(16).padStart(2, '0')}` : encodeURIComponent(letter),
    )
    .join('');
}

/** Other spellings of a path: encoded letters, another case, slashes and dots where they change nothing or much. */
function spelled(path: string): fc.Arbitrary<string> {
  const places = fc.subarray([0, 1, 2, 3, 4, 5, 6]);
  const encoded = places.map((some) =>
    path
      .split('/')
      .map((segment) => encodedSome(decodeURIComponent(segment), some))
      .join('/'),
  );
  const odd = anyOf([
    `${path}/`,
    `${path}//`,
    path.toUpperCase(),
    path.replace('/api/', '/API/'),
    path.replace('/api/', '//api/'),
    path.replace('/api/', '/./api/'),
    path.replace('/api/', '/x/../api/'),
    path.replace('/api/', '/%2e%2e/dbmanager/api/'),
    path.replace('/api/', '/api%2f'),
    path.replace('/api/', '/api;x=1/'),
    `${path};customerId=2`,
    `${path}%00`,
    `${path}%20`,
    path.replace(/\d+/, (digits) => `0${digits}`),
    path.replace(/\d+/, (digits) => `+${digits}`),
    path.replace(/\d+/, (digits) => `${digits}.0`),
  ]);
  return fc.oneof(
    { arbitrary: fc.constant(path), weight: 4 },
    { arbitrary: encoded, weight: 3 },
    { arbitrary: odd, weight: 3 },
  );
}

/** Gives a parameter of a path a value. @throws Error where nobody said what stands for it */
function choice(
  name: string,
  theirs: Values,
  own: Values,
): fc.Arbitrary<{ readonly value: string; readonly isOther: boolean }> {
  const other = theirs[name];
  if (!other || other.length === 0) throw new Error(`Say in valuesOf what stands for the parameter {${name}}.`);
  const mine = (own[name] ?? []).map((value) => ({ value, isOther: other.includes(value) }));
  const foreign = other.map((value) => ({ value, isOther: true }));
  return fc.oneof({ arbitrary: anyOf(foreign), weight: 5 }, { arbitrary: anyOf([...mine, ...foreign]), weight: 1 });
}

function pathWith(path: string, chosen: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(chosen[name] ?? ''));
}

function parametersIn(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

function queryOf({ query }: Operation, theirs: Values): fc.Arbitrary<string> {
  const parts = query.map(({ name, schema }) => {
    const known = [...(theirs[name] ?? []), ...((schema['enum'] as string[] | undefined) ?? [])];
    const value = known.length > 0 ? anyOf(known) : anyOf(['1', 'true', 'x', '0']);
    return value.map((text) => `${name}=${encodeURIComponent(text)}`);
  });
  // What nobody documented might be read all the same.
  const undocumented = anyOf([
    'customerId=3',
    'customer=3',
    'as=3',
    'owner=betamark-user',
    'customerId=2&customerId=3',
  ]);
  const needed = query
    .filter(({ name }) => name === 'from' || name === 'to')
    .map(({ name }) => `${name}=${theirs[name]?.[0]}`);
  return fc
    .tuple(
      parts.length > 0 ? fc.tuple(...parts) : fc.constant([]),
      fc.array(fc.boolean(), { maxLength: 20 }),
      fc.option(undocumented),
    )
    .map(([all, keep, extra]) => {
      const kept = (all as string[]).filter((_part, at) => keep[at] ?? false);
      const text = [...needed, ...kept, ...(extra === null ? [] : [extra])].join('&');
      return text === '' ? '' : `?${text}`;
    });
}

const forged = [
  {},
  { 'x-staffetta-caller': 'eyJuYW1lIjoieCIsInJvbGVzIjpbIkFSVUJBIl19.x' },
  { 'x-customer-id': '3' },
  { 'x-forwarded-user': 'betamark-user', 'x-original-url': '/dbmanager/api/invoices/1' },
  { 'x-http-method-override': 'GET' },
] as const;

/** The plain way of asking for what is the other's: each operation must be tried like this at least. */
export function plainAttempt(operation: Operation, who: Customer, other: Customer, at = 0): Attempt {
  const theirs = valuesOf(other);
  const names = parametersIn(operation.path);
  const chosen = Object.fromEntries(
    names.map((name) => {
      const values = theirs[name];
      if (!values || values.length === 0) throw new Error(`Say in valuesOf what stands for the parameter {${name}}.`);
      return [name, values[at % values.length] ?? ''];
    }),
  );
  const query = operation.query.filter(({ name }) => name in theirs).map(({ name }) => `${name}=${theirs[name]?.[0]}`);
  const needed = operation.path.includes('search') || operation.path.includes('export') ? `?${query.join('&')}` : '';
  const bodies = operation.hasBody ? bodiesOf(operation, other) : [];
  const headers = { 'x-api-key': who.key, ...(operation.hasBody && { 'content-type': 'application/json' }) };
  const path = pathWith(operation.path, chosen) + needed;
  return {
    method: operation.method,
    path,
    headers,
    body: bodies[at % Math.max(1, bodies.length)],
    namesOther: names.length > 0,
  };
}

/** Any way of asking. */
export function attempts(operation: Operation, who: Customer, other: Customer): fc.Arbitrary<Attempt> {
  const [theirs, own] = [valuesOf(other), valuesOf(who)];
  const names = parametersIn(operation.path);
  const bodies = operation.hasBody ? bodiesOf(operation, other) : [];
  const picked = names.map((name) => choice(name, theirs, own));
  const filled = picked.length > 0 ? fc.tuple(...picked) : fc.constant([] as { value: string; isOther: boolean }[]);
  return filled.chain((chosen) => {
    const byName = Object.fromEntries(names.map((name, at) => [name, chosen[at]?.value ?? '']));
    const namesOther = chosen.some(({ isOther }) => isOther) && isAllOther(chosen);
    return fc
      .record({
        path: spelled(pathWith(operation.path, byName)),
        query: queryOf(operation, theirs),
        body: bodies.length > 0 ? anyOf(bodies) : fc.constant(undefined),
        method:
          operation.method === 'GET' ? anyOf(['GET', 'GET', 'GET', 'HEAD', 'POST']) : fc.constant(operation.method),
        extra: anyOf(forged),
        bearer: fc.boolean(),
      })
      .map(({ path, query, body, method, extra, bearer }) => ({
        method,
        path: path + query,
        headers: {
          ...extra,
          ...(bearer ? { authorization: `Bearer ${who.key}` } : { 'x-api-key': who.key }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        body: method === 'GET' || method === 'HEAD' ? undefined : body,
        namesOther,
      }));
  });
}

/** Where one's own stands first, the rest is looked for within it: an answer may be right. */
function isAllOther(chosen: readonly { readonly isOther: boolean }[]): boolean {
  return chosen[0]?.isOther ?? false;
}

/** What an answer says, its archives opened and its base64 read. */
export function saidIn({ bytes, headers }: Got): string {
  const head = JSON.stringify(headers);
  const text = bytes.toString('latin1');
  const isZip = bytes.subarray(0, 2).toString() === 'PK';
  const files = isZip ? Object.entries(unzipSync(new Uint8Array(bytes))) : [];
  const within = files.map(([name, content]) => `${name}\n${Buffer.from(content).toString('latin1')}`).join('\n');
  const decoded = [...text.matchAll(/[A-Za-z0-9+/=]{40,}/g)].map(([one]) =>
    Buffer.from(one, 'base64').toString('latin1'),
  );
  return [head, text, within, ...decoded].join('\n');
}

/** Everything by which an answer would give the other away. */
export function marksOf({ ids, keyId, key }: Customer): string[] {
  const { invoiceId, transmissionId, noticeId, fileName } = ids;
  return [
    mark,
    keyId,
    key,
    ...invoiceId,
    ...transmissionId,
    ...noticeId,
    ...fileName.map((name) => name.split('.')[0] ?? name),
  ];
}
