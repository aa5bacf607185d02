// tools: the real servers that one run of the test suite shares.
import { requirements } from './servers/available.ts';
import { startGreenmail } from './servers/greenmail.ts';
import { startKafka } from './servers/kafka.ts';
import { dropForgottenDatabases } from './servers/postgres.ts';
import type { TestGroup } from './test-files.ts';

export type SharedServers = {
  /** What is used and what is not, a line each. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
};

/**
 * Starts the servers that the tests share and that no address was given for, and tells the test processes by their
 * environment. What cannot be had is left out: the tests that need it are skipped by name.
 * @param needs - whether Kafka and mail are needed at all
 * @throws Error naming everything absent, where STAFFETTA_REQUIRE_ALL=1.
 */
export async function startSharedServers(needs: { kafka: boolean; mail: boolean }): Promise<SharedServers> {
  const { java, postgres } = await requirements();
  const [canStart, hasPostgres] = [java.missing === false, postgres.missing === false];
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.splice(0).map((stopOne) => stopOne()));
  };
  const troubles: string[] = [];
  const attempt = async (wanted: boolean, start: () => Promise<(() => Promise<void>) | undefined>) => {
    if (!wanted) return;
    const stopOne = await start().catch((error: unknown) => {
      troubles.push(String(error));
      // What cannot be fetched for the run cannot be fetched for a test's own server either.
      process.env.STAFFETTA_TEST_NO_JAVA = '1';
      return undefined;
    });
    if (stopOne) stops.push(stopOne);
  };
  await Promise.all([
    attempt(needs.kafka && canStart, startSharedKafka),
    attempt(needs.mail && canStart, startSharedMail),
    hasPostgres && dropForgottenDatabases(),
  ]);
  try {
    return { lines: [...troubles, ...(await describe(needs))], stop };
  } catch (error) {
    await stop();
    throw new Error([...troubles, String(error)].join('\n'), { cause: error });
  }
}

/** Whether a test of this group and text needs the shared Kafka or mail server; where all is required, it may. */
export function needsOf(group: TestGroup, text: string): { kafka: boolean; mail: boolean } {
  if (group === 'journeys' || (group === 'int' && process.env.STAFFETTA_REQUIRE_ALL === '1')) {
    return { kafka: true, mail: true };
  }
  return {
    kafka: /servers\.kafka|kafkaBrokers|STAFFETTA_TEST_KAFKA/.test(text),
    mail: /servers\.smtp|smtpUrl|imapUrl|STAFFETTA_TEST_(SMTP|IMAP)/.test(text),
  };
}

async function startSharedKafka(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.STAFFETTA_TEST_KAFKA) return undefined;
  const kafka = await startKafka();
  process.env.STAFFETTA_TEST_KAFKA = kafka.brokers;
  return () => kafka.stop();
}

async function startSharedMail(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.STAFFETTA_TEST_SMTP) return undefined;
  const mail = await startGreenmail();
  process.env.STAFFETTA_TEST_SMTP = mail.smtpUrl;
  process.env.STAFFETTA_TEST_IMAP = mail.imapUrl;
  return () => mail.stop();
}

async function describe(needs: { kafka: boolean; mail: boolean }): Promise<string[]> {
  const { kafka, smtp, ...others } = await requirements();
  const wanted = [...Object.values(others), ...(needs.kafka ? [kafka] : []), ...(needs.mail ? [smtp] : [])];
  return wanted.map(({ name, where, missing }) => {
    if (missing) return `skips what needs it: ${missing}`;
    return `uses ${name}${where ? ` (${where})` : ''}`;
  });
}
