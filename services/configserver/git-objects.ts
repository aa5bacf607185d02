// configserver: reads branches, tags, trees and files out of a git repository, without a working copy.
import { HubError } from '@staffetta/flow/errors.ts';
import { isSafePath } from './config-files.ts';
import { fileError } from './read-file.ts';
import { runGit, type GitOptions } from './run-git.ts';

/** Where objects are read, and the size up to which a file is. */
export interface ObjectsOptions {
  readonly folder: string;
  readonly timeoutMs: number;
  readonly fileBytesMax: number;
  readonly config?: Readonly<Record<string, string>>;
}

/** Branches and tags by their full name (`refs/heads/main`) with the commit each stands for. */
export type Refs = ReadonlyMap<string, string>;

interface Entry {
  readonly id: string;
  readonly bytes: number;
}

/** The files of a commit: path → where its bytes are. Links and submodules are left out: they lead elsewhere. */
export type Tree = ReadonlyMap<string, Entry>;

const listBytesMax = 64 * 1024 * 1024;
const treesMax = 8;
const keptBytesMax = 16 * 1024 * 1024;

/** Repository after repository, nothing is remembered but what its ids name for ever. */
export interface GitObjects {
  /** Reads the branches and tags as they are now. */
  refs(): Promise<Refs>;
  /** The commit of an id that may be shortened; undefined where there is none. */
  commitOf(id: string): Promise<string | undefined>;
  tree(commit: string): Promise<Tree>;
  /** @throws HubError CONFIG_FILE_WRONG where it is too large */
  read(tree: Tree, path: string): Promise<Uint8Array | undefined>;
}

function parseRefs(text: string): Refs {
  const refs = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, id = '', peeled = '', name = ''] = /^(\w+) (\w*) (refs\/.+)$/.exec(line) ?? [];
    // An annotated tag stands for what it points to.
    if (name !== '') refs.set(name, peeled || id);
  }
  return refs;
}

function parseTree(text: string): Tree {
  const tree = new Map<string, Entry>();
  for (const line of text.split('\0')) {
    const [, id = '', bytes = '', path = ''] = /^100\d+ blob (\w+) +(\d+)\t(.+)$/s.exec(line) ?? [];
    if (path !== '' && isSafePath(path)) tree.set(path, { id, bytes: Number(bytes) });
  }
  return tree;
}

/** Keeps the newest things up to a weight. */
class Kept<T> {
  readonly #things = new Map<string, T>();
  readonly #weightMax: number;
  readonly #weigh: (thing: T) => number;
  #weight = 0;

  constructor(weightMax: number, weigh: (thing: T) => number) {
    this.#weightMax = weightMax;
    this.#weigh = weigh;
  }

  get(id: string): T | undefined {
    const thing = this.#things.get(id);
    if (thing !== undefined) {
      this.#things.delete(id);
      this.#things.set(id, thing);
    }
    return thing;
  }

  set(id: string, thing: T): void {
    if (this.#things.has(id)) return;
    this.#things.set(id, thing);
    this.#weight += this.#weigh(thing);
    for (const [oldest, old] of this.#things) {
      if (this.#weight <= this.#weightMax) break;
      this.#things.delete(oldest);
      this.#weight -= this.#weigh(old);
    }
  }
}

/**
 * Opens a repository for reading.
 * @param options its folder and the bounds
 */
export function openGitObjects(options: ObjectsOptions): GitObjects {
  const { folder: cwd, timeoutMs, fileBytesMax, config = {} } = options;
  const trees = new Kept<Tree>(treesMax, () => 1);
  const files = new Kept<Uint8Array>(keptBytesMax, ({ length }) => length);
  const bounds: GitOptions = { cwd, timeoutMs, bytesMax: listBytesMax, config };
  return {
    async refs() {
      const format = '--format=%(objectname) %(*objectname) %(refname)';
      return parseRefs((await runGit(['for-each-ref', format, 'refs/heads', 'refs/tags'], bounds)).toString());
    },
    async commitOf(id) {
      if (!/^[0-9a-f]{7,64}$/.test(id)) return undefined;
      try {
        return (await runGit(['rev-parse', '--verify', '--quiet', `${id}^{commit}`], bounds)).toString().trim();
      } catch (error) {
        if (error instanceof HubError) return undefined;
        throw error;
      }
    },
    async tree(commit) {
      const known = trees.get(commit);
      if (known) return known;
      const tree = parseTree((await runGit(['ls-tree', '-r', '-z', '--long', commit], bounds)).toString());
      trees.set(commit, tree);
      return tree;
    },
    async read(tree, path) {
      const entry = tree.get(path);
      if (!entry) return undefined;
      if (entry.bytes > fileBytesMax) {
        throw fileError(path, `it has ${entry.bytes} bytes, the limit (CONFIG_FILE_MAX) is ${fileBytesMax}`);
      }
      const known = files.get(entry.id);
      if (known) return known;
      const bytes = await runGit(['cat-file', 'blob', entry.id], { ...bounds, bytesMax: entry.bytes + 1 });
      files.set(entry.id, bytes);
      return bytes;
    },
  };
}
