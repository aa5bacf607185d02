// tools: the walls hold in this repository, and each rule fails when it is broken (a check that cannot fail is none).
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { listFiles, readText } from './repository.ts';
import { checkWalls } from './walls.ts';
import { findingText } from './walls/finding.ts';
import { arrows } from './walls/rooms.ts';

test('this repository keeps its walls', () => {
  const texts = new Map(listFiles().map((path) => [path, readText(path)]));
  assert.ok(texts.has('tools/walls.ts'), 'the repository was not found');
  const findings = checkWalls(texts).map(findingText);
  assert.ok(findings.length === 0, `\n${findings.join('\n')}`);
});

test('the arrows between rooms have no ring', () => {
  const reachable = (from: string): string[] => (arrows[from] ?? []).flatMap((to) => [to, ...reachable(to)]);
  for (const room of Object.keys(arrows)) assert.ok(!reachable(room).includes(room), `${room} comes back to itself`);
});

// A small repository that keeps every rule; each test below breaks one.
const sound = {
  'package.json': '{ "scripts": { "start": "node tools/run.mjs hub/start.ts" } }',
  'hub/start.ts': "// hub\nimport { receiver } from '@staffetta/receiver/receiver.ts';\nreceiver();\n",
  'flow/flows.ts': '// flow\nexport const flows = {};\n',
  'platform/bus/bus.ts': '// platform\nexport const bus = 1;\n',
  'services/receiver/main.ts': "// receiver\nimport { receiver } from './receiver.ts';\nreceiver();\n",
  'services/receiver/receiver.ts': [
    '// receiver',
    "import { flows } from '@staffetta/flow/flows.ts';",
    "import { bus } from '@staffetta/platform/bus/bus.ts';",
    "import { find } from './pending-callbacks.ts';",
    'export const receiver = () => find(flows, bus);',
    '',
  ].join('\n'),
  'services/receiver/pending-callbacks.ts':
    "// receiver. Store: pending callbacks.\nexport const find = (...a: unknown[]) => ['SELECT 1 FROM x', a];\n",
  'services/sender/main.ts': '// sender\nexport const sender = 1;\n',
  'tools/servers/kafka.ts': '// tools\nexport const servers = { kafka: { missing: false } };\n',
  'services/receiver/receiver.int.test.ts': [
    '// receiver',
    "import { test } from 'node:test';",
    "import { servers } from '@staffetta/tools/servers/kafka.ts';",
    "test('a fact', { skip: servers.kafka.missing }, () => 'DELETE FROM x');",
    '',
  ].join('\n'),
};

function broken(changes: Record<string, string>): string[] {
  return checkWalls(new Map(Object.entries({ ...sound, ...changes }))).map(({ file, rule }) => `${file} ${rule}`);
}

/** The sound file with lines added at its end. */
function plus(path: keyof typeof sound, ...lines: string[]): Record<string, string> {
  return { [path]: `${sound[path]}${lines.join('\n')}\n` };
}

test('a sound tree has no findings', () => {
  assert.deepEqual(broken({}), []);
});

suite('arrows', () => {
  const cases: [title: string, path: keyof typeof sound, line: string][] = [
    ['a service never uses another', 'services/receiver/receiver.ts', "import '@staffetta/sender/main.ts';"],
    ['a dynamic import counts', 'services/receiver/receiver.ts', "await import('@staffetta/sender/main.ts');"],
    ['a type counts', 'services/receiver/receiver.ts', "type S = import('@staffetta/sender/main.ts').S;"],
    ['flow uses nothing of ours', 'flow/flows.ts', "import '@staffetta/platform/bus/bus.ts';"],
    ['platform uses no service', 'platform/bus/bus.ts', "export { sender } from '@staffetta/sender/main.ts';"],
    ['the bus does not know the flows', 'platform/bus/bus.ts', "import '@staffetta/flow/flows.ts';"],
    ['tools uses no service', 'tools/servers/kafka.ts', "import '@staffetta/sender/main.ts';"],
    ['the product uses no tools', 'services/receiver/receiver.ts', "import '@staffetta/tools/servers/kafka.ts';"],
  ];
  for (const [title, path, line] of cases) {
    test(title, () => assert.deepEqual(broken(plus(path, line)), [`${path} arrow`]));
  }

  test('sandbox and journeys do not reach into services', () => {
    for (const room of ['sandbox', 'journeys']) {
      const path = `${room}/peek.e2e.test.ts`;
      assert.deepEqual(broken({ [path]: "// peek\nimport '@staffetta/sender/main.ts';\n" }), [`${path} arrow`]);
    }
  });

  test('what is made for tests stays there', () => {
    const fixture = { 'services/receiver/world.fixture.ts': '// receiver\nexport const world = 1;\n' };
    const uses = plus('services/receiver/receiver.ts', "import './world.fixture.ts';");
    assert.deepEqual(broken({ ...fixture, ...uses }), ['services/receiver/receiver.ts arrow']);
  });
});

