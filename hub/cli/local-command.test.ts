// hub: commands without a hub understand their words, and complain in the language that was asked for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CliError } from './cli-error.ts';
import { readLocalCommand } from './local-command.ts';

const options = { html: 'text', force: 'flag' } as const;

function complaintOf(...args: string[]): string {
  try {
    readLocalCommand(args, options);
  } catch (error) {
    assert.ok(error instanceof CliError);
    return error.message;
  }
  return 'no complaint';
}

test('words, options and the language are told apart; a dash alone and what follows -- are words', () => {
  assert.deepEqual(readLocalCommand(['a.xml', '--html=x', '--lang', 'en', '--force', '-', '--', '--b'], options), {
    words: ['a.xml', '-', '--b'],
    lang: 'en',
    values: { html: 'x', lang: 'en', force: true },
  });
  assert.equal(readLocalCommand([], options).lang, 'it');
});

const wrong: readonly [args: string[], it: RegExp, en: RegExp][] = [
  [['--htlm', 'x'], /^L'opzione --htlm non esiste/, /^There is no option --htlm/],
  [['-h'], /^L'opzione -h non esiste/, /^There is no option -h/],
  [['--constructor'], /^L'opzione --constructor non esiste/, /^There is no option/],
  [['--html'], /^All'opzione --html manca il valore/, /^The option --html lacks its value/],
  [['--html', '--force'], /^All'opzione --html manca/, /^The option --html lacks/],
  [['--html='], /^All'opzione --html manca/, /^The option --html lacks/],
  [['--force=yes'], /^L'opzione --force non prende valori/, /^The option --force takes no value/],
];

test('each mistake has its sentence in both languages', () => {
  for (const [args, it, en] of wrong) {
    assert.match(complaintOf(...args), it, args.join(' '));
    assert.match(complaintOf('--lang', 'en', ...args), en, args.join(' '));
  }
  assert.equal(complaintOf('--lang', 'de'), '--lang ammette it o en.');
});

test('what is typed does not steer the terminal', () => {
  assert.doesNotMatch(complaintOf('--a\u001b[2J\u009b'), /[\u0000-\u001f\u007f-\u009f]/);
});
