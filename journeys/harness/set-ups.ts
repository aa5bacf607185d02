// journeys: the set-ups on which a story is told: the default, real parts, and real parts with each service in its own process.
import { imapUrl, kafkaBrokers, redisUrl, servers, smtpUrl } from '@staffetta/tools/servers/available.ts';
import { freshDatabase } from '@staffetta/tools/servers/postgres.ts';
import { after, before, describe } from 'node:test';
import { Estate, ownName, type EstateOptions } from './estate.ts';
import { imapMailbox } from './mailbox.ts';
import type { PromiseName } from './promises.ts';

/** What a story wants of its set-up. */
export interface Wishes {
  /** Settings by their environment names. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where mails go: the sandbox, which can be told to misbehave, unless the story takes any server. */
  readonly mail?: 'any' | 'sandbox';
  /** Another Kafka than the run's. */
  readonly kafkaBrokers?: string;
  /** What goes with the estate: a mail server of its own, for example. */
  readonly alsoEnds?: () => Promise<void>;
}

function endBoth(one: () => Promise<void>, other: (() => Promise<void>) | undefined): () => Promise<void> {
  return async () => {
    await one();
    await other?.();
  };
}

/** A set-up, and what it lacks here. */
export interface SetUp {
  readonly name: string;
  readonly missing: false | string;
  start(wishes: Wishes): Promise<Estate>;
}

const realParts = servers.postgres.missing || servers.kafka.missing || servers.redis.missing;

async function realOptions(shape: EstateOptions['shape'], wishes: Wishes): Promise<EstateOptions> {
  const database = await freshDatabase();
  const name = ownName();
  const realMail = wishes.mail === 'any' && smtpUrl() !== '';
  const mailTo = `${name}@pec.fatturapa.example`;
  return {
    shape,
    settings: {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: wishes.kafkaBrokers ?? kafkaBrokers(),
      KAFKA_TOPIC_PREFIX: `${name}.`,
      REDIS_URL: redisUrl(),
      ...(realMail && { SMTP_URL: smtpUrl(), MAIL_TO: mailTo }),
      ...wishes.settings,
    },
    ...(realMail && { mailbox: imapMailbox(imapUrl(), mailTo) }),
    alsoEnds: endBoth(() => database.drop(), wishes.alsoEnds),
  };
}

/** What `npm start` gives: one process, its own Postgres, the bus in it. */
export const defaultSetUp: SetUp = {
  name: 'default',
  missing: false,
  start: ({ settings = {}, alsoEnds }) => Estate.start({ shape: 'hub', settings, ...(alsoEnds && { alsoEnds }) }),
};

/** One process on real Kafka, PostgreSQL, Redis and, where the story takes any, a real mail server. */
export const realSetUp: SetUp = {
  name: 'real',
  missing: realParts,
  start: async (wishes) => Estate.start(await realOptions('hub', wishes)),
};

/** Each service in a process of its own, on the same real parts. */
export const splitSetUp: SetUp = {
  name: 'split',
  missing: realParts,
  start: async (wishes) => Estate.start(await realOptions('split', wishes)),
};

/** Each service in a process of its own, on one PostgreSQL that carries the bus too. */
export const splitOnPostgresSetUp: SetUp = {
  name: 'split on PostgreSQL',
  missing: servers.postgres.missing,
  async start({ settings = {}, alsoEnds }) {
    const database = await freshDatabase();
    const all = { DATABASE_URL: database.url, ...settings };
    return Estate.start({ shape: 'split', settings: all, alsoEnds: endBoth(() => database.drop(), alsoEnds) });
  },
};

/**
 * Tells a story on each set-up, with one estate for all its tests; a set-up that lacks a server is skipped by name.
 * @param setUps where
 * @param wishes what the story wants of each
 * @param story registers the tests; the estate is there once they run
 */
export function tellOn(setUps: readonly SetUp[], wishes: Wishes, story: (estate: () => Estate) => void): void {
  for (const setUp of setUps) {
    describe(`on the ${setUp.name} set-up`, { skip: setUp.missing }, () => {
      let estate: Estate | undefined;
      before(async () => {
        estate = await setUp.start(wishes);
      });
      after(async () => {
        await estate?.stop();
      });
      story(() => {
        if (!estate) throw new Error('the estate is there only once a test runs');
        return estate;
      });
    });
  }
}

/**
 * Tells a promise on each set-up, under its name.
 * @param promise which
 * @param told the set-ups, what the story wants of each, and the story, as for `tellOn`
 */
export function tellPromise(promise: PromiseName, ...told: Parameters<typeof tellOn>): void {
  describe(promise, () => tellOn(...told));
}
