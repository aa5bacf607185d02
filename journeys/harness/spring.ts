// journeys: the applications of `journeys/java`, built by Maven for a line of Spring Cloud's releases and run as processes.
import {
  freePort,
  removeFolder,
  startProcess,
  untilReady,
  type ServerProcess,
} from '@staffetta/tools/servers/child.ts';
import { runMaven } from '@staffetta/tools/servers/jars.ts';
import { newestJava } from '@staffetta/tools/servers/newest-java.ts';
import { preparedFolder } from '@staffetta/tools/servers/prepared.ts';
import { createHash } from 'node:crypto';
import { cp, glob, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { tailOf } from './logs.ts';
import { explainWith } from './wait.ts';

/** The lines of releases that the stories are told with; each is a profile in `journeys/java/pom.xml`. */
export const springLines = ['2025.0', '2025.1'] as const;
export type SpringLine = (typeof springLines)[number];

/** Module → its main class, and what answers 200 once it is up. */
const modules = {
  application: { main: 'Application', ready: '/actuator/health' },
  registry: { main: 'Registry', ready: '/eureka/apps' },
  settings: { main: 'Settings', ready: '/encrypt/status' },
} as const;

/** What is started, and with which settings by Spring's names. */
export interface SpringWish {
  readonly line: SpringLine;
  readonly module: keyof typeof modules;
  readonly settings: Readonly<Record<string, string>>;
  /** A free one by default. */
  readonly port?: number;
}

/** A Spring application that runs. */
export interface SpringProcess {
  readonly url: string;
  readonly port: number;
  /** The lines of its log that hold what is looked for. */
  said(what: RegExp): Promise<string[]>;
  /** Ends it in good order, with what it says to others when it leaves; harmless when it has ended. */
  stop(): Promise<void>;
}

const source = fileURLToPath(new URL('../java/', import.meta.url));
// They live for seconds: the thorough compiler would never earn what it costs.
const quickStart = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const stopMsMax = 40_000;

/** What the build reads, as paths in the order of the alphabet. */
async function sourceFiles(): Promise<string[]> {
  const files: string[] = [];
  const pattern = '{pom.xml,{application,registry,settings}/{pom.xml,src/**/*.*}}';
  for await (const file of glob(pattern, { cwd: source })) files.push(file);
  return files.toSorted();
}

/** The sources with their poms, built; made anew where any of them has changed. */
async function built(line: SpringLine): Promise<string> {
  const files = await sourceFiles();
  const hash = createHash('sha256').update(line);
  for (const file of files) hash.update(file).update(await readFile(join(source, file)));
  const prepare = async (work: string): Promise<string> => {
    const copy = join(work, 'estate');
    for (const file of files) await cp(join(source, file), join(copy, file));
    await runMaven([`-P${line}`, 'compile'], copy, `build journeys/java for Spring Cloud ${line}`);
    return copy;
  };
  const family = `spring-${line}-`;
  return preparedFolder(family + hash.digest('hex').slice(0, 12), prepare, family);
}

/**
 * Builds where that was not done, starts an application and waits until it answers.
 * @throws Error when Java or Maven is missing, the build fails, or it does not come up; with the end of its log.
 */
export async function startSpring(wish: SpringWish): Promise<SpringProcess> {
  const classes = join(await built(wish.line), wish.module, 'target');
  const folder = await mkdtemp(join(tmpdir(), 'staffetta-spring-'));
  const port = wish.port ?? (await freePort());
  const { main, ready } = modules[wish.module];
  const classPath = [join(classes, 'classes'), join(classes, 'jars', '*')].join(delimiter);
  const mainClass = `it.staffetta.journeys.${main}`;
  const given = Object.entries({ ...wish.settings, 'server.port': String(port) });
  const logFile = join(folder, 'out.log');
  const server = await startProcess({
    // The later line is the one that people run on a newer Java.
    command: wish.line === '2025.0' ? 'java' : await newestJava(),
    // What it leaves lying about goes with its folder.
    args: [
      ...quickStart,
      `-Djava.io.tmpdir=${folder}`,
      '-cp',
      classPath,
      mainClass,
      ...given.map(([name, value]) => `--${name}=${value}`),
    ],
    cwd: folder,
    logFile,
    temporaryFolder: folder,
  });
  const url = `http://127.0.0.1:${port}`;
  const said = async (what: RegExp): Promise<string[]> =>
    (await readFile(logFile, 'utf8')).split('\n').filter((line) => what.test(line));
  const running = { url, port, said, ...ending(server, folder, logFile, `${wish.module} ${wish.line}`) };
  try {
    await untilReady(server, `Spring's ${wish.module} ${wish.line}`, () => answers200(url + ready), {
      timeoutMs: 120_000,
    });
  } catch (cause) {
    const tail = (await tailOf(logFile)).join('\n');
    await running.stop();
    throw new Error(`${String(cause)}; its log ends with\n${tail}`, { cause });
  }
  return running;
}

function ending(server: ServerProcess, folder: string, logFile: string, name: string): Pick<SpringProcess, 'stop'> {
  const forget = explainWith(async () => [`--- Spring's ${name}`, ...(await tailOf(logFile))].join('\n'));
  return {
    async stop() {
      forget();
      const late = setTimeout(() => void server.end('SIGKILL'), stopMsMax);
      await server.end('SIGTERM');
      clearTimeout(late);
      await removeFolder(folder);
    },
  };
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
