// eurekaserver: the registry keeps who is alive and tells what changed; the clock is turned.
import { turnableClock } from '@staffetta/platform/clock.ts';
import type { InstanceStatus } from '@staffetta/platform/discovery/instance.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readRegistration } from './registration.ts';
import { Registry, type RegistryOptions } from './registry.ts';

function setUp(changes: Partial<RegistryOptions> = {}) {
  const clock = turnableClock();
  const registry = new Registry({
    deltaMs: 180_000,
    evictionMs: 1000,
    instancesMax: 100,
    selfPreservation: true,
    preserveFrom: 10,
    originalLeases: false,
    expectedRenewalSeconds: 30,
    renewalPercent: 0.85,
    clock,
    ...changes,
  });
  const read = (id: string, changes: Record<string, unknown> = {}) => {
    const dataCenterInfo = { name: 'MyOwn' };
    const given = { instanceId: id, hostName: 'h', app: 'receiver', ipAddr: '10.0.0.1', dataCenterInfo, ...changes };
    const instance = readRegistration({ instance: given }, 'RECEIVER', clock.now().getTime(), 90_000);
    assert.ok(typeof instance !== 'string', String(instance));
    return instance;
  };
  const register = (id: string, changes: Record<string, unknown> = {}): boolean => registry.register(read(id, changes));
  /** Seconds pass, in each of which the silent ones are looked for. */
  const pass = (seconds: number): string[] => {
    const gone: string[] = [];
    for (let second = 0; second < seconds; second++) {
      clock.turn(1000);
      gone.push(...registry.evict().map(({ instanceId }) => instanceId));
    }
    return gone;
  };
  return { clock, registry, register, read, pass };
}

function ids(registry: Registry): string[] {
  return registry.all().map(({ instanceId }) => instanceId);
}

describe('registry', () => {
  test('the hash code counts statuses in alphabetical order', () => {
    const { registry, register } = setUp();
    assert.equal(registry.hashcode(), '');
    register('a');
    register('b');
    register('c', { status: 'DOWN' });
    register('d', { status: 'ASLEEP' });
    assert.equal(registry.hashcode(), 'DOWN_1_UNKNOWN_1_UP_2_');
  });

  test('a heartbeat that knows of a newer change makes the client register again', () => {
    const { registry, register } = setUp();
    register('a', { lastDirtyTimestamp: '1000' });
    assert.equal(registry.renew('RECEIVER', 'a', { dirtyMs: 1001 }), 'unknown');
    assert.equal(registry.renew('receiver', 'a', { dirtyMs: 1000 }), 'taken');
    assert.equal(registry.renew('RECEIVER', 'a', { dirtyMs: 999 }), 'taken');
    assert.equal(registry.renew('RECEIVER', 'a', { dirtyMs: 999, isReplication: true }), 'conflict');
    assert.equal(registry.renew('RECEIVER', 'b'), 'unknown');
  });

  test('an older registration that comes late changes nothing', () => {
    const { registry, register } = setUp();
    register('a', { lastDirtyTimestamp: '1000', status: 'DOWN' });
    register('a', { lastDirtyTimestamp: '999', status: 'UP' });
    assert.equal(registry.find('RECEIVER', 'a')?.status, 'DOWN');
  });

  test('the delta tells each instance’s last change and forgets it after three minutes', () => {
    const { clock, registry, register } = setUp();
    register('a');
    register('b');
    registry.setStatus('RECEIVER', 'a', 'OUT_OF_SERVICE');
    registry.cancel('RECEIVER', 'b');
    const changes = () => registry.changes().map((one) => `${one.instanceId} ${one.actionType}`);
    assert.deepEqual(changes(), ['a MODIFIED', 'b DELETED']);
    assert.equal(registry.hashcode(), 'OUT_OF_SERVICE_1_');
    clock.turn(181_000);
    assert.deepEqual(changes(), []);
    assert.equal(registry.hashcode(), 'OUT_OF_SERVICE_1_');
  });

  test('a full registry takes no further instance, but known ones go on', () => {
    const { register } = setUp({ instancesMax: 3 });
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'a'].map((id) => register(id)),
      [true, true, true, false, true],
    );
  });

  test('every change raises the version and is heard, a heartbeat is none', () => {
    const { registry, register } = setUp();
    const heard: string[] = [];
    const start = registry.version();
    const end = registry.listen(({ version, action }) => heard.push(`${version - start} ${action}`));
    register('a');
    registry.renew('RECEIVER', 'a');
    registry.setStatus('RECEIVER', 'a', 'DOWN');
    registry.cancel('RECEIVER', 'a');
    end();
    register('a');
    assert.deepEqual(heard, ['1 ADDED', '2 MODIFIED', '3 DELETED']);
    assert.deepEqual(
      registry.changesSince(start + 3)?.map(({ action }) => action),
      ['ADDED'],
    );
    assert.equal(registry.changesSince(start), undefined);
    assert.equal(registry.changesSince(start + 99), undefined);
  });

  test('what was set over an instance leaves with it', () => {
    const { registry, register } = setUp();
    register('a');
    registry.setStatus('RECEIVER', 'a', 'OUT_OF_SERVICE');
    register('a');
    assert.equal(registry.find('RECEIVER', 'a')?.status, 'OUT_OF_SERVICE');
    registry.cancel('RECEIVER', 'a');
    register('a');
    assert.equal(registry.find('RECEIVER', 'a')?.status, 'UP');
  });

  test('what a peer says is set holds here too', () => {
    const { registry, read } = setUp();
    const overriddenStatus: InstanceStatus = 'OUT_OF_SERVICE';
    registry.register({ ...read('a'), overriddenStatus }, true);
    assert.equal(registry.find('RECEIVER', 'a')?.status, 'OUT_OF_SERVICE');
    assert.deepEqual([...registry.overrides()], [['RECEIVER/a', 'OUT_OF_SERVICE']]);
  });
});

