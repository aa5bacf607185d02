// tools: tests that a TypeScript file runs on any Node, and that what is missing is installed once (with a stub npm).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';

const scripts = ['run', 'installed', 'install-lock', 'newer-node', 'npm', 'parent-gone'];
let root = '';
let children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'staffetta-run-'));
  mkdirSync(join(root, 'tools'));
  mkdirSync(join(root, 'npm'));
  for (const name of scripts) cpSync(new URL(`${name}.mjs`, import.meta.url), join(root, 'tools', `${name}.mjs`));
  put('package.json', '{ "name": "tried", "type": "module", "dependencies": { "one": "1.0.0" } }');
  putLock('1.0.0');
  put('npm/npm-cli.js', stubNpm);
  put(
    'say.ts',
    'const words: string[] = process.argv.slice(2); console.log(JSON.stringify(words)); process.exitCode = 7;',
  );
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(root, { recursive: true, maxRetries: 20 });
});

/** Notes each call; installs a package "one", or (with --prefix) a Node that is the one we run under. */
const stubNpm = `
import { appendFileSync, chmodSync, existsSync, mkdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
const root = new URL('..', import.meta.url).pathname;
const args = process.argv.slice(2);
appendFileSync(root + 'npm/calls', args.filter((arg) => !arg.startsWith('--')).join(' ') + ' under ' + process.env.TRIED_NODE + '\\n');
console.log('npm talks a lot');
const prefix = args.indexOf('--prefix');
if (existsSync(root + 'npm/slow')) await sleep(60_000);
if (existsSync(root + 'npm/broken')) { console.error('no way to the registry'); process.exit(3); }
if (prefix >= 0) {
  const [name, version] = args.at(-1).split('@');
  const bin = args[prefix + 1] + '/node_modules/' + name + '/bin';
  mkdirSync(bin, { recursive: true });
  const script = '#!/bin/sh\\nif [ "$1" = --version ]; then echo v' + version + '; exit; fi\\nTRIED_NODE=brought exec ' + process.execPath + ' "$@"\\n';
  writeFileSync(bin + '/node', script);
  chmodSync(bin + '/node', 0o755);
} else {
  mkdirSync(root + 'node_modules/one', { recursive: true });
  await sleep(300);
  writeFileSync(root + 'node_modules/one/package.json', '{}');
  const record = JSON.parse(readFileSync(root + 'package-lock.json', 'utf8'));
  delete record.packages[''];
  writeFileSync(root + 'node_modules/.package-lock.json', JSON.stringify(record));
}
`;

function put(path: string, content: string): void {
  writeFileSync(join(root, path), content);
}

function putLock(version: string): void {
  const packages = { '': { name: 'tried', dependencies: { one: '1.0.0' } }, 'node_modules/one': { version } };
  put('package-lock.json', JSON.stringify({ lockfileVersion: 3, packages }));
}

/** Lets the scripts take the Node that runs them for too old. */
function pretendOldNode(): void {
  const path = 'tools/newer-node.mjs';
  put(path, readFileSync(join(root, path), 'utf8').replace(/oldestNode = '[^']+'/, "oldestNode = '999.0.0'"));
}

function launch(...args: string[]): ChildProcess {
  const env: NodeJS.ProcessEnv = { ...process.env, npm_execpath: join(root, 'npm', 'npm-cli.js'), TRIED_NODE: 'own' };
  for (const name of ['NODE_TEST_CONTEXT', 'NODE_COMPILE_CACHE', 'NODE_ENV', 'npm_config_omit']) delete env[name];
  const child = spawn(process.execPath, [join(root, 'tools', 'run.mjs'), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = launch(...args);
  const [out, err, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'exit')]);
  return { code: code as number | null, out, err };
}

function npmCalls(): string[] {
  if (!existsSync(join(root, 'npm', 'calls'))) return [];
  return readFileSync(join(root, 'npm', 'calls'), 'utf8')
    .trim()
    .split('\n');
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (holds()) return;
    await sleep(20);
  }
  assert.fail(`never came true: ${what}`);
}

test('what is missing is installed once, quietly, and the file gets its arguments and gives its exit code', async () => {
  assert.deepEqual(await run('say.ts', 'a', '--b'), {
    code: 7,
    out: '["a","--b"]\n',
    err: 'Installing what is missing (once)…\n',
  });
  assert.deepEqual(await run('say.ts'), { code: 7, out: '[]\n', err: '' });
  assert.deepEqual(npmCalls(), ['install under own']);
});

test('a changed lockfile is installed upon what is there', async () => {
  await run('say.ts');
  mkdirSync(join(root, 'node_modules', 'in-use'));
  putLock('1.0.1');
  assert.equal((await run('say.ts')).code, 7);
  assert.equal(existsSync(join(root, 'node_modules', 'in-use')), true);
  assert.deepEqual(npmCalls(), ['install under own', 'install under own']);
});

