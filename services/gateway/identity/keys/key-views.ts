// gateway: how keys are shown over REST: never their digest, and the key itself in the answer that makes it only.
import { Type } from 'typebox';
import type { AuditEntry } from './audit.ts';
import type { KeptKey } from './kept-keys.ts';

const instant = Type.String({ format: 'date-time' });

const shown = {
  keyId: Type.String(),
  name: Type.String(),
  role: Type.String(),
  customerId: Type.Optional(Type.Integer()),
  state: Type.Enum(['active', 'expired', 'revoked']),
  scopes: Type.Optional(Type.Array(Type.String(), { description: 'absent: all that its role may' })),
  networks: Type.Optional(Type.Array(Type.String(), { description: 'absent: from anywhere' })),
  rateLimit: Type.Optional(Type.Object({ perSecond: Type.Number(), burst: Type.Integer() })),
  createdAt: instant,
  createdBy: Type.String(),
  expiresAt: Type.Optional(instant),
  successorId: Type.Optional(Type.String({ description: 'the key that follows it' })),
  revokedAt: Type.Optional(instant),
  lastUsedAt: Type.Optional(instant),
  lastUsedFrom: Type.Optional(Type.String()),
};

/** A key as it is listed. */
export const KeyView = Type.Object(shown);

/** A key just made. */
export const MadeKeyView = Type.Object({
  ...shown,
  key: Type.String({ description: 'the key itself, shown this once' }),
});

/** A key that follows another. */
export const RotatedKeyView = Type.Object({
  ...MadeKeyView.properties,
  replaces: Type.Object(
    { keyId: Type.String(), expiresAt: instant },
    { description: 'the old key, and until when it still counts' },
  ),
});

/** A key with what was done to it. */
export const KeyStoryView = Type.Object({
  ...shown,
  history: Type.Array(
    Type.Object({
      at: instant,
      by: Type.String(),
      action: Type.String(),
      reason: Type.Optional(Type.String()),
      details: Type.Object({}, { additionalProperties: true }),
    }),
  ),
});

/** A page of keys. */
export const KeysView = Type.Object({
  keys: Type.Array(KeyView),
  next: Type.Optional(Type.String({ description: 'the cursor of the next page; absent at the end' })),
});

function stateOf({ revokedAt, expiresAt }: KeptKey, now: Date): 'active' | 'expired' | 'revoked' {
  if (revokedAt) return 'revoked';
  return expiresAt && expiresAt <= now ? 'expired' : 'active';
}

/**
 * Shows a key.
 * @param now by which it has ended or not
 */
export function keyView(key: KeptKey, now: Date) {
  const { keyId, name, role, customerId, scopes, networks, rateRule, createdBy, successorId, lastUsedFrom } = key;
  return {
    keyId,
    name,
    role,
    ...(customerId !== null && { customerId }),
    state: stateOf(key, now),
    ...(scopes && { scopes }),
    ...(networks && { networks }),
    ...(rateRule && { rateLimit: rateRule }),
    createdAt: key.createdAt.toISOString(),
    createdBy,
    ...(key.expiresAt && { expiresAt: key.expiresAt.toISOString() }),
    ...(successorId !== null && { successorId }),
    ...(key.revokedAt && { revokedAt: key.revokedAt.toISOString() }),
    ...(key.lastUsedAt && { lastUsedAt: key.lastUsedAt.toISOString() }),
    ...(lastUsedFrom !== null && { lastUsedFrom }),
  };
}

/** Shows what was done to a key. */
export function historyView(acts: readonly AuditEntry[]) {
  return acts.map(({ at, by, action, reason, details = {} }) => ({
    at: at.toISOString(),
    by,
    action,
    ...(reason !== undefined && { reason }),
    details,
  }));
}
