// gateway: tests of a cluster: who is asked, who is left out and comes back, who leaves.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pool } from 'undici';
import { Cluster } from './cluster.ts';
import type { Endpoint, TryOutcome } from './endpoint.ts';

const rule = { ejectAfter: 3, ejectMs: 1000, ejectMsMax: 8000, slowStartMs: 0, share: 0.2, reserve: 10 };

function place(name: string, life = '1') {
  return { address: `http://${name}:80`, weight: 1, life };
}

/** A cluster whose time the test sets, and whose pools only tell whether they were closed. */
function newCluster(...names: string[]) {
  const time = { ms: 0 };
  const closed: string[] = [];
  const ejected: string[] = [];
  const cluster = new Cluster({
    open: (address) =>
      ({ close: async () => void closed.push(address), destroy: async () => undefined }) as unknown as Pool,
    nowMs: () => time.ms,
    random: Math.random,
    rule: () => rule,
    onEject: (address, why) => ejected.push(`${address} ${why}`),
    onGone: () => undefined,
  });
  cluster.update(names.map((name) => place(name)));
  const [first, second] = cluster.endpoints;
  return { cluster, time, closed, ejected, first: first!, second: second! };
}

function note(cluster: Cluster, endpoint: Endpoint, outcome: TryOutcome): void {
  cluster.note(endpoint, outcome, endpoint.era);
}

function chosen(cluster: Cluster, draws = 50): Set<string> {
  return new Set(Array.from({ length: draws }, () => cluster.choose([], false, false)?.address ?? 'nobody'));
}

describe('an instance that', () => {
  test('refuses connections is left out at once, comes back by one trial, and for longer where that fails', () => {
    const { cluster, time, first, second, ejected } = newCluster('a', 'b');
    note(cluster, first, 'refused');
    assert.deepEqual(ejected, ['http://a:80 refused']);
    assert.deepEqual(chosen(cluster), new Set(['http://b:80']));
    time.ms = 999;
    assert.equal(cluster.choose([], true, true), second, 'not before its time');
    time.ms = 1000;
    assert.equal(cluster.choose([], false, true), first, 'one trial');
    assert.equal(cluster.choose([], false, true), second, 'and no second one meanwhile');
    note(cluster, first, 'refused');
    time.ms = 2999;
    assert.equal(cluster.choose([], true, true), second, 'twice as long');
    time.ms = 3000;
    assert.equal(cluster.choose([], true, true), first);
    note(cluster, first, 'good');
    assert.deepEqual(chosen(cluster), new Set(['http://a:80', 'http://b:80']));
  });

  test('fails is left out after so many in a row only', () => {
    const { cluster, first, ejected } = newCluster('a', 'b');
    for (const outcome of ['failed', 'failed', 'good', 'failed', 'failed', 'unknown'] as const) {
      note(cluster, first, outcome);
    }
    assert.deepEqual(ejected, []);
    note(cluster, first, 'failed');
    assert.deepEqual(ejected, ['http://a:80 failed']);
  });

  test('failed meets a request that cannot be repeated only after twice the time', () => {
    const { cluster, time, first, second } = newCluster('a', 'b');
    for (let count = 0; count < 3; count += 1) note(cluster, first, 'failed');
    time.ms = 1500;
    assert.equal(cluster.choose([], false, true), second);
    time.ms = 2000;
    assert.equal(cluster.choose([], false, true), first);
  });

  test('is not tried by a request that has no other try', () => {
    const { cluster, time, first } = newCluster('a', 'b');
    note(cluster, first, 'refused');
    time.ms = 60_000;
    assert.deepEqual(chosen(cluster), new Set(['http://b:80']));
  });

  test('was started anew is forgiven at once', () => {
    const { cluster, first } = newCluster('a', 'b');
    note(cluster, first, 'refused');
    cluster.update([place('a', '2'), place('b')]);
    assert.equal(cluster.endpoints[0], first, 'its connections stay');
    assert.equal(first.ejection, undefined);
  });

  test('answers what was asked before it was left out is not back for that', () => {
    const { cluster, first } = newCluster('a', 'b');
    const { era } = first;
    note(cluster, first, 'refused');
    cluster.note(first, 'good', era);
    assert.ok(first.ejection);
  });

  test('leaves is asked no more and closed once it has ended', async () => {
    const { cluster, closed, second } = newCluster('a', 'b');
    cluster.update([place('a')]);
    assert.deepEqual(chosen(cluster), new Set(['http://a:80']));
    assert.ok(cluster.leaving.has(second));
    await Promise.resolve();
    assert.deepEqual(closed, ['http://b:80']);
    assert.equal(cluster.leaving.size, 0);
  });
});

describe('a cluster', () => {
  test('asks all where all are left out, and says so once, not at every failure', () => {
    const { cluster, first, second, ejected } = newCluster('a', 'b');
    for (let count = 0; count < 100; count += 1) {
      note(cluster, first, 'failed');
      note(cluster, second, 'failed');
    }
    assert.equal(ejected.length, 2);
    assert.deepEqual(chosen(cluster), new Set(['http://a:80', 'http://b:80']));
    assert.equal(cluster.hasHealthyOther(first), false);
    assert.equal(cluster.hasOther([first]), true);
  });

  test('of one instance goes on asking it', () => {
    const { cluster, first } = newCluster('a');
    note(cluster, first, 'refused');
    assert.equal(cluster.choose([], false, true), first);
    assert.equal(cluster.hasOther([first]), false);
  });

  test('never chooses one twice for a request, nor somebody who left, whatever happens', () => {
    const names = ['a', 'b', 'c', 'd'];
    const step = fc.oneof(
      fc.record({ what: fc.constant('note'), outcome: fc.constantFrom('good', 'refused', 'failed', 'unknown') }),
      fc.record({ what: fc.constant('time'), ms: fc.nat(5000) }),
      fc.record({ what: fc.constant('update'), names: fc.subarray(names, { minLength: 1 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, mayDare) => {
        const { cluster, time } = newCluster(...names);
        for (const one of steps) {
          if ('ms' in one) time.ms += one.ms;
          if ('names' in one) cluster.update(one.names.map((name) => place(name)));
          const tried: Endpoint[] = [];
          const next = () => cluster.choose(tried, true, mayDare);
          for (let endpoint = next(); endpoint; endpoint = next()) {
            assert.ok(!tried.includes(endpoint), 'each once');
            assert.ok(cluster.endpoints.includes(endpoint), 'one that is there');
            tried.push(endpoint);
            if ('outcome' in one) note(cluster, endpoint, one.outcome);
          }
          assert.ok(tried.length > 0, 'somebody is always asked');
        }
      }),
    );
  });
});
