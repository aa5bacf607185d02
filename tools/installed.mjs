// tools: says whether node_modules holds what package.json and package-lock.json ask for, without asking npm.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './install-lock.mjs';

/**
 * @typedef {object} LockEntry one package in a lockfile of npm
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [link]
 * @property {boolean} [dev]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 */

/** @typedef {Record<string, unknown>} Manifest a package.json, or what a lockfile says of one */

/**
 * Says whether the packages are there: our stamp fits, or npm's own record of what it installed agrees with the
 * lockfile (somebody ran npm by hand), in which case the stamp is written.
 * @param {string} root the checkout
 * @returns {boolean}
 */
export function isInstalled(root) {
  const wanted = fingerprint(root);
  if (readText(stampOf(root)) === wanted) return true;
  if (!npmAgrees(root)) return false;
  stampInstalled(root);
  return true;
}

/**
 * Notes that the packages are complete.
 * @param {string} root the checkout
 */
export function stampInstalled(root) {
  try {
    writeFileSync(stampOf(root), fingerprint(root));
  } catch (error) {
    // A checkout that we may not write to works as well, only a little slower.
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) throw error;
  }
}

/**
 * Forgets both notes before npm works, so that a kill in the middle cannot leave a half tree that looks whole.
 * @param {string} root the checkout
 * @returns {boolean} whether the tree was complete for an earlier lockfile, so that npm may build upon it
 */
export function forgetInstalled(root) {
  const wasComplete = existsSync(stampOf(root));
  rmSync(stampOf(root), { force: true });
  rmSync(npmRecordOf(root), { force: true });
  return wasComplete;
}

/** @param {string} root */
function stampOf(root) {
  return join(root, 'node_modules', '.staffetta-installed');
}

/** @param {string} root */
function npmRecordOf(root) {
  return join(root, 'node_modules', '.package-lock.json');
}

function omitsDev() {
  return process.env['NODE_ENV'] === 'production' || /\bdev\b/.test(process.env['npm_config_omit'] ?? '');
}

/** @param {string} root */
function fingerprint(root) {
  const hash = createHash('sha256');
  // One checkout may be seen by two systems (a container and its host), which need different packages.
  hash.update(`${process.platform} ${process.arch} ${omitsDev() ? 'without' : 'with'} dev\n`);
  hash.update(readText(join(root, 'package-lock.json')) ?? '');
  for (const folder of ['', ...workspaceFolders(root)]) {
    hash.update(`\n${folder}\n`).update(readText(join(root, folder, 'package.json')) ?? '');
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @returns {string[]} folders that package.json names as workspaces (`name` or `name/*`)
 */
function workspaceFolders(root) {
  /** @type {string[]} */
  const patterns = readJson(join(root, 'package.json'))?.['workspaces'] ?? [];
  return patterns.flatMap((pattern) => (pattern.endsWith('/*') ? foldersIn(root, pattern.slice(0, -2)) : [pattern]));
}

/**
 * @param {string} root
 * @param {string} parent
 */
function foldersIn(root, parent) {
  if (!existsSync(join(root, parent))) return [];
  const names = readdirSync(join(root, parent)).sort();
  return names.map((name) => `${parent}/${name}`).filter((folder) => existsSync(join(root, folder, 'package.json')));
}

/** @param {string} root */
function npmAgrees(root) {
  /** @type {Record<string, LockEntry> | undefined} */
  const locked = readJson(join(root, 'package-lock.json'))?.['packages'];
  /** @type {Record<string, LockEntry> | undefined} */
  const installed = readJson(npmRecordOf(root))?.['packages'];
  if (!locked || !installed) return false;
  const folders = ['', ...workspaceFolders(root)];
  if (!folders.every((folder) => sameWishes(readJson(join(root, folder, 'package.json')), locked[folder])))
    return false;
  return Object.entries(locked).every(([path, entry]) => {
    return !/(^|\/)node_modules\//.test(path) || isMet(entry, installed[path]);
  });
}

/**
 * @param {Manifest | undefined} manifest
 * @param {LockEntry | undefined} entry
 */
function sameWishes(manifest, entry) {
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  const noted = /** @type {Manifest | undefined} */ (entry);
  return kinds.every((kind) => sortedText(manifest?.[kind]) === sortedText(noted?.[kind]));
}

/** @param {unknown} wishes */
function sortedText(wishes) {
  return JSON.stringify(Object.entries(wishes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * @param {LockEntry} entry
 * @param {LockEntry | undefined} found
 */
function isMet(entry, found) {
  if (found) return found.version === entry.version && found.link === entry.link && found.integrity === entry.integrity;
  if (omitsDev() && (entry.dev || entry.devOptional)) return true;
  return Boolean(entry.optional || entry.devOptional) && !isForHere(entry);
}

/** @param {LockEntry} entry */
function isForHere({ os, cpu, libc }) {
  if (libc) return false;
  return (!os || os.includes(process.platform)) && (!cpu || cpu.includes(process.arch));
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {string} file */
function readJson(file) {
  const text = readText(file);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not valid JSON: ${String(error)}`, { cause: error });
  }
}
