// journeys: every example in the collected interfaces is sent as it stands there, and answered as its document says.
import { compileValidator } from '@staffetta/platform/http/validation.ts';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Answer, Ask } from './harness/client.ts';
import { invoiceXml } from './harness/invoices.ts';
import { defaultSetUp, tellOn } from './harness/set-ups.ts';
import { until } from './harness/wait.ts';

interface Schema {
  readonly examples?: readonly unknown[];
}

interface Content {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Parameter extends Content {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}

/** One example, ready to be sent. */
interface Example {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly body: unknown;
}

const jsonType = 'application/json';

function examplesOf({ example, examples, schema }: Content): unknown[] {
  const values = examples ? Object.values(examples).map(({ value }) => value) : [];
  return [...(example === undefined ? [] : [example]), ...values, ...(schema?.examples ?? [])];
}

/** What stands in a path where its document gives no example: things that every hub has, or that were made before. */
const made: Record<string, string> = { customerId: '2', invoiceNumber: '1', id: '1', name: 'main' };

function filled(path: string, { parameters = [] }: Operation): string | undefined {
  const value = (name: string): string | undefined => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    return made[name] ?? (parameter && examplesOf(parameter).map(String)[0]);
  };
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
  if (names.some((name) => value(name) === undefined)) return undefined;
  const asked = parameters.filter((one) => one.in === 'query' && examplesOf(one).length > 0);
  const query = asked.map((one) => `${one.name}=${encodeURIComponent(String(examplesOf(one)[0]))}`);
  const target = path.replaceAll(/\{([^}]+)\}/g, (_all, name: string) => encodeURIComponent(value(name)!));
  return query.length === 0 ? target : `${target}?${query.join('&')}`;
}

/** Readings first, then what makes and changes, what ends last. */
const turns = ['get', 'post', 'put', 'patch', 'delete'];

function hasExample({ parameters = [], requestBody }: Operation): boolean {
  const contents = Object.values(requestBody?.content ?? {});
  return [...parameters, ...contents].some((one) => examplesOf(one).length > 0);
}

function examplesIn(paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>): Example[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) => {
      const target = filled(path, operation);
      if (target === undefined || !hasExample(operation)) return [];
      const bodies = examplesOf(operation.requestBody?.content[jsonType] ?? {});
      const title = `${method.toUpperCase()} ${path}`;
      return (bodies.length > 0 ? bodies : [undefined]).map((body) => ({
        title,
        method,
        path: target,
        operation,
        body,
      }));
    }),
  );
}

function judge({ title, operation }: Example, { status, text, json, headers }: Answer): boolean {
  // What is not in the state that an example needs says so; what does not fit its document would be 400.
  assert.ok(status < 400 || [404, 409].includes(status), `${title} is answered ${status}: ${text.slice(0, 500)}`);
  const told = operation.responses?.[String(status)];
  const type = String(headers['content-type'] ?? '').split(';')[0]!;
  const schema = told?.content?.[type]?.schema;
  if (!schema) return false;
  const check = compileValidator({ schema, method: 'GET', url: '/', httpPart: 'body' });
  const { error } = check(json) as { error?: Error };
  assert.equal(
    error,
    undefined,
    `${title} answers what its document does not say: ${error?.message} ${text.slice(0, 500)}`,
  );
  return true;
}

tellOn([defaultSetUp], {}, (estate) => {
  const ask = (path: string, more: Partial<Ask> = {}) => estate().client.ask('gatewayserver', { path, ...more });
  let examples: Example[] = [];
  let judged = 0;

  before(async () => {
    await estate().client.accept({ document: invoiceXml() });
    await until(
      'the first invoice is there',
      () => ask('/api/invoices/1/transmissions'),
      ({ status }) => status === 200,
    );
    const key = { name: 'for examples', role: 'ARUBA' };
    const headers = { 'content-type': jsonType };
    const kept = await ask('/gateway/api/keys', { method: 'POST', headers, body: JSON.stringify(key) });
    made['keyId'] = (kept.json as { keyId: string }).keyId;
    const { apis } = (await ask('/gateway/apis')).json as { apis: { url: string }[] };
    const documents = await Promise.all(apis.map(({ url }) => ask(url)));
    examples = documents
      .flatMap(({ json }) => examplesIn((json as { paths: Parameters<typeof examplesIn>[0] }).paths))
      .toSorted((one, other) => turns.indexOf(one.method) - turns.indexOf(other.method));
  });

  test('every example is taken, and answered as its document says', async (t) => {
    assert.ok(examples.length >= 20, String(examples.length));
    for (const example of examples) {
      await t.test(example.title, async () => {
        const { method, path, body } = example;
        const sent = body === undefined ? {} : { headers: { 'content-type': jsonType }, body: JSON.stringify(body) };
        const answer = await ask(path, { method: method.toUpperCase() as 'POST', ...sent });
        if (judge(example, answer)) judged += 1;
      });
    }
  });

  after(() => assert.ok(judged >= 8, `only ${judged} answers could be held against a schema`));
});
