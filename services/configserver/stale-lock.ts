// configserver: takes away the lock that a git which was killed left in a mirror; else nothing new would ever come in.
import { rm, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/**
 * Takes the lock away that made git fail, where it is old enough to be nobody's.
 * @param folder the mirror, which is ours alone
 * @param failure as `runGit` threw it
 * @param ageMs how old a lock must be, by the file's clock: longer than git may run
 * @returns whether one was taken away, so that trying again makes sense
 */
export async function clearStaleLock(folder: string, failure: unknown, ageMs: number): Promise<boolean> {
  const said = failure instanceof Error && failure.cause instanceof Error ? failure.cause.message : '';
  const [, path = ''] = /Unable to create '([^'\n]+\.lock)': File exists/.exec(said) ?? [];
  const lock = resolve(folder, path);
  if (path === '' || !lock.startsWith(resolve(folder) + sep)) return false;
  const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: undefined }));
  if (mtimeMs === undefined) return true;
  if (Date.now() - mtimeMs < ageMs) return false;
  await rm(lock, { force: true });
  return true;
}
