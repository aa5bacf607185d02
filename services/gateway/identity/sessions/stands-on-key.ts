// gateway: a session that was opened by the administrator's link stands on the key that the link made, and ends with it.
import type { Session } from './session.ts';
import type { Freshness, KeepFresh } from './session-identifier.ts';
import type { SessionInHand, Sessions } from './sessions.ts';

/** Says why a key counts no more; undefined where it counts. */
type WhyEnded = (keyId: string) => string | undefined | Promise<string | undefined>;

/** The account of a session that stands on a key. */
export function subjectOfKey(keyId: string): string {
  return `key ${keyId}`;
}

function keyIdOf({ how, subject }: Session): string | undefined {
  return how === 'link' ? /^key (.+)$/.exec(subject)?.[1] : undefined;
}

/**
 * Makes what looks at the key of a session before each of its requests; all gateways hear at once of a key that was revoked.
 * @param sessions those that end
 * @param whyEnded asked about the key
 * @param keepFresh keeps all other sessions
 */
export function standingOnKeys(sessions: Pick<Sessions, 'end'>, whyEnded: WhyEnded, keepFresh: KeepFresh): KeepFresh {
  async function end({ session }: SessionInHand, why: string): Promise<Freshness> {
    await sessions.end(session);
    return { ended: why };
  }

  return (inHand) => {
    const keyId = keyIdOf(inHand.session);
    if (keyId === undefined) return keepFresh(inHand);
    const judge = (why: string | undefined) => (why === undefined ? inHand : end(inHand, why));
    const why = whyEnded(keyId);
    return why instanceof Promise ? why.then(judge) : judge(why);
  };
}
