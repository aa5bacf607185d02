// configserver: trees become flat keys and grow again.
import type { FlatValue } from '@staffetta/platform/config/flat-values.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flatten, unflatten } from './flatten.ts';

const flat = (document: unknown): Record<string, FlatValue> => Object.fromEntries(flatten(document));
const tree = (values: Record<string, FlatValue>): unknown => unflatten(new Map(Object.entries(values)));

describe('flat keys', () => {
  test('maps become dots, lists become numbers in brackets', () => {
    const document = { a: { b: [1, { c: 'x' }], 'd.e': true }, g: 'text' };
    assert.deepEqual(flat(document), { 'a.b[0]': 1, 'a.b[1].c': 'x', 'a.d.e': true, g: 'text' });
  });

  test('null and an empty list are an empty text, an empty map is nothing', () => {
    assert.deepEqual(flat({ a: {}, b: [], c: [[]], d: null, e: [{}] }), { b: '', 'c[0]': '', d: '' });
    assert.deepEqual(flat({}), {});
  });

  test('they grow into a tree again', () => {
    const values = { 'a.b[0]': 1, 'a.b[1].c': 'x', 'a.d.e': true, g: 'text' };
    assert.deepEqual(tree(values), { a: { b: [1, { c: 'x' }], d: { e: true } }, g: 'text' });
    assert.deepEqual(tree({ 'm[0][1]': 1, 'm[0][0]': 0 }), { m: [[0, 1]] });
    assert.deepEqual(tree({}), {});
  });

  test('numbers in brackets that are no list from 0 are keys, however large', () => {
    assert.deepEqual(tree({ 'port[8080]': 'a', 'port[9020]': 'b' }), { port: { 8080: 'a', 9020: 'b' } });
  });

  test('brackets with words in them are part of the key', () => {
    assert.deepEqual(tree({ '[br/key]': 1, 'a.[x y]': 2 }), { '[br/key]': 1, a: { '[x y]': 2 } });
  });

  test('a key that is both value and branch keeps both', () => {
    assert.deepEqual(tree({ a: 1, 'a.b': 2 }), { a: 1, 'a.b': 2 });
    assert.deepEqual(tree({ 'a.b': 2, a: 1 }), { a: 1, 'a.b': 2 });
  });

  test('names that JavaScript keeps to itself are names like others', () => {
    const text = JSON.stringify(tree({ '__proto__.x': 1, 'constructor.prototype.y': 2 }));
    assert.equal(text, '{"__proto__":{"x":1},"constructor":{"prototype":{"y":2}}}');
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });
});