suite('imports', () => {
  test('another room is named by its package', () => {
    const changes = plus('services/receiver/receiver.ts', "import '../../flow/flows.ts';");
    assert.deepEqual(broken(changes), ['services/receiver/receiver.ts import']);
  });

  test('the own room is named by a relative path', () => {
    const changes = plus('services/receiver/main.ts', "import '@staffetta/receiver/receiver.ts';");
    assert.deepEqual(broken(changes), ['services/receiver/main.ts import']);
  });

  test('a package alone names no file', () => {
    const changes = plus('services/receiver/receiver.ts', "import '@staffetta/flow';");
    assert.deepEqual(broken(changes), ['services/receiver/receiver.ts import']);
  });

  test('a ring is found, through types as well, and told once', () => {
    const changes = plus('services/receiver/pending-callbacks.ts', "import type { R } from './receiver.ts';");
    assert.deepEqual(broken(changes), ['services/receiver/pending-callbacks.ts cycle']);
  });

  test('barrels are refused by name, by content and by star', () => {
    const uses = (file: string) => plus('flow/flows.ts', `import './${file}';`);
    const barrel = "// flow\nexport { a } from './all.ts';\n";
    const all = { 'flow/all.ts': '// flow\nexport const a = 1;\n' };
    assert.deepEqual(broken({ ...uses('index.ts'), 'flow/index.ts': all['flow/all.ts'] }), ['flow/index.ts barrel']);
    assert.deepEqual(broken({ ...uses('some.ts'), ...all, 'flow/some.ts': barrel }), ['flow/some.ts barrel']);
    const star = { 'flow/some.ts': "// flow\nexport * from './all.ts';\nexport const b = 1;\n" };
    assert.deepEqual(broken({ ...uses('some.ts'), ...all, ...star }), ['flow/some.ts barrel']);
  });
});

suite('dead files', () => {
  const alone = { 'flow/alone.ts': '// flow\nexport const alone = 1;\n' };

  test('a file that nobody names is dead, and so are two that only name each other', () => {
    assert.deepEqual(broken(alone), ['flow/alone.ts dead file']);
    const pair = {
      'flow/one.ts': "// flow\nimport './two.ts';\n",
      'flow/two.ts': "// flow\nawait import('./one.ts');\n",
    };
    const findings = broken(pair).filter((finding) => finding.endsWith('dead file'));
    assert.deepEqual(findings, ['flow/one.ts dead file', 'flow/two.ts dead file']);
  });

  test('a file of the product that only its test names is dead', () => {
    const itsTest = { 'flow/alone.test.ts': "// flow\nimport './alone.ts';\n" };
    assert.deepEqual(broken({ ...alone, ...itsTest }), ['flow/alone.ts dead file']);
  });

  test('a file that is started by its path is not dead', () => {
    assert.deepEqual(broken({ ...alone, ...plus('hub/start.ts', "new URL('../flow/alone.ts', 'x:');") }), []);
    assert.deepEqual(broken({ ...alone, ...plus('hub/start.ts', 'const at = `../flow/${1}.ts`;') }), []);
  });
});

suite('SQL', () => {
  const cases: [title: string, line: string][] = [
    ['a select', "export const s = 'SELECT number FROM invoice';"],
    ['a select over lines in a template', 'export const s = `SELECT ${1}\n  FROM invoice`;'],
    ['a lower-case select', "export const s = 'select number from invoice';"],
    ['an insert', "export const s = 'insert into invoice values (1)';"],
    ['an update', "export const s = 'UPDATE invoice SET status = 1';"],
    ['an update of what a template names', 'export const s = `UPDATE ${1} SET status = 1`;'],
    ['a delete', "export const s = 'DELETE FROM invoice';"],
  ];
  for (const [title, line] of cases) {
    test(`${title} outside a store is found`, () => {
      assert.deepEqual(broken(plus('services/receiver/receiver.ts', line)), ['services/receiver/receiver.ts SQL']);
    });
  }

  test('plain words are no SQL', () => {
    const words =
      "export const s = 'First select a file, then insert the card from above; an update to set things right';";
    assert.deepEqual(broken(plus('services/receiver/receiver.ts', words)), []);
  });
});

suite('hygiene', () => {
  const path = 'services/receiver/receiver.ts';

  test('a file begins with a comment, a migration too', () => {
    assert.deepEqual(broken({ [path]: sound[path].replace('// receiver\n', '') }), [`${path} first line`]);
    const migration = 'services/receiver/migrations/0001-callbacks.sql';
    assert.deepEqual(broken({ [migration]: 'CREATE TABLE x ();' }), [`${migration} first line`]);
    assert.deepEqual(broken({ [migration]: '-- receiver: x\nCREATE TABLE x ();' }), []);
  });

  test('what is put off is found in comments and only there', () => {
    assert.deepEqual(broken(plus(path, '// TODO later')), [`${path} postponed`]);
    assert.deepEqual(broken(plus(path, "export const word = 'TODO';")), []);
  });

  test('a silenced checker is found', () => {
    for (const words of ['@ts-expect-error', '@ts-ignore', 'oxlint-disable-next-line', 'eslint-disable']) {
      assert.deepEqual(broken(plus(path, `/* ${words} */`)), [`${path} silenced`]);
    }
  });

  test('the type any is found', () => {
    assert.deepEqual(broken(plus(path, 'export const x = (1 as any);')), [`${path} any`]);
  });

  test('a test that does not run is found', () => {
    const file = 'services/receiver/receiver.int.test.ts';
    const markers = [
      "test.skip('a fact', () => 1);",
      "test.only('a fact', () => 1);",
      "test('a fact', { todo: true }, () => 1);",
      "test('a fact', { skip: true }, () => 1);",
      "test('a fact', { skip: process.platform === 'win32' }, () => 1);",
      "test('a fact', (t) => t.skip());",
    ];
    for (const line of markers) assert.deepEqual(broken(plus(file, line)), [`${file} marker`], line);
    const both = "test('a fact', { skip: servers.kafka.missing || servers.smtp.missing }, () => 1);";
    assert.deepEqual(broken(plus(file, both)), []);
  });

  test('a folder of one machine is found in any file', () => {
    for (const folder of ['work/main', 'home/ada', 'root/.npmrc', 'Users/ada']) {
      assert.deepEqual(broken({ 'README.md': `look into /${folder} first` }), ['README.md machine']);
    }
  });
});
