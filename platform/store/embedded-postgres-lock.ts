// platform: the lock that lets only one process at a time initialise, start or stop the Postgres of a data directory.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 50;
const quietMs = 2000;
const sqliteBusy = 5;

/**
 * Runs work while holding `<dataDir>/postgres.lock`; others, in this process or another, wait for their turn.
 * The lock is the operating system's own (taken through SQLite, the only door that Node has to it): it goes with its
 * process, however that ends, so that no holder's pid has to be judged alive or dead.
 * @param dataDir an existing directory that we may write to
 * @param log gets one line where the wait is long enough to be noticed
 * @param work what to do
 */
export async function withPostgresLock<T>(
  dataDir: string,
  log: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const lock = openLock(dataDir);
  try {
    const since = performance.now();
    let said = false;
    while (!tryLock(lock)) {
      if (!said && performance.now() - since > quietMs) {
        log(`Waiting for another process that starts or stops Postgres in ${dataDir}`);
        said = true;
      }
      await sleep(pollMs);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function openLock(dataDir: string): DatabaseSync {
  const file = join(dataDir, 'postgres.lock');
  try {
    return new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw new Error(
      `Cannot write ${file}. Let this user write to ${dataDir}, or set STAFFETTA_DATA_DIR to another directory.`,
      { cause: error },
    );
  }
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false;
    throw error;
  }
}
