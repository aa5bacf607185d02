// scheduler: removes reports that are older than they are kept, and what a killed run left half-written.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

// Only names that we write: the folder may hold files of other people.
const ourNames = /^(dead-letters|invoices|alarms)-\d{8}-\d{6}\.csv(\.\d+\.part)?$/;

/**
 * Removes old reports.
 * @param folder where reports are written; it may be absent
 * @param before files last written before this instant go
 * @returns how many went
 */
export async function removeOldReports(folder: string, before: Date): Promise<number> {
  const names = (await readdir(folder).catch(absentIsEmpty)).filter((name) => ourNames.test(name));
  let removed = 0;
  for (const name of names) {
    const path = join(folder, name);
    const { mtime } = await stat(path);
    if (mtime >= before) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}

function absentIsEmpty(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}
