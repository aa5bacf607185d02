// eurekaserver: the registry keeps who is alive and tells what changed; the clock is turned.
import { turnableClock } from '@staffetta/platform/clock.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readInstance } from './instance.ts';
import { createRegistry } from './registry.ts';

function setUp() {
  const clock = turnableClock();
  const evicted: string[] = [];
  const onEvicted = (_app: string, id: string): number => evicted.push(id);
  const registry = createRegistry({ leaseMs: 90_000, deltaMs: 180_000, instancesMax: 3, clock, onEvicted });
  const register = (id: string, changes: Record<string, unknown> = {}): boolean => {
    const dataCenterInfo = { name: 'MyOwn' };
    const given = { instanceId: id, hostName: 'h', app: 'receiver', ipAddr: '10.0.0.1', dataCenterInfo, ...changes };
    const instance = readInstance({ instance: given }, 'RECEIVER', clock.now().getTime());
    assert.ok(typeof instance !== 'string', String(instance));
    return registry.register(instance);
  };
  return { clock, registry, register, evicted };
}

describe('registry', () => {
  test('the hash code counts statuses in alphabetical order', () => {
    const { registry, register } = setUp();
    assert.equal(registry.hashcode(), '');
    register('a');
    register('b');
    register('c', { status: 'DOWN' });
    assert.equal(registry.hashcode(), 'DOWN_1_UP_2_');
  });

  test('an instance that falls silent is taken off after its lease, one that renews stays', () => {
    const { clock, registry, register, evicted } = setUp();
    register('silent');
    register('alive');
    clock.turn(60_000);
    assert.equal(registry.renew('receiver', 'alive'), true);
    clock.turn(31_000);
    assert.deepEqual(
      registry.applications().flatMap(({ instance }) => instance.map(({ instanceId }) => instanceId)),
      ['alive'],
    );
    assert.equal(registry.renew('RECEIVER', 'silent'), false);
    assert.deepEqual(evicted, ['silent']);
  });

  test('an instance may ask for another lease', () => {
    const { clock, registry, register } = setUp();
    register('short', { leaseInfo: { durationInSecs: 10 } });
    clock.turn(11_000);
    assert.equal(registry.find('RECEIVER', 'short'), undefined);
  });

  test('a heartbeat that knows of a newer change makes the client register again', () => {
    const { registry, register } = setUp();
    register('a', { lastDirtyTimestamp: '1000' });
    assert.equal(registry.renew('RECEIVER', 'a', 1001), false);
    assert.equal(registry.renew('RECEIVER', 'a', 1000), true);
    assert.equal(registry.renew('RECEIVER', 'a', 999), true);
  });

  test('an older registration that comes late changes nothing', () => {
    const { registry, register } = setUp();
    register('a', { lastDirtyTimestamp: '1000', status: 'DOWN' });
    register('a', { lastDirtyTimestamp: '999', status: 'UP' });
    assert.equal(registry.find('RECEIVER', 'a')?.status, 'DOWN');
  });

  test('the delta tells each instance’s last change and forgets it after three minutes', () => {
    const { clock, registry, register } = setUp();
    register('a', { leaseInfo: { durationInSecs: 3600 } });
    register('b', { leaseInfo: { durationInSecs: 3600 } });
    registry.cancel('RECEIVER', 'b');
    const changes = () =>
      registry.changes().flatMap(({ instance }) => instance.map((one) => `${one.instanceId} ${one.actionType}`));
    assert.deepEqual(changes(), ['a ADDED', 'b DELETED']);
    assert.equal(registry.hashcode(), 'UP_1_');
    clock.turn(181_000);
    assert.deepEqual(changes(), []);
    assert.equal(registry.hashcode(), 'UP_1_');
  });

  test('a full registry takes no further instance, but known ones go on', () => {
    const { register } = setUp();
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'a'].map((id) => register(id)),
      [true, true, true, false, true],
    );
  });

  test('every change raises the version, a heartbeat does not', () => {
    const { registry, register } = setUp();
    const version = () => registry.version();
    const start = version();
    register('a');
    assert.equal(version(), start + 1);
    registry.renew('RECEIVER', 'a');
    assert.equal(version(), start + 1);
    registry.cancel('RECEIVER', 'a');
    assert.equal(version(), start + 2);
  });
});
