// configserver: placeholders always end, whatever leads to whatever, and texts without any stay.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resolvePlaceholders, resolveText } from './resolve-placeholders.ts';

const values = new Map<string, string | number>(
  Object.entries({
    host: 'db',
    port: 5432,
    which: 'host',
    a: '${b}',
    b: '${a}',
    self: 'x${self}',
    url: '${host}:${port}',
  }),
);

describe('placeholders', () => {
  test('values, defaults, nested ones, circles and escapes', () => {
    for (const [text, expected] of [
      ['${host}', 'db'],
      ['pg://${url}/${name:main}', 'pg://db:5432/main'],
      ['${${which}}', 'db'],
      ['${nope:${host}}', 'db'],
      ['${nope:${gone:}}!', '!'],
      ['${nope:a:b}', 'a:b'],
      ['${nope}', '${nope}'],
      ['${a}', '${a}'],
      ['${self}', 'x${self}'],
      ['\\${host}', '${host}'],
      ['${host', '${host'],
      ['$host }', '$host }'],
      ['${}', '${}'],
    ] as const) {
      assert.equal(resolveText(text, values), expected, text);
    }
  });

  test('a chain that doubles at each step is left as it is written', () => {
    const doubling = new Map(Array.from({ length: 60 }, (_, n) => [`k${n}`, `\${k${n + 1}}\${k${n + 1}}`]));
    doubling.set('k60', 'x');
    assert.equal(resolveText('${k0}', doubling), '${k0}');
    const deep = '${'.repeat(20_000) + '}'.repeat(20_000);
    assert.equal(resolveText(deep, values), deep);
  });

  test('always end, and never touch what has none', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const piece = fc.oneof(
      key.map((name) => `\${${name}}`),
      key.map((name) => `\${${name}:\${a}}`),
      key.map((name) => `\${\${${name}}}`),
      fc.constantFrom('${', '}', ':', '\\', 'x', '$'),
    );
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.dictionary(key, text), (given) => {
        const known = new Map(Object.entries(given));
        const resolved = resolvePlaceholders(known);
        assert.deepEqual([...resolved.keys()], [...known.keys()]);
        for (const [name, value] of known) if (!value.includes('${')) assert.equal(resolved.get(name), value);
      }),
      { numRuns: 300 },
    );
  });
});
