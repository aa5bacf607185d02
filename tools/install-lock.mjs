// tools: a lock file that lets one process at a time install into a checkout, and that survives nobody's kill -9.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 200;
const sayAfterMs = 1500;
const beatMs = 2000;
const silentMs = 30_000;
const guardMs = 10_000;

/**
 * @typedef {object} Holder what a lock file says
 * @property {number} pid who holds it
 * @property {number} [child] a process that works for the holder and may outlive it
 * @property {string} host the machine (or container) whose process numbers these are
 * @property {string} token differs for every hold
 */

/**
 * Runs work while holding a lock file; other processes wait for their turn. A lock is free again when the holder and
 * its child are dead, or (another machine's, or a number that was given again) when it has been silent for 30 s.
 * @template T
 * @param {string} file the lock file; its folder is made
 * @param {(line: string) => void} say gets one line where the wait is long enough to be noticed
 * @param {(noteChild: (pid: number) => Promise<void>) => Promise<T>} work tell it the child that does the writing
 * @returns {Promise<T>} what work gives
 */
export async function withInstallLock(file, say, work) {
  await mkdir(dirname(file), { recursive: true });
  /** @type {Holder} */
  const me = { pid: process.pid, host: hostname(), token: randomUUID() };
  await take(file, me, say);
  const beat = setInterval(() => void touch(file), beatMs);
  try {
    return await work((child) => replace(file, { ...me, child }));
  } finally {
    clearInterval(beat);
    if ((await holderOf(file))?.token === me.token) await rm(file, { force: true });
  }
}

/**
 * @param {string} file
 * @param {Holder} me
 * @param {(line: string) => void} say
 */
async function take(file, me, say) {
  const since = performance.now();
  const isSilent = silenceWatch(file);
  let said = false;
  while (!(await create(file, JSON.stringify(me)))) {
    const holder = await holderOf(file);
    if (isGone(holder) || (await isSilent())) await clear(file, holder);
    else await sleep(pollMs);
    if (!said && performance.now() - since > sayAfterMs) {
      say(`Waiting for another process that installs here (process ${holder?.pid ?? 'unknown'})…`);
      said = true;
    }
  }
}

/**
 * Only one of several that see a dead holder may remove its lock, or the second would remove the first's new one.
 * @param {string} file
 * @param {Holder | undefined} seen
 */
async function clear(file, seen) {
  const guard = `${file}.clearing`;
  if (!(await create(guard, String(process.pid)))) {
    if ((await ageMs(guard)) > guardMs) await rm(guard, { force: true });
    await sleep(pollMs);
    return;
  }
  try {
    if ((await holderOf(file))?.token === seen?.token) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** @param {Holder | undefined} holder */
function isGone(holder) {
  if (!holder || holder.host !== hostname()) return false;
  return !isAlive(holder.pid) && !(holder.child && isAlive(holder.child));
}

/**
 * Watches by our own clock, since files' times may come from another machine or from before a sleep.
 * @param {string} file
 * @returns {() => Promise<boolean>} whether the lock has not been touched for too long
 */
function silenceWatch(file) {
  let seen = 0;
  let since = performance.now();
  return async () => {
    const touched = await touchedAt(file);
    if (touched !== seen) {
      seen = touched;
      since = performance.now();
    }
    return performance.now() - since > silentMs;
  };
}

/**
 * @param {string} file
 * @param {string} text
 * @returns {Promise<boolean>} false where it exists
 */
async function create(file, text) {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} file
 * @param {Holder} holder
 */
async function replace(file, holder) {
  const fresh = `${file}.${holder.token}`;
  await writeFile(fresh, JSON.stringify(holder));
  await rename(fresh, file);
}

/**
 * @param {string} file
 * @returns {Promise<Holder | undefined>} undefined where there is none, or one that is just being written
 */
async function holderOf(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {string} file */
async function touch(file) {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}

/** @param {string} file */
async function touchedAt(file) {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** @param {string} file */
async function ageMs(file) {
  const touched = await touchedAt(file);
  return touched === 0 ? 0 : Date.now() - touched;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Reads the code of a system error.
 * @param {unknown} error
 * @returns {string} for example `ENOENT`; empty where there is none
 */
export function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
