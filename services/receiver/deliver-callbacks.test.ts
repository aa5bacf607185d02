// receiver: what the workers take into memory right after the insert.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallbackDelivery, type DeliveryParts } from './deliver-callbacks.ts';
import { HostSlots } from './host-slots.ts';

function delivery(): CallbackDelivery {
  const slots = new HostSlots({ hostMax: 16, totalMax: 64, breakerFailures: 10, breakerOpenMs: 1000 });
  const world = { clock: { now: () => new Date(0) } };
  const parts = { slots, world, instance: { id: 'me', isLost: () => false } };
  return new CallbackDelivery(parts as unknown as DeliveryParts);
}

test('an outcome does not overtake an earlier one of its invoice that was too large to be taken', () => {
  const large = Buffer.alloc(10 * 1024 * 1024);
  const small = Buffer.alloc(1);
  const claims = delivery().claims([
    { invoiceId: 'other', host: 'h', body: large },
    { invoiceId: 'x', host: 'h', body: large },
    { invoiceId: 'x', host: 'h', body: small },
    { invoiceId: 'y', host: 'h', body: small },
    { invoiceId: 'y', host: 'h', body: small },
  ]);
  assert.deepEqual(claims, ['first', 'later', 'later', 'first', 'chained']);
});
