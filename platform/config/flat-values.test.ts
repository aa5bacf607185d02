// platform: the most specific source wins, and lists are replaced as a whole.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeSources, type FlatValue } from './flat-values.ts';

function merge(...sources: Record<string, FlatValue>[]): Record<string, FlatValue> {
  return Object.fromEntries(mergeSources(sources.map((source) => new Map(Object.entries(source)))));
}

test('the most specific value wins', () => {
  assert.deepEqual(merge({ a: 'own' }, { a: 'all', b: 'all' }), { a: 'own', b: 'all' });
});

test('a list replaces the whole list below it', () => {
  const merged = merge({ 'l[0]': 'own' }, { 'l[0]': 'x', 'l[1]': 'y', 'other[0]': 'kept' });
  assert.deepEqual(merged, { 'l[0]': 'own', 'other[0]': 'kept' });
});

test('a list inside a list, and a text in place of a list, replace it too', () => {
  assert.deepEqual(merge({ 'a[0].b[0]': 1 }, { 'a[1].c': 2 }, { d: 3 }), { 'a[0].b[0]': 1, d: 3 });
  assert.deepEqual(merge({ l: 'x,y' }, { 'l[0]': 'z' }), { l: 'x,y' });
  assert.deepEqual(merge({ 'l[0]': 'z' }, { l: 'x,y' }), { 'l[0]': 'z' });
});
