// gateway: remembers what the identity provider ended a moment ago, for people who are on their way back from it just then.
import type { Sessions } from '../sessions/sessions.ts';

/** What a logout token ended, or what an ID token began. */
export interface ProviderAct {
  readonly issuer: string;
  readonly sub: string | undefined;
  /** The provider's session; undefined where all of the account's are meant, or the provider names none. */
  readonly sid: string | undefined;
  /** When the provider made the token, by its own clock; it counts in whole seconds. */
  readonly madeAtMs: number;
}

/** What the provider ended. */
export interface ProviderLogouts {
  /** @throws HubError SESSIONS_AWAY */
  remember(logout: ProviderAct): Promise<void>;
  /**
   * Whether the provider ended a sign-in when or after it had made its ID token. Both times are the provider's, so that our clock does
   * not matter; within one second the logout counts as the later one, since signing in again is the smaller harm.
   * @throws HubError SESSIONS_AWAY
   */
  hasEnded(signIn: ProviderAct): Promise<boolean>;
}

/** From the moment when the code was redeemed a person is on the way for as long as the provider may take to answer, twice or so. */
const rememberedMs = 300_000;

function ofSession(issuer: string, sid: string): string {
  return `logout of session ${issuer} ${sid}`;
}

function ofAccount(issuer: string, sub: string): string {
  return `logout of account ${issuer} ${sub}`;
}

/**
 * Makes the memory, which all gateways share.
 * @param sessions whose store keeps it
 */
export function providerLogouts(sessions: Pick<Sessions, 'note' | 'noted'>): ProviderLogouts {
  return {
    async remember({ issuer, sub, sid, madeAtMs }) {
      const name = sid === undefined ? ofAccount(issuer, String(sub)) : ofSession(issuer, sid);
      await sessions.note(name, madeAtMs, rememberedMs);
    },
    async hasEnded({ issuer, sub, sid, madeAtMs }) {
      const names = [ofAccount(issuer, String(sub)), ...(sid === undefined ? [] : [ofSession(issuer, sid)])];
      const ends = await Promise.all(names.map((name) => sessions.noted(name)));
      return ends.some((endedAtMs) => endedAtMs !== undefined && endedAtMs >= madeAtMs);
    },
  };
}
