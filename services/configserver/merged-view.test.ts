// configserver: tests of the merged view: its order, its lists, and texts that must stay texts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { mergeForView, writeMerged } from './merged-view.ts';

test('the least specific source gives the order, lists come last and are replaced as a whole', () => {
  const merged = mergeForView([
    new Map<string, string | number>(Object.entries({ b: 2, 'l[0]': 'own', 'spring.profiles': 'x', z: 1 })),
    new Map<string, string | number>(Object.entries({ 'l[0]': 'x', 'l[1]': 'y', a: 1, b: 1 })),
  ]);
  assert.deepEqual(Object.entries(Object.fromEntries(merged)), [
    ['a', 1],
    ['b', 2],
    ['z', 1],
    ['l[0]', 'own'],
  ]);
});

test('texts that YAML 1.1 takes for something else are quoted; numbers and truth values are not', () => {
  const texts = [
    'yes',
    'off',
    'null',
    '010',
    '1.10',
    '12:30',
    '2024-01-02',
    '0x1f',
    '~',
    '',
    '- a',
    '{a}',
    'a: b',
    "it's",
  ];
  const values = new Map([...texts.entries()].map(([index, text]) => [`t.k${index}`, text]));
  const yml = writeMerged(new Map<string, string | number | boolean>([...values, ['num', 7], ['flag', true]]), 'yml');
  for (const version of ['1.1', '1.2'] as const) {
    const read = parse(yml, { version }) as { t: Record<string, unknown>; num: unknown };
    assert.deepEqual(Object.values(read.t), texts, version);
    assert.equal(read.num, 7);
  }
  assert.match(yml, /^num: 7$/m);
  assert.match(writeMerged(new Map([['l[0]', 'a']]), 'yaml'), /^l:\n- a\n$/);
});
