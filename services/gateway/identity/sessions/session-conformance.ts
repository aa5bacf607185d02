// gateway: what sessions must do on every store.
import { turnableClock } from '@staffetta/platform/clock.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { fastify, type FastifyRequest } from 'fastify';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test, type TestContext } from 'node:test';
import { publicAddress } from './public-url.ts';
import { newSessionId, sessionKey } from './session-cookie.ts';
import type { SessionStore } from './session-store.ts';
import { createSessions, type Opening, type Sessions } from './sessions.ts';

const clientOf = () => ({ address: '192.0.2.1', proto: 'http', host: 'hub', forwardedFor: '192.0.2.1' }) as const;
const hour = 3_600_000;

/** One gateway of a test: sessions over a store and a server that opens and finds them. */
export function testGateway(store: SessionStore, clock = turnableClock()) {
  const rules = { sessionIdleMs: hour, sessionLifeMs: 12 * hour, sessionsPerPersonMax: 3 };
  const log = createLog('silent');
  const sessions = createSessions({ store, address: publicAddress('dev', undefined, clientOf), clock, log, rules });
  const app = fastify();
  app.post<{ Body: Opening }>('/open', async (request, reply) => sessions.openSession(request, reply, request.body));
  app.post('/end', async (request, reply) => {
    const found = await sessions.of(request);
    return { ended: typeof found === 'object' && (await sessions.endOf(request, reply, found.session)) };
  });
  app.get('/', async (request: FastifyRequest) => {
    const found = await sessions.of(request);
    if (typeof found === 'string') return { found };
    sessions.touch(found.session);
    return { found: 'session', session: found.session, tokens: sessions.tokensOf(found) };
  });
  return { app, sessions, clock };
}

/** A person of its own in each test. */
function somebody(more: Partial<Opening> = {}): Opening {
  return { subject: `idp ${randomUUID()}`, name: 'ada', roles: ['CUSTOMER'], customerId: 2, how: 'oidc', ...more };
}

type Gateway = ReturnType<typeof testGateway>;

async function open({ app }: Gateway, opening: Opening, cookie?: string): Promise<string> {
  const headers = { 'user-agent': 'a browser', ...(cookie !== undefined && { cookie }) };
  const answer = await app.inject({ method: 'POST', url: '/open', headers, payload: opening });
  assert.equal(answer.statusCode, 200, answer.body);
  const [set = ''] = [answer.headers['set-cookie']].flat();
  assert.match(set, /^staffetta=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  return set.split(';', 1)[0]!;
}

interface Found {
  readonly found: string;
  readonly session?: Record<string, unknown>;
  readonly tokens?: string;
}

async function find({ app }: Gateway, cookie: string): Promise<Found> {
  return (await app.inject({ url: '/', headers: { cookie } })).json<Found>();
}

async function eventually(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10));
}

const idOf = (cookie: string): string => cookie.slice('staffetta='.length);

/** Sessions that a request with this cookie would carry, without the server. */
async function inHand(sessions: Sessions, cookie: string) {
  const session = (await sessions.find(sessionKey(idOf(cookie)))) ?? assert.fail('the session is not there');
  return { id: idOf(cookie), session };
}

/**
 * Runs the suite on one store.
 * @param face its name in the titles
 * @param make makes a store of its own, ready to answer
 */
