// platform: decides as which user the embedded Postgres runs, since it refuses to run as root.
import { spawn } from 'node:child_process';
import { lchown, readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from './embedded-postgres-binaries.ts';

/** How programs are started and whose their files are. */
export interface PostgresUser {
  /** Program and arguments that start `program` with `args` as this user. */
  readonly command: (program: string, args: readonly string[]) => readonly [string, string[]];
  /** Given to spawn besides; empty where the process's own user is right. */
  readonly ids: { readonly uid?: number; readonly gid?: number };
  /** Makes a file or a directory with all that is in it this user's own. */
  readonly own: (path: string) => Promise<void>;
}

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

// Inside its user namespace the server is "nobody"; outside it stays root, which owns the files and enters any folder.
const unshareArgs = ['--user', '--map-user=65534', '--map-group=65534'];

/**
 * Decides how Postgres can run here. A user other than root: as itself. Root: as the owner of an existing data
 * directory that is not root's (so that its owner can go on using it); else as root outside and nobody inside a user
 * namespace; else as an unprivileged user, where that user can reach the data and the programs.
 * @param dataDir the hub's data directory (exists)
 * @param clusterDir Postgres' own directory in it (may be missing)
 * @param program a Postgres program, to try whether it runs
 * @throws Error where no way works; says what to do
 */
export async function choosePostgresUser(dataDir: string, clusterDir: string, program: string): Promise<PostgresUser> {
  const uid = process.geteuid?.();
  const owner = await ownerOf(clusterDir);
  if (uid !== 0) {
    if (uid !== undefined && owner !== undefined && owner.uid !== uid) throw wrongOwner(clusterDir, owner.uid, uid);
    return itself;
  }
  if (owner && owner.uid !== 0 && (await reaches(owner, dataDir, program))) return unprivileged(owner);
  if (await runsInNamespace(program)) return namespaced;
  const ids = await unprivilegedIds();
  if (await reaches(ids, dataDir, program)) return unprivileged(ids);
  throw new Error(
    `Postgres does not run as root, user namespaces are refused here, and user ${ids.uid} cannot reach ${dataDir} or ` +
      `${program}. Start Staffetta as an ordinary user, or keep the checkout and STAFFETTA_DATA_DIR in directories ` +
      'that others can enter (chmod o+x), or set DATABASE_URL to a PostgreSQL of your own.',
  );
}

const itself: PostgresUser = {
  command: (program, args) => [program, [...args]],
  ids: {},
  own: async () => undefined,
};

const namespaced: PostgresUser = {
  command: (program, args) => ['unshare', [...unshareArgs, program, ...args]],
  ids: {},
  own: (path) => give(path, { uid: 0, gid: 0 }),
};

function unprivileged(ids: Ids): PostgresUser {
  return { command: itself.command, ids, own: (path) => give(path, ids) };
}

function wrongOwner(clusterDir: string, owner: number, uid: number): Error {
  return new Error(
    `${clusterDir} belongs to user ${owner}, but this is user ${uid}, and Postgres only works on its own files. ` +
      `Start as user ${owner}, or give the directory away once (sudo chown -R ${uid} ${dirname(clusterDir)}), ` +
      'or set STAFFETTA_DATA_DIR to another directory.',
  );
}

async function ownerOf(path: string): Promise<Ids | undefined> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function give(path: string, ids: Ids): Promise<void> {
  const owner = await ownerOf(path);
  if (!owner || (owner.uid === ids.uid && owner.gid === ids.gid)) return;
  for (const entry of await childrenOf(path)) await lchown(entry, ids.uid, ids.gid);
  // The top goes last: its owner is what says that the whole is given, also after a kill half-way.
  await lchown(path, ids.uid, ids.gid);
}

async function childrenOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [];
  return (await readdir(path, { recursive: true })).map((name) => join(path, name));
}

function runsInNamespace(program: string): Promise<boolean> {
  if (process.platform !== 'linux') return Promise.resolve(false);
  return new Promise((resolve) => {
    const trial = spawn('unshare', [...unshareArgs, program, '--version'], { stdio: 'ignore' });
    trial.once('error', () => resolve(false));
    trial.once('exit', (code) => resolve(code === 0));
  });
}

async function unprivilegedIds(): Promise<Ids> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const line = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  const [uid, gid] = [Number(line?.[2]), Number(line?.[3])];
  // macOS writes nobody's ids as -2, which only the kernel reads as an unsigned number.
  return uid > 0 && gid > 0 ? { uid, gid } : { uid: 65534, gid: 65534 };
}

async function reaches(ids: Ids, ...paths: string[]): Promise<boolean> {
  for (const path of paths) {
    for (let at = path; ; at = dirname(at)) {
      if (!(await mayEnter(ids, at))) return false;
      if (dirname(at) === at) break;
    }
  }
  return true;
}

async function mayEnter(ids: Ids, path: string): Promise<boolean> {
  const { uid, gid, mode } = await stat(path);
  if (uid === ids.uid) return (mode & 0o100) !== 0;
  return (mode & (gid === ids.gid ? 0o010 : 0o001)) !== 0;
}
