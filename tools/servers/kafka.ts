// Real servers for tests: Apache Kafka, one node without ZooKeeper, on ports and a folder of its own.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, removeFolder, startProcess, untilReady, type ServerProcess } from './child.ts';
import { kafkaAnswers } from './kafka-answers.ts';
import { jarsFolder, type Artifact } from './jars.ts';

const run = promisify(execFile);
// The newest line that the client (@platformatic/kafka 2) is tested with by its makers: 3.5 to 4.2.
const kafkaVersion = '4.2.0';
const kafkaName = `kafka-${kafkaVersion}`;
const kafkaArtifacts: readonly Artifact[] = [
  `org.apache.kafka:kafka_2.13:${kafkaVersion}`,
  'org.apache.logging.log4j:log4j-slf4j-impl:2.25.3',
];

// Kafka wants 16 bytes in URL-safe base64; one that is always the same formats a kept folder again without complaint.
const clusterId = Buffer.from('staffetta-tests.').toString('base64url');

export type KafkaServer = {
  /** `host:port` of the one broker. */
  readonly brokers: string;
  /** The broker's process id; another one after `restart`. */
  readonly pid: number;
  /** The folder with its configuration, log and data. */
  readonly dir: string;
  /** What the broker logged so far, to explain a failed test. */
  log(): Promise<string>;
  /** Stops the broker and removes its folder, unless the folder was given. */
  stop(): Promise<void>;
  /** Kills the broker as a power cut of its process would; its data stay for `restart`. */
  kill9(): Promise<void>;
  /** Starts the broker again on the same data and port, after ending it in good order if it still runs. */
  restart(): Promise<void>;
};

/**
 * Starts a real Kafka and returns once it answers.
 * @param options.dir - keeps the data there, where a former run may have left some, and leaves them on `stop`
 * @param options.port - the client port; a free one by default
 * @param options.properties - lines of server.properties that replace ours, by name
 * @throws Error when Java 17 or Maven is missing, or the broker does not come up; with the end of its log.
 */
export async function startKafka(
  options: { dir?: string; port?: number; properties?: Readonly<Record<string, string>> } = {},
): Promise<KafkaServer> {
  const jars = await jarsFolder(kafkaName, kafkaArtifacts);
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'staffetta-kafka-')));
  const home: Home = { jars, dir, isTemporary: options.dir === undefined, port: options.port ?? (await freePort()) };
  try {
    await prepareFolder(home, options.properties ?? {});
    return runningKafka(home, await startBroker(home));
  } catch (error) {
    if (home.isTemporary) await removeFolder(dir);
    throw error;
  }
}

type Home = { jars: string; dir: string; isTemporary: boolean; port: number };

function runningKafka(home: Home, started: ServerProcess): KafkaServer {
  let server = started;
  return {
    brokers: `127.0.0.1:${home.port}`,
    dir: home.dir,
    get pid() {
      return server.pid;
    },
    log: () => readFile(filesIn(home.dir).log, 'utf8'),
    async stop() {
      await endGently(server);
      if (home.isTemporary) await removeFolder(home.dir);
    },
    kill9: () => server.end('SIGKILL'),
    async restart() {
      await endGently(server);
      server = await startBroker(home);
    },
  };
}

async function prepareFolder(home: Home, properties: Readonly<Record<string, string>>): Promise<void> {
  const files = filesIn(home.dir);
  await mkdir(home.dir, { recursive: true });
  await writeFile(files.properties, await propertiesText(home, properties));
  await writeFile(files.log4j, log4jText);
  await formatStorage(home.jars, files.properties);
}

function filesIn(dir: string) {
  return {
    properties: join(dir, 'server.properties'),
    log4j: join(dir, 'log4j2.properties'),
    log: join(dir, 'kafka.log'),
  };
}

const log4jText = `status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
`;

async function propertiesText({ dir, port }: Home, own: Readonly<Record<string, string>>): Promise<string> {
  const controllerPort = await freePort();
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': join(dir, 'data'),
    // One node: the internal topics cannot have three copies. Few partitions keep start and kill -9 recovery short.
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '3',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '3',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // After kill -9 the controller takes the broker back only when its old session is over (9 s by default).
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    // A test should not wait three seconds for its first group to form.
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    // Our software creates its topics itself; a name mistyped must not become one.
    'auto.create.topics.enable': 'false',
    ...own,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Gives the data folder its cluster id; leaves one that has it alone. */
async function formatStorage(jars: string, propertiesFile: string): Promise<void> {
  const args = ['format', '--ignore-formatted', `--cluster-id=${clusterId}`, '--config', propertiesFile];
  const quick = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', join(jars, '*'), 'kafka.tools.StorageTool'];
  await run('java', [...quick, ...args]).catch((cause: { stderr?: string; message: string }) => {
    throw new Error(`Kafka's StorageTool failed: ${(cause.stderr || cause.message).trim()}`, { cause });
  });
}

async function startBroker({ jars, dir, isTemporary, port }: Home): Promise<ServerProcess> {
  const files = filesIn(dir);
  const heap = ['-Xmx512m', '-Xms256m', '-XX:+UseSerialGC', `-Dlog4j2.configurationFile=${files.log4j}`];
  const server = await startProcess({
    command: 'java',
    args: [...heap, '-cp', join(jars, '*'), 'kafka.Kafka', files.properties],
    cwd: dir,
    logFile: files.log,
    temporaryFolder: isTemporary ? dir : undefined,
  });
  try {
    await untilReady(server, 'Kafka', () => kafkaAnswers(`127.0.0.1:${port}`));
  } catch (cause) {
    await server.end('SIGKILL');
    const end = (await readFile(files.log, 'utf8')).trim().split('\n').slice(-12).join('\n');
    throw new Error(`Kafka did not start; its log ends with\n${end}`, { cause });
  }
  return server;
}

async function endGently(server: ServerProcess): Promise<void> {
  const late = setTimeout(() => void server.end('SIGKILL'), 20_000);
  await server.end('SIGTERM');
  clearTimeout(late);
}
