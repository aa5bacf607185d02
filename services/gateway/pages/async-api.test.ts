// gateway: tests of the AsyncAPI document: it keeps the rules of AsyncAPI 3.0, and says all that flow/flows.ts says.
import { flows, type FlowName } from '@staffetta/flow/flows.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';
import { asyncApi } from './async-api.ts';

interface Ref {
  readonly $ref: string;
}

// As a program reads it: through JSON.
const text = JSON.stringify(asyncApi('1.2.3'));
const document = JSON.parse(text) as ReturnType<typeof asyncApi> & {
  readonly channels: Record<string, { address: string; messages: Record<string, Ref> }>;
  readonly operations: Record<string, { action: string; channel: Ref; messages: Ref[]; tags: { name: string }[] }>;
  readonly components: { messages: Record<string, { name: string; payload: object; headers: { type: string } }> };
};

function resolve({ $ref }: Ref): unknown {
  assert.ok($ref.startsWith('#/'), $ref);
  let found: unknown = document;
  for (const name of $ref.slice(2).split('/')) found = (found as Record<string, unknown> | undefined)?.[name];
  assert.ok(found !== undefined, `${$ref} leads nowhere`);
  return found;
}

function refsIn(value: unknown): Ref[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('$ref' in value && typeof value.$ref === 'string') return [value as Ref];
  return Object.values(value).flatMap(refsIn);
}

test('it has what AsyncAPI 3.0 requires', () => {
  assert.equal(document.asyncapi, '3.0.0');
  assert.equal(document.info.version, '1.2.3');
  assert.ok(document.info.title !== '');
  const known = ['asyncapi', 'id', 'info', 'servers', 'defaultContentType', 'channels', 'operations', 'components'];
  assert.deepEqual(
    Object.keys(document).filter((name) => !known.includes(name)),
    [],
  );
  for (const name of [...Object.keys(document.operations), ...Object.keys(document.components.messages)]) {
    assert.match(name, /^[\w-]+$/);
  }
});

test('every reference leads somewhere', () => {
  const refs = refsIn(document);
  assert.ok(refs.length > 50, String(refs.length));
  for (const ref of refs) resolve(ref);
});

test('an operation speaks on a channel, of messages that this channel has', () => {
  for (const [name, { action, channel, messages }] of Object.entries(document.operations)) {
    assert.ok(['send', 'receive'].includes(action), name);
    assert.match(channel.$ref, /^#\/channels\/[\w-]+$/, name);
    for (const { $ref } of messages) assert.ok($ref.startsWith(`${channel.$ref}/messages/`), `${name}: ${$ref}`);
  }
});

test('addresses are topics, each once, with their dead letters', () => {
  const addresses = Object.values(document.channels).map(({ address }) => address);
  assert.equal(new Set(addresses).size, addresses.length);
  const topics = Object.values(flows).map(({ topic }) => topic);
  assert.deepEqual(addresses.toSorted(), [...topics, ...topics.map((topic) => `${topic}.DLT`)].toSorted());
});

test('who publishes and who takes is what the flows say', () => {
  for (const name of Object.keys(flows) as FlowName[]) {
    for (const [action, speakers] of [
      ['send', flows[name].from],
      ['receive', flows[name].to],
    ] as const) {
      const told = Object.values(document.operations).filter(
        (one) => one.action === action && one.channel.$ref === `#/channels/${name}`,
      );
      const tags = told.map((one) => String(one.tags[0]?.name));
      assert.deepEqual(tags.toSorted(), [...speakers].map(String).toSorted(), `${action} ${name}`);
    }
  }
});

test('payloads are schemas that judge messages', () => {
  for (const [name, { payload, headers }] of Object.entries(document.components.messages)) {
    assert.equal(headers.type, 'object');
    assert.equal(Compile(payload).Check('no message'), false, name);
  }
  assert.equal(Compile(document.components.messages['sdiAddress']!.payload).Check({}), false);
});
