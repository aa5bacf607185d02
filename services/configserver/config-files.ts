// configserver: what a place with settings files is to those who read them, whether a folder or a repository.
import { HubError } from '@staffetta/flow/errors.ts';

/** The files of one place at one moment. Paths are relative, with slashes, as `isSafePath` allows them. */
export interface ConfigFiles {
  /** The commit they are of; null where there are no commits. */
  readonly version: string | null;
  /** What Spring's answers say of the place: empty for a commit, null for a folder. */
  readonly state: '' | null;
  /** Where else than in the search paths settings lie for the label that was asked for. */
  readonly labelFolder: string | undefined;
  /** How a file is named in answers. */
  nameOf(path: string): string;
  /** The folders directly in a folder (empty: the root). */
  folders(path: string): Promise<readonly string[]>;
  /**
   * Reads a file.
   * @returns its bytes, or undefined where there is none
   * @throws HubError CONFIG_FILE_WRONG where it is too large or cannot be read
   */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** A place with settings files. */
export interface Backend {
  /** For health: a word that tells places apart. */
  readonly name: string;
  /** Where to look besides the root; may hold `{application}`, `{profile}`, `{label}` and `*`. */
  readonly searchPaths: readonly string[];
  /**
   * Gives the files.
   * @param label a branch, tag or commit; undefined: as the place has it by default
   * @throws HubError LABEL_UNKNOWN; SERVICE_AWAY where nothing was ever fetched
   */
  at(label: string | undefined): Promise<ConfigFiles>;
  /** Fetches what is new; resolves in any case, `check` tells what went wrong. */
  refresh(): Promise<void>;
  /**
   * Gives a text that is another one once files changed.
   * @throws Error where the place is away
   */
  state(): Promise<string>;
  /** Rejects where the place is away, with the reason. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether a relative path stays inside, and names nothing hidden: no `..`, no absolute path, no part that begins with a dot. */
export function isSafePath(path: string): boolean {
  return path.length <= 1000 && path.split('/').every((part) => /^[^.\\\0/:][^\\\0/:]*$/.test(part));
}

/** @throws HubError BODY_NOT_VALID for a path that leads out, or to something hidden */
export function needSafePath(path: string): string {
  if (isSafePath(path)) return path;
  throw new HubError('BODY_NOT_VALID', `The path ${JSON.stringify(path.slice(0, 200))} leads out or to a hidden file.`);
}
