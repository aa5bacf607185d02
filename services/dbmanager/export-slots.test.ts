// dbmanager: one caller's exports never take the places of another's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExportSlots } from './export-slots.ts';

test('a caller that exports already waits for itself, and nobody else does', () => {
  const slots = new ExportSlots({ exportConcurrency: 3, exportsPerCaller: 1 });
  const first = slots.take('slow');
  assert.equal(slots.take('slow'), 'own');
  const second = slots.take('quick');
  assert.ok(typeof first === 'function' && typeof second === 'function');
  first();
  assert.equal(typeof slots.take('slow'), 'function');
});

test('all together have a limit too, and a place that is given back twice is one place', () => {
  const slots = new ExportSlots({ exportConcurrency: 2, exportsPerCaller: 2 });
  const [first, second] = [slots.take('a'), slots.take('b')];
  assert.equal(slots.take('c'), 'all');
  assert.ok(typeof first === 'function' && typeof second === 'function');
  first();
  first();
  assert.equal(typeof slots.take('c'), 'function');
  assert.equal(slots.take('d'), 'all');
});
