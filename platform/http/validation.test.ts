// platform: numbers in paths and queries are read exactly, or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { compileValidator } from './validation.ts';

const schema = Type.Object({ id: Type.Optional(Type.Integer()), all: Type.Optional(Type.Boolean()) });
const route = { method: 'GET', url: '/' };

function read(data: unknown, httpPart = 'querystring'): unknown {
  const answer: unknown = compileValidator({ schema, httpPart, ...route })(data);
  return (answer as { value?: unknown }).value;
}

test('whole numbers and truth values are read from text', () => {
  assert.deepEqual(read({ id: '2', all: 'true' }), { id: 2, all: true });
  assert.deepEqual(read({ id: '-7', all: 'false' }), { id: -7, all: false });
});

test('what is not exactly a whole number is refused, never rounded', () => {
  for (const id of ['2.5', '', ' 2', '0x10', '1e3', 'true', '2abc', '12345678901234567890']) {
    assert.equal(read({ id }), undefined, JSON.stringify(id));
  }
});

test('bodies are never read from text', () => {
  assert.equal(read({ id: '2' }, 'body'), undefined);
});

test('a field that has no place is named, in words', () => {
  const closed = Type.Object({ id: Type.Optional(Type.Integer()) }, { additionalProperties: false });
  const answer: unknown = compileValidator({ schema: closed, httpPart: 'body', ...route })({ ids: 2 });
  assert.equal((answer as { error?: Error }).error?.message, '/ids is no field of this request');
});

test('what is possible is told to people: the values that there are, and what a text is meant to be', () => {
  const spoken = Type.Object({
    role: Type.Optional(Type.Union([Type.Enum(['ARUBA', 'SDI']), Type.Null()])),
    id: Type.Optional(Type.String({ pattern: '^x$', description: 'the id of a key' })),
    plain: Type.Optional(Type.String({ pattern: '^x$' })),
  });
  const wrong = (data: unknown) =>
    (compileValidator({ schema: spoken, httpPart: 'body', ...route })(data) as { error?: Error }).error?.message;
  assert.equal(wrong({ role: 'BOSS' }), '/role must be one of ARUBA, SDI');
  assert.equal(wrong({ id: 'y' }), '/id has not the right form: the id of a key');
  assert.equal(wrong({ plain: 'y' }), '/plain must match pattern "^x$"');
});
