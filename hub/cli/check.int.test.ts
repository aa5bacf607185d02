// hub: `check` run as a person runs it, without a hub.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const example = join(root, 'examples/fattura-a-impresa.xml');
const folder = mkdtempSync(join(tmpdir(), 'staffetta-'));
after(() => rmSync(folder, { recursive: true }));

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function check(words: string[], input = ''): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'hub/staffetta.ts'), 'check', ...words],
      { cwd: folder, env: { PATH: process.env['PATH'] } },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
    child.stdin?.end(input);
  });
}

function fileWith(name: string, change: (text: string) => string): string {
  writeFileSync(join(folder, name), change(readFileSync(example, 'utf8')));
  return name;
}

test('our examples have neither errors nor warnings', async () => {
  const { code, out } = await check([join(root, 'examples'), '--json']);
  const all = JSON.parse(out) as { file: string; valid: boolean; findings: unknown[]; documents: unknown[] }[];
  assert.equal(code, 0);
  assert.ok(all.length >= 4);
  for (const { file, valid, findings, documents } of all) {
    assert.deepEqual([valid, findings], [true, []], file);
    assert.ok(documents.length > 0, file);
  }
});

const repairs: readonly [what: string, change: (text: string) => string, said: RegExp[]][] = [
  ['a wrong VAT summary', (text) => text.replace('<Imposta>99.00', '<Imposta>98.00'), [/00421/, /99,00/, /98,00/]],
  [
    'a typographic quote',
    (text) => text.replace('<Descrizione>', '<Descrizione>L’'),
    [/00200/, /’/, /U\+2019/, /rimedio: Scrivere '/],
  ],
  [
    'a lower-case recipient code',
    (text) => text.replace(/<CodiceDestinatario>\w+/, '<CodiceDestinatario>abc1234'),
    [/00200/, /CodiceDestinatario/, /ABC1234/],
  ],
  [
    'a missing Natura',
    (text) => text.replace('<AliquotaIVA>22.00', '<AliquotaIVA>0.00'),
    [/00400/, /DettaglioLinee\[1\]\/Natura/, /rimedio: Indicare/],
  ],
];

for (const [what, change, said] of repairs) {
  test(`${what} is told so that the message is enough to repair it`, async () => {
    const name = fileWith('wrong.xml', change);
    const { code, out } = await check([name]);
    assert.equal(code, 1);
    assert.match(out, /^wrong\.xml:\d+:\d+: errore \d{5}: /m);
    for (const words of said) assert.match(out, words);
  });
}

test('standard input, English, folders and files that are too large or none at all have their answer', async () => {
  const english = await check(['-', '--lang', 'en'], 'no invoice');
  assert.equal(english.code, 1);
  assert.match(english.out, /^\(stdin\)(:\d+:\d+)?: error 00200: /m);
  mkdirSync(join(folder, 'lots'));
  fileWith('lots/a.xml', (text) => text);
  fileWith('lots/notes.txt', (text) => text);
  writeFileSync(join(folder, 'lots/b.p7m'), '');
  truncateSync(join(folder, 'lots/b.p7m'), 2 ** 31);
  const lots = await check(['lots']);
  assert.equal(lots.code, 1);
  assert.match(lots.out, /lots\/a\.xml: corretto\n[^]*errore 00003[^]*2 file: 1 senza errori, 1 con errori/);
});

const complaints: readonly [words: string[], it: RegExp, en: RegExp][] = [
  [[], /^Indicare file o cartelle/, /^Name files or folders/],
  [
    ['absent.xml'],
    /^Non si può leggere absent\.xml: non esiste\.$/m,
    /^absent\.xml cannot be read: it does not exist\.$/m,
  ],
  [['empty'], /^Lì non ci sono file che finiscono in \.xml/, /^No file that ends in \.xml/],
  [['--nonsense', example], /^L'opzione --nonsense non esiste/, /^There is no option --nonsense/],
];

test('words that cannot be used end with 2 and a sentence in the language that was asked for', async () => {
  mkdirSync(join(folder, 'empty'));
  for (const [words, it, en] of complaints) {
    const [italian, english] = await Promise.all([check(words), check([...words, '--lang', 'en'])]);
    assert.deepEqual([italian.code, italian.out, english.code, english.out], [2, '', 2, ''], words.join(' '));
    assert.match(italian.err, it);
    assert.match(english.err, en);
  }
  assert.equal((await check(['--lang', 'de', example])).code, 2);
});
