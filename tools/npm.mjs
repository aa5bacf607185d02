// tools: finds npm and runs it quietly, under the Node that is wanted; what it said is shown only where it failed.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

const parentGone = new URL('parent-gone.mjs', import.meta.url).href;
const isWindows = process.platform === 'win32';
const shownLines = 40;

/** Something that the person at the keyboard can mend; its message says how. */
export class Remediable extends Error {}

/**
 * @typedef {object} NpmRun
 * @property {string} cwd where npm works
 * @property {string} node the Node that runs it
 * @property {string} purpose what fails when it fails, as in "could not install the packages"
 * @property {(pid: number) => Promise<void>} noteChild is told its process number
 */

/**
 * Runs npm and waits for its end; it ends too when this process is killed.
 * @param {string[]} args npm's arguments
 * @param {NpmRun} run
 * @throws Remediable with npm's last words where it failed
 */
export async function runNpm(args, { cwd, node, purpose, noteChild }) {
  const [program, before] = npmCommand(node);
  const child = spawn(program, [...before, ...args], {
    cwd,
    env: npmEnvironment(node),
    // A shell script named npm does not know what to do with a channel.
    stdio: before.length > 0 ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
    shell: isWindows && before.length === 0,
    windowsHide: true,
  });
  /** @type {Buffer[]} */
  const said = [];
  child.stdout?.on('data', (/** @type {Buffer} */ chunk) => said.push(chunk));
  child.stderr?.on('data', (/** @type {Buffer} */ chunk) => said.push(chunk));
  const ended = endOf(child);
  const release = passSignalsOn(child);
  try {
    if (child.pid) await noteChild(child.pid);
    const end = await ended;
    if (end !== 0) throw failure(Buffer.concat(said).toString(), purpose, end);
  } finally {
    release();
  }
}

/**
 * @param {string} node
 * @returns {[string, string[]]} program and first arguments
 */
function npmCommand(node) {
  const script = npmScript();
  if (script) return [node, ['--import', parentGone, script]];
  if (inPath('npm')) return ['npm', []];
  throw new Remediable(
    'npm was found neither beside Node nor in PATH. Install Node together with npm (https://nodejs.org), ' +
      'then run the same command again.',
  );
}

/** @returns {string | undefined} npm's own script: of the npm that runs us, else beside this Node, else in PATH */
function npmScript() {
  const caller = process.env['npm_execpath'] ?? '';
  const beside = dirname(process.execPath);
  const found = inPath('npm');
  const candidates = [
    // Other package managers also set npm_execpath.
    basename(caller) === 'npm-cli.js' ? caller : '',
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    found ? realpathSync(found) : '',
  ];
  return candidates.find((file) => basename(file) === 'npm-cli.js' && existsSync(file));
}

/** @param {string} program */
function inPath(program) {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, isWindows ? `${program}.cmd` : program)).find((file) => existsSync(file));
}

/**
 * The environment without what the npm that runs us says of its own run, which would send the inner npm elsewhere.
 * @param {string} node
 */
function npmEnvironment(node) {
  const foreign = /^npm_(package_|lifecycle_|config_local_prefix$|config_prefix$|command$)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return withNodeFirst(Object.fromEntries(kept), node);
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} node
 * @returns {NodeJS.ProcessEnv} the environment in which the word `node` means this Node
 */
export function withNodeFirst(env, node) {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [name]: [dirname(node), env[name]].filter(Boolean).join(delimiter) };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number | NodeJS.Signals | Error>} exit code, or the signal that ended it, or why it did not start
 */
export function endOf(child) {
  return new Promise((resolve) => {
    child.once('error', resolve);
    child.once('close', (code, signal) => resolve(signal ?? code ?? 1));
  });
}

/**
 * Passes signals that mean "end" on to a child, and stays alive to see it end. Ctrl-C reaches both of us and the child
 * gets it twice, which it takes for one; on Windows passing it on would kill the child at once.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} gives the signals their usual meaning back
 */
export function passSignalsOn(child) {
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => void (isWindows || child.kill(signal));
  for (const signal of signals) process.on(signal, pass);
  return () => {
    for (const signal of signals) process.off(signal, pass);
  };
}

/**
 * @param {string} said
 * @param {string} purpose
 * @param {number | NodeJS.Signals | Error} end
 */
function failure(said, purpose, end) {
  if (typeof end === 'string') return new Remediable(`npm was interrupted (${end}). Run the same command again.`);
  const lines = said.trim().split('\n');
  // The cause stands at the top, the place of npm's own log at the end.
  const left = lines.length - 2 * shownLines;
  if (left > 0) lines.splice(shownLines, left, `(${left} more lines)`);
  const how = end instanceof Error ? end.message : `it ended with code ${end}`;
  return new Remediable(
    `${lines.join('\n')}\n\nnpm ${purpose} (${how}). Look at what it says above; often it is the network, a proxy, ` +
      'the registry (npm config get registry) or a full disk. Then run the same command again.',
  );
}
