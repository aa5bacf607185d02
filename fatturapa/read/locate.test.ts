// fatturapa: the places of paths, of elements that stand and of those that do not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locate } from './locate.ts';

const xml = `<?xml version="1.0"?>
<p:r xmlns:p="u">
  <a><b/><b>
    <c/></b></a>
  <a><é/><b/></a><d/>
</p:r>`;

test('each path is found by names and places, lines and columns from 1', () => {
  const places = locate(xml, ['a[1]/b[2]/c', 'a[2]', 'a[2]/b[1]', 'd', 'a/b']);
  assert.deepEqual(Object.fromEntries(places), {
    'a[1]/b[2]/c': { line: 4, column: 5 },
    'a[2]': { line: 5, column: 3 },
    'a[2]/b[1]': { line: 5, column: 10 },
    d: { line: 5, column: 18 },
    'a/b': { line: 3, column: 6 },
  });
});

test('where an element is missing its nearest ancestor is told', () => {
  const places = locate(xml, ['a[2]/b[2]/c', 'x/y', '@versione']);
  assert.deepEqual(places.get('a[2]/b[2]/c'), { line: 5, column: 3 });
  assert.deepEqual(places.get('x/y'), { line: 2, column: 1 });
  assert.deepEqual(places.get('@versione'), { line: 2, column: 1 });
});

test('what stands before a fault of the file is still found', () => {
  assert.deepEqual(locate('<r><a/><b></c></r>', ['b']).get('b'), { line: 1, column: 8 });
});
