// hub: for the test that no customer reaches another's data: how a request is spelled, and what its answer gives away.
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import type { Operation } from './api-operations.fixture.ts';
import { bodiesOf, valuesOf, type Values } from './attack-values.fixture.ts';
import { mark, type Customer } from './two-customers.fixture.ts';
import type { Got } from './whole-hub.fixture.ts';

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

/** The values of a parameter. @throws Error where nobody said what stands for it */
function insistOn(values: Values, name: string): readonly string[] {
  const known = values[name];
  if (known && known.length > 0) return known;
  throw new Error(`Say in valuesOf what stands for the parameter {${name}}.`);
}

interface Choice {
  readonly value: string;
  readonly isOther: boolean;
}

/** Gives a parameter of a path a value. */
function choice(name: string, theirs: Values, own: Values): fc.Arbitrary<Choice> {
  const other = insistOn(theirs, name);
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

/** One of a list, whatever the count. */
function nth<T>(list: readonly T[], at: number): T | undefined {
  return list[at % Math.max(1, list.length)];
}

/** The plain way of asking for what is the other's: each operation must be tried like this at least. */
export function plainAttempt(operation: Operation, who: Customer, other: Customer, at = 0): Attempt {
  const theirs = valuesOf(other, nth(other.invoices, at));
  const names = parametersIn(operation.path);
  const round = Math.floor(at / other.invoices.length);
  const chosen = Object.fromEntries(names.map((name) => [name, nth(insistOn(theirs, name), round) ?? '']));
  const query = operation.query.filter(({ name }) => name in theirs).map(({ name }) => `${name}=${theirs[name]?.[0]}`);
  const needed = /search|export/.test(operation.path) ? `?${query.join('&')}` : '';
  const bodies = operation.hasBody ? bodiesOf(operation, other) : [];
  const headers = { 'x-api-key': who.key, ...(operation.hasBody && { 'content-type': 'application/json' }) };
  const body = nth(bodies, at);
  const path = pathWith(operation.path, chosen) + needed;
  return { method: operation.method, path, headers, body, namesOther: names.length > 0 || namesIn(body, other) };
}

/** Whether a body says plainly that it is about the other. */
function namesIn(body: string | undefined, { customerId }: Customer): boolean {
  return (
    body?.includes(`"customerId":${customerId},`) === true || body?.includes(`"customerId":${customerId}}`) === true
  );
}

/** What path parameters are filled with: mostly what belongs together, for only that leads somewhere. */
function choices(names: readonly string[], who: Customer, other: Customer): fc.Arbitrary<Choice[]> {
  const own = valuesOf(who);
  const filled = (theirs: Values): fc.Arbitrary<Choice[]> =>
    names.length > 0 ? fc.tuple(...names.map((name) => choice(name, theirs, own))) : fc.constant([]);
  const together = anyOf(other.invoices).chain((invoice) => filled(valuesOf(other, invoice)));
  return fc.oneof({ arbitrary: together, weight: 4 }, { arbitrary: filled(valuesOf(other)), weight: 1 });
}

/** Any way of asking. */
export function attempts(operation: Operation, who: Customer, other: Customer): fc.Arbitrary<Attempt> {
  const theirs = valuesOf(other);
  const names = parametersIn(operation.path);
  const bodies = operation.hasBody ? bodiesOf(operation, other) : [];
  const isRead = operation.method === 'GET';
  return choices(names, who, other).chain((chosen) => {
    const byName = Object.fromEntries(names.map((name, at) => [name, chosen[at]?.value ?? '']));
    return fc
      .record({
        path: spelled(pathWith(operation.path, byName)),
        query: queryOf(operation, theirs),
        body: bodies.length > 0 ? anyOf(bodies) : fc.constant(undefined),
        method: isRead ? anyOf(['GET', 'GET', 'GET', 'HEAD', 'POST']) : fc.constant(operation.method),
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
        body: isRead ? undefined : body,
        // Where one's own stands first, the rest is looked for within it: an answer may be right.
        namesOther: chosen[0]?.isOther ?? namesIn(body, other),
      }));
  });
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
export function marksOf({ invoices, keyId, key }: Customer): string[] {
  const ids = invoices.flatMap(({ id, transmissions, notices }) => [id, ...transmissions, ...notices]);
  const files = invoices.flatMap((one) => one.files.map((name) => name.split('.')[0] ?? name));
  return [mark, keyId, key, ...ids, ...files];
}