test('a status that a heartbeat brings to light is a change like any other', () => {
  const { registry, register } = setUp();
  register('a', { lastDirtyTimestamp: '1000' });
  const version = registry.version();
  const beat = { dirtyMs: 1001, isReplication: true, override: 'OUT_OF_SERVICE' } as const;
  assert.equal(registry.renew('RECEIVER', 'a', beat), 'unknown');
  assert.equal(registry.renew('RECEIVER', 'a'), 'taken');
  assert.equal(registry.hashcode(), 'OUT_OF_SERVICE_1_');
  assert.deepEqual(
    registry.changes().map(({ status, actionType }) => `${status} ${actionType}`),
    ['OUT_OF_SERVICE MODIFIED'],
  );
  assert.equal(registry.version(), version + 1);
});

describe('leases', () => {
  test('an instance that falls silent is taken off after its lease, one that renews stays', () => {
    const { registry, register, pass } = setUp();
    register('silent');
    register('alive');
    register('short', { leaseInfo: { durationInSecs: 10 } });
    assert.deepEqual(pass(60), ['short']);
    registry.renew('receiver', 'alive');
    assert.deepEqual(pass(40), ['silent']);
    assert.deepEqual(ids(registry), ['alive']);
  });

  test('as the original counts, a lease that was renewed once lasts twice', () => {
    const { registry, register, pass } = setUp({ originalLeases: true });
    register('a');
    register('never renewed');
    registry.renew('RECEIVER', 'a');
    assert.deepEqual(pass(91), ['never renewed']);
    assert.deepEqual(pass(88), []);
    assert.deepEqual(pass(3), ['a']);
  });

  test('a server that stood still does not blame its clients', () => {
    const { registry, register, clock } = setUp();
    register('a');
    registry.evict();
    clock.turn(3_600_000);
    assert.deepEqual(registry.evict(), []);
    assert.equal(registry.renew('RECEIVER', 'a'), 'taken');
  });
});

describe('self-preservation', () => {
  const twenty = Array.from({ length: 20 }, (_, place) => String(place));

  /** Lets time pass while some renew each 30 s, as they promised. */
  function live(seconds: number, alive: readonly string[], world: ReturnType<typeof setUp>): string[] {
    const gone: string[] = [];
    for (let second = 0; second < seconds; second += 30) {
      for (const id of alive) world.registry.renew('RECEIVER', id);
      gone.push(...world.pass(30));
    }
    return gone;
  }

  test('where most fall silent at once nobody is taken off, until they are heard again', () => {
    const world = setUp();
    for (const id of twenty) world.register(id);
    assert.deepEqual(live(120, twenty, world), []);
    assert.deepEqual(live(600, twenty.slice(0, 10), world), []);
    assert.equal(world.registry.preservation().active, true);
    const gone = live(600, twenty.slice(0, 19), world);
    assert.deepEqual(gone, ['19']);
    assert.equal(world.registry.preservation().active, false);
  });

  test('switched off, all silent ones go, but within a minute no more than the share allows', () => {
    const world = setUp({ selfPreservation: false });
    for (const id of twenty) world.register(id);
    const alive = twenty.slice(0, 10);
    live(60, alive, world);
    const first = live(60, alive, world);
    assert.equal(first.length, 3);
    assert.equal(live(600, alive, world).length, 7);
    assert.deepEqual(ids(world.registry), alive);
  });

  test('a few are too few to tell a broken network by', () => {
    const world = setUp();
    for (const id of twenty.slice(0, 9)) world.register(id);
    assert.equal(live(120, [], world).length, 9);
  });

  test('ours expects what each client promised, the original the same of all', () => {
    const threshold = (originalLeases: boolean) => {
      const { registry, register } = setUp({ originalLeases, preserveFrom: 0 });
      register('often', { leaseInfo: { renewalIntervalInSecs: 5 } });
      register('seldom', { leaseInfo: { renewalIntervalInSecs: 60 } });
      return registry.preservation().threshold;
    };
    assert.deepEqual([threshold(false), threshold(true)], [Math.floor(13 * 0.85), Math.floor(4 * 0.85)]);
  });
});
