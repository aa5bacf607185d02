// Real servers for tests: says which ones can be reached, where, and what a test that lacks one should be told.
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * One thing that a test may need. A test says `{ skip: servers.kafka.missing }`: false where it is there, else a
 * sentence that names what is absent. With STAFFETTA_REQUIRE_ALL=1 reading `missing` throws that sentence instead:
 * where everything must be there, nothing is skipped.
 */
export type Requirement = {
  readonly name: string;
  /** Where it is or would be: an address or a folder. */
  readonly where: string;
  readonly missing: false | string;
};

/** The PostgreSQL server for tests: any of its databases, with a role that may create databases. */
export function databaseUrl(): string {
  return process.env.STAFFETTA_TEST_DATABASE_URL || 'postgres://postgres@127.0.0.1:5432/postgres';
}

/** The Redis for tests. Each test keeps to a key prefix of its own and never flushes. */
export function redisUrl(): string {
  return process.env.STAFFETTA_TEST_REDIS_URL || 'redis://127.0.0.1:6379';
}

/** Kafka's `host:port`; empty where the run has none. */
export function kafkaBrokers(): string {
  return process.env.STAFFETTA_TEST_KAFKA ?? '';
}

/** The run's shared mail server, `smtp://host:port`; empty where the run has none. */
export function smtpUrl(): string {
  return process.env.STAFFETTA_TEST_SMTP ?? '';
}

/** The same server's mailboxes, `imap://host:port`; empty where the run has none. */
export function imapUrl(): string {
  return process.env.STAFFETTA_TEST_IMAP ?? '';
}

/** The folder with SdI's official schemas and sample documents, which are not part of this repository. */
export function sharedFolder(): string {
  return process.env.STAFFETTA_SHARED || fileURLToPath(new URL('../../../shared', import.meta.url));
}

const softhsmModules = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

/** SoftHSM's PKCS#11 module; empty where there is none. */
export function softhsmModule(): string {
  const given = process.env.STAFFETTA_TEST_SOFTHSM;
  return given || (softhsmModules.find((path) => existsSync(path)) ?? '');
}

function hasSoftHsm(): boolean {
  return softhsmModule() !== '' && onPath('softhsm2-util') && onPath('pkcs11-tool');
}

/** Where Debian puts servers, which not everybody has on the PATH. */
const serverFolders = ['/usr/sbin', '/usr/local/sbin'];

/** What tests may need: probed once when this file is loaded, quickly, by opening a connection. */
export const servers = await requirements();

/** Looks which real servers and folders are there now. */
export async function requirements() {
  const runBrings = 'npm test starts one where Java 17 and Maven are installed';
  const [postgres, redis, kafka, smtp] = await Promise.all([
    connects(databaseUrl(), 5432),
    connects(redisUrl(), 6379),
    connects(kafkaBrokers() && `kafka://${kafkaBrokers().split(',')[0]}`, 9092),
    connects(smtpUrl(), 25),
  ]);
  const shared = sharedFolder();
  return {
    postgres: requirement('PostgreSQL', withoutPassword(databaseUrl()), postgres, 'set STAFFETTA_TEST_DATABASE_URL'),
    redis: requirement('Redis', withoutPassword(redisUrl()), redis, 'set STAFFETTA_TEST_REDIS_URL'),
    kafka: requirement('Kafka', kafkaBrokers(), kafka, `set STAFFETTA_TEST_KAFKA; ${runBrings}`),
    smtp: requirement('mail server', smtpUrl(), smtp, `set STAFFETTA_TEST_SMTP and _IMAP; ${runBrings}`),
    /** What it takes to start a Kafka or GreenMail of a test's own. */
    java: requirement('Java and Maven', '', canStartServers(), 'install Java 17 and Maven, and let Maven fetch'),
    /** What it takes to build and start the Java programs of a test's own. */
    javac: requirement(
      'Java compiler and Maven',
      '',
      canStartServers() && onPath('javac'),
      'install a JDK 17 and Maven',
    ),
    /** Programs that judge what we sign, and a token made of software. */
    openssl: requirement('openssl', '', onPath('openssl'), 'install OpenSSL 3'),
    xmlsec: requirement('xmlsec1', '', onPath('xmlsec1'), 'install xmlsec1'),
    softhsm: requirement('SoftHSM', softhsmModule(), hasSoftHsm(), 'install softhsm2 and opensc'),
    /** An IMAP server that keeps mails in files; each test starts one of its own. */
    dovecot: requirement('Dovecot', '', hasDovecot(), 'install dovecot-imapd'),
    /** A Redis of a test's own, which may be flushed and silenced. */
    redisServer: requirement('redis-server', '', onPath('redis-server'), 'install redis-server'),
    /** Reads the repositories of settings; tests make their own. */
    git: requirement('git', '', onPath('git'), 'install git'),
    shared: requirement('SdI samples', shared, existsSync(join(shared, 'sdi', 'samples')), 'set STAFFETTA_SHARED'),
  } satisfies Record<string, Requirement>;
}

/** A requirement and its sentence for those who lack it; `requireAll` is the run's STAFFETTA_REQUIRE_ALL. */
export function requirement(
  name: string,
  where: string,
  isThere: boolean,
  remedy: string,
  requireAll = process.env.STAFFETTA_REQUIRE_ALL === '1',
): Requirement {
  const sentence = `no ${name}${where ? ` at ${where}` : ''}: ${remedy}`;
  return {
    name,
    where,
    get missing() {
      if (isThere) return false;
      if (requireAll) throw new Error(`${sentence} (STAFFETTA_REQUIRE_ALL=1 lets no test be skipped)`);
      return sentence;
    },
  };
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  url.password = '';
  return url.href;
}

function connects(address: string, usualPort: number): Promise<boolean> {
  if (address === '') return Promise.resolve(false);
  const url = new URL(address);
  return new Promise((settle) => {
    const socket = connect(Number(url.port) || usualPort, url.hostname.replace(/^\[|\]$/g, ''));
    const answer = (isThere: boolean) => {
      socket.destroy();
      settle(isThere);
    };
    // A server that is absent refuses at once; one on a busy machine may take its time.
    socket.setTimeout(10_000, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('connect', () => answer(true));
  });
}

/** npm test sets STAFFETTA_TEST_NO_JAVA where the programs are there but the servers could not be fetched. */
function canStartServers(): boolean {
  return onPath('java') && onPath('mvn') && !process.env.STAFFETTA_TEST_NO_JAVA;
}

function hasDovecot(): boolean {
  return onPath('dovecot') && ['/usr/lib/dovecot/imap', '/usr/libexec/dovecot/imap'].some((path) => existsSync(path));
}

function onPath(program: string): boolean {
  const names = process.platform === 'win32' ? [`${program}.exe`, `${program}.cmd`] : [program];
  const given = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = process.platform === 'win32' ? given : [...given, ...serverFolders];
  return folders.some((folder) => names.some((name) => existsSync(resolve(folder, name))));
}
