// gateway: files that are looked at again and again: whoever uses one is told when it has changed.
import { statSync } from 'node:fs';

/** What is known of files without reading them. */
function marksOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : 'missing';
    })
    .join('; ');
}

/**
 * Looks at files again and again, by the clock: change events of the system miss files that lie on a share or behind a link, as
 * Kubernetes mounts them.
 * @param paths the files
 * @param everyMs how often
 * @param onChange called after each change, once two looks found the same; it must not throw
 * @returns ends it
 */
export function watchFiles(paths: readonly string[], everyMs: number, onChange: () => void): () => void {
  if (paths.length === 0) return () => undefined;
  let known = marksOf(paths);
  let last = known;
  const timer = setInterval(() => {
    const now = marksOf(paths);
    // What is still being written, and was emptied first, is left alone until it is quiet.
    const isQuiet = now === last;
    last = now;
    if (now === known || !isQuiet) return;
    known = now;
    onChange();
  }, everyMs).unref();
  return () => clearInterval(timer);
}
