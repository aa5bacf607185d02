// sandbox: mails that something is still to be done with, as files: one line of what is known, then the mail.
import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mail in the folder. */
export interface Job<Known> {
  readonly known: Known;
  readonly raw: Buffer;
}

/** The folder. */
export interface JobFolder<Known extends object> {
  /** Names of all jobs, the oldest first. */
  names(): readonly string[];
  /** Keeps a job; a file when this returns. The same id again, while the job is here, changes nothing. Gives its name. */
  put(id: string, job: Job<Known>): string;
  /** One job; undefined where it is gone. */
  read(name: string): Promise<Job<Known> | undefined>;
  remove(name: string): void;
}

const nameForm = /^(\d{13}-\d{8})-([0-9a-f]{32})\.job$/;

/**
 * Opens the folder, which is made where it is missing; jobs of earlier runs are there again.
 * @param dir the folder
 */
export function openJobFolder<Known extends object>(dir: string): JobFolder<Known> {
  mkdirSync(dir, { recursive: true });
  const names = new Map<string, string>();
  let count = 0;
  for (const name of readdirSync(dir).sort()) {
    if (name.endsWith('.part')) rmSync(join(dir, name), { force: true });
    const idHash = nameForm.exec(name)?.[2];
    if (idHash !== undefined) names.set(idHash, name);
  }
  return {
    names: () => [...names.values()],
    put(id, { known, raw }) {
      const idHash = hash('sha256', id, 'hex').slice(0, 32);
      const there = names.get(idHash);
      if (there !== undefined) return there;
      count += 1;
      const name = `${String(Date.now()).padStart(13, '0')}-${String(count).padStart(8, '0')}-${idHash}.job`;
      const path = join(dir, name);
      writeFileSync(`${path}.part`, Buffer.concat([Buffer.from(`${JSON.stringify(known)}\n`), raw]));
      renameSync(`${path}.part`, path);
      names.set(idHash, name);
      return name;
    },
    async read(name) {
      const bytes = await readFile(join(dir, name)).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      });
      const end = bytes?.indexOf(0x0a) ?? -1;
      if (bytes === undefined || end === -1) return undefined;
      return { known: JSON.parse(bytes.toString('utf8', 0, end)) as Known, raw: bytes.subarray(end + 1) };
    },
    remove(name) {
      names.delete(nameForm.exec(name)?.[2] ?? '');
      rmSync(join(dir, name), { force: true });
    },
  };
}
