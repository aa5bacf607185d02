// Real servers for tests: fetches a Java server's jars by Maven, once per checkout and version.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const lockPollMs = 200;
const lockWaitMsMax = 600_000;

/** A Maven artifact as `group:artifact:version`. */
export type Artifact = `${string}:${string}:${string}`;

/** The folder in the checkout, outside git, that keeps downloaded servers. */
function serversFolder(): string {
  return fileURLToPath(new URL('../../.servers', import.meta.url));
}

/**
 * The folder that holds the artifacts with all they need at run time; fetched by Maven where it is not there yet.
 * Several processes may ask at once: one fetches, the others wait.
 * @throws Error with Maven's own words when it cannot fetch.
 */
export async function jarsFolder(name: string, artifacts: readonly Artifact[]): Promise<string> {
  const folder = join(serversFolder(), name);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  await underLock(join(serversFolder(), 'maven.lock'), async () => {
    if (!existsSync(folder)) await fetchJars(folder, artifacts);
  });
  return folder;
}

async function fetchJars(folder: string, artifacts: readonly Artifact[]): Promise<void> {
  const work = await mkdtemp(`${folder}.fetching-`);
  try {
    await writeFile(join(work, 'pom.xml'), pomOf(artifacts));
    const args = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars', '-DincludeScope=runtime'];
    await run('mvn', args, { cwd: work }).catch((cause: { stdout?: string; message: string }) => {
      const said = (cause.stdout || cause.message).trim().split('\n').slice(0, 3).join('\n');
      throw new Error(`Maven cannot fetch ${artifacts.join(', ')}: ${said}`, { cause });
    });
    // The rename makes it whole at once: nobody ever sees half a set of jars.
    await rename(join(work, 'jars'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function pomOf(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts.map((artifact) => {
    const [groupId, artifactId, version] = artifact.split(':');
    return `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>staffetta</groupId><artifactId>servers</artifactId><version>1</version>
<dependencies>${dependencies.join('\n')}</dependencies>
</project>
`;
}

/**
 * Runs `work` while this process alone holds the lock file, which holds its process id. A lock whose owner is gone
 * is taken away. Maven's own cache is not safe for several at once, hence one lock for all artifacts.
 */
async function underLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + lockWaitMsMax;
  while (!(await takeLock(lockFile))) {
    if (Date.now() > deadline) throw new Error(`${lockFile} is held for too long; remove it if nothing fetches`);
    await removeIfAbandoned(lockFile);
    await new Promise((resolve) => setTimeout(resolve, lockPollMs));
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function takeLock(lockFile: string): Promise<boolean> {
  return writeFile(lockFile, String(process.pid), { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function removeIfAbandoned(lockFile: string): Promise<void> {
  const owner = Number(await readFile(lockFile, 'utf8').catch(() => '0'));
  if (owner === 0 || isRunning(owner)) return;
  // Renamed first, under a name of our own: of several who find it abandoned only one takes it away.
  const mine = `${lockFile}.${process.pid}`;
  await rename(lockFile, mine).then(
    () => rm(mine, { force: true }),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    },
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
