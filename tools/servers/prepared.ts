// Real servers for tests: the folders that keep what was fetched or built for them, made once per checkout and name.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const lockPollMs = 200;
const lockWaitMsMax = 600_000;

/** The folder in the checkout, outside git, that keeps prepared servers. */
function serversFolder(): string {
  return fileURLToPath(new URL('../../.servers', import.meta.url));
}

/**
 * The folder that keeps what `prepare` makes, which is called only where the folder is not there yet. Several processes
 * may ask at once: one prepares, the others wait.
 * @param name names what is in it, its version included: another version is another folder
 * @param prepare works in the empty folder that it is given and gives the path, in there, of what shall be kept
 * @param family what the names of its earlier versions begin with; those go when this one is made
 * @throws Error whatever `prepare` throws; nothing is kept then.
 */
export async function preparedFolder(
  name: string,
  prepare: (work: string) => Promise<string>,
  family?: string,
): Promise<string> {
  const folder = join(serversFolder(), name);
  if (existsSync(folder)) return folder;
  await mkdir(serversFolder(), { recursive: true });
  await underLock(join(serversFolder(), 'maven.lock'), async () => {
    if (existsSync(folder)) return;
    if (family !== undefined) await removeFamily(family);
    await makeWhole(folder, prepare);
  });
  return folder;
}

/** Also what a killed run left half made. */
async function removeFamily(family: string): Promise<void> {
  const names = (await readdir(serversFolder())).filter((name) => name.startsWith(family));
  for (const name of names) await rm(join(serversFolder(), name), { recursive: true, force: true });
}

async function makeWhole(folder: string, prepare: (work: string) => Promise<string>): Promise<void> {
  const work = await mkdtemp(`${folder}.preparing-`);
  try {
    // The rename makes it whole at once: nobody ever sees half of it.
    await rename(await prepare(work), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Runs `work` while this process alone holds the lock file, which holds its process id. A lock whose owner is gone
 * is taken away. Maven's own cache is not safe for several at once, hence one lock for all folders.
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