export function sessionConformance(face: string, make: () => Promise<SessionStore>): void {
  const start = async (t: TestContext): Promise<Gateway & { store: SessionStore }> => {
    const store = await make();
    const gateway = testGateway(store);
    t.after(async () => {
      await gateway.app.close();
      await store.close();
    });
    return { ...gateway, store };
  };

  describe(`sessions in ${face}`, () => {
    test('a session is found by its cookie with all that it was opened with', async (t) => {
      const gateway = await start(t);
      const person = somebody({ issuer: 'idp', sid: 's1' });
      const { found, session } = await find(gateway, await open(gateway, person));
      assert.equal(found, 'session');
      const { key, openedAtMs, usedAtMs, endsAtMs, agent, address, ...rest } = session ?? {};
      assert.deepEqual(rest, person);
      assert.match(String(key), /^[A-Za-z0-9_-]{43}$/);
      assert.equal(Number(endsAtMs) - Number(openedAtMs), 12 * hour);
      assert.equal(usedAtMs, openedAtMs);
      assert.deepEqual([agent, address], ['a browser', '192.0.2.1']);
    });

    test('an id that was never given, is cut, or comes twice finds nothing', async (t) => {
      const gateway = await start(t);
      const cookie = await open(gateway, somebody());
      assert.equal((await find(gateway, `staffetta=${newSessionId()}`)).found, 'over');
      assert.equal((await find(gateway, cookie.slice(0, -1))).found, 'unclear');
      assert.equal((await find(gateway, `${cookie}; ${cookie}`)).found, 'unclear');
      assert.equal((await find(gateway, `staffetta=${newSessionId()}; ${cookie}`)).found, 'unclear');
      assert.equal((await find(gateway, `other=1; ${cookie}`)).found, 'session');
      const { session } = await inHand(gateway.sessions, cookie);
      assert.equal((await find(gateway, `staffetta=${session.key}`)).found, 'over', 'the stored name signs nobody in');
    });

    test('a planted id never becomes a signed-in one, and an earlier session ends with a new sign-in', async (t) => {
      const gateway = await start(t);
      const planted = `staffetta=${newSessionId()}`;
      const first = await open(gateway, somebody(), planted);
      assert.notEqual(first, planted);
      assert.equal((await find(gateway, planted)).found, 'over');
      const second = await open(gateway, somebody(), first);
      assert.notEqual(second, first);
      assert.equal((await find(gateway, first)).found, 'over');
      assert.equal((await find(gateway, second)).found, 'session');
    });

    test('use prolongs a session up to its life, rest ends it', async (t) => {
      const gateway = await start(t);
      const cookie = await open(gateway, somebody());
      for (let used = 0; used < 14; used += 1) {
        gateway.clock.turn(0.8 * hour);
        assert.equal((await find(gateway, cookie)).found, 'session', String(used));
        const due = gateway.clock.now().getTime();
        const isTouched = async () => (await inHand(gateway.sessions, cookie)).session.usedAtMs >= due - 1000;
        await eventually(isTouched);
      }
      gateway.clock.turn(0.8 * hour);
      assert.equal((await find(gateway, cookie)).found, 'over', 'its life is over');
      const resting = await open(gateway, somebody());
      gateway.clock.turn(hour);
      assert.equal((await find(gateway, resting)).found, 'over', 'it rested too long');
    });

    test('the store forgets by itself', async (t) => {
      const { store, sessions, ...gateway } = await start(t);
      const { session } = await inHand(sessions, await open({ ...gateway, sessions }, somebody()));
      await store.touch(session.key, session.usedAtMs, 20);
      await eventually(async () => (await store.find(session.key)) === undefined);
      assert.deepEqual(await store.ofSubject(session.subject), []);
    });

    test('an ended session is gone and nothing brings it back', async (t) => {
      const gateway = await start(t);
      const cookie = await open(gateway, somebody());
      const stolen = await inHand(gateway.sessions, cookie);
      const ended = await gateway.app.inject({ method: 'POST', url: '/end', headers: { cookie } });
      assert.deepEqual(ended.json(), { ended: true });
      assert.match(String(ended.headers['set-cookie']), /^staffetta=; Path=\/;.*Max-Age=0$/);
      assert.equal((await find(gateway, cookie)).found, 'over');
      await gateway.store.touch(stolen.session.key, Date.now(), hour);
      assert.equal(await gateway.sessions.change(stolen, stolen.session, undefined), false);
      assert.equal(await gateway.sessions.end(stolen.session), false);
      assert.equal((await find(gateway, cookie)).found, 'over');
    });

    test('a renewal changes rights and tokens, and a touch at the same time undoes neither', async (t) => {
      const gateway = await start(t);
      const tokens = { text: 'first', renewAtMs: 1, dueAtMs: 2 };
      const cookie = await open(gateway, somebody({ roles: ['ARUBA', 'CUSTOMER'], tokens }));
      assert.equal((await find(gateway, cookie)).tokens, 'first');
      const before = await inHand(gateway.sessions, cookie);
      assert.ok(!JSON.stringify(before.session).includes('first'), 'tokens are sealed');
      const rights = { name: 'ada l', roles: ['ARUBA'] } as const;
      assert.equal(await gateway.sessions.change(before, rights, { ...tokens, text: 'second', renewAtMs: 3 }), true);
      await gateway.store.touch(before.session.key, 7, hour);
      const { session } = await inHand(gateway.sessions, cookie).catch(async () => ({
        session: (await gateway.store.find(before.session.key)) ?? assert.fail('gone'),
      }));
      assert.deepEqual([session.name, session.roles, session.customerId], ['ada l', ['ARUBA'], undefined]);
      assert.equal(session.usedAtMs, 7);
      assert.equal(gateway.sessions.tokensOf({ ...before, session }), 'second');
      assert.equal(gateway.sessions.tokensOf({ id: newSessionId(), session }), undefined, 'only its id opens them');
    });

    test('a person’s sessions are found, bounded, and found by the provider’s session', async (t) => {
      const gateway = await start(t);
      const person = somebody();
      const cookies: string[] = [];
      for (let count = 0; count < 4; count += 1) {
        cookies.push(await open(gateway, { ...person, issuer: 'idp', sid: `${person.subject} ${count % 2}` }));
        gateway.clock.turn(1000);
      }
      const other = await open(gateway, somebody());
      const founds = await Promise.all(cookies.map(async (cookie) => (await find(gateway, cookie)).found));
      assert.deepEqual(founds, ['over', 'session', 'session', 'session'], 'the oldest ended');
      assert.equal((await gateway.sessions.ofSubject(person.subject)).length, 3);
      assert.equal((await gateway.sessions.ofProviderSession('idp', `${person.subject} 0`)).length, 1);
      assert.equal((await gateway.sessions.ofProviderSession('idp', `${person.subject} 1`)).length, 2);
      assert.equal((await gateway.sessions.ofProviderSession('other', `${person.subject} 1`)).length, 0);
      assert.equal((await find(gateway, other)).found, 'session');
    });

    test('all sessions are listed, the newest first', async (t) => {
      const gateway = await start(t);
      const subjects: string[] = [];
      for (let count = 0; count < 3; count += 1) {
        const person = somebody();
        subjects.unshift(person.subject);
        await open(gateway, person);
        gateway.clock.turn(1000);
      }
      const { sessions, total } = await gateway.sessions.page(0, 2);
      assert.equal(total, 3);
      assert.deepEqual(
        sessions.map(({ subject }) => subject),
        subjects.slice(0, 2),
      );
      assert.equal((await gateway.sessions.page(2, 2)).sessions[0]?.subject, subjects[2]);
    });

    test('a name is taken once until its time is over', async (t) => {
      const { store } = await start(t);
      const name = randomUUID();
      const taken = await Promise.all([store.claim(name, 60_000), store.claim(name, 60_000)]);
      assert.equal(taken.filter(Boolean).length, 1);
      const short = randomUUID();
      assert.equal(await store.claim(short, 20), true);
      await eventually(() => store.claim(short, 60_000));
    });

    test('a note stays for its time, and the latest instant of a name counts', async (t) => {
      const { store } = await start(t);
      const name = randomUUID();
      assert.equal(await store.noted(name), undefined);
      const at = 1_764_072_000_123;
      await store.note(name, at, 60_000);
      await store.note(name, at - 1000, 60_000);
      assert.equal(await store.noted(name), at);
      await store.note(name, at + 1, 60_000);
      assert.equal(await store.noted(name), at + 1);
      assert.equal(await store.noted(randomUUID()), undefined);
      await store.note(name, at, 20);
      await eventually(async () => (await store.noted(name)) === undefined);
    });
  });
}
