// journeys: one process of the hub: all of it, one service alone, or the sandbox; started, killed, stopped and started again.
import { startProcess, type ServerProcess } from '@staffetta/tools/servers/child.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { tailOf } from './logs.ts';

/** What a process is started with. */
export interface ProcessOptions {
  /** For messages and the log's name. */
  readonly name: string;
  /** The file and its words, from the repository's root. */
  readonly command: readonly [file: string, ...words: string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** A folder of this run: the log lies there; it goes should this run be killed. */
  readonly folder: string;
  /** Answers 200 when the process is ready. */
  readonly readyUrl: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
// As the start script sets it.
const compileCache = join(root, '.cache', 'node-compile');
const readyMsMax = 60_000;
const drainMsMax = 40_000;

/** A process of the hub. */
export class HubProcess {
  readonly name: string;
  readonly #options: ProcessOptions;
  readonly #logs: readonly string[];
  #server: ServerProcess | undefined;

  /** @param options what it is started with; `start` starts it */
  constructor(options: ProcessOptions) {
    this.name = options.name;
    this.#options = options;
    this.#logs = [join(options.folder, `${options.name}.out`), join(options.folder, `${options.name}.log`)];
  }

  /** Whether it runs now. */
  get runs(): boolean {
    return this.#server !== undefined && !this.#server.hasExited();
  }

  /** Its process id. */
  get pid(): number {
    if (!this.#server) throw new Error(`${this.name} was not started`);
    return this.#server.pid;
  }

  /** Starts it; `untilReady` waits for it. */
  async start(): Promise<void> {
    const { command, environment, folder } = this.#options;
    const [file, ...words] = command;
    const [output = '', logFile = ''] = this.#logs;
    this.#server = await startProcess({
      command: process.execPath,
      args: [join(root, file), ...words],
      cwd: folder,
      logFile: output,
      env: { NODE_COMPILE_CACHE: compileCache, ...inherited(), ...environment, LOG_FILE: logFile },
      temporaryFolder: folder,
    });
  }

  /**
   * Waits until it answers that it is ready.
   * @throws Error with the end of its log when it ends before, or is not ready within a minute
   */
  async untilReady(): Promise<void> {
    const deadline = performance.now() + readyMsMax;
    while (!(await answers200(this.#options.readyUrl))) {
      if (!this.runs) throw new Error(`${this.name} ended while it started\n${await this.tail()}`);
      if (performance.now() > deadline)
        throw new Error(`${this.name} is not ready after ${readyMsMax} ms\n${await this.tail()}`);
      await sleep(30);
    }
  }

  /** Kills it as a power cut would. */
  async kill9(): Promise<void> {
    await this.#server?.end('SIGKILL');
  }

  /**
   * Asks it to stop and waits until it is gone.
   * @returns its exit code, or the signal that ended it; after 40 s it is killed, which shows as SIGKILL
   */
  async stop(): Promise<number | NodeJS.Signals> {
    const server = this.#server;
    if (!server) return 0;
    const late = setTimeout(() => void server.end('SIGKILL'), drainMsMax);
    await server.end('SIGTERM');
    clearTimeout(late);
    return server.exited;
  }

  /** The lines of its log that hold a word. */
  async logged(word: string): Promise<readonly string[]> {
    const text = await readFile(this.#logs[1] ?? '', 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line.includes(word));
  }

  /** The end of what it printed and logged. */
  async tail(): Promise<string> {
    const lines = (await Promise.all(this.#logs.map((path) => tailOf(path)))).flat();
    const state = this.runs ? 'runs' : 'has ended';
    return [`--- ${this.name} (${state})`, ...lines].join('\n');
  }
}

// Nothing of the caller's own settings may leak in: DATABASE_URL, SMTP_URL and the like.
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'USER', 'TMPDIR', 'LANG', 'TZ', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

async function answers200(url: string): Promise<boolean> {
  try {
    const answer = await request(url, { headersTimeout: 5000, bodyTimeout: 5000 });
    await answer.body.dump();
    return answer.statusCode === 200;
  } catch {
    // Not listening yet.
    return false;
  }
}
