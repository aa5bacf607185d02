// tools: npm run check; types, lint, layout, unused code, walls and unit tests, all in less than half a minute.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { programOf } from './programs.ts';
import { listFiles, repositoryRoot } from './repository.ts';
import { chooseTests } from './test-files.ts';

type Check = { name: string; remedy: string; command: string; args: readonly string[] };

const unitTests = chooseTests(listFiles(), { night: false, only: 'unit', filters: [] });

const checks: readonly Check[] = [
  { name: 'types', remedy: 'correct the types', ...programOf('tsc', ['--noEmit', '--pretty', 'false'], 'typescript') },
  {
    name: 'lint',
    remedy: 'correct what it names',
    ...programOf('oxlint', ['--type-aware', '--deny-warnings', '--format=unix']),
  },
  { name: 'layout', remedy: 'npm run format', ...programOf('oxfmt', ['--list-different']) },
  { name: 'unused', remedy: 'remove it, or use it', ...programOf('knip', ['--no-progress', '--no-config-hints']) },
  ...[0, 1].map((half) => ({
    name: half === 0 ? 'unit tests and walls' : 'unit tests, the other half',
    remedy: 'npm test -- --only unit',
    command: process.execPath,
    args: testArgs(half),
  })),
];

/** Pure tests share two processes: starting one for each file would take longer than the tests, one for all leaves a core idle. */
function testArgs(half: number): string[] {
  const files = unitTests.filter((_file, at) => at % 2 === half).map((file) => join(repositoryRoot, file));
  return ['--test', '--test-isolation=none', '--test-reporter=spec', ...files];
}

const startedMs = performance.now();
const outcomes = await Promise.all(checks.map(runCheck));
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
const failed = outcomes.filter((passed) => !passed).length;
console.log(failed === 0 ? `all fine (${seconds} s)` : `${failed} of ${checks.length} checks failed (${seconds} s)`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs one check and prints a line about it, with what the program said only where it failed. */
async function runCheck({ name, remedy, command, args }: Check): Promise<boolean> {
  const begunMs = performance.now();
  const { code, said } = await runQuietly(command, args);
  const took = `${((performance.now() - begunMs) / 1000).toFixed(1)} s`;
  console.log(code === 0 ? `✔ ${name} (${took})` : `✖ ${name} (${took}): ${remedy}\n${shorten(name, said)}`);
  return code === 0;
}

function runQuietly(command: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: 1, said: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, said: Buffer.concat(chunks).toString('utf8') }));
  });
}

/** Of a test run only its failures are of interest. */
function shorten(name: string, said: string): string {
  const failures = name.startsWith('unit tests') ? said.indexOf('✖ failing tests:') : -1;
  return (failures === -1 ? said : said.slice(failures)).trim().replaceAll(/^/gm, '    ');
}
