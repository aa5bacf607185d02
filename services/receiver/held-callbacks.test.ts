// receiver: what is held in memory keeps each invoice's order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldCallbacks, type Held } from './held-callbacks.ts';

function held(invoiceId: string, sequence: number, host = 'h', bytes = 10): Held {
  const body = Buffer.alloc(bytes);
  const rest = {
    eventId: 'e',
    trace: undefined,
    correlationId: 'c',
    url: `${host}/`,
    partition: 0,
    offset: 0n,
    tries: 0,
    attempts: 0,
  };
  return { owner: 'me', callback: { invoiceId, sequence, host, body, createdAt: new Date(), ...rest } };
}

test('later outcomes of an invoice wait behind the first, other invoices do not', () => {
  const all = new HeldCallbacks();
  const [a1, a2, b1] = [held('a', 1), held('a', 2), held('b', 1)];
  for (const one of [a1, a2, b1]) all.add(one);
  assert.equal(all.next('h'), a1);
  assert.equal(all.next('h'), b1);
  assert.equal(all.next('h'), undefined);
  all.advance(a1);
  assert.equal(all.next('h'), a2);
  all.advance(a2);
  assert.ok(!all.has('a'));
  assert.ok(all.has('b'));
});

test('what leaves takes along those behind it', () => {
  const all = new HeldCallbacks();
  const [a1, a2] = [held('a', 1), held('a', 2)];
  all.add(a1);
  all.add(a2);
  all.next('h');
  assert.deepEqual(all.leave(a1), [a1, a2]);
  assert.ok(!all.has('a'));
  assert.deepEqual(all.leave(a1), [a1]);
});

test('taking what is queued leaves what is under way, without its followers', () => {
  const all = new HeldCallbacks();
  const [a1, a2, b1, c1] = [held('a', 1), held('a', 2), held('b', 1), held('c', 1, 'other')];
  for (const one of [a1, a2, b1, c1]) all.add(one);
  all.next('h');
  assert.deepEqual(all.takeQueued('h'), [b1]);
  assert.deepEqual(all.takeQueued(), [c1, a2]);
  assert.ok(all.has('a'));
  all.advance(a1);
  assert.ok(!all.has('a'));
});

const megabyte = 1024 * 1024;

test('a host with a long queue gets no more, another one does', () => {
  const all = new HeldCallbacks();
  const free = all.capacity();
  const taken = Array.from({ length: 600 }, () => free.take('slow', 1)).filter(Boolean).length;
  assert.equal(taken, 500);
  assert.ok(free.take('quick', 1));
});

test('hosts with large bodies leave room for others, and one body of any size fits alone', () => {
  const all = new HeldCallbacks();
  for (const host of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'i']) {
    for (let n = 0; all.capacity().take(host, 4 * megabyte); n++) all.add(held(`${host}${n}`, 1, host, 4 * megabyte));
  }
  assert.ok(!all.capacity().take('a', 1));
  assert.ok(all.capacity().take('new', 7 * megabyte));
  assert.ok(all.capacity().left.bytes > 0);
});

test('the whole is bounded by count and bytes, and what leaves makes room again', () => {
  const all = new HeldCallbacks();
  const many = Array.from({ length: 3000 }, (_, n) => held(`i${n}`, 1, `h${n}`));
  for (const one of many) all.add(one);
  assert.equal(all.capacity().left.count, 0);
  assert.equal(all.capacity().others.count, 0);
  assert.ok(!all.capacity().take('new', 1));
  for (const one of many) all.leave(one);
  assert.deepEqual(all.capacity().left, new HeldCallbacks().capacity().left);
  const big = held('big', 1, 'b', 97 * megabyte);
  all.add(big);
  assert.equal(all.capacity().left.bytes, 0);
  all.advance(big);
  assert.ok(all.capacity().take('new', 1));
});
