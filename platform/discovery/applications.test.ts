// platform: a client reads every spelling of a registry and follows its changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyDelta, byApplication, hashcodeOf, indexed, namesVip, readApplications } from './applications.ts';
import { shapeInstance, type ActionType, type InstanceStatus } from './instance.ts';

const one = { instanceId: 'a', hostName: 'h', app: 'DEMO', ipAddr: '1' };

test('one application and one instance may stand without the brackets of a list', () => {
  for (const application of [
    [{ name: 'DEMO', instance: [one] }],
    { name: 'DEMO', instance: one },
    [{ name: 'DEMO', instance: { instanceId: 'a' } }, 'nonsense'],
  ]) {
    const read = readApplications({ applications: { application } }, 7);
    const names = read?.instances.map(({ app, instanceId, status }) => `${app}/${instanceId} ${status}`);
    assert.deepEqual(names, ['DEMO/a UP']);
  }
});

test('version and hash code are found by how they begin, and -1 is no delta', () => {
  for (const [fields, hashcode, isDelta] of [
    [{ versions__delta: '1', apps__hashcode: 'UP_1_' }, 'UP_1_', true],
    [{ versions_delta: 3, apps_hashcode: '' }, '', true],
    [{ versions__delta: '-1' }, undefined, false],
    [{ versions__delta: -1, apps__hashcode: 'UP_2_' }, 'UP_2_', false],
  ] as const) {
    const read = readApplications({ applications: fields }, 0);
    assert.deepEqual([read?.hashcode, read?.isDelta, read?.instances], [hashcode, isDelta, []]);
  }
  assert.equal(readApplications({ error: 'x' }, 0), undefined);
  assert.equal(readApplications([], 0), undefined);
});

test('an instance is brought into one form from every spelling', () => {
  const shaped = shapeInstance(
    {
      ...one,
      app: 'demo',
      status: 'sleepy',
      asgName: null,
      overriddenstatus: 'DOWN',
      port: { $: '8080', '@enabled': true },
      securePort: 8443,
      metadata: { '@class': 'java.util.Collections$EmptyMap' },
      leaseInfo: { renewalTimestamp: 5, durationInSecs: '20' },
    },
    7,
  );
  assert.deepEqual([shaped.app, shaped.status, shaped.overriddenStatus], ['DEMO', 'UNKNOWN', 'DOWN']);
  assert.deepEqual(
    [shaped.port, shaped.securePort],
    [
      { $: 8080, '@enabled': 'true' },
      { $: 8443, '@enabled': 'false' },
    ],
  );
  assert.deepEqual(shaped.metadata, { '@class': 'java.util.Collections$EmptyMap' });
  assert.deepEqual([shaped.leaseInfo['lastRenewalTimestamp'], shaped.leaseInfo['durationInSecs']], [5, 20]);
  assert.deepEqual([shaped.lastDirtyTimestamp, 'overriddenstatus' in shaped, 'asgName' in shaped], ['7', false, false]);
  const bare = shapeInstance(one, 7);
  assert.deepEqual([bare.port.$, bare.securePort.$, bare.leaseInfo['durationInSecs']], [7001, 7002, 90]);
});

test('changes are applied in their order', () => {
  const change = (instanceId: string, actionType: ActionType, status: InstanceStatus) => ({
    ...shapeInstance({ ...one, instanceId }, 0),
    actionType,
    status,
  });
  const before = indexed([change('a', 'ADDED', 'UP'), change('b', 'ADDED', 'UP')]);
  const after = applyDelta(before, [
    change('b', 'DELETED', 'UP'),
    change('a', 'MODIFIED', 'DOWN'),
    change('c', 'ADDED', 'UP'),
  ]);
  assert.equal(hashcodeOf(after.values()), 'DOWN_1_UP_1_');
  assert.equal(hashcodeOf(before.values()), 'UP_2_');
  assert.deepEqual(
    byApplication(after.values()).map(({ name, instance }) => `${name} ${instance.length}`),
    ['DEMO 2'],
  );
});

test('a vip is one whole entry of a list', () => {
  assert.deepEqual(
    ['a', 'b', 'B', 'a,b', ''].map((vip) => namesVip('a, b', vip)),
    [true, true, false, false, false],
  );
  assert.equal(namesVip(undefined, 'a'), false);
});
