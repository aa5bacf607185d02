// Real servers for tests: finds the newest Java of the machine, for what asks for a newer one than the usual.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Linux distributions and Adoptium's packages put Java. */
const folder = '/usr/lib/jvm';

/** The `java` program of the newest Java that is installed; the one of the PATH where none lies in the usual folder. */
export async function newestJava(): Promise<string> {
  const names = await readdir(folder).catch((): string[] => []);
  const found = await Promise.all(names.map((name) => javaIn(join(folder, name))));
  const newest = found.toSorted((one, other) => other.version - one.version)[0];
  return newest !== undefined && newest.version > 0 ? newest.program : 'java';
}

/** The Java in a folder and its main version (`1.8` counts as 1); version 0 where there is none. */
async function javaIn(home: string): Promise<{ program: string; version: number }> {
  const program = join(home, 'bin', 'java');
  const release = existsSync(program) ? await readFile(join(home, 'release'), 'utf8').catch(() => '') : '';
  return { program, version: Number(/^JAVA_VERSION="(\d+)/m.exec(release)?.[1] ?? 0) };
}
