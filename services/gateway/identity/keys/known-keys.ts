// gateway: what it remembers of kept keys, so that a known one is judged without the database: keys, and ids that are none.
import type { Caller } from '@staffetta/platform/http/caller.ts';
import { BlockList, isIP } from 'node:net';
import type { Identified } from '../identity.ts';
import type { KeptKey } from './kept-keys.ts';
import type { Pepper, Peppers } from './peppers.ts';

/** A key in memory. */
export interface KnownKey {
  readonly keyId: string;
  readonly digest: Buffer;
  /** Undefined where this gateway lacks the pepper that the key was kept under. */
  readonly pepper: Pepper | undefined;
  readonly holder: Identified;
  /** The SHA-256 of the key once it was shown and found right: it is told again in half the time. In memory only. */
  readonly proven: { sha256: Buffer | undefined };
  readonly expiresAt: Date | null;
  readonly isRevoked: boolean;
  readonly networks: BlockList | undefined;
}

/** The memory. */
export interface KnownKeys {
  of(keyId: string): KnownKey | undefined;
  /** Whether the database said a moment ago that there is no such key. */
  isAbsent(keyId: string): boolean;
  put(key: KeptKey): KnownKey;
  putAbsent(keyId: string): void;
  /** Something happened to this key: what is remembered of it counts no more. */
  forget(keyId: string): void;
  /** How many keys cannot be judged, since their pepper is not here. */
  withoutPepper(): number;
}

/** A key that was just made elsewhere is told of by the database; this is for the case that the word was lost. */
const absentMs = 3000;

function isWithin(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function holderOf({ keyId, name, role, customerId, scopes, rateRule, expiresAt }: KeptKey): Identified {
  const caller: Caller = { name, roles: [role], ...(customerId !== null && { customerId }) };
  return {
    id: `key:${keyId}`,
    how: 'key',
    caller,
    ...(scopes && { scopes }),
    ...(rateRule && { rateRule }),
    ...(expiresAt && { untilMs: expiresAt.getTime() }),
  };
}

function makeRoom(map: Map<string, unknown>, max: number): void {
  for (const oldest of map.keys()) {
    if (map.size < max) return;
    map.delete(oldest);
  }
}

/**
 * Makes the memory.
 * @param peppers what keys are judged with
 * @param max how many keys, and how many ids that are none, it holds; the oldest go first
 * @param nowMs the real time
 */
export function knownKeys(peppers: Peppers, max: number, nowMs: () => number): KnownKeys {
  const known = new Map<string, KnownKey>();
  const absent = new Map<string, number>();
  return {
    of: (keyId) => known.get(keyId),
    isAbsent: (keyId) => (absent.get(keyId) ?? 0) > nowMs(),
    put(key) {
      const { keyId, digest, expiresAt, revokedAt, networks } = key;
      absent.delete(keyId);
      if (!known.has(keyId)) makeRoom(known, max);
      const made: KnownKey = {
        keyId,
        digest,
        pepper: peppers.of(key.pepperId),
        holder: holderOf(key),
        proven: { sha256: undefined },
        expiresAt,
        isRevoked: revokedAt !== null,
        networks: networks ? isWithin(networks) : undefined,
      };
      known.set(keyId, made);
      return made;
    },
    putAbsent(keyId) {
      known.delete(keyId);
      makeRoom(absent, max);
      absent.set(keyId, nowMs() + absentMs);
    },
    forget(keyId) {
      absent.delete(keyId);
      known.delete(keyId);
    },
    withoutPepper: () => [...known.values()].filter(({ pepper }) => !pepper).length,
  };
}
