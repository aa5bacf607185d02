// gateway: where sessions are kept as the gateway sees it: one face over memory and over Redis.
import type { KeptTokens, Rights, Session } from './session.ts';

/** What a renewal changes. */
export interface SessionChange {
  readonly rights: Rights;
  readonly tokens: KeptTokens | undefined;
}

/** A page of all sessions, the newest first. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  readonly total: number;
}

/**
 * Keeps sessions. What is removed stays away: neither a touch nor a change brings it back. Every method fails with
 * `SESSIONS_AWAY` where the part behind it does not answer in time.
 */
export interface SessionStore {
  /** @param forMs after how many milliseconds without a touch it is forgotten */
  add(session: Session, forMs: number): Promise<void>;
  /** Answers without a promise where it can, for the sake of speed. */
  find(key: string): Session | undefined | Promise<Session | undefined>;
  touch(key: string, usedAtMs: number, forMs: number): Promise<void>;
  /** @returns whether it was still there */
  change(key: string, change: SessionChange): Promise<boolean>;
  /** @returns whether it was still there */
  remove(session: Session): Promise<boolean>;
  ofSubject(subject: string): Promise<readonly Session[]>;
  /** The sessions that stand on one session of an identity provider. */
  ofProviderSession(issuer: string, sid: string): Promise<readonly Session[]>;
  page(offset: number, limit: number): Promise<SessionPage>;
  /**
   * Lets a name be taken once: for what must not happen twice on all gateways together.
   * @returns whether nobody took it in the last `forMs` milliseconds
   */
  claim(name: string, forMs: number): Promise<boolean>;
  /** Remembers an instant under a name for a while, for all gateways; of several under one name the latest stays. */
  note(name: string, atMs: number, forMs: number): Promise<void>;
  /** @returns the instant that was noted; undefined where none was, or it is forgotten */
  noted(name: string): Promise<number | undefined>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
