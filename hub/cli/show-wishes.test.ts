// hub: `show` understands its words, and says in the language of the call which it does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CliError } from './cli-error.ts';
import { readShowWishes } from './show-wishes.ts';

test('one file, its part, and where to write', () => {
  assert.deepEqual(readShowWishes(['a.zip', '--document', '2', '--body', '17', '--html', 'x.html', '--force']), {
    file: 'a.zip',
    lang: 'it',
    part: { document: 2, body: 17 },
    html: 'x.html',
    pdf: undefined,
    force: true,
  });
  assert.deepEqual(readShowWishes(['-', '--lang', 'en']).part, {});
});

const wrong: readonly [args: string[], it: RegExp, en: RegExp][] = [
  [[], /^Indicare un file/, /^Name one file/],
  [['a', 'b'], /^Indicare un file/, /^Name one file/],
  [['a', '--body', '0'], /^--body vuole un numero intero da 1/, /^--body takes a whole number from 1/],
  [['a', '--document', '1.5'], /^--document vuole/, /^--document takes/],
  [['a', '--body', '1e9'], /^--body vuole/, /^--body takes/],
  [['a', '--html', 'x', '--pdf', './x'], /^--html e --pdf indicano lo stesso file/, /^--html and --pdf name the same/],
];

test('each mistake has its sentence in both languages', () => {
  for (const [args, it, en] of wrong) {
    const thrown = (says: RegExp) => (error: unknown) => error instanceof CliError && says.test(error.message);
    assert.throws(() => readShowWishes(args), thrown(it), args.join(' '));
    assert.throws(() => readShowWishes([...args, '--lang', 'en']), thrown(en), args.join(' '));
  }
});
