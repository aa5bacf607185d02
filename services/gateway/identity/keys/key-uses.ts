// gateway: remembers when and from where kept keys were used, and writes it down now and then, many at once.
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { noteKeyUses, type KeyUse } from './kept-keys.ts';
import type { KnownKey } from './known-keys.ts';
import type { Peppers } from './peppers.ts';

/** The uses since they were last written down. */
export interface KeyUses {
  /** Remembers a use; nothing is written on the way of a request. */
  note(known: KnownKey, key: string, at: Date, from: string): void;
  /** Writes them down; what could not be written is tried again with the next. */
  write(db: Queryable): Promise<void>;
}

/** The place of a use is shown to people; a forged one cannot be longer than an address is. */
const placeLengthMax = 45;

/**
 * Makes the memory of uses.
 * @param peppers a key that is kept under an old pepper is kept under the first from its next use on
 */
export function keyUses(peppers: Peppers): KeyUses {
  let uses = new Map<string, KeyUse>();

  function freshDigest(known: KnownKey, key: string): KeyUse['fresh'] {
    const first = peppers.first();
    if (!first || first.pepperId === known.pepper?.pepperId) return undefined;
    return { digest: first.digest(key), pepperId: first.pepperId };
  }

  return {
    note(known, key, at, from) {
      const before = uses.get(known.keyId);
      const fresh = before ? before.fresh : freshDigest(known, key);
      uses.set(known.keyId, { keyId: known.keyId, at, from: from.slice(0, placeLengthMax), fresh });
    },
    async write(db) {
      if (uses.size === 0) return;
      const taken = uses;
      uses = new Map();
      try {
        await noteKeyUses(db, [...taken.values()]);
      } catch (error) {
        uses = new Map([...taken, ...uses]);
        throw error;
      }
    },
  };
}
