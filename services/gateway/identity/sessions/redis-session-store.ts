// gateway: sessions in Redis, shared by all gateways; what Redis forgets is signed in for again.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { hash } from 'node:crypto';
import { Redis, type Result } from 'ioredis';
import { holdOff } from './hold-off.ts';
import type { KeptTokens, Rights, Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

/**
 * A session is a hash of four fields: what never changes, its rights, when it was used, its tokens; each is written by
 * itself, so that a touch never undoes a renewal. Three kinds of sorted sets lead to it: all, of a subject, of a session of
 * the identity provider; a set keeps members that Redis forgot until somebody reads it or adds to it.
 */
const addScript = `
local endsAt, forMs, lifeMs, now = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
redis.call('HSET', KEYS[1], 'fixed', ARGV[6], 'rights', ARGV[7], 'used', ARGV[8], 'tokens', ARGV[9])
redis.call('PEXPIRE', KEYS[1], forMs)
for index = 2, #KEYS do
  redis.call('ZREMRANGEBYSCORE', KEYS[index], '-inf', now)
  redis.call('ZADD', KEYS[index], endsAt, ARGV[1])
  redis.call('PEXPIRE', KEYS[index], math.max(lifeMs, redis.call('PTTL', KEYS[index])))
end
return 1
`;

/** Writes fields only where the session is still there; an empty `forMs` leaves its end as it is. */
const writeScript = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
if ARGV[1] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1
`;

/** Of several instants under one name the latest stays. */
const noteScript = `
local at = math.max(tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1])) or 0)
redis.call('SET', KEYS[1], string.format('%.0f', at), 'PX', ARGV[2])
return 1
`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    addSession(...keysAndArguments: (string | number)[]): Result<number, Context>;
    writeSession(key: string, forMs: number | '', ...fields: (string | number)[]): Result<number, Context>;
    noteInstant(key: string, atMs: number, forMs: number): Result<number, Context>;
  }
}

/** How sessions in Redis are kept. */
export interface RedisSessionStoreOptions {
  readonly url: string;
  readonly answerTimeoutMs: number;
  readonly log: Log;
  /** Begins every key; tests have their own. */
  readonly keyPrefix?: string;
}

/** How long a Redis that did not answer in time is left alone: each request with a session would wait as long in vain. */
const restMs = 1000;

/** What `ioredis` says where `commandTimeout` is over. */
function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Command timed out';
}

const fields = ['fixed', 'rights', 'used', 'tokens'] as const;

function connect({ url, answerTimeoutMs, log }: RedisSessionStoreOptions): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1000,
    commandTimeout: answerTimeoutMs,
    retryStrategy: (tries) => Math.min(tries * 200, 5000),
    scripts: {
      addSession: { lua: addScript },
      writeSession: { lua: writeScript, numberOfKeys: 1 },
      noteInstant: { lua: noteScript, numberOfKeys: 1 },
    },
  });
  let away = false;
  redis.on('ready', () => {
    if (away) log.info('sessions.redisIsBack');
    away = false;
  });
  // Without a listener a lost connection would end the process; one line per absence is enough.
  redis.on('error', (error) => {
    if (!away) log.warn({ err: error }, 'sessions.redisAway');
    away = true;
  });
  return redis;
}

function awayError(cause: unknown): HubError {
  return new HubError('SESSIONS_AWAY', 'Sessions cannot be read or written at the moment.', cause);
}

function readSession(key: string, values: readonly (string | null)[]): Session | undefined {
  const [fixed, rights, used, tokens] = values;
  if (!fixed || !rights || !used) return undefined;
  return {
    ...(JSON.parse(fixed) as Session),
    ...(JSON.parse(rights) as Rights),
    key,
    usedAtMs: Number(used),
    ...(tokens && { tokens: JSON.parse(tokens) as KeptTokens }),
  };
}

function rightsOf({ name, roles, customerId }: Rights): Rights {
  return { name, roles, ...(customerId !== undefined && { customerId }) };
}

function fixedOf(session: Session): Partial<Session> {
  const {
    key: _key,
    name: _name,
    roles: _roles,
    customerId: _id,
    usedAtMs: _used,
    tokens: _tokens,
    ...fixed
  } = session;
  return fixed;
}

/** Names of what leads to sessions. */
interface Names {
  session(key: string): string;
  claim(name: string): string;
  note(name: string): string;
  readonly all: string;
  subject(subject: string): string;
  provider(issuer: string, sid: string): string;
}

function namesUnder(prefix: string): Names {
  const short = (text: string): string => hash('sha256', text, 'base64url');
  return {
    session: (key) => `${prefix}session:${key}`,
    claim: (name) => `${prefix}claim:${short(name)}`,
    note: (name) => `${prefix}note:${short(name)}`,
    all: `${prefix}all`,
    subject: (subject) => `${prefix}subject:${short(subject)}`,
    provider: (issuer, sid) => `${prefix}provider:${short(`${issuer} ${sid}`)}`,
  };
}

function setsOf(names: Names, { subject, issuer, sid }: Session): string[] {
  const provider = issuer !== undefined && sid !== undefined ? [names.provider(issuer, sid)] : [];
  return [names.all, names.subject(subject), ...provider];
}

/** Redis counts in whole milliseconds, and takes no zero. */
function wholeMs(forMs: number): number {
  return Math.max(1, Math.ceil(forMs));
}

/** What `pipeline().exec()` gives, whose first failure is thrown. */
function answersOf(results: [error: Error | null, result: unknown][] | null): unknown[] {
  return (results ?? []).map(([error, result]) => {
    if (error) throw error;
    return result;
  });
}

async function findAll(redis: Redis, names: Names, set: string, keys: readonly string[]): Promise<Session[]> {
  if (keys.length === 0) return [];
  const asked = redis.pipeline();
  for (const key of keys) asked.hmget(names.session(key), ...fields);
  const answers = answersOf(await asked.exec()) as (string | null)[][];
  const found = keys.map((key, index) => readSession(key, answers[index] ?? []));
  const gone = keys.filter((_key, index) => !found[index]);
  if (gone.length > 0) await redis.zrem(set, ...gone);
  return found.filter((one) => one !== undefined);
}

/**
 * Makes a store in Redis.
 * @param options see there
 */
export function redisSessionStore(options: RedisSessionStoreOptions): SessionStore {
  const redis = connect(options);
  const names = namesUnder(options.keyPrefix ?? 'staffetta:sessions:');
  const patient = holdOff({ isSilence, restMs, nowMs: () => performance.now() });

  async function ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await patient.ask(question);
    } catch (error) {
      throw awayError(error);
    }
  }

  async function members(set: string): Promise<Session[]> {
    return findAll(redis, names, set, await redis.zrange(set, '0', '-1'));
  }

  return {
    add: (session, forMs) =>
      ask(async () => {
        const keys = [names.session(session.key), ...setsOf(names, session)];
        const { endsAtMs, openedAtMs } = session;
        const times = [endsAtMs, forMs, endsAtMs - openedAtMs, openedAtMs];
        const tokens = session.tokens ? JSON.stringify(session.tokens) : '';
        const written = [JSON.stringify(fixedOf(session)), JSON.stringify(rightsOf(session)), session.usedAtMs, tokens];
        await redis.addSession(keys.length, ...keys, session.key, ...times, ...written);
      }),
    find: (key) => ask(async () => readSession(key, await redis.hmget(names.session(key), ...fields))),
    touch: (key, usedAtMs, forMs) =>
      ask(async () => void (await redis.writeSession(names.session(key), forMs, 'used', usedAtMs))),
    change: (key, { rights, tokens }) =>
      ask(async () => {
        const kept = tokens ? JSON.stringify(tokens) : '';
        const written = ['rights', JSON.stringify(rightsOf(rights)), 'tokens', kept];
        return (await redis.writeSession(names.session(key), '', ...written)) === 1;
      }),
    remove: (session) =>
      ask(async () => {
        const asked = redis.pipeline().del(names.session(session.key));
        for (const set of setsOf(names, session)) asked.zrem(set, session.key);
        return answersOf(await asked.exec())[0] === 1;
      }),
    ofSubject: (subject) => ask(() => members(names.subject(subject))),
    ofProviderSession: (issuer, sid) => ask(() => members(names.provider(issuer, sid))),
    page: (offset, limit) =>
      ask(async () => {
        const keys = await redis.zrevrange(names.all, offset, offset + limit - 1);
        return { sessions: await findAll(redis, names, names.all, keys), total: await redis.zcard(names.all) };
      }),
    claim: (name, forMs) =>
      ask(async () => (await redis.set(names.claim(name), '1', 'PX', wholeMs(forMs), 'NX')) === 'OK'),
    note: (name, atMs, forMs) =>
      ask(async () => void (await redis.noteInstant(names.note(name), Math.round(atMs), wholeMs(forMs)))),
    noted: (name) =>
      ask(async () => {
        const atMs = await redis.get(names.note(name));
        return atMs === null ? undefined : Number(atMs);
      }),
    ping: () => ask(async () => void (await redis.ping())),
    async close() {
      redis.disconnect();
    },
  };
}