test('packages that somebody installed by hand are taken as they are', async () => {
  await run('say.ts');
  rmSync(join(root, 'node_modules', '.staffetta-installed'));
  assert.equal((await run('say.ts')).err, '');
  assert.deepEqual(npmCalls(), ['install under own']);
});

test('a wish in package.json that npm has not seen yet is installed', async () => {
  await run('say.ts');
  put('package.json', '{ "name": "tried", "type": "module", "dependencies": { "one": "1.0.0", "two": "2.0.0" } }');
  await run('say.ts');
  assert.deepEqual(npmCalls(), ['install under own', 'install under own']);
});

test('several at once in a fresh checkout install once', async () => {
  const ends = await Promise.all([run('say.ts'), run('say.ts'), run('say.ts')]);
  assert.deepEqual(
    ends.map((end) => end.code),
    [7, 7, 7],
  );
  assert.deepEqual(npmCalls(), ['install under own']);
});

test('an install that fails shows what npm said and what to do', async () => {
  put('npm/broken', '');
  const { code, out, err } = await run('say.ts');
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.match(
    err,
    /npm talks a lot\nno way to the registry[^]*could not install the packages.*code 3.*run the same command again/,
  );
  rmSync(join(root, 'npm', 'broken'));
  assert.equal((await run('say.ts')).code, 7);
});

test('an install that was killed is made anew, and its npm does not live on', async () => {
  put('npm/slow', '');
  const first = launch('say.ts');
  await until('npm works', () => npmCalls().length === 1);
  first.kill('SIGKILL');
  rmSync(join(root, 'npm', 'slow'));
  mkdirSync(join(root, 'node_modules', 'half', 'a-package'), { recursive: true });
  assert.equal((await run('say.ts')).code, 7);
  assert.equal(existsSync(join(root, 'node_modules', 'half')), false);
  assert.deepEqual(npmCalls(), ['install under own', 'install under own']);
  assert.deepEqual(
    readdirSync(join(root, '.cache')).filter((name) => name.startsWith('install')),
    [],
  );
});

test('an interrupted install says so', async () => {
  put('npm/slow', '');
  const first = launch('say.ts');
  const said = text(first.stderr!);
  await until('npm works', () => npmCalls().length === 1);
  first.kill('SIGTERM');
  assert.match(await said, /interrupted \(SIGTERM\)/);
});

test('a file that is not there is named', async () => {
  assert.match((await run('no/such.ts')).err, /There is no no\/such\.ts in/);
  assert.match((await run()).err, /Say which file to run/);
});

test('an old Node brings a newer one first, which then installs and runs', async () => {
  pretendOldNode();
  put('which.ts', 'console.log(process.env.TRIED_NODE); process.exitCode = 5;');
  assert.deepEqual(await run('which.ts'), { code: 5, out: 'brought\n', err: 'Installing what is missing (once)…\n' });
  assert.deepEqual(await run('which.ts'), { code: 5, out: 'brought\n', err: '' });
  assert.match(npmCalls().join('\n'), /^install .*node-.*@\d+\.\d+\.\d+ under own\ninstall under brought$/);
  assert.equal(readdirSync(join(root, '.node')).length, 1);
});

test('under an old Node a signal lets the program drain, and its exit code comes back', async () => {
  pretendOldNode();
  put('drain.ts', drains);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const starter = launch('drain.ts');
    await once(starter.stdout!, 'data');
    starter.kill(signal);
    assert.deepEqual(await once(starter, 'exit'), [3, null]);
    assert.match(readFileSync(join(root, 'drained'), 'utf8'), new RegExp(`^${signal}`));
  }
});

test('under an old Node the program drains when what started it is killed', async () => {
  pretendOldNode();
  put('drain.ts', drains);
  const starter = launch('drain.ts');
  await once(starter.stdout!, 'data');
  starter.kill('SIGKILL');
  await until('it drained', () => existsSync(join(root, 'drained')));
});

const drains = `
import { writeFileSync } from 'node:fs';
const alive = setInterval(() => {}, 1000);
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => {
  process.on(signal, () => {});
  setTimeout(() => {
    writeFileSync(new URL('drained', import.meta.url), signal);
    process.exitCode = 3;
    clearInterval(alive);
    process.removeAllListeners(signal);
  }, 100);
});
console.log('ready');
`;

test('a complete checkout runs where nothing may be written to it', async () => {
  await run('say.ts');
  rmSync(join(root, 'node_modules', '.staffetta-installed'));
  chmodSync(join(root, 'node_modules'), 0o555);
  assert.equal((await run('say.ts')).code, 7);
  chmodSync(join(root, 'node_modules'), 0o755);
});
