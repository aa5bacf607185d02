// gateway: what people do with kept keys: make, rotate, revoke, delete; each in one transaction with its audit row.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Queryable, Tx } from '@staffetta/platform/store/store.ts';
import { noteAct } from './audit.ts';
import { endKey, insertKey, lockKey, removeKey, setRevoked, type KeptKey, type KeyTerms } from './kept-keys.ts';
import { makeKey } from './key-form.ts';
import type { KeptKeys } from './open-kept-keys.ts';

/** Who acts, and why. */
export interface Act {
  readonly by: string;
  readonly reason: string | undefined;
}

/** A key that was just made; its text is shown this once and kept nowhere. */
export interface MadeKey {
  readonly kept: KeptKey;
  readonly key: string;
}

/** A key that follows another, and until when that one still counts. */
export interface RotatedKey extends MadeKey {
  readonly replaces: { readonly keyId: string; readonly expiresAt: Date };
}

/** The name of a key in the audit. */
export function subjectOf(keyId: string): string {
  return `key ${keyId}`;
}

/** Whether a key counts no more. */
export function hasEnded({ revokedAt, expiresAt }: KeptKey, now: Date): boolean {
  return revokedAt !== null || (expiresAt !== null && expiresAt <= now);
}

async function lockedKey(tx: Tx, keyId: string): Promise<KeptKey> {
  const key = await lockKey(tx, keyId);
  if (key) return key;
  throw new HubError('KEY_UNKNOWN', `There is no key ${keyId}.`);
}

/**
 * Makes a key within a transaction.
 * @param keys what it is mixed and marked with
 * @param db the transaction
 * @param terms what it may do
 * @param act who makes it, and why
 */
export async function addKey(keys: KeptKeys, db: Queryable, terms: KeyTerms, act: Act): Promise<MadeKey> {
  const pepper = keys.peppers.forNew();
  const { keyId, key } = makeKey(keys.stage);
  const at = keys.now();
  const kept: KeptKey = {
    ...terms,
    keyId,
    digest: pepper.digest(key),
    pepperId: pepper.pepperId,
    createdAt: at,
    createdBy: act.by,
    successorId: null,
    revokedAt: null,
    lastUsedAt: null,
    lastUsedFrom: null,
  };
  await insertKey(db, kept);
  const { name, role, customerId, scopes, networks, expiresAt } = terms;
  const details = { name, role, customerId, scopes, networks, expiresAt };
  await noteAct(db, { at, ...act, action: 'key.create', subject: subjectOf(keyId), details });
  return { kept, key };
}

/** Makes a key. @throws HubError KEYS_AWAY */
export async function createKey(keys: KeptKeys, terms: KeyTerms, act: Act): Promise<MadeKey> {
  const made = await keys.store().transaction((tx) => addKey(keys, tx, terms, act));
  await keys.refresh(made.kept.keyId);
  return made;
}

/** A key that lived for a set time lives as long again; one without an end goes on without one. */
function nextEnd({ createdAt, expiresAt }: KeptKey, now: Date): Date | null {
  return expiresAt && new Date(now.getTime() + (expiresAt.getTime() - createdAt.getTime()));
}

function insistOnCounting(old: KeptKey, now: Date): void {
  if (old.successorId !== null) {
    throw new HubError('KEY_ENDED', `The key ${old.keyId} was rotated already; ${old.successorId} follows it.`);
  }
  if (hasEnded(old, now)) throw new HubError('KEY_ENDED', `The key ${old.keyId} has ended; it cannot be rotated.`);
}

/**
 * Makes a key that follows another: same name, role, scopes, networks and limit. The old one goes on for a while.
 * @param keyId the old one
 * @param wish milliseconds that the old one goes on, and the new one's end (undefined: as long a life as the old one's)
 * @param act who, and why
 * @param mayGive throws where who acts may not give what the old key may
 * @throws HubError KEY_UNKNOWN, KEY_ENDED, KEYS_AWAY
 */
export async function rotateKey(
  keys: KeptKeys,
  keyId: string,
  wish: { readonly overlapMs: number; readonly expiresAt: Date | null | undefined },
  act: Act,
  mayGive: (old: KeptKey) => void,
): Promise<RotatedKey> {
  const made = await keys.store().transaction(async (tx) => {
    const old = await lockedKey(tx, keyId);
    const now = keys.now();
    insistOnCounting(old, now);
    mayGive(old);
    const expiresAt = wish.expiresAt === undefined ? nextEnd(old, now) : wish.expiresAt;
    const next = await addKey(keys, tx, { ...old, expiresAt }, act);
    const overlapEnd = new Date(now.getTime() + wish.overlapMs);
    const oldEnd = old.expiresAt && old.expiresAt < overlapEnd ? old.expiresAt : overlapEnd;
    await endKey(tx, keyId, oldEnd, next.kept.keyId);
    const details = { successorId: next.kept.keyId, expiresAt: oldEnd };
    await noteAct(tx, { at: now, ...act, action: 'key.rotate', subject: subjectOf(keyId), details });
    return { ...next, replaces: { keyId, expiresAt: oldEnd } };
  });
  await Promise.all([keys.refresh(keyId), keys.refresh(made.kept.keyId)]);
  return made;
}

/** Revokes a key; one that is revoked stays as it is. @throws HubError KEY_UNKNOWN, KEYS_AWAY */
export async function revokeKey(keys: KeptKeys, keyId: string, act: Act): Promise<KeptKey> {
  const revoked = await keys.store().transaction(async (tx) => {
    const key = await lockedKey(tx, keyId);
    if (key.revokedAt !== null) return key;
    const at = keys.now();
    await setRevoked(tx, keyId, at);
    await noteAct(tx, { at, ...act, action: 'key.revoke', subject: subjectOf(keyId) });
    return { ...key, revokedAt: at };
  });
  await keys.refresh(keyId);
  return revoked;
}

/** Deletes a key that has ended; its audit rows stay. @throws HubError KEY_UNKNOWN, KEY_IN_USE, KEYS_AWAY */
export async function deleteKey(keys: KeptKeys, keyId: string, act: Act): Promise<void> {
  await keys.store().transaction(async (tx) => {
    const key = await lockedKey(tx, keyId);
    const at = keys.now();
    if (!hasEnded(key, at)) throw new HubError('KEY_IN_USE', `The key ${keyId} still counts.`);
    await removeKey(tx, keyId);
    const details = { name: key.name, role: key.role, customerId: key.customerId };
    await noteAct(tx, { at, ...act, action: 'key.delete', subject: subjectOf(keyId), details });
  });
  await keys.refresh(keyId);
}
