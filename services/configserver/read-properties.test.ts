// configserver: tests of .properties files.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readProperties, writeProperties } from './read-properties.ts';

/** The only document of a text. */
function readOne(text: string): Record<string, string> {
  const [document, ...others] = readProperties(text);
  assert.deepEqual(others, []);
  return Object.fromEntries(document?.values ?? []);
}

describe('.properties', () => {
  test('keys end at =, : or a blank; comments and blank lines say nothing', () => {
    const text = '# one\n! two\n\n  a=1\nb : two words \nc three\nd\ne==f\r\nspring.x\\:y=z\n';
    assert.deepEqual(readOne(text), {
      a: '1',
      b: 'two words ',
      c: 'three',
      d: '',
      e: '=f',
      'spring.x:y': 'z',
    });
  });

  test('a backslash joins lines and escapes characters', () => {
    const text = 'list=a,\\\n    b\\\\\npath=C\\:\\\\x\\u00e8\\t!\nlast=\\';
    assert.deepEqual(readOne(text), { list: 'a,b\\', path: 'C:\\xè\t!', last: '' });
  });

  test('a line of three dashes in a comment parts documents', () => {
    assert.deepEqual(
      readProperties('a=1\n#---\na=2\n!---\nb=3').map(({ values }) => Object.fromEntries(values)),
      [{ a: '1' }, { a: '2' }, { b: '3' }],
    );
  });

  test('says where each value stands, across documents', () => {
    const places = readProperties('a=1\n  b = two\nempty=\nfar=\\\n next\n#---\nlong=x\\\n  y\n').map(({ origins }) =>
      Object.fromEntries(origins),
    );
    assert.deepEqual(places, [{ a: '1:3', b: '2:7' }, { long: '7:6' }]);
  });

  test('what is written is read again alike', () => {
    const values = { 'a.b[0]': 'x y', 'k:=#!': ' leading', multi: 'one\ntwo\\', empty: '' };
    assert.deepEqual(readOne(writeProperties(Object.entries(values))), values);
  });
});
