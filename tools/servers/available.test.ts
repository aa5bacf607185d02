// Real servers for tests: the rule by which a test is skipped, or not allowed to be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requirement } from './available.ts';

test('what is there is not missing', () => {
  assert.equal(requirement('Kafka', 'host:9092', true, 'set X', true).missing, false);
});

test('what is absent is named, with where it was looked for and what to do', () => {
  assert.equal(requirement('Kafka', 'host:9092', false, 'set X', false).missing, 'no Kafka at host:9092: set X');
});

test('where everything is required, an absent server fails the test instead of skipping it', () => {
  const kafka = requirement('Kafka', 'host:9092', false, 'set X', true);
  assert.throws(() => kafka.missing, /no Kafka at host:9092.*lets no test be skipped/);
});
