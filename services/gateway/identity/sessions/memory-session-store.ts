// gateway: sessions in this process's memory, for a gateway that is the only one.
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

interface Kept {
  session: Session;
  untilMs: number;
}

/** How many taken names, and how many notes, are remembered at most, so that a flood of them does not grow without end. */
const namesMax = 100_000;

/** An instant under a name. */
interface Note {
  readonly atMs: number;
  readonly untilMs: number;
}

function dropOver<T>(kept: Map<string, T>, untilMsOf: (one: T) => number): void {
  const nowMs = performance.now();
  for (const [name, one] of kept) if (untilMsOf(one) <= nowMs) kept.delete(name);
}

function dropOldest(kept: Map<string, unknown>, most: number): void {
  for (const name of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(name);
  }
}

/**
 * Makes a store in memory. A touch moves a session to the end of the map, so that the first is the one that rested longest.
 * @param sessionsMax how many are kept; past it those that are over go, then the one that rested longest
 */
export function memorySessionStore(sessionsMax: number): SessionStore {
  const kept = new Map<string, Kept>();
  const claims = new Map<string, number>();
  const notes = new Map<string, Note>();

  function noteNow(name: string): Note | undefined {
    const note = notes.get(name);
    return note && note.untilMs > performance.now() ? note : undefined;
  }

  function find(key: string): Session | undefined {
    const one = kept.get(key);
    if (one && one.untilMs <= performance.now()) kept.delete(key);
    return kept.get(key)?.session;
  }

  function all(): Session[] {
    dropOver(kept, ({ untilMs }) => untilMs);
    return [...kept.values()].map(({ session }) => session);
  }

  return {
    async add(session, forMs) {
      if (kept.size >= sessionsMax) dropOver(kept, ({ untilMs }) => untilMs);
      dropOldest(kept, sessionsMax - 1);
      kept.set(session.key, { session, untilMs: performance.now() + forMs });
    },
    find,
    async touch(key, usedAtMs, forMs) {
      const session = find(key);
      if (!session) return;
      kept.delete(key);
      kept.set(key, { session: { ...session, usedAtMs }, untilMs: performance.now() + forMs });
    },
    async change(key, { rights, tokens }) {
      const one = kept.get(key);
      if (!one || !find(key)) return false;
      const { name: _name, roles: _roles, customerId: _customerId, tokens: _tokens, ...fixed } = one.session;
      one.session = { ...fixed, ...rights, ...(tokens && { tokens }) };
      return true;
    },
    async remove({ key }) {
      return find(key) !== undefined && kept.delete(key);
    },
    async ofSubject(subject) {
      return all().filter((one) => one.subject === subject);
    },
    async ofProviderSession(issuer, sid) {
      return all().filter((one) => one.issuer === issuer && one.sid === sid);
    },
    async page(offset, limit) {
      const newestFirst = all().sort((one, other) => other.openedAtMs - one.openedAtMs);
      return { sessions: newestFirst.slice(offset, offset + limit), total: newestFirst.length };
    },
    async claim(name, forMs) {
      if ((claims.get(name) ?? 0) > performance.now()) return false;
      if (claims.size >= namesMax) dropOver(claims, (untilMs) => untilMs);
      dropOldest(claims, namesMax - 1);
      claims.set(name, performance.now() + forMs);
      return true;
    },
    async note(name, atMs, forMs) {
      const latestMs = Math.max(atMs, noteNow(name)?.atMs ?? atMs);
      if (notes.size >= namesMax) dropOver(notes, ({ untilMs }) => untilMs);
      dropOldest(notes, namesMax - 1);
      notes.delete(name);
      notes.set(name, { atMs: latestMs, untilMs: performance.now() + forMs });
    },
    noted: async (name) => noteNow(name)?.atMs,
    async ping() {},
    async close() {
      kept.clear();
    },
  };
}
