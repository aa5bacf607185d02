// eurekaserver: whatever happens to the registry, a client that applies its changes has what it has.
import { turnableClock } from '@staffetta/platform/clock.ts';
import { applyDelta, hashcodeOf, indexed, readApplications } from '@staffetta/platform/discovery/applications.ts';
import { instanceStatuses, shapeInstance } from '@staffetta/platform/discovery/instance.ts';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { viewOf } from './answers.ts';
import { demo } from './eureka-test-kit.ts';
import { Registry } from './registry.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const app = fc.constantFrom('ONE', 'TWO');
const status = fc.constantFrom(...instanceStatuses);
const step = fc.oneof(
  fc.record({ kind: fc.constant('register' as const), app, id, status }),
  fc.record({ kind: fc.constant('renew' as const), app, id }),
  fc.record({ kind: fc.constant('cancel' as const), app, id }),
  fc.record({ kind: fc.constant('set' as const), app, id, status }),
  fc.record({ kind: fc.constant('clear' as const), app, id }),
  fc.record({ kind: fc.constant('metadata' as const), app, id }),
  fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('read' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function setUp() {
  const clock = turnableClock();
  const rules = { selfPreservation: false, preserveFrom: 3, originalLeases: false, expectedRenewalSeconds: 30 };
  const options = { ...rules, renewalPercent: 0.85, deltaMs: 60_000, evictionMs: 1000, instancesMax: 9, clock };
  return { clock, registry: new Registry(options) };
}

function take({ registry, clock }: ReturnType<typeof setUp>, done: Step): void {
  if (done.kind === 'pass') {
    for (let second = 0; second < done.seconds; second++) {
      clock.turn(1000);
      registry.evict();
    }
  } else if (done.kind === 'register') {
    const given = { ...demo, app: done.app, instanceId: done.id, status: done.status };
    registry.register(shapeInstance({ ...given, leaseInfo: { durationInSecs: 30 } }, clock.now().getTime()));
  } else if (done.kind === 'renew') registry.renew(done.app, done.id);
  else if (done.kind === 'cancel') registry.cancel(done.app, done.id);
  else if (done.kind === 'set') registry.setStatus(done.app, done.id, done.status);
  else if (done.kind === 'clear') registry.clearStatus(done.app, done.id, 'UP');
  else if (done.kind === 'metadata') registry.addMetadata(done.app, done.id, { k: 'v' });
}

/** What a client keeps of an instance; the time of its last heartbeat is no change. */
function statusesOf(instances: Iterable<{ app: string; instanceId: string; status: string; metadata: unknown }>) {
  const lines = [...instances].map(
    (one) => `${one.app}/${one.instanceId} ${one.status} ${JSON.stringify(one.metadata)}`,
  );
  return lines.sort();
}

test('the changes of a minute, applied within it, give the whole registry and its hash code', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = setUp();
      const { registry } = world;
      let known = indexed([]);
      let unreadSeconds = 0;
      for (const done of [...steps, { kind: 'read' as const }]) {
        take(world, done);
        if (done.kind === 'pass') unreadSeconds += done.seconds;
        if (done.kind !== 'read') continue;
        const view = { ...viewOf(registry.changes(), registry.version()), apps__hashcode: registry.hashcode() };
        const read = readApplications(JSON.parse(JSON.stringify({ applications: view })), 0)!;
        // Who was away for longer reads everything, which the hash code would show it in nearly every case.
        known = unreadSeconds < 59 ? applyDelta(known, read.instances) : indexed(registry.all());
        unreadSeconds = 0;
        assert.deepEqual(statusesOf(known.values()), statusesOf(registry.all()));
        assert.equal(hashcodeOf(known.values()), read.hashcode);
      }
    }),
    { numRuns: 300 },
  );
});
