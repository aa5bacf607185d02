// Real servers for tests: Dovecot, an IMAP server with mailboxes in Maildir, as many PEC providers run it.
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort, removeFolder, startProcess, untilReady, type ServerProcess } from './child.ts';

export type DovecotServer = {
  /** `imap://host:port`, without TLS; any user, whose mailbox is made at its first login. */
  readonly imapUrl: string;
  /** What every user signs in with. */
  readonly password: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** Ends it at once, all sessions with it; its mails stay. */
  kill9(): Promise<void>;
  /** Starts it again on the same port with the mails that it had; every user signs in with this password then. */
  restart(password?: string): Promise<void>;
  /** Forgets the UIDs of a mailbox, so that it comes back under another UIDVALIDITY. */
  renumber(user: string): Promise<void>;
};

/** How a Dovecot is started. */
export type DovecotOptions = {
  /** How much a mailbox holds, in Dovecot's words; 200M by default. */
  quota?: string;
};

type Settings = { readonly dir: string; readonly port: number; readonly password: string; readonly quota: string };

/**
 * Starts a real IMAP server and returns once it greets.
 * @param options how much its mailboxes hold
 * @throws Error when it is not installed or does not come up; with the end of its log.
 */
export async function startDovecot({ quota = '200M' }: DovecotOptions = {}): Promise<DovecotServer> {
  const dir = await mkdtemp(join(tmpdir(), 'staffetta-dovecot-'));
  const port = await freePort();
  const password = 'prova';
  const settings = { dir, port, password, quota };
  let server = await start(settings).catch(async (error: unknown) => {
    await removeFolder(dir);
    throw error;
  });
  return {
    imapUrl: `imap://127.0.0.1:${port}`,
    password,
    get pid() {
      return server.pid;
    },
    async stop() {
      await server.end('SIGTERM');
      await removeFolder(dir);
    },
    async kill9() {
      killGroup(server.pid);
      await server.end('SIGKILL');
    },
    async restart(newPassword = password) {
      await server.end('SIGTERM');
      server = await start({ ...settings, password: newPassword });
    },
    async renumber(user) {
      await rm(join(dir, 'mail', user, 'dovecot-uidlist'), { force: true });
      for (const name of ['dovecot.index', 'dovecot.index.log', 'dovecot.index.cache', 'dovecot-uidvalidity']) {
        await rm(join(dir, 'mail', user, name), { force: true });
      }
    },
  };
}

/** Its sessions are processes of their own, which would outlive it by half a minute. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has ended before.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Dovecot refuses to serve mails as root: then they belong to its own account, otherwise to whoever runs the tests. */
async function accountFor(dir: string) {
  const { uid, gid, username } = userInfo();
  if (uid !== 0)
    return { uid, gid, extra: [`default_login_user = ${username}`, `default_internal_user = ${username}`] };
  const account = (await readFile('/etc/passwd', 'utf8')).split('\n').find((line) => line.startsWith('dovecot:'));
  const [, , uidText, gidText] = account?.split(':') ?? [];
  if (uidText === undefined || gidText === undefined) throw new Error('there is no account dovecot to serve mails as');
  // Its processes give up root before they enter.
  await chmod(dir, 0o711);
  await chown(join(dir, 'mail'), Number(uidText), Number(gidText));
  return { uid: Number(uidText), gid: Number(gidText), extra: [] };
}

async function configuration({ dir, port, password, quota }: Settings): Promise<string> {
  const { uid, gid, extra } = await accountFor(dir);
  const [mail, run] = [join(dir, 'mail'), join(dir, 'run')];
  return [
    'protocols = imap',
    'listen = 127.0.0.1',
    `base_dir = ${run}`,
    `state_dir = ${run}`,
    `log_path = ${join(dir, 'dovecot.log')}`,
    'ssl = no',
    'disable_plaintext_auth = no',
    'auth_mechanisms = plain login',
    `mail_location = maildir:${mail}/%u`,
    `mail_uid = ${uid}`,
    `mail_gid = ${gid}`,
    'first_valid_uid = 1',
    'mail_plugins = quota',
    'mail_fsync = always',
    'plugin {',
    '  quota = maildir:User quota',
    `  quota_rule = *:storage=${quota}`,
    '}',
    'protocol imap {',
    '  mail_plugins = quota imap_quota',
    '}',
    'passdb {',
    '  driver = static',
    `  args = password=${password}`,
    '}',
    'userdb {',
    '  driver = static',
    `  args = uid=${uid} gid=${gid} home=${mail}/%u`,
    '}',
    'service imap-login {',
    '  chroot =',
    '  inet_listener imap {',
    `    port = ${port}`,
    '  }',
    '  inet_listener imaps {',
    '    port = 0',
    '  }',
    '}',
    'service anvil {',
    '  chroot =',
    '}',
    ...extra,
    '',
  ].join('\n');
}

async function start(settings: Settings): Promise<ServerProcess> {
  const { dir, port } = settings;
  await mkdir(join(dir, 'mail'), { recursive: true });
  await mkdir(join(dir, 'run'), { recursive: true });
  const file = join(dir, 'dovecot.conf');
  await writeFile(file, await configuration(settings));
  const logFile = join(dir, 'dovecot.out');
  const server = await startProcess({
    command: 'dovecot',
    args: ['-F', '-c', file],
    cwd: dir,
    logFile,
    // Debian puts it where not everybody's PATH leads.
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin` },
    temporaryFolder: dir,
  });
  try {
    await untilReady(server, 'Dovecot', () => greets(port));
  } catch (cause) {
    await server.end('SIGKILL');
    const said = await Promise.all(
      [logFile, join(dir, 'dovecot.log')].map((path) => readFile(path, 'utf8').catch(() => '')),
    );
    throw new Error(`Dovecot did not start; it says\n${said.join('\n').trim().split('\n').slice(-12).join('\n')}`, {
      cause,
    });
  }
  return server;
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const answer = (greeted: boolean): void => {
      socket.destroy();
      resolve(greeted);
    };
    socket.setTimeout(1_000, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('data', (data) => answer(data.toString('latin1').startsWith('* OK')));
  });
}
