// platform: what new topics are made with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topicConfigs } from './kafka-topics.ts';

function configOf(topic: string, replicas: number, name: string): string | undefined {
  return topicConfigs(topic, replicas, 1000).find((config) => config.name === name)?.value;
}

test("with three copies an event counts as written once two brokers have it, with fewer the broker's own limit holds", () => {
  assert.equal(configOf('incomingInvoice', 3, 'min.insync.replicas'), '2');
  assert.equal(configOf('incomingInvoice', 2, 'min.insync.replicas'), undefined);
  assert.equal(configOf('incomingInvoice', 1, 'min.insync.replicas'), undefined);
});

test('events are kept as long as was asked, dead letters for ever, under a prefix too', () => {
  assert.equal(configOf('hub.incomingInvoice', 1, 'retention.ms'), '1000');
  assert.equal(configOf('hub.incomingInvoice.DLT', 1, 'retention.ms'), '-1');
});
