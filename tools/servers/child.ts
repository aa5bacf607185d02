// Real servers for tests: runs one as a child process that never outlives us, and ends it by its process id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, Socket } from 'node:net';

export type ServerProcess = {
  readonly pid: number;
  /** Settles when the process is gone: its exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  hasExited(): boolean;
  /** Sends the signal and waits until the process is gone; harmless when it is gone already. */
  end(signal: NodeJS.Signals): Promise<void>;
};

export type ServerCommand = {
  command: string;
  args: readonly string[];
  cwd: string;
  /** What the server prints goes to this file. */
  logFile: string;
  env?: NodeJS.ProcessEnv;
  /** A folder of this run only, to be removed with the server should we be killed. */
  temporaryFolder?: string | undefined;
};

/**
 * Starts a server process. A small shell watches our end of a pipe: should we be killed without a chance to clean
 * up, it kills the server too, so that no run leaves one behind.
 * @throws Error when the command cannot be started.
 */
export async function startProcess(command: ServerCommand): Promise<ServerProcess> {
  const log = openSync(command.logFile, 'a');
  const child = spawn(command.command, command.args, {
    cwd: command.cwd,
    env: command.env ?? process.env,
    stdio: ['ignore', log, log],
    // Its own group: a Ctrl-C in the terminal reaches us, and we decide what stops and in which order.
    detached: true,
  });
  closeSync(log);
  await once(child, 'spawn').catch((cause: unknown) => {
    throw new Error(`cannot start ${command.command}; is it installed and on the PATH?`, { cause });
  });
  const pid = child.pid as number;
  const forget = watchOver(pid, command.temporaryFolder);
  const exited = once(child, 'exit').then(() => {
    forget();
    return child.signalCode ?? child.exitCode ?? 0;
  });
  child.unref();
  const hasExited = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    exited,
    hasExited,
    async end(signal) {
      if (!hasExited()) child.kill(signal);
      child.ref();
      await exited;
    },
  };
}

function watchOver(pid: number, folder = ''): () => void {
  const script = 'read -r word || { kill -9 "$0"; sleep 0.2; rm -rf "$1"; }';
  const args = ['-c', script, String(pid), folder];
  const watcher = spawn('sh', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watcher.unref();
  // A machine without sh loses this safety net and nothing else.
  watcher.on('error', () => undefined);
  const pipe = watcher.stdin;
  pipe.on('error', () => undefined);
  if (pipe instanceof Socket) pipe.unref();
  return () => pipe.end('done\n');
}

/**
 * A TCP port that is free on the loopback address now. Taken below the range from which the system picks the ports of
 * outgoing connections: a client that reconnects to a stopped server's port in that range may connect to itself.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await canListen(port)) return port;
  }
  throw new Error('no free TCP port between 20000 and 31999 in 200 tries; stop what fills them');
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Asks again every `everyMs` until `isReady` says yes; fails when the process ends first or the time is over. */
export async function untilReady(
  server: ServerProcess,
  what: string,
  isReady: () => Promise<boolean>,
  { timeoutMs = 60_000, everyMs = 50 } = {},
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isReady())) {
    if (server.hasExited()) throw new Error(`${what} ended while starting: ${await server.exited}`);
    if (Date.now() > deadline) throw new Error(`${what} does not answer after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Removes a server's folder and all in it; patient, for files may still be closing. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
