// hub: `check` run as a person runs it, without a hub.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { trialProfiles } from '@staffetta/dbmanager/seed-customers.ts';

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

const profile = join(folder, 'profile', 'mine.json');
mkdirSync(join(folder, 'profile'));
writeFileSync(profile, JSON.stringify(trialProfiles.get(2)));

test('our examples have neither errors nor warnings', async () => {
  const { code, out } = await check([join(root, 'examples'), '--json', '--profile', profile]);
  const all = JSON.parse(out) as { file: string; valid: boolean; findings: unknown[]; documents: unknown[] }[];
  assert.equal(code, 0);
  assert.ok(all.length >= 5);
  for (const { file, valid, findings, documents } of all) {
    assert.deepEqual([valid, findings], [true, []], file);
    assert.ok(documents.length > 0, file);
  }
});

test('our wrong example is wrong in the two ways that its page names', async () => {
  const { code, out } = await check([join(root, 'examples-wrong'), '--json']);
  const [only] = JSON.parse(out) as { findings: { code: string }[] }[];
  assert.equal(code, 1);
  assert.deepEqual(
    only?.findings.map(({ code }) => code),
    ['00305', '00421'],
  );
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

const short = {
  number: '7',
  supplier: {
    name: 'Officina Esempio S.r.l.',
    vatNumber: 'IT03123450672',
    taxRegime: 'RF01',
    address: { street: 'Corso Esempio 3', postcode: '64100', city: 'Teramo', province: 'TE' },
  },
  customer: {
    name: 'Studio Neri',
    vatNumber: 'IT11223344554',
    address: { street: 'Viale dei Campioni 7', postcode: '20121', city: 'Milano', province: 'MI' },
  },
  lines: [{ description: 'Prova', price: 100, vatRate: 22 }],
};

interface Checked {
  readonly file: string;
  readonly valid: boolean;
  readonly findings: readonly { readonly code: string; readonly path?: string; readonly line?: number }[];
  readonly documents: readonly { readonly numero?: string; readonly totale?: string }[];
}

async function checkedOf(words: string[], input?: string): Promise<{ code: number; all: Checked[] }> {
  const { code, out } = await check([...words, '--json'], input);
  return { code, all: JSON.parse(out) as Checked[] };
}

test('a JSON document is composed and judged, and findings have the places of the JSON', async () => {
  const right = await checkedOf(['-'], `\ufeff\n${JSON.stringify(short)}`);
  assert.deepEqual([right.code, right.all[0]?.findings], [0, []]);
  assert.deepEqual(
    right.all[0]?.documents.map(({ numero, totale }) => [numero, totale]),
    [['7', '122.00']],
  );
  const lines = [short.lines[0], { ...short.lines[0], vatRate: 0 }];
  const wrong = await checkedOf(['-'], JSON.stringify({ ...short, lines }));
  assert.deepEqual(
    [wrong.code, wrong.all[0]?.findings.map(({ code, path, line }) => [code, path, line])],
    [1, [['00400', '/lines/1/nature', undefined]]],
  );
});

test('a document that needs a profile says so, and is judged with the one that is named', async () => {
  const example = join(root, 'examples/fattura-breve.json');
  const without = await checkedOf([example]);
  assert.deepEqual([without.code, without.all[0]?.findings.map(({ code }) => code)], [1, ['PROFILE_MISSING']]);
  const { code, all } = await checkedOf([example, '--profile', profile]);
  assert.deepEqual([code, all[0]?.valid], [0, true]);
  // Its number will be the register's.
  assert.equal(all[0]?.documents[0]?.numero, undefined);
});

test('a profile that cannot be used is told with what is wrong', async () => {
  writeFileSync(join(folder, 'profile', 'wrong.json'), JSON.stringify({ ...trialProfiles.get(2), vatNumber: 'IT1' }));
  const { code, out, err } = await check([example, '--profile', join(folder, 'profile', 'wrong.json')]);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /\/vatNumber/);
});

test('what is no JSON is told with its place', async () => {
  writeFileSync(join(folder, 'broken.json'), '{\n "lines": [1 2]\n}');
  const { code, out } = await check(['broken.json']);
  assert.equal(code, 1);
  assert.match(out, /^broken\.json:2:14: errore JSON_BROKEN: /m);
});

test('links are followed once, and what cannot be read is a line of the report', { timeout: 60_000 }, async () => {
  const place = join(folder, 'links');
  mkdirSync(join(place, 'inner'), { recursive: true });
  fileWith('links/inner/a.xml', (text) => text);
  symlinkSync('inner/a.xml', join(place, 'b.xml'));
  symlinkSync('..', join(place, 'inner', 'round'));
  symlinkSync('nowhere', join(place, 'lost.xml'));
  writeFileSync(join(place, 'package.json'), '{}');
  const { code, all } = await checkedOf(['links']);
  assert.equal(code, 1);
  assert.deepEqual(
    all.map(({ file, findings }) => [file, findings.map((finding) => finding.code)]),
    [
      ['links/b.xml', []],
      ['links/inner/a.xml', []],
      ['links/lost.xml', ['FILE_NOT_READABLE']],
    ],
  );
  assert.match((await check(['links'])).out, /3 file: 2 senza errori, 1 con errori/);
});

test('nobody is waited for at a pipe', { timeout: 60_000 }, async () => {
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const { code, out } = await check(['pipe', example]);
  assert.equal(code, 1);
  assert.match(out, /FILE_NOT_READABLE.*pipe.*standard input[^]*2 file: 1 senza errori, 1 con errori/);
});

test('a name that promises another kind of file is warned of', async () => {
  fileWith('right.xml.p7m', (text) => text);
  const { code, all } = await checkedOf(['right.xml.p7m']);
  assert.deepEqual([code, all[0]?.findings.map((finding) => finding.code)], [0, ['FILE_KIND']]);
});
