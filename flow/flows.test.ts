// flow: the page of flows holds together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorTable } from './errors.ts';
import { flowNames, flows, deadLetterTopic } from './flows.ts';
import { serviceNames, services } from './services.ts';

test("a flow's name is its topic, and somebody speaks and somebody listens", () => {
  for (const name of flowNames) {
    assert.equal(flows[name].topic, name);
    assert.ok(flows[name].from.length > 0 && flows[name].to.length > 0, name);
  }
});

test('dead letters are spelt as the contract spells them', () => {
  assert.equal(deadLetterTopic('incomingInvoice'), 'incomingInvoice.DLT');
});

test('no two services share a port, and names are the contract’s', () => {
  const ports = serviceNames.map((name) => services[name].port);
  assert.equal(new Set(ports).size, ports.length);
  assert.equal(services.gatewayserver.port, 8072);
});

test('every error says what to do next', () => {
  for (const [code, { help }] of Object.entries(errorTable)) assert.match(help, /\.$/, code);
});
