// platform: partitions agree with Kafka's own clients.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, partitionOf } from './partition-of.ts';

test("murmur2 gives the numbers of Kafka's own unit test", () => {
  // The expectations are those of UtilsTest.testMurmur2 in Apache Kafka.
  const expected: [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ];
  for (const [text, hash] of expected) assert.equal(murmur2(Buffer.from(text)), hash, text);
});

test('every key has a partition', () => {
  for (const key of ['', 'a', 'é', '🧾', 'x'.repeat(1000)]) {
    const partition = partitionOf(key, 6);
    assert.ok(Number.isInteger(partition) && partition >= 0 && partition < 6);
  }
});
