// mailbox: what goes at once and what waits for each other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { inLanes } from './lanes.ts';

/** Works on `name:key,key` and notes what began and ended. */
function recorder(turns: (name: string) => number = () => 1) {
  const story: string[] = [];
  let going = 0;
  let most = 0;
  const work = async (item: string): Promise<void> => {
    const [name = ''] = item.split(':');
    story.push(`+${name}`);
    going += 1;
    most = Math.max(most, going);
    for (let left = turns(name); left > 0; left--) await turn();
    going -= 1;
    story.push(`-${name}`);
  };
  return { story, work, most: () => most };
}

function keysOf(item: string): string[] {
  return item.split(':')[1]?.split(',') ?? [];
}

test('all are worked on, begun in their order, never more at once than may be', async () => {
  const items = Array.from({ length: 20 }, (_, index) => `${index}:k${index}`);
  const { story, work, most } = recorder((name) => (Number(name) * 7) % 5);
  await inLanes(items, 4, keysOf, work);
  assert.deepEqual(
    story.filter((word) => word.startsWith('+')),
    items.map((item) => `+${item.split(':')[0]}`),
  );
  assert.equal(most(), 4);
});

test('those about the same wait for each other, whatever they share; others overtake them', async () => {
  const { story, work } = recorder((name) => (name === 'a' ? 10 : 1));
  await inLanes(['a:file,7', 'b:file', 'c:8', 'd:7,8', 'e:9'], 5, keysOf, work);
  assert.deepEqual(
    [story.indexOf('-a') < story.indexOf('+b'), story.indexOf('-a') < story.indexOf('+d')],
    [true, true],
  );
  assert.ok(story.indexOf('-c') < story.indexOf('+d'));
  assert.ok(story.indexOf('-e') < story.indexOf('-a'));
});

test('after a failure none is begun, and those on their way end before it is told', async () => {
  const { story, work } = recorder((name) => (name === 'slow' ? 10 : 1));
  const failing = async (item: string): Promise<void> => {
    await work(item);
    if (item === 'bad') throw new Error('It failed.');
  };
  await assert.rejects(inLanes(['slow', 'bad', 'never'], 2, keysOf, failing), /It failed/);
  assert.deepEqual(story, ['+slow', '+bad', '-bad', '-slow']);
});
