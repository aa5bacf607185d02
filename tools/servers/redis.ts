// Real servers for tests: a Redis of a test's own, which may be flushed, silenced and killed; the run's shared one never is.
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, removeFolder, startProcess, untilReady, type ServerProcess } from './child.ts';

export type RedisServer = {
  /** `redis://host:port`, without a password. */
  readonly url: string;
  /** Forgets everything, as FLUSHALL does. */
  flush(): Promise<void>;
  /** Stops it in its tracks: connections stay, and nothing is answered. */
  fallSilent(): void;
  /** Lets it go on, with all that it knew. */
  speakAgain(): void;
  kill9(): Promise<void>;
  /** Starts it again on the same port; it keeps nothing on disk. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts a real Redis in memory and returns once it answers.
 * @throws Error when it is not installed or does not come up.
 */
export async function startRedis(): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), 'staffetta-redis-'));
  const port = await freePort();
  let server = await start(dir, port).catch(async (error: unknown) => {
    await removeFolder(dir);
    throw error;
  });
  // A process that is stopped takes no other signal than this one.
  const kill = () => server.end('SIGKILL');
  return {
    url: `redis://127.0.0.1:${port}`,
    flush: async () => void (await say(port, 'FLUSHALL')),
    fallSilent: () => void process.kill(server.pid, 'SIGSTOP'),
    speakAgain: () => void process.kill(server.pid, 'SIGCONT'),
    kill9: kill,
    async restart() {
      await kill();
      server = await start(dir, port);
    },
    async stop() {
      await kill();
      await removeFolder(dir);
    },
  };
}

async function start(dir: string, port: number): Promise<ServerProcess> {
  const server = await startProcess({
    command: 'redis-server',
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir],
    cwd: dir,
    logFile: join(dir, 'redis.log'),
    temporaryFolder: dir,
  });
  const answers = () => say(port, 'PING').then(Boolean, () => false);
  await untilReady(server, 'Redis', answers).catch(async (error: unknown) => {
    await server.end('SIGKILL');
    throw error;
  });
  return server;
}

/** Sends one command in Redis' plain form and gives the first line of the answer. @throws Error for an error */
async function say(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    const [line = ''] = answer.toString().split('\r\n');
    if (!line.startsWith('+')) throw new Error(`Redis answered ${command} with ${line}`);
    return line;
  } finally {
    socket.destroy();
  }
}
