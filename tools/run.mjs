// tools: runs a TypeScript file of this checkout on any Node 20 or newer: node tools/run.mjs hub/start.ts [argument…]
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { codeOf, withInstallLock } from './install-lock.mjs';
import { forgetInstalled, isInstalled, stampInstalled } from './installed.mjs';
import { bringNode, wantedNode } from './newer-node.mjs';
import { Remediable, endOf, passSignalsOn, runNpm, withNodeFirst } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const parentGone = new URL('parent-gone.mjs', import.meta.url).href;

// Standard output belongs to the program that is run.
const say = (/** @type {string} */ line) => console.error(line);

const [target, ...rest] = process.argv.slice(2);
try {
  const file = fileToRun(target);
  const node = await preparedNode();
  process.env['NODE_COMPILE_CACHE'] ??= join(root, '.cache', 'node-compile');
  if (node === process.execPath) await runHere(file);
  else await runUnder(node, file);
} catch (error) {
  if (!(error instanceof Remediable)) throw error;
  say(error.message);
  process.exitCode = 1;
}

/** @param {string | undefined} name */
function fileToRun(name) {
  if (!name) throw new Remediable('Say which file to run: node tools/run.mjs hub/start.ts [argument…]');
  const file = join(root, name);
  if (!existsSync(file))
    throw new Remediable(`There is no ${name} in ${root}; name a file by its path in the checkout.`);
  return file;
}

async function preparedNode() {
  const node = wantedNode(root);
  if (existsSync(node) && isInstalled(root)) return node;
  try {
    await withInstallLock(join(root, '.cache', 'install.lock'), say, (noteChild) => install(node, noteChild));
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(codeOf(error))) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Remediable(
      `Packages have to be installed into ${root}, which cannot be written to (${why}). ` +
        'Run this once as the user who owns the checkout, or mend its rights or its disk.',
    );
  }
  return node;
}

/**
 * @param {string} node
 * @param {(pid: number) => Promise<void>} noteChild
 */
async function install(node, noteChild) {
  // Whoever held the lock before us has probably done it all.
  const [hasNode, hasPackages] = [existsSync(node), isInstalled(root)];
  if (hasNode && hasPackages) return;
  say('Installing what is missing (once)…');
  if (!hasNode) await bringNode(root, noteChild);
  if (!hasPackages) await installPackages(node, noteChild);
}

/**
 * @param {string} node
 * @param {(pid: number) => Promise<void>} noteChild
 */
async function installPackages(node, noteChild) {
  // A tree of unknown quality is made anew; a complete one only gets what changed, as a hub may be running from it.
  // Not "npm ci": it refuses a lockfile that lacks another system's optional package, which some registries do not have.
  if (!forgetInstalled(root)) emptyFolder(join(root, 'node_modules'));
  const args = ['install', '--no-save', '--no-audit', '--no-fund'];
  await runNpm(args, { cwd: root, node, purpose: 'could not install the packages', noteChild });
  stampInstalled(root);
}

/** @param {string} folder may be a mount point, and therefore stays */
function emptyFolder(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** @param {string} file */
async function runHere(file) {
  module.enableCompileCache?.(process.env['NODE_COMPILE_CACHE']);
  process.argv = [process.execPath, file, ...rest];
  await import(pathToFileURL(file).href);
}

/**
 * @param {string} node
 * @param {string} file
 */
async function runUnder(node, file) {
  const child = spawn(node, [...process.execArgv, '--import', parentGone, file, ...rest], {
    env: withNodeFirst(process.env, node),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const release = passSignalsOn(child);
  const end = await endOf(child);
  release();
  if (end instanceof Error) throw new Remediable(`${node} cannot be started: ${end.message}`);
  process.exitCode = typeof end === 'number' ? end : 128 + constants.signals[end];
}
