// configserver: settings files in a git repository: labels are branches, tags and commits; a remote one is mirrored in the data folder.
import { HubError } from '@staffetta/flow/errors.ts';
import { oneAfterAnother } from '@staffetta/platform/work/one-after-another.ts';
import { repeat, type Repeating } from '@staffetta/platform/work/repeating.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backend, ConfigFiles } from './config-files.ts';
import { openGitObjects, type GitObjects, type Refs, type Tree } from './git-objects.ts';
import { gitAddress, runGit } from './run-git.ts';
import { clearStaleLock } from './stale-lock.ts';

/** Which repository, and how it is read. */
export interface RepositoryOptions {
  readonly name: string;
  readonly uri: string;
  readonly searchPaths: readonly string[];
  /** Where no label is asked for; absent: `main`, else `master`. */
  readonly defaultLabel: string | undefined;
  /** Mirrors of remote repositories lie here, one folder each. */
  readonly mirrorsFolder: string;
  readonly refreshMs: number;
  readonly timeoutMs: number;
  readonly fileBytesMax: number;
  readonly log: Log;
}

function folderOfUrl(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch (error) {
    throw new HubError('SETTING_WRONG', 'A repository on this machine is file:///absolute/path.', error);
  }
}

/** The folder of a repository on this machine, which is read where it lies; undefined for a remote one. */
function localFolder(uri: string): string | undefined {
  if (/^file:/i.test(uri)) return folderOfUrl(uri);
  return /^[a-z+]+:\/\/|^[\w.-]+@[\w.-]+:/i.test(uri) ? undefined : resolve(uri);
}

function labelUnknown(labels: readonly string[], name: string): HubError {
  return new HubError(
    'LABEL_UNKNOWN',
    `The ${name} has no ${labels.map((label) => JSON.stringify(label)).join(' or ')}.`,
  );
}

async function commitOf(objects: GitObjects, refs: Refs, label: string): Promise<string | undefined> {
  return refs.get(`refs/heads/${label}`) ?? refs.get(`refs/tags/${label}`) ?? (await objects.commitOf(label));
}

function filesOf(objects: GitObjects, tree: Tree, commit: string, url: string): ConfigFiles {
  return {
    version: commit,
    state: '',
    labelFolder: undefined,
    nameOf: (path) => `${url}/${path}`,
    folders(path) {
      const inside = path === '' ? '' : `${path}/`;
      const rests = [...tree.keys()].filter((name) => name.startsWith(inside)).map((name) => name.slice(inside.length));
      return Promise.resolve([
        ...new Set(rests.filter((rest) => rest.includes('/')).map((rest) => rest.split('/')[0]!)),
      ]);
    },
    read: (path) => objects.read(tree, path),
  };
}

/** What is known of a repository, and how it becomes newer. */
interface Known {
  /** Branches and tags; never waits for a remote once something was fetched. */
  refs(): Promise<Refs>;
  refresh(): Promise<void>;
  check(): Promise<void>;
  stop(): Promise<void>;
}

/** A repository on this machine is always fresh. */
function readInPlace(objects: GitObjects): Known {
  return {
    refs: () => objects.refs(),
    refresh: () => Promise.resolve(),
    async check() {
      await objects.refs();
    },
    stop: () => Promise.resolve(),
  };
}

/** Brings what is new into the mirror; branches that were rewritten or deleted at the remote are so here too. */
async function fetchAll(folder: string, options: RepositoryOptions, signal: AbortSignal): Promise<void> {
  const { url, config } = gitAddress(options.uri);
  await mkdir(folder, { recursive: true });
  const bounds = { cwd: folder, timeoutMs: options.timeoutMs, bytesMax: 1024 * 1024, signal };
  if (!existsSync(join(folder, 'HEAD'))) await runGit(['init', '--quiet', '--bare', '.'], bounds);
  const what = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  const fetch = ['fetch', '--quiet', '--prune', '--force', '--no-write-fetch-head', '--no-recurse-submodules'];
  await runGit([...fetch, '--', url, ...what], { ...bounds, config: { 'gc.autoDetach': 'false', ...config } });
}

/** Fetches; once more where a lock was in the way that nobody holds. */
async function fetchDespiteLock(folder: string, options: RepositoryOptions, signal: AbortSignal): Promise<void> {
  try {
    await fetchAll(folder, options, signal);
  } catch (error) {
    if (!(await clearStaleLock(folder, error, 2 * options.timeoutMs))) throw error;
    options.log.warn({ repository: options.name }, 'repository.lockTaken');
    await fetchAll(folder, options, signal);
  }
}

function readMirror(folder: string, objects: GitObjects, options: RepositoryOptions): Known {
  const { log, name } = options;
  const stopping = new AbortController();
  let refs: Refs | undefined;
  let failure: unknown;
  // What an earlier run fetched counts at once.
  const kept = (existsSync(join(folder, 'HEAD')) ? objects.refs() : Promise.resolve(undefined)).then(
    (found) => {
      if (found && found.size > 0) refs = found;
    },
    () => undefined,
  );
  async function sync(): Promise<void> {
    await kept;
    if (stopping.signal.aborted) return;
    try {
      await fetchDespiteLock(folder, options, stopping.signal);
      refs = await objects.refs();
      if (failure !== undefined) log.info({ repository: name }, 'repository.isBack');
      failure = undefined;
    } catch (error) {
      const isNews = failure === undefined && !stopping.signal.aborted;
      if (isNews) log.warn({ err: error, repository: name }, 'repository.away');
      failure = error;
    }
  }
  const refresh = oneAfterAnother(sync);
  const first = refresh();
  const timer: Repeating = repeat(options.refreshMs, refresh, () => undefined);
  return {
    async refs() {
      await kept;
      if (!refs) await first;
      if (refs) return refs;
      throw failure instanceof HubError ? failure : new HubError('SERVICE_AWAY', `The ${name} was never fetched.`);
    },
    refresh,
    check: () => (failure === undefined ? Promise.resolve() : Promise.reject(asError(failure))),
    async stop() {
      stopping.abort();
      await timer.stop();
      await first;
    },
  };
}

function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure));
}

/**
 * Opens a repository. Readers get the last state that was fetched, however long the remote is away; new things are fetched
 * beside them, again and again, and when `refresh` is called.
 * @param options which, and how it is read
 */
export function openRepository(options: RepositoryOptions): Backend {
  const { name, uri, timeoutMs, fileBytesMax, defaultLabel } = options;
  const { url } = gitAddress(uri);
  const local = localFolder(uri);
  const mirror = join(options.mirrorsFolder, `${createHash('sha256').update(url).digest('hex').slice(0, 16)}.git`);
  const folder = local ?? mirror;
  const config = local === undefined ? {} : { 'safe.directory': '*' };
  const objects = openGitObjects({ folder, timeoutMs, fileBytesMax, config });
  const known = local === undefined ? readMirror(mirror, objects, options) : readInPlace(objects);
  const usual = defaultLabel === undefined ? ['main', 'master'] : [defaultLabel];
  return {
    name,
    searchPaths: options.searchPaths,
    async at(label) {
      const labels = label === undefined ? usual : [label];
      const refs = await known.refs();
      for (const wish of labels) {
        const commit = await commitOf(objects, refs, wish);
        if (commit !== undefined) return filesOf(objects, await objects.tree(commit), commit, url);
      }
      throw labelUnknown(labels, name);
    },
    refresh: () => known.refresh(),
    async state() {
      return [...(await known.refs())].map((ref) => ref.join(' ')).join('\n');
    },
    check: () => known.check(),
    stop: () => known.stop(),
  };
}
