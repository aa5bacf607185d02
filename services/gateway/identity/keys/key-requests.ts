// gateway: what is asked about keys over REST, and what it means.
import { HubError } from '@staffetta/flow/errors.ts';
import { fromRomeWallTime } from '@staffetta/platform/clock.ts';
import { optional } from '@staffetta/platform/http/validation.ts';
import { isIP } from 'node:net';
import { Type, type Static } from 'typebox';
import { scopes } from '../../route-table.ts';
import type { KeyPlace, KeyTerms } from './kept-keys.ts';

/** A path that names a key. */
export const KeyPath = Type.Object({
  keyId: Type.String({
    pattern: '^[0-9A-Za-z]{12}$',
    description: 'the id of a key, 12 letters and digits; not the key',
  }),
});

const reason = optional(Type.String({ maxLength: 500, description: 'why; kept in the audit' }));
const expiresAt = optional(
  Type.String({ description: 'an instant (2027-01-31T12:00:00Z) or a time in Rome; null or absent: it does not end' }),
);

/** A new key. */
export const KeyRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
    role: Type.Enum(['ARUBA', 'SDI', 'CUSTOMER']),
    customerId: optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
    scopes: optional(Type.Array(Type.Enum([...scopes]), { minItems: 1, uniqueItems: true })),
    networks: optional(
      Type.Array(Type.String({ maxLength: 50 }), {
        minItems: 1,
        maxItems: 50,
        description: 'addresses or networks that it may be used from',
      }),
    ),
    rateLimit: optional(
      Type.Object(
        {
          perSecond: Type.Number({ minimum: 0.001, maximum: 1_000_000_000 }),
          burst: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
        },
        { additionalProperties: false },
      ),
    ),
    expiresAt,
    reason,
  },
  {
    additionalProperties: false,
    examples: [
      { name: 'gestionale Rossi', role: 'CUSTOMER', customerId: 2, scopes: ['invoices:read', 'invoices:write'] },
    ],
  },
);
/** A new key, read. */
export type KeyRequest = Static<typeof KeyRequest>;

/** A rotation. */
export const RotateRequest = Type.Object(
  {
    overlapSeconds: optional(
      Type.Integer({ minimum: 0, maximum: 31_536_000, description: 'how long the old key goes on' }),
    ),
    expiresAt: Type.Optional(
      Type.Union([Type.String(), Type.Null()], {
        description: "the new key's end; absent: it lives as long as the old one was to, null: it does not end",
      }),
    ),
    reason,
  },
  { additionalProperties: false, examples: [{ overlapSeconds: 86_400, reason: 'yearly' }] },
);
/** A rotation, read. */
export type RotateRequest = Static<typeof RotateRequest>;

/** Why a key is revoked. */
export const ReasonRequest = Type.Object({ reason }, { additionalProperties: false, examples: [{ reason: 'leaked' }] });

/** Why a key is deleted: a DELETE has no body. */
export const ReasonQuery = Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) });

/** Which keys are listed. */
export const KeysQuery = Type.Object({
  state: Type.Optional(Type.Enum(['active', 'ended', 'all'], { description: 'active by default' })),
  customerId: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  size: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: '`next` of the page before' })),
});

function unfit(message: string): HubError {
  return new HubError('BODY_NOT_VALID', message);
}

/**
 * Reads when a key ends.
 * @param text an instant or a time in Rome
 * @param now it must lie ahead
 * @throws HubError BODY_NOT_VALID
 */
export function readEnd(text: string | null | undefined, now: Date): Date | null {
  if (text === null || text === undefined) return null;
  const at = fromRomeWallTime(text);
  if (!at) throw unfit('body/expiresAt is no time; write 2027-01-31T12:00:00Z.');
  if (at <= now) throw unfit('body/expiresAt is over already.');
  return at;
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/**
 * Reads what a new key may do.
 * @param now the real time
 * @throws HubError BODY_NOT_VALID naming the field
 */
export function readTerms(body: KeyRequest, now: Date): KeyTerms {
  const { name, role, customerId, networks } = body;
  if ((role === 'CUSTOMER') !== (typeof customerId === 'number')) {
    throw unfit('body/customerId is needed with the role CUSTOMER, and with no other.');
  }
  const odd = networks?.find((network) => !isNetwork(network));
  if (odd !== undefined)
    throw unfit(`body/networks: ${JSON.stringify(odd)} is no address and no network (10.0.0.0/8).`);
  return {
    name: name.trim() || name,
    role,
    customerId: customerId ?? null,
    scopes: body.scopes ?? null,
    networks: networks ?? null,
    rateRule: body.rateLimit ?? null,
    expiresAt: readEnd(body.expiresAt, now),
  };
}

/** Writes where a page ends as a text that means nothing to others. */
export function writeCursor({ createdAt, keyId }: KeyPlace): string {
  return Buffer.from(`${createdAt.getTime()} ${keyId}`).toString('base64url');
}

/** Reads a cursor. @throws HubError BODY_NOT_VALID for one that we did not write */
export function readCursor(text: string | undefined): KeyPlace | undefined {
  if (text === undefined) return undefined;
  const [, ms, keyId] = /^(\d{1,15}) ([0-9A-Za-z]{12})$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (ms === undefined || keyId === undefined)
    throw unfit('querystring/cursor is none of ours; take `next` of a page.');
  return { createdAt: new Date(Number(ms)), keyId };
}
