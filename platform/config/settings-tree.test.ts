// platform: tests of putting flat keys together again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineSettings, readSettings } from './settings.ts';
import { treeText } from './settings-tree.ts';

const served = {
  'gateway.routes[1].id': 'second',
  'gateway.routes[0].id': 'first',
  'gateway.routes[0].who[0]': 'ARUBA',
  'gateway.routes[0].who[1]': 'SDI',
  'gateway.routes[0].who': 'ARUBA,SDI',
  'gateway.routes[0].headers.X-One': '1',
  'gateway.routes[0].headers.[X.Two]': '2',
  'gateway.routesFile': 'no part of it',
  'other.routes[0].id': 'neither',
};

test('a list served as flat keys is put together again, in its order', () => {
  assert.deepEqual(JSON.parse(treeText(served, 'gateway.routes') ?? ''), [
    { id: 'first', who: ['ARUBA', 'SDI'], headers: { 'X-One': '1', 'X.Two': '2' } },
    { id: 'second' },
  ]);
  assert.equal(treeText(served, 'gateway.none'), undefined);
  assert.equal(treeText(served, undefined), undefined);
});

test('a name that JavaScript knows is a name like any other', () => {
  assert.equal(treeText({ 'a.__proto__.b': '1' }, 'a'), '{"__proto__":{"b":"1"}}');
});

test('a setting with a tree reads it, and its own name wins over it', () => {
  const table = defineSettings({ routes: { env: 'ROUTES', kind: 'text', tree: 'gateway.routes', says: '' } });
  assert.match(readSettings(table, {}, served).values.routes ?? '', /^\[\{"id":"first"/);
  assert.equal(readSettings(table, {}, { ...served, ROUTES: '[]' }).values.routes, '[]');
  assert.equal(readSettings(table, { ROUTES: 'x' }, served).values.routes, 'x');
});
