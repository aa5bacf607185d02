// gateway: whether a kept key counts: its digest, its end, where it comes from. A known key is judged at once.
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { hash, timingSafeEqual } from 'node:crypto';
import type { Identified, Refusal } from '../identity.ts';
import type { ReadKey, Stage } from './key-form.ts';
import type { KeptKey } from './kept-keys.ts';
import type { KeyUses } from './key-uses.ts';
import type { KnownKey, KnownKeys } from './known-keys.ts';
import type { Pepper } from './peppers.ts';

/** What the judge leans on. */
export interface JudgeParts {
  readonly known: KnownKeys;
  readonly uses: KeyUses;
  readonly now: () => Date;
  /** Where this hub's own keys are made. */
  readonly stage: Stage;
  /** Whether the database was silent for too long for known keys to go on. */
  readonly isAwayTooLong: () => boolean;
  /** Asks the database. */
  readonly find: (keyId: string) => Promise<KeptKey | undefined>;
  /** How many look-ups there may be at once. */
  readonly lookupsMax: number;
}

/** A key that somebody shows. */
export interface ShownKey {
  readonly text: string;
  readonly read: Extract<ReadKey, { kind: 'key' }>;
  /** The client's address. */
  readonly from: string;
}

/** Judges keys. */
export type KeyJudge = (shown: ShownKey) => Identified | Refusal | Promise<Identified | Refusal>;

/** What is said of keys that are none of ours, whatever is wrong with them: nobody learns which ids exist. */
export const noneOfOurs: Refusal = { refused: 'KEY_WRONG', why: 'The API key is none of ours.' };

function wrong(why: string): Refusal {
  return { refused: 'KEY_WRONG', why };
}

function away(why: string): Refusal {
  return { refused: 'KEYS_AWAY', why };
}

const databaseAway = away('This API key is not known here, and the database that knows it does not answer.');
const silentTooLong = away('The database that knows whether this API key still counts has been away for too long.');
const pepperMissing = away('This API key was kept under a pepper that this gateway does not have.');

function isFrom(known: KnownKey, address: string): boolean {
  if (!known.networks) return true;
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  return known.networks.check(plain, plain.includes(':') ? 'ipv6' : 'ipv4');
}

/** What is wrong with a key whose secret is right; it is told, for it is the holder who asks. */
function troubleOf(known: KnownKey, { read, from }: ShownKey, { now, stage }: JudgeParts): Refusal | undefined {
  if (known.isRevoked) return wrong('This API key was revoked.');
  if (known.expiresAt && known.expiresAt <= now()) {
    return wrong(`This API key ended at ${toRomeWallTime(known.expiresAt).slice(0, 16)} (Rome).`);
  }
  if (read.stage === 'test' && stage === 'live')
    return wrong('This API key was made for trying; production takes none.');
  if (!isFrom(known, from)) {
    return { refused: 'ROLE_WRONG', why: 'This API key may not be used from this address.' };
  }
  return undefined;
}

function hasSecret({ digest, proven }: KnownKey, pepper: Pepper, text: string): boolean {
  const sha256 = hash('sha256', text, 'buffer');
  if (proven.sha256 && timingSafeEqual(sha256, proven.sha256)) return true;
  if (!timingSafeEqual(pepper.digest(text), digest)) return false;
  proven.sha256 = sha256;
  return true;
}

function judgeKnown(known: KnownKey, shown: ShownKey, parts: JudgeParts): Identified | Refusal {
  if (parts.isAwayTooLong()) return silentTooLong;
  if (!known.pepper) return pepperMissing;
  if (!hasSecret(known, known.pepper, shown.text)) return noneOfOurs;
  const trouble = troubleOf(known, shown, parts);
  if (trouble) return trouble;
  parts.uses.note(known, shown.text, parts.now(), shown.from);
  return known.holder;
}

/**
 * Makes the judge. A key that is not in memory is looked up, a few at once: whoever makes up keys cannot keep the database busy.
 * While it is away such a key gets KEYS_AWAY and not KEY_WRONG: it may well count, and its holder must not throw it away.
 */
export function keyJudge(parts: JudgeParts): KeyJudge {
  const { known, lookupsMax } = parts;
  const underWay = new Map<string, Promise<KnownKey | undefined>>();

  async function ask(keyId: string): Promise<KnownKey | undefined> {
    const key = await parts.find(keyId);
    if (key) return known.put(key);
    known.putAbsent(keyId);
    return undefined;
  }

  function askOnce(keyId: string): Promise<KnownKey | undefined> {
    const before = underWay.get(keyId);
    if (before) return before;
    const asking = ask(keyId).finally(() => underWay.delete(keyId));
    underWay.set(keyId, asking);
    return asking;
  }

  async function lookUp(shown: ShownKey): Promise<Identified | Refusal> {
    try {
      const found = await askOnce(shown.read.keyId);
      return found ? judgeKnown(found, shown, parts) : noneOfOurs;
    } catch (error) {
      if (error instanceof HubError && error.kind === 'unavailable') return databaseAway;
      throw error;
    }
  }

  return (shown) => {
    const { keyId } = shown.read;
    const found = known.of(keyId);
    if (found) return judgeKnown(found, shown, parts);
    if (known.isAbsent(keyId)) return noneOfOurs;
    const isBusy = underWay.size >= lookupsMax && !underWay.has(keyId);
    return isBusy ? away('Too many unknown API keys are being looked up; this one waits.') : lookUp(shown);
  };
}
