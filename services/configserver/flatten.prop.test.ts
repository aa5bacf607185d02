// configserver: a tree that is flattened and grown again is the same, but for what is empty.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatten, unflatten, type Tree } from './flatten.ts';

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean());
const { tree } = fc.letrec<{ tree: Tree; branch: Tree }>((tie) => ({
  branch: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('branch'), { minLength: 1, maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-zA-Z_ -]{1,8}$/), tie('branch'), { minKeys: 1, maxKeys: 4 }),
  ),
  tree: fc.dictionary(fc.stringMatching(/^[a-zA-Z_ -]{1,8}$/), tie('branch'), { maxKeys: 5 }),
}));

test('flat keys grow into the tree they came from', () => {
  fc.assert(
    fc.property(tree, (given) => {
      assert.deepEqual(JSON.parse(JSON.stringify(unflatten(flatten(given)))), JSON.parse(JSON.stringify(given)));
    }),
    { numRuns: 300 },
  );
});
