// gateway: whether a kept key still counts, asked by its id: for what stands on a key without showing it.
import { HubError } from '@staffetta/flow/errors.ts';
import type { JudgeParts } from './judge-key.ts';
import type { KnownKey } from './known-keys.ts';

/**
 * Says why a key counts no more.
 * @param keyId of a key that was made here
 * @returns one sentence; undefined where it counts; a promise only where the database is asked
 * @throws HubError KEYS_AWAY, in the promise, where nobody can say
 */
export type WhyKeyEnded = (keyId: string) => string | undefined | Promise<string | undefined>;

function away(why: string, cause?: unknown): HubError {
  return new HubError('KEYS_AWAY', why, cause);
}

/** Where no keys are kept, nobody can say. */
export async function keysNotKept(): Promise<never> {
  throw away('This gateway has no database that knows the key which this session stands on.');
}

/**
 * Makes who says it.
 * @param parts memory, clock and database, as for the judge of keys that are shown
 */
export function keyStanding(parts: Pick<JudgeParts, 'known' | 'now' | 'isAwayTooLong' | 'find'>): WhyKeyEnded {
  const { known, now, isAwayTooLong, find } = parts;

  function whyOf({ isRevoked, expiresAt }: KnownKey): string | undefined {
    if (isRevoked) return 'The API key was revoked that this session was opened with.';
    return expiresAt && expiresAt <= now() ? 'The API key has ended that this session was opened with.' : undefined;
  }

  async function ask(keyId: string): Promise<string | undefined> {
    try {
      const key = await find(keyId);
      if (key) return whyOf(known.put(key));
    } catch (error) {
      if (!(error instanceof HubError) || error.kind !== 'unavailable') throw error;
      throw away('The database that knows the key which this session stands on does not answer.', error);
    }
    known.putAbsent(keyId);
    return 'The API key is gone that this session was opened with.';
  }

  return (keyId) => {
    const key = known.of(keyId);
    if (!key) return ask(keyId);
    if (!isAwayTooLong()) return whyOf(key);
    return Promise.reject(away('The database that knows the key which this session stands on has been away too long.'));
  };
}
