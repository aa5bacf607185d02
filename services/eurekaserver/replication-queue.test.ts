// eurekaserver: a peer is told what still matters, each instance's things in their order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplicationQueue, type ReplicationAction, type ReplicationTask } from './replication-queue.ts';

function task(action: ReplicationAction, id = 'a', sinceMs = 0): ReplicationTask {
  return { action, app: 'DEMO', id, instance: undefined, sinceMs };
}

function names(tasks: readonly ReplicationTask[]): string {
  return tasks.map(({ action, id }) => `${action}:${id}`).join(' ');
}

test('what a later thing replaces is not told', () => {
  for (const [given, told] of [
    [['Heartbeat', 'Heartbeat'], 'Heartbeat:a'],
    [['Register', 'Heartbeat'], 'Register:a Heartbeat:a'],
    [['Heartbeat', 'Register'], 'Register:a'],
    [['Register', 'StatusUpdate', 'Cancel'], 'Cancel:a'],
    [['Cancel', 'Register'], 'Register:a'],
    [['StatusUpdate', 'DeleteStatusOverride', 'Register'], 'DeleteStatusOverride:a Register:a'],
  ] as const) {
    const queue = new ReplicationQueue();
    for (const action of given) queue.add(task(action));
    assert.equal(names(queue.take(250, 0)), told);
    assert.equal(queue.size(), 0);
  }
});

test('no more are taken than fit, the rest stays, and what is too old is dropped', () => {
  const queue = new ReplicationQueue();
  for (const id of ['a', 'b', 'c']) queue.add(task('Register', id, 10));
  queue.add(task('StatusUpdate', 'a', 10));
  queue.add(task('Cancel', 'd', 1));
  assert.equal(names(queue.take(1, 5)), 'Register:a');
  assert.equal(names(queue.take(2, 5)), 'StatusUpdate:a Register:b');
  assert.equal(names(queue.take(9, 5)), 'Register:c');
  assert.equal(queue.size(), 0);
});

test('what did not arrive is told before what came since, unless that replaces it', () => {
  const queue = new ReplicationQueue();
  queue.add(task('Register', 'a'));
  queue.add(task('Register', 'b'));
  const lost = queue.take(9, 0);
  queue.add(task('StatusUpdate', 'a'));
  queue.add(task('Cancel', 'b'));
  queue.putBack(lost);
  assert.equal(names(queue.take(9, 0)), 'Register:a StatusUpdate:a Cancel:b');
});
