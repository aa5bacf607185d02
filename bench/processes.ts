// bench: what processes cost, as Linux counts it.
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/**
 * User and system time of a process so far, seconds (`/proc/<pid>/stat`, fields 14 and 15).
 * @param pid a process id; one that is gone counts as 0
 */
export function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    // It ended between the listing and the look.
    return 0;
  }
}

/**
 * Resident memory of a process now, MiB.
 * @param pid a process id
 */
export function residentMib(pid: number): number {
  const line = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

/**
 * Starts a helper of the bench and waits for its first message.
 * @param file beside this one
 * @param words its arguments
 */
export async function forkHelper(
  file: string,
  words: readonly string[] = [],
): Promise<{ child: ChildProcess; hello: unknown }> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [hello] = (await once(child, 'message')) as [unknown];
  return { child, hello };
}

/**
 * Asks a helper and waits for its answer.
 * @param child the helper
 * @param what the word that it knows
 */
export async function askHelper(child: ChildProcess, what: string): Promise<unknown> {
  const answer = once(child, 'message');
  child.send(what);
  return ((await answer) as [unknown])[0];
}
