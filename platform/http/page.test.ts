// platform: pages and orders as Spring Data's clients write and read them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageOf, readPage, readSort } from './page.ts';

test('the last page knows that it is the last, and an empty one is first and last', () => {
  const last = pageOf(['c'], { number: 1, size: 2 }, 3, true);
  assert.deepEqual([last.first, last.last, last.totalPages, last.numberOfElements], [false, true, 2, 1]);
  assert.deepEqual(last.sort, { sorted: true, unsorted: false, empty: false });
  const empty = pageOf([], { number: 0, size: 20 }, 0, false);
  assert.deepEqual([empty.first, empty.last, empty.totalPages, empty.empty], [true, true, 0, true]);
});

test('a total that was counted a moment later agrees with the rows that are shown', () => {
  const totalOf = (content: string[], number: number, counted: number) =>
    pageOf(content, { number, size: 2 }, counted, false).totalElements;
  assert.equal(totalOf([], 0, 1), 0);
  assert.equal(totalOf(['a'], 0, 2), 1);
  assert.equal(totalOf(['c'], 1, 2), 3);
  assert.equal(totalOf(['a', 'b'], 0, 1), 2);
  assert.equal(totalOf(['a', 'b'], 0, 9), 9);
  assert.equal(totalOf([], 7, 3), 3);
});

test('a page holds 20 rows where nobody says otherwise, and never more than the limit', () => {
  assert.deepEqual(readPage({}, 200), { number: 0, size: 20 });
  assert.deepEqual(readPage({ page: 3, size: 200 }, 200), { number: 3, size: 200 });
  assert.deepEqual(readPage({}, 5), { number: 0, size: 5 });
  assert.throws(() => readPage({ size: 201 }, 200), { code: 'BODY_NOT_VALID' });
});

test("Spring's sort is read with one direction for several fields, and several times", () => {
  const fields = ['a', 'b'] as const;
  assert.deepEqual(readSort('a,desc', fields), [{ field: 'a', descending: true }]);
  assert.deepEqual(
    readSort('a,b,DESC', fields).map(({ descending }) => descending),
    [true, true],
  );
  assert.deepEqual(readSort(['b', 'a,asc'], fields), [
    { field: 'b', descending: false },
    { field: 'a', descending: false },
  ]);
  assert.deepEqual(readSort(undefined, fields), []);
});

test('only known fields are sorted by', () => {
  for (const sort of ['c', 'a;drop table', '', 'a,sideways']) {
    assert.throws(() => readSort(sort, ['a']), { code: 'BODY_NOT_VALID' }, sort);
  }
});
