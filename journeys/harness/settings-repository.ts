// journeys: a git repository with the settings of an estate, of which a person commits changes.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A repository with a working copy. */
export interface SettingsRepository {
  readonly folder: string;
  /** Writes files onto a branch, which is made from the one before where it is not there, and commits them. */
  commit(branch: string, files: Readonly<Record<string, string>>): Promise<void>;
  /** Removes it. */
  stop(): Promise<void>;
}

/** Makes a repository whose branch is `main`, with one empty commit. */
export async function makeSettingsRepository(): Promise<SettingsRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'staffetta-settings-'));
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  const git = (...args: string[]) => run('git', ['-C', folder, ...who, ...args]);
  await run('git', ['init', '--quiet', '-b', 'main', folder]);
  await git('commit', '--quiet', '--allow-empty', '-m', 'empty');
  return {
    folder,
    async commit(branch, files) {
      await git('checkout', '--quiet', branch).catch(() => git('checkout', '--quiet', '-b', branch));
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
      await git('add', '-A');
      await git('commit', '--quiet', '-m', 'change');
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}
