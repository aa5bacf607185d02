// Real servers for tests: Keycloak, which signs people and machines in, with a realm that the test brings.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, removeFolder, startProcess, untilReady, type ServerProcess } from './child.ts';
import { runMaven } from './jars.ts';
import { preparedFolder } from './prepared.ts';

const run = promisify(execFile);
const keycloakVersion = '26.0.7';
const distribution = `org.keycloak:keycloak-quarkus-dist:${keycloakVersion}:zip`;

/** A realm as Keycloak exports and imports it (its RealmRepresentation); `keycloak-realm.ts` has one of ours. */
export type Realm = { readonly realm: string } & Readonly<Record<string, unknown>>;

export type KeycloakServer = {
  /** The realm's issuer, `http://127.0.0.1:port/realms/name`; `/.well-known/openid-configuration` follows it. */
  readonly issuer: string;
  /** Its process id; another one after `restart`. */
  readonly pid: number;
  /** What it logged so far, to explain a failed test. */
  log(): Promise<string>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
  /** Kills it as a power cut of its process would. */
  kill9(): Promise<void>;
  /** Starts it again on the same port with the keys, people and sessions that it kept, after ending it if it runs. */
  restart(): Promise<void>;
};

/**
 * Starts a real Keycloak over plain HTTP, with a database of its own in files, and returns once the realm answers.
 * It takes some ten seconds and 400 MiB: one for a whole test file.
 * @param options.realm imported at the first start
 * @param options.port a free one by default
 * @throws Error when Java 17 or Maven is missing, or it does not come up; with the end of its log.
 */
export async function startKeycloak(options: { realm: Realm; port?: number }): Promise<KeycloakServer> {
  const program = await preparedFolder(`keycloak-${keycloakVersion}`, prepareProgram);
  const home: Home = {
    dir: await mkdtemp(join(tmpdir(), 'staffetta-keycloak-')),
    realm: options.realm.realm,
    port: options.port ?? (await freePort()),
  };
  try {
    await prepareHome(program, home.dir, options.realm);
    return runningKeycloak(home, await startServer(home));
  } catch (error) {
    await removeFolder(home.dir);
    throw error;
  }
}

type Home = { dir: string; realm: string; port: number };

function runningKeycloak(home: Home, started: ServerProcess): KeycloakServer {
  let server = started;
  return {
    issuer: issuerOf(home),
    get pid() {
      return server.pid;
    },
    log: () => readFile(logFileOf(home), 'utf8'),
    async stop() {
      await server.end('SIGTERM');
      await removeFolder(home.dir);
    },
    kill9: () => server.end('SIGKILL'),
    async restart() {
      await server.end('SIGTERM');
      server = await startServer(home);
    },
  };
}

function issuerOf({ port, realm }: Home): string {
  return `http://127.0.0.1:${port}/realms/${realm}`;
}

function logFileOf({ dir }: Home): string {
  return join(dir, 'keycloak.log');
}

/** Fetches the distribution and lets it build itself for its database: 10 s that each start is spared. */
async function prepareProgram(work: string): Promise<string> {
  const goal = ['dependency:unpack', `-Dartifact=${distribution}`, `-DoutputDirectory=${work}`];
  await runMaven(goal, work, `fetch ${distribution}`);
  const program = join(work, `keycloak-${keycloakVersion}`);
  await run('java', commandOf(program, ['build', '--db=dev-file'])).catch((cause: { stdout?: string }) => {
    throw new Error(`Keycloak cannot build itself: ${cause.stdout ?? ''}`, { cause });
  });
  return program;
}

const programFolders = ['bin', 'conf', 'lib', 'providers', 'themes'];

/** A home of its own, where only the data are not the program's: several may run at once. */
async function prepareHome(program: string, dir: string, realm: Realm): Promise<void> {
  const imported = join(dir, 'data', 'import');
  await mkdir(imported, { recursive: true });
  await writeFile(join(imported, 'realm.json'), JSON.stringify(realm));
  await Promise.all(programFolders.map((folder) => symlink(join(program, folder), join(dir, folder), 'dir')));
}

async function startServer(home: Home): Promise<ServerProcess> {
  const args = ['start', '--optimized', '--import-realm', '--cache=local', '--hostname-strict=false'];
  const address = ['--http-enabled=true', '--http-host=127.0.0.1', `--http-port=${home.port}`];
  const server = await startProcess({
    command: 'java',
    args: commandOf(home.dir, [...args, ...address]),
    cwd: home.dir,
    logFile: logFileOf(home),
    temporaryFolder: home.dir,
  });
  try {
    await untilReady(server, 'Keycloak', () => answers(`${issuerOf(home)}/.well-known/openid-configuration`), {
      timeoutMs: 180_000,
      everyMs: 200,
    });
  } catch (cause) {
    await server.end('SIGKILL');
    const end = (await readFile(logFileOf(home), 'utf8')).trim().split('\n').slice(-12).join('\n');
    throw new Error(`Keycloak did not start; its log ends with\n${end}`, { cause });
  }
  return server;
}

/** What `bin/kc.sh` would run, without a shell between us and the process that we must be able to stop. */
function commandOf(home: string, args: readonly string[]): string[] {
  return [
    '-Xmx512m',
    '-XX:+UseSerialGC',
    // It lives for seconds: the thorough compiler would never earn what it costs.
    '-XX:TieredStopAtLevel=1',
    ...['util', 'util.concurrent', 'security'].map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`),
    '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
    '-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory',
    '-Dpicocli.disable.closures=true',
    `-Dkc.home.dir=${home}`,
    `-Djboss.server.config.dir=${join(home, 'conf')}`,
    '-cp',
    join(home, 'lib', 'quarkus-run.jar'),
    'io.quarkus.bootstrap.runner.QuarkusEntryPoint',
    ...args,
  ];
}

/** Whether the address answers 200 now. */
function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    async (answer) => {
      await answer.body?.cancel();
      return answer.ok;
    },
    () => false,
  );
}
