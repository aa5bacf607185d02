// Real servers for tests: GreenMail, one process that takes mail by SMTP and shows it by IMAP, all in memory.
import { mkdtemp, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, removeFolder, startProcess, untilReady, type ServerProcess } from './child.ts';
import { jarsFolder } from './jars.ts';

const greenmailVersion = '2.1.13';
const greenmailName = `greenmail-${greenmailVersion}`;

export type GreenmailServer = {
  /** `smtp://host:port`, without TLS; any sender, recipient and login is taken. */
  readonly smtpUrl: string;
  /** `imap://host:port`, without TLS; a mailbox is made for whoever gets mail or signs in. */
  readonly imapUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
  kill9(): Promise<void>;
  /** Starts it again on the same ports, empty: it keeps mail in memory only. */
  restart(): Promise<void>;
};

/**
 * Starts a real SMTP and IMAP server and returns once both greet.
 * @param options.smtpPort, options.imapPort - free ones by default
 * @throws Error when Java or Maven is missing, or it does not come up; with the end of its log.
 */
export async function startGreenmail(options: { smtpPort?: number; imapPort?: number } = {}): Promise<GreenmailServer> {
  const jars = await jarsFolder(greenmailName, [`com.icegreen:greenmail-standalone:${greenmailVersion}`]);
  const dir = await mkdtemp(join(tmpdir(), 'staffetta-greenmail-'));
  const ports = { smtp: options.smtpPort ?? (await freePort()), imap: options.imapPort ?? (await freePort()) };
  let server = await startMailServer(jars, dir, ports).catch(async (error: unknown) => {
    await removeFolder(dir);
    throw error;
  });
  return {
    smtpUrl: `smtp://127.0.0.1:${ports.smtp}`,
    imapUrl: `imap://127.0.0.1:${ports.imap}`,
    get pid() {
      return server.pid;
    },
    async stop() {
      await server.end('SIGTERM');
      await removeFolder(dir);
    },
    kill9: () => server.end('SIGKILL'),
    async restart() {
      await server.end('SIGTERM');
      server = await startMailServer(jars, dir, ports);
    },
  };
}

async function startMailServer(
  jars: string,
  dir: string,
  ports: { smtp: number; imap: number },
): Promise<ServerProcess> {
  const logFile = join(dir, 'greenmail.log');
  const server = await startProcess({
    command: 'java',
    args: [
      '-Xmx256m',
      '-XX:+UseSerialGC',
      `-Dgreenmail.smtp.port=${ports.smtp}`,
      `-Dgreenmail.imap.port=${ports.imap}`,
      '-Dgreenmail.hostname=127.0.0.1',
      '-Dgreenmail.auth.disabled',
      '-cp',
      join(jars, '*'),
      'com.icegreen.greenmail.standalone.GreenMailStandaloneRunner',
    ],
    cwd: dir,
    logFile,
    temporaryFolder: dir,
  });
  try {
    await untilReady(server, 'GreenMail', async () => (await greets(ports.smtp)) && (await greets(ports.imap)));
  } catch (cause) {
    await server.end('SIGKILL');
    const end = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-12).join('\n');
    throw new Error(`GreenMail did not start; its log ends with\n${end}`, { cause });
  }
  return server;
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (greeted: boolean) => {
      socket.destroy();
      resolve(greeted);
    };
    socket.setTimeout(1_000, () => answer(false));
    socket.once('error', () => answer(false));
    // SMTP greets with "220 …", IMAP with "* OK …".
    socket.once('data', (data) => answer(/^(220|\* OK)/.test(data.toString('latin1'))));
  });
}
