// tools: the rules by which a run picks its test files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseTests, groupOf, readRequest } from './test-files.ts';

const paths = [
  'journeys/external-invoice.e2e.test.ts',
  'journeys/a-day-of-faults.e2e.night.ts',
  'flow/invoice-moves.prop.test.ts',
  'platform/bus/postgres-bus.int.test.ts',
  'platform/bus/postgres-bus.ts',
  'platform/bus/retry.test.ts',
];

test('the group stands in the name', () => {
  assert.equal(groupOf('journeys/external-invoice.e2e.test.ts'), 'journeys');
  assert.equal(groupOf('platform/bus/postgres-bus.int.test.ts'), 'int');
  assert.equal(groupOf('flow/invoice-moves.prop.test.ts'), 'unit');
  assert.equal(groupOf('platform/bus/postgres-bus.ts'), undefined);
});

test('without a word every test of the day runs, unit tests first and journeys last', () => {
  assert.deepEqual(chooseTests(paths, readRequest([])), [
    'flow/invoice-moves.prop.test.ts',
    'platform/bus/retry.test.ts',
    'platform/bus/postgres-bus.int.test.ts',
    'journeys/external-invoice.e2e.test.ts',
  ]);
});

test('the night runs what is long, too', () => {
  assert.ok(chooseTests(paths, readRequest(['--night'])).includes('journeys/a-day-of-faults.e2e.night.ts'));
});

test('a part of a path narrows the run, and so does a group', () => {
  assert.deepEqual(chooseTests(paths, readRequest(['--only', 'int', './platform/bus', 'flow'])), [
    'platform/bus/postgres-bus.int.test.ts',
  ]);
});

test('a mistyped argument is named', () => {
  assert.throws(() => readRequest(['--nigth']), /"--nigth"/);
  assert.throws(() => readRequest(['--only', 'e2e']), /unit, int, journeys, not "e2e"/);
});
